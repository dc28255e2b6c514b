/*
 * Signal frames in Linux's layout (rt_sigframe), downwards from the program's stack pointer: red
 * zone of 128 bytes, FPU image (64-byte aligned, the XSAVE area and a magic word), struct
 * rt_sigframe. Debuggers, unwinders and libraries read them; rt_sigreturn reads them back and
 * believes nothing. See sigreturn(2).
 */
#include "internal.h"
#include "core/thread.h"
#include "lib/err.h"
#include "lib/string.h"
#include <asm/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>

#define REDZONE_BYTES	    128
#define SIGINFO_BYTES	    128
#define XSTATE_HEADER_BYTES 64
#define XSTATE_HEADER	    512 /* offset of XSTATE_BV in the XSAVE area */
#define SW_RESERVED	    464 /* offset of struct _fpx_sw_bytes */
#define MXCSR_OFFSET	    24
#define SA_RESTORER_64	    0x04000000
/* What sigreturn may change. */
#define FLAGS_RESTORED                                                                       \
	(EFLAGS_AC | EFLAGS_OF | EFLAGS_DF | EFLAGS_TF | EFLAGS_SF | EFLAGS_ZF | EFLAGS_AF | \
	 EFLAGS_PF | EFLAGS_CF | EFLAGS_RF)

struct rt_sigframe {
	u64 pretcode; /* where the handler returns to: sa_restorer */
	struct ucontext uc;
	u8 info[SIGINFO_BYTES];
};
_Static_assert(sizeof(struct rt_sigframe) == 440, "Linux's layout");
_Static_assert(offsetof(struct ucontext, uc_sigmask) == 296, "Linux's layout");

unsigned fp_frame_size(void)
{
	return cpu_features.fpu_size + (cpu_features.has_xsave ? FP_XSTATE_MAGIC2_SIZE : 0);
}

/* Frame, FPU image, and the padding that the three alignments can take. */
size_t arch_min_sigstack(void)
{
	return ALIGN_UP(sizeof(struct rt_sigframe) + fp_frame_size() + 64 + 16 + 8, 16UL);
}

bool is_on_altstack_frame(const struct sigframe_info *info, unsigned long sp)
{
	return info->altstack.size && sp > info->altstack.sp &&
	       sp - info->altstack.sp <= info->altstack.size;
}

/* Without XSAVE: the old image alone. */
static int put_fxstate(struct thread *t, unsigned long fp)
{
	static const struct _fpx_sw_bytes none;

	thread_sync_live(t);
	if (arch_copy_out(uaddr(fp), t->arch.fpu, SW_RESERVED) ||
	    arch_copy_out(uaddr(fp + SW_RESERVED), &none, sizeof(none)))
		return -EFAULT;
	return 0;
}

/* The current thread's FPU state to user memory at `fp`, a multiple of 64: straight from the
 * registers, which hold it whenever the thread runs. */
int put_fpstate(struct thread *t, unsigned long fp)
{
	const struct _fpx_sw_bytes sw = {
		.magic1 = FP_XSTATE_MAGIC1,
		.extended_size = fp_frame_size(),
		.xfeatures = cpu_features.xfeatures,
		.xstate_size = cpu_features.fpu_size,
	};
	u64 present;

	if (!cpu_features.has_xsave)
		return put_fxstate(t, fp);
	if (arch_clear_user(uaddr(fp + XSTATE_HEADER), XSTATE_HEADER_BYTES) ||
	    user_xsave(fp, cpu_features.xfeatures) ||
	    arch_copy_out(uaddr(fp + SW_RESERVED), &sw, sizeof(sw)))
		return -EFAULT;
	/* x87 and SSE count as present: programs change them in the frame without knowing XSAVE. */
	if (arch_get_user64(&present, uaddr(fp + XSTATE_HEADER)) ||
	    arch_put_user64(uaddr(fp + XSTATE_HEADER), present | 3) ||
	    arch_put_user32(uaddr(fp + cpu_features.fpu_size), FP_XSTATE_MAGIC2))
		return -EFAULT;
	return 0;
}

