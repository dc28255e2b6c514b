/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signal frames of 32-bit handlers, in Linux's two layouts for i386: sigframe, for handlers without
 * SA_SIGINFO, and rt_sigframe. Downwards from the stack pointer: the FPU image (a header of 112
 * bytes in FSAVE's form, the XSAVE area at 64 bytes), the frame. See sigreturn(2).
 */
#include "internal.h"
#include "core/thread.h"
#include "lib/err.h"
#include "lib/string.h"
#include <asm/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>

#define FSAVE_BYTES   112
#define SA_RESTORER_K 0x04000000UL
#define FLAGS_RESTORED                                                                       \
	(EFLAGS_AC | EFLAGS_OF | EFLAGS_DF | EFLAGS_TF | EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | \
	 EFLAGS_PF | EFLAGS_CF | EFLAGS_RF)

struct sigcontext32 {
	u16 gs, gsh, fs, fsh, es, esh, ds, dsh;
	u32 di, si, bp, sp, bx, dx, cx, ax, trapno, err, ip;
	u16 cs, csh;
	u32 flags, sp_at_signal;
	u16 ss, ssh;
	u32 fpstate, oldmask, cr2;
};
_Static_assert(sizeof(struct sigcontext32) == 88, "Linux's layout");

struct ucontext32 {
	u32 flags, link;
	u32 stack_sp;
	s32 stack_flags;
	u32 stack_size;
	struct sigcontext32 mc;
	u32 sigmask[2];
};

struct sigframe32 {
	u32 pretcode;
	s32 sig;
	struct sigcontext32 sc;
	u8 fpstate_unused[FSAVE_BYTES + 512];
	u32 extramask;
	u8 retcode[8];
};

struct rt_sigframe32 {
	u32 pretcode;
	s32 sig;
	u32 pinfo, puc;
	u8 info[128];
	struct ucontext32 uc;
	u8 retcode[8];
};
_Static_assert(offsetof(struct rt_sigframe32, uc) == 144, "Linux's layout");

/* What FSAVE would show of the FXSAVE image `fx`, for programs that look there. */
static void fill_fsave(u8 *out, const u8 *fx)
{
	u32 words[7];
	u16 v;

	memset(out, 0, FSAVE_BYTES);
	memcpy(&v, fx, 2);
	words[0] = 0xffff0000u | v;
	memcpy(&v, fx + 2, 2);
	words[1] = 0xffff0000u | v;
	words[2] = 0xffff0000u;
	for (unsigned i = 0; i < 8; i++) /* tags: 0 = valid, 3 = empty */
		words[2] |= (fx[4] >> i & 1 ? 0u : 3u) << (2 * i);
	memcpy(&words[3], fx + 8, 4);
	words[4] = USER32_CS;
	memcpy(&words[5], fx + 16, 4);
	words[6] = 0xffff0000u | USER_DS;
	memcpy(out, words, sizeof(words));
	for (unsigned i = 0; i < 8; i++)
		memcpy(out + 28 + 10 * i, fx + 32 + 16 * i, 10);
	memcpy(out + 108, fx + 2, 2); /* status; the magic word behind it is 0: FXSAVE follows */
}

static void fill_context32(struct sigcontext32 *sc, struct thread *t, const struct pt_regs *regs)
{
	const struct arch_thread *a = &t->arch;

	memset(sc, 0, sizeof(*sc));
	sc->gs = a->gs;
	sc->fs = a->fs;
	sc->es = a->es;
	sc->ds = a->ds;
	sc->di = (u32)regs->di;
	sc->si = (u32)regs->si;
	sc->bp = (u32)regs->bp;
	sc->sp = sc->sp_at_signal = (u32)regs->sp;
	sc->bx = (u32)regs->bx;
	sc->dx = (u32)regs->dx;
	sc->cx = (u32)regs->cx;
	sc->ax = (u32)regs->ax;
	sc->trapno = a->trapno;
	sc->err = (u32)a->trap_error;
	sc->ip = (u32)regs->ip;
	sc->cs = (u16)regs->cs;
	sc->flags = (u32)regs->flags;
	sc->ss = (u16)regs->ss;
	sc->cr2 = (u32)a->trap_addr;
}

static int put_rt_frame(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info,
			unsigned long sp, u32 fp)
{
	struct rt_sigframe32 f;

	memset(&f, 0, sizeof(f));
	f.pretcode = info->sa_flags & SA_RESTORER_K ? (u32)info->restorer
						    : (u32)compat_landing_pad(VDSO32_RT_SIGRETURN);
	f.sig = info->signo;
	f.pinfo = (u32)(sp + offsetof(struct rt_sigframe32, info));
	f.puc = (u32)(sp + offsetof(struct rt_sigframe32, uc));
	f.uc.flags = cpu_features.has_xsave ? UC_FP_XSTATE : 0;
	f.uc.stack_sp = (u32)info->altstack.sp;
	f.uc.stack_flags = info->altstack.flags;
	f.uc.stack_size = (u32)info->altstack.size;
	fill_context32(&f.uc.mc, t, regs);
	f.uc.mc.fpstate = fp;
	f.uc.mc.oldmask = (u32)info->mask_to_restore;
	memcpy(f.uc.sigmask, &info->mask_to_restore, sizeof(f.uc.sigmask));
	memcpy(f.retcode, "\xb8\xad\0\0\0\xcd\x80", 8); /* for unwinders; never runs */
	if (arch_copy_out(uaddr(sp), &f, sizeof(f)) ||
	    arch_siginfo_to_compat(uaddr(f.pinfo), info->siginfo))
		return -EFAULT;
	regs->dx = f.pinfo;
	regs->cx = f.puc;
	return 0;
}

static int put_frame(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info,
		     unsigned long sp, u32 fp)
{
	struct sigframe32 f;

	memset(&f, 0, sizeof(f));
	f.pretcode = info->sa_flags & SA_RESTORER_K ? (u32)info->restorer
						    : (u32)compat_landing_pad(VDSO32_SIGRETURN);
	f.sig = info->signo;
	fill_context32(&f.sc, t, regs);
	f.sc.fpstate = fp;
	f.sc.oldmask = (u32)info->mask_to_restore;
	f.extramask = (u32)(info->mask_to_restore >> 32);
	memcpy(f.retcode, "\x58\xb8\x77\0\0\0\xcd\x80", 8);
	if (arch_copy_out(uaddr(sp), &f, sizeof(f)))
		return -EFAULT;
	regs->dx = 0;
	regs->cx = 0;
	return 0;
}

int setup_sigframe32(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info)
{
	bool is_rt = info->sa_flags & SA_SIGINFO;
	size_t size = is_rt ? sizeof(struct rt_sigframe32) : sizeof(struct sigframe32);
	unsigned long sp = regs->sp, fp;
	u8 fsave[FSAVE_BYTES];
	int err;

	if (info->use_altstack)
		sp = info->altstack.sp + info->altstack.size;
	fp = ALIGN_DOWN(sp - fp_frame_size(), 64UL) - FSAVE_BYTES;
	/* i386's ABI: at the function's entry, esp + 4 is a multiple of 16 */
	sp = ALIGN_DOWN(fp - size + 4, 16UL) - 4;
	if ((info->use_altstack || is_on_altstack_frame(info, regs->sp)) &&
	    !is_on_altstack_frame(info, sp))
		return fail(EFAULT, "alternate stack is too small");
	if (sp > regs->sp && !info->use_altstack)
		return -EFAULT;
	if (!arch_access_ok(uaddr(sp), size) || put_fpstate(t, fp + FSAVE_BYTES))
		return -EFAULT;
	thread_sync_live(t);
	fill_fsave(fsave, t->arch.fpu);
	if (arch_copy_out(uaddr(fp), fsave, sizeof(fsave)))
		return -EFAULT;
	err = (is_rt ? put_rt_frame : put_frame)(t, regs, info, sp, (u32)fp);
	if (err)
		return err;
	regs->ax = (unsigned long)info->signo;
	regs->ip = info->handler;
	regs->sp = sp;
	regs->cs = USER32_CS;
	regs->ss = USER_DS;
	regs->flags &= ~(EFLAGS_DF | EFLAGS_RF | EFLAGS_TF);
	regs->orig_ax = -1UL;
	thread_set_selectors(t, USER_DS, USER_DS, t->arch.fs, t->arch.gs);
	thread_load_fresh_fpu(t);
	return 0;
}

static u16 user_selector(u16 selector)
{
	return selector & ~3 ? selector | 3 : 0;
}

static int load_context32(struct thread *t, struct pt_regs *regs, const struct sigcontext32 *sc)
{
	regs->di = sc->di;
	regs->si = sc->si;
	regs->bp = sc->bp;
	regs->sp = sc->sp;
	regs->bx = sc->bx;
	regs->dx = sc->dx;
	regs->cx = sc->cx;
	regs->ax = (unsigned long)(s32)sc->ax;
	regs->ip = sc->ip;
	regs->cs = sc->cs | 3; /* what is no program's: see entry.S, .Ltrap_iret */
	regs->ss = sc->ss | 3;
	regs->flags = (regs->flags & ~FLAGS_RESTORED) | (sc->flags & FLAGS_RESTORED);
	thread_set_selectors(t, user_selector(sc->ds), user_selector(sc->es), user_selector(sc->fs),
			     user_selector(sc->gs));
	return get_fpstate(t, sc->fpstate ? sc->fpstate + FSAVE_BYTES : 0);
}

/* sigreturn: the restorer has popped pretcode and the signal's number. */
static int restore_old(struct thread *t, struct pt_regs *regs, u64 *mask)
{
	struct sigframe32 f;

	if (arch_copy_in(&f, uaddr(regs->sp - 8), sizeof(f)))
		return -EFAULT;
	*mask = f.sc.oldmask | (u64)f.extramask << 32;
	return load_context32(t, regs, &f.sc);
}

#define I386_NR_SIGRETURN 119

int restore_sigframe32(struct thread *t, struct pt_regs *regs, u64 *mask,
		       struct sigframe_info *info)
{
	bool is_old = regs->orig_ax == I386_NR_SIGRETURN;
	struct rt_sigframe32 f;

	info->is_altstack_kept = is_old;
	if (is_old) {
		regs->orig_ax = -1UL;
		return restore_old(t, regs, mask);
	}
	regs->orig_ax = -1UL;
	/* rt_sigreturn: the handler's `ret` has popped pretcode */
	if (arch_copy_in(&f, uaddr(regs->sp - 4), sizeof(f)))
		return -EFAULT;
	memcpy(mask, f.uc.sigmask, sizeof(*mask));
	info->altstack.sp = f.uc.stack_sp;
	info->altstack.flags = f.uc.stack_flags;
	info->altstack.size = f.uc.stack_size;
	return load_context32(t, regs, &f.uc.mc);
}
