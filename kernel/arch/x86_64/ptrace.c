/*
 * A thread's registers as debuggers and core files see them: struct user_regs_struct, the FXSAVE
 * image, the XSAVE area. ptrace(2), elf(5). The thread is stopped, or the caller itself.
 */
#include "internal.h"
#include "core/thread.h"
#include "lib/err.h"
#include "lib/string.h"
#include <linux/elf.h>

#define NR_PT_REGS	 21 /* user_regs_struct begins with struct pt_regs */
#define NR_USER_REGS	 27
#define NR_USER32_REGS	 17
#define FXSAVE_BYTES	 512
#define XSTATE_HEADER	 512
#define XCR0_OFFSET	 464 /* where debuggers look for what the area holds */
#define MXCSR_OFFSET	 24
#define LEGACY_PARTS	 3UL /* x87 and SSE in XSTATE_BV */
#define USER_BYTES	 928 /* struct user */
#define USER_FPREGS	 224 /* its i387 */
#define USER_DEBUGREGS	 848
#define DEBUG_ADDR_BYTES (4 * sizeof(u64)) /* DR0 to DR3 */
/* What a debugger may set; IF stays. */
#define FLAGS_SETTABLE                                                                       \
	(EFLAGS_CF | EFLAGS_PF | EFLAGS_AF | EFLAGS_ZF | EFLAGS_SF | EFLAGS_TF | EFLAGS_DF | \
	 EFLAGS_OF | EFLAGS_NT | EFLAGS_RF | EFLAGS_AC)

enum {
	REG_CS = 17,
	REG_FLAGS,
	REG_SP,
	REG_SS,
	REG_FS_BASE,
	REG_GS_BASE,
	REG_DS,
	REG_ES,
	REG_FS,
	REG_GS
};
_Static_assert(sizeof(struct pt_regs) == NR_PT_REGS * sizeof(u64), "the ABI's order");

static void sync(struct thread *t)
{
	if (t == arch_this_thread())
		thread_sync_live(t);
}

static void get_words(struct thread *t, u64 *w)
{
	const struct pt_regs *regs = arch_thread_regs(t);

	sync(t);
	memcpy(w, regs, sizeof(*regs));
	if (t->arch.is_step_forced)
		w[REG_FLAGS] &= ~EFLAGS_TF;
	w[REG_FS_BASE] = t->arch.fs_base;
	w[REG_GS_BASE] = t->arch.gs_base;
	w[REG_DS] = t->arch.ds;
	w[REG_ES] = t->arch.es;
	w[REG_FS] = t->arch.fs;
	w[REG_GS] = t->arch.gs;
}

/* Only selectors that the way back to user mode can load. */
static bool is_good_selector(unsigned i, u64 v)
{
	if (i == REG_CS)
		return v == USER_CS || v == USER32_CS;
	if (i == REG_SS)
		return v == USER_DS;
	return v <= 0xffff && (!v || (v & 3) == 3);
}

static int set_word(struct thread *t, unsigned i, u64 v)
{
	struct pt_regs *regs = arch_thread_regs(t);
	u64 *words = (void *)regs;

	thread_set_flags(t, TIF_FULL_RETURN); /* it may be stopped in the middle of a handler */
	switch (i) {
	case REG_CS:
	case REG_SS:
	case REG_DS:
	case REG_ES:
	case REG_FS:
	case REG_GS:
		if (!is_good_selector(i, v))
			return -EIO;
		if (i == REG_DS)
			t->arch.ds = (u16)v;
		else if (i == REG_ES)
			t->arch.es = (u16)v;
		else if (i == REG_FS)
			t->arch.fs = (u16)v;
		else if (i == REG_GS)
			t->arch.gs = (u16)v;
		else
			words[i] = v;
		return 0;
	case REG_FLAGS:
		if (v & EFLAGS_TF)
			t->arch.is_step_forced = false;
		else if (t->arch.is_step_forced)
			v |= EFLAGS_TF;
		regs->flags = (regs->flags & ~FLAGS_SETTABLE) | (v & FLAGS_SETTABLE);
		return 0;
	case REG_FS_BASE:
	case REG_GS_BASE:
		if (v >= USER_END)
			return -EIO;
		*(i == REG_FS_BASE ? &t->arch.fs_base : &t->arch.gs_base) = v;
		return 0;
	}
	words[i] = v;
	return 0;
}

/* i386's struct user_regs_struct, by place in the 64-bit one. */
static const u8 order32[NR_USER32_REGS] = {5,  11,     12,	  13,	  14,	  4,
					   10, REG_DS, REG_ES,	  REG_FS, REG_GS, 15,
					   16, REG_CS, REG_FLAGS, REG_SP, REG_SS};

static bool is_32bit(struct thread *t)
{
	return arch_thread_regs(t)->cs == USER32_CS;
}

/* The area with what it leaves out: parts in their initial state are not always written. */
static void get_fpu(struct thread *t, u8 *to, size_t size)
{
	u64 present = LEGACY_PARTS, all = cpu_features.xfeatures;

	sync(t);
	memcpy(to, t->arch.fpu, size);
	if (!cpu_features.has_xsave)
		return;
	memcpy(&present, (u8 *)t->arch.fpu + XSTATE_HEADER, sizeof(present));
	if (!(present & 1)) { /* x87: all but MXCSR's two words, up to the XMM registers */
		memset(to, 0, MXCSR_OFFSET);
		memcpy(to, &(u16){0x37f}, sizeof(u16));
		memset(to + 32, 0, 128);
	}
	if (!(present & 2)) {
		memset(to + 160, 0, 256);
		if (!(present & 4))
			memcpy(to + MXCSR_OFFSET, &(u32){0x1f80}, sizeof(u32));
	}
	memset(to + XCR0_OFFSET, 0, FXSAVE_BYTES - XCR0_OFFSET);
	memcpy(to + XCR0_OFFSET, &all, sizeof(all));
	if (size > XSTATE_HEADER + 64)
		for (unsigned i = 2; i < 63; i++)
			if ((all >> i & 1) && !(present >> i & 1))
				cpu_clear_xpart(i, to, size);
}