static void fill_context(struct sigcontext *sc, const struct thread *t, const struct pt_regs *regs)
{
	sc->r8 = regs->r8;
	sc->r9 = regs->r9;
	sc->r10 = regs->r10;
	sc->r11 = regs->r11;
	sc->r12 = regs->r12;
	sc->r13 = regs->r13;
	sc->r14 = regs->r14;
	sc->r15 = regs->r15;
	sc->rdi = regs->di;
	sc->rsi = regs->si;
	sc->rbp = regs->bp;
	sc->rbx = regs->bx;
	sc->rdx = regs->dx;
	sc->rax = regs->ax;
	sc->rcx = regs->cx;
	sc->rsp = regs->sp;
	sc->rip = regs->ip;
	sc->eflags = regs->flags;
	sc->cs = (u16)regs->cs;
	sc->gs = 0;
	sc->fs = 0;
	sc->ss = (u16)regs->ss;
	sc->err = t->arch.trap_error;
	sc->trapno = t->arch.trapno;
	sc->cr2 = t->arch.trap_addr;
}

int arch_setup_sigframe(struct thread *t, struct pt_regs *regs, const struct sigframe_info *info)
{
	unsigned long sp = regs->sp - REDZONE_BYTES, fp;
	struct rt_sigframe f;

	if (info->sa_flags & ARCH_SA_IA32)
		return setup_sigframe32(t, regs, info);
	if (!(info->sa_flags & SA_RESTORER_64))
		return fail(EFAULT, "no SA_RESTORER: the handler could not return");
	if (info->use_altstack)
		sp = info->altstack.sp + info->altstack.size;
	fp = ALIGN_DOWN(sp - fp_frame_size(), 64UL);
	sp = ALIGN_DOWN(fp - sizeof(f), 16UL) - 8;
	if ((info->use_altstack || is_on_altstack_frame(info, regs->sp)) &&
	    !is_on_altstack_frame(info, sp))
		return fail(EFAULT, "alternate stack is too small");
	if (!arch_access_ok(uaddr(sp), sizeof(f)) || put_fpstate(t, fp))
		return -EFAULT;
	memset(&f.uc, 0, offsetof(struct ucontext, uc_mcontext)); /* padding, too */
	f.pretcode = info->restorer;
	f.uc.uc_flags = (cpu_features.has_xsave ? UC_FP_XSTATE : 0) | UC_SIGCONTEXT_SS |
			UC_STRICT_RESTORE_SS;
	f.uc.uc_stack.ss_sp = (void *)info->altstack.sp;
	f.uc.uc_stack.ss_flags = info->altstack.flags;
	f.uc.uc_stack.ss_size = info->altstack.size;
	fill_context(&f.uc.uc_mcontext, t, regs);
	f.uc.uc_mcontext.fpstate = (void *)fp;
	f.uc.uc_mcontext.oldmask = info->mask_to_restore;
	memset(f.uc.uc_mcontext.reserved1, 0, sizeof(f.uc.uc_mcontext.reserved1));
	memcpy(&f.uc.uc_sigmask, &info->mask_to_restore, sizeof(f.uc.uc_sigmask));
	memcpy(f.info, info->siginfo, sizeof(f.info));
	if (arch_copy_out(uaddr(sp), &f, sizeof(f)))
		return -EFAULT;
	regs->di = (unsigned long)info->signo;
	regs->si = sp + offsetof(struct rt_sigframe, info);
	regs->dx = sp + offsetof(struct rt_sigframe, uc);
	regs->ax = 0;
	regs->ip = info->handler;
	regs->sp = sp;
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->flags &= ~(EFLAGS_DF | EFLAGS_RF | EFLAGS_TF);
	regs->orig_ax = -1UL;
	thread_load_fresh_fpu(t); /* for the handler */
	return 0;
}

/* Does the image at `fp` carry a whole XSAVE area of our shape? */
static bool has_xstate(unsigned long fp)
{
	struct _fpx_sw_bytes sw;
	u32 magic2;

	if (arch_copy_in(&sw, uaddr(fp + SW_RESERVED), sizeof(sw)))
		return false;
	if (sw.magic1 != FP_XSTATE_MAGIC1 || sw.xstate_size != cpu_features.fpu_size ||
	    sw.extended_size != fp_frame_size())
		return false;
	return !arch_get_user32(&magic2, uaddr(fp + sw.xstate_size)) && magic2 == FP_XSTATE_MAGIC2;
}

/* Check what is in `area` before the CPU sees it. */
static bool is_valid_image(const u8 *area, bool is_xstate)
{
	u64 header[8];
	u32 mxcsr;

	memcpy(&mxcsr, area + MXCSR_OFFSET, sizeof(mxcsr));
	if (mxcsr & ~cpu_features.mxcsr_mask)
		return false;
	if (!is_xstate)
		return true;
	memcpy(header, area + XSTATE_HEADER, sizeof(header));
	for (unsigned i = 1; i < 8; i++)
		if (header[i])
			return false;
	return !(header[0] & ~cpu_features.xfeatures);
}

/*
 * The image at `fp` into the thread's area and the registers, interrupts off: a switch in between
 * would save the old registers over it. With interrupts off the copy does not wait for absent
 * pages. 0, -EFAULT (invalid), -EAGAIN (could not be copied).
 */
static int load_image(struct thread *t, unsigned long fp, bool is_xstate)
{
	u8 *area = t->arch.fpu;
	int err = 0;

	if (!is_xstate)
		fpu_reset_area(area);
	if (arch_copy_in(area, uaddr(fp), is_xstate ? cpu_features.fpu_size : 512))
		err = -EAGAIN;
	else if (!is_valid_image(area, is_xstate))
		err = -EFAULT;
	else if (!is_xstate && cpu_features.has_xsave)
		memcpy(area + XSTATE_HEADER, &(u64){3}, sizeof(u64));
	if (err)
		fpu_reset_area(area);
	return thread_load_fpu(t) ? -EFAULT : err;
}

int get_fpstate(struct thread *t, unsigned long fp)
{
	bool is_xstate = fp && cpu_features.has_xsave && has_xstate(fp);
	int err = -EAGAIN;

	if (!fp) {
		fpu_init_area(t->arch.fpu);
		return thread_load_fpu(t);
	}
	if (is_xstate && !(fp & 63)) {
		/* The CPU itself refuses what is not valid; the registers are then anything. */
		err = user_xrstor(fp, cpu_features.xfeatures);
		if (err) {
			fpu_reset_area(t->arch.fpu);
			thread_load_fpu(t);
		}
		return err;
	}
	for (int tries = 0; tries < 16 && err == -EAGAIN; tries++) {
		unsigned long flags;
		u32 word;

		/* Bring the pages in: both ends, the image is shorter than a page. */
		if (arch_get_user32(&word, uaddr(fp)) ||
		    arch_get_user32(&word, uaddr(fp + cpu_features.fpu_size - 4)))
			return -EFAULT;
		flags = arch_irq_save();
		err = load_image(t, fp, is_xstate);
		arch_irq_restore(flags);
	}
	return err ? -EFAULT : 0;
}

static void load_context(struct pt_regs *regs, const struct sigcontext *sc, bool is_ss_strict)
{
	regs->r8 = sc->r8;
	regs->r9 = sc->r9;
	regs->r10 = sc->r10;
	regs->r11 = sc->r11;
	regs->r12 = sc->r12;
	regs->r13 = sc->r13;
	regs->r14 = sc->r14;
	regs->r15 = sc->r15;
	regs->di = sc->rdi;
	regs->si = sc->rsi;
	regs->bp = sc->rbp;
	regs->bx = sc->rbx;
	regs->dx = sc->rdx;
	regs->ax = sc->rax;
	regs->cx = sc->rcx;
	regs->sp = sc->rsp;
	regs->ip = sc->rip; /* not canonical: arch_check_return() makes it a SIGSEGV */
	regs->flags = (regs->flags & ~FLAGS_RESTORED) | (sc->eflags & FLAGS_RESTORED);
	/* Selectors that are no program's: IRET faults on them, see entry.S. */
	regs->cs = sc->cs | 3;
	regs->ss = is_ss_strict || regs->cs != USER_CS ? sc->ss | 3 : USER_DS;
}

int arch_restore_sigframe(struct thread *t, struct pt_regs *regs, u64 *mask,
			  struct sigframe_info *info)
{
	struct rt_sigframe f;

	thread_set_flags(t, TIF_FULL_RETURN);
	if (t->arch.door)
		return restore_sigframe32(t, regs, mask, info);
	/* The handler's `ret` has popped pretcode. */
	if (arch_copy_in(&f, uaddr(regs->sp - 8), offsetof(struct rt_sigframe, info)))
		return -EFAULT;
	load_context(regs, &f.uc.uc_mcontext, f.uc.uc_flags & UC_STRICT_RESTORE_SS);
	regs->orig_ax = -1UL;
	memcpy(mask, &f.uc.uc_sigmask, sizeof(*mask));
	info->altstack.sp = (unsigned long)f.uc.uc_stack.ss_sp;
	info->altstack.flags = f.uc.uc_stack.ss_flags;
	info->altstack.size = f.uc.uc_stack.ss_size;
	return get_fpstate(t, (unsigned long)f.uc.uc_mcontext.fpstate);
}