/* Before the thread runs again its registers are loaded from the area. */
static int set_fpu(struct thread *t, const u8 *from, size_t size)
{
	u8 *area = t->arch.fpu;
	u64 header[8] = {0};
	u32 mxcsr;

	memcpy(&mxcsr, from + MXCSR_OFFSET, sizeof(mxcsr));
	if (mxcsr & ~cpu_features.mxcsr_mask)
		return -EINVAL;
	if (size > FXSAVE_BYTES) {
		memcpy(header, from + XSTATE_HEADER, sizeof(header));
		for (unsigned i = 1; i < 8; i++)
			if (header[i])
				return -EINVAL;
		if (header[0] & ~cpu_features.xfeatures)
			return -EINVAL;
	} else if (cpu_features.has_xsave) {
		memcpy(header, area + XSTATE_HEADER, sizeof(header));
		header[0] |= LEGACY_PARTS;
	}
	memcpy(area, from, size);
	if (cpu_features.has_xsave)
		memcpy(area + XSTATE_HEADER, header, sizeof(header));
	t->arch.fpu_cpu = ~0u;
	if (t == arch_this_thread())
		return thread_load_fpu(t);
	return 0;
}

size_t arch_regset_size(struct thread *t, unsigned note)
{
	switch (note) {
	case NT_PRSTATUS:
		return is_32bit(t) ? NR_USER32_REGS * sizeof(u32) : NR_USER_REGS * sizeof(u64);
	case NT_PRFPREG:
		return FXSAVE_BYTES;
	case NT_X86_XSTATE:
		return cpu_features.has_xsave ? cpu_features.fpu_size : 0;
	}
	return 0;
}

void arch_regset_get(struct thread *t, unsigned note, void *buf)
{
	u64 w[NR_USER_REGS];

	if (note != NT_PRSTATUS) {
		get_fpu(t, buf, arch_regset_size(t, note));
		return;
	}
	get_words(t, w);
	if (!is_32bit(t)) {
		memcpy(buf, w, sizeof(w));
		return;
	}
	for (unsigned i = 0; i < NR_USER32_REGS; i++)
		((u32 *)buf)[i] = (u32)w[order32[i]];
}

int arch_regset_set(struct thread *t, unsigned note, const void *buf, size_t size)
{
	int err = 0;

	if (note != NT_PRSTATUS) {
		if (size != arch_regset_size(t, note))
			return -EINVAL;
		return set_fpu(t, buf, size);
	}
	if (is_32bit(t)) {
		for (unsigned i = 0; i < size / sizeof(u32) && !err; i++)
			err = set_word(t, order32[i], ((const u32 *)buf)[i]);
		return err;
	}
	for (unsigned i = 0; i < size / sizeof(u64) && !err; i++)
		err = set_word(t, i, ((const u64 *)buf)[i]);
	return err;
}

int arch_peek_user(struct thread *t, unsigned long offset, u64 *value)
{
	u64 all[NR_USER_REGS];
	u8 fp[FXSAVE_BYTES];

	if (offset % sizeof(u64) || offset >= USER_BYTES)
		return -EIO;
	*value = 0;
	if (offset < sizeof(all)) {
		get_words(t, all);
		*value = all[offset / sizeof(u64)];
	} else if (offset >= USER_FPREGS && offset < USER_FPREGS + FXSAVE_BYTES) {
		get_fpu(t, fp, sizeof(fp));
		memcpy(value, fp + (offset - USER_FPREGS), sizeof(*value));
	} else if (offset >= USER_DEBUGREGS && offset < USER_DEBUGREGS + DEBUG_ADDR_BYTES) {
		*value = t->arch.breakpoints[(offset - USER_DEBUGREGS) / sizeof(u64)];
	}
	return 0;
}

int arch_poke_user(struct thread *t, unsigned long offset, u64 value)
{
	if (offset % sizeof(u64) || offset >= USER_BYTES)
		return -EIO;
	if (offset < NR_USER_REGS * sizeof(u64))
		return set_word(t, (unsigned)(offset / sizeof(u64)), value);
	if (offset < USER_DEBUGREGS)
		return -EIO;
	/* Addresses are kept; no hardware breakpoint can be switched on: DR6 and DR7 stay 0. */
	offset -= USER_DEBUGREGS;
	if (offset >= DEBUG_ADDR_BYTES)
		return value ? -EIO : 0;
	if (value >= USER_END)
		return -EINVAL;
	t->arch.breakpoints[offset / sizeof(u64)] = value;
	return 0;
}

void arch_set_single_step(struct thread *t, bool on)
{
	struct pt_regs *regs = arch_thread_regs(t);

	thread_set_flags(t, TIF_FULL_RETURN);
	if (on && !(regs->flags & EFLAGS_TF)) {
		regs->flags |= EFLAGS_TF;
		t->arch.is_step_forced = true;
	} else if (!on && t->arch.is_step_forced) {
		regs->flags &= ~EFLAGS_TF;
		t->arch.is_step_forced = false;
	}
}
