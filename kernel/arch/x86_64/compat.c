/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doors of 32-bit code, behind entry.S: what each leaves in the registers becomes one frame of
 * the convention of `int $0x80`. Next: do_syscall_32() (kernel/sys/compat/entry.c). Also the two
 * layouts of siginfo.
 */
#include "internal.h"
#include "core/thread.h"
#include "lib/err.h"
#include "lib/string.h"
#include <asm/siginfo.h>
#include <asm/signal.h>

extern char vdso32_start[];

/* Four bytes of __kernel_vsyscall: `mov %esp,%ebp; sysenter` or `mov %ecx,%ebp; syscall`. On other
 * CPUs they stay nops, and the `int $0x80` behind them is what enters. */
void vdso32_patch(void)
{
	static const u8 by_sysenter[4] = {0x89, 0xe5, 0x0f, 0x34};
	static const u8 by_syscall[4] = {0x89, 0xcd, 0x0f, 0x05};
	u32 r[4];

	cpuid(0, 0, r);
	if (r[1] == 0x756e6547) /* "Genu": no `syscall` outside 64-bit code */
		memcpy(vdso32_start + VDSO32_ENTER_INSNS, by_sysenter, sizeof(by_sysenter));
	else if (cpu_features.is_amd)
		memcpy(vdso32_start + VDSO32_ENTER_INSNS, by_syscall, sizeof(by_syscall));
}

/*
 * From entry.S, by `sysenter` and `syscall`; the result is preset to -ENOSYS. They return to the
 * vDSO's landing pad, behind an `int $0x80` by which a call is restarted. The sixth argument, ebp,
 * is on the user's stack, where esp points to. True: nothing has changed that SYSRET could not
 * restore.
 */
bool do_fast_syscall_32(struct pt_regs *regs, unsigned long door)
{
	u32 bp;

	regs->ip = (u32)compat_landing_pad(VDSO32_LANDING);
	arch_irq_enable_at_entry();
	if (unlikely(arch_get_user32(&bp, uaddr(regs->sp)))) {
		regs->ax = (unsigned long)-EFAULT;
		regs->orig_ax = -1UL;
		arch_irq_disable();
		exit_to_user_mode(regs);
		return false;
	}
	regs->bp = bp;
	*arch_door() = door == DOOR_SYSENTER ? ARCH_DOOR_SYSENTER : ARCH_DOOR_SYSCALL32;
	return do_syscall_32(regs);
}

/* By `int $0x80`; back by IRET, which loses no register. */
void do_int80_syscall_32(struct pt_regs *regs)
{
	arch_irq_enable_at_entry();
	*arch_door() = ARCH_DOOR_INT80;
	do_syscall_32(regs);
}

const char *arch_door_name(void)
{
	static const char *const names[] = {
		[ARCH_DOOR_INT80] = "int80",
		[ARCH_DOOR_SYSENTER] = "sysenter",
		[ARCH_DOOR_SYSCALL32] = "syscall32",
	};

	return names[*arch_door() & ~ARCH_DOOR_TIME64];
}

/* --- siginfo: 32-bit fields behind signo, errno and code --- */

struct siginfo32 {
	s32 signo, errno, code;
	u32 field[29];
};
_Static_assert(sizeof(struct siginfo32) == 128, "Linux's layout");

enum fields { FIELDS_KILL, FIELDS_TIMER, FIELDS_QUEUE, FIELDS_CHLD, FIELDS_FAULT, FIELDS_POLL };

static enum fields fields_of(int signo, int code)
{
	if (code == SI_TIMER)
		return FIELDS_TIMER;
	if (code == SI_SIGIO)
		return FIELDS_POLL;
	if (code == SI_TKILL || code == SI_USER || code == SI_KERNEL)
		return FIELDS_KILL;
	if (code < 0)
		return FIELDS_QUEUE;
	switch (signo) {
	case SIGCHLD:
		return FIELDS_CHLD;
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		return FIELDS_FAULT;
	case SIGIO:
		return FIELDS_POLL;
	}
	return FIELDS_KILL;
}

int arch_siginfo_to_compat(uaddr_t to, const struct siginfo *from)
{
	struct siginfo32 c;

	memset(&c, 0, sizeof(c));
	c.signo = from->si_signo;
	c.errno = from->si_errno;
	c.code = from->si_code;
	switch (fields_of(from->si_signo, from->si_code)) {
	case FIELDS_FAULT:
		c.field[0] = (u32)(unsigned long)from->si_addr;
		c.field[1] = (u16)from->si_addr_lsb;
		break;
	case FIELDS_POLL:
		c.field[0] = (u32)from->si_band;
		c.field[1] = (u32)from->si_fd;
		break;
	case FIELDS_CHLD:
		c.field[0] = (u32)from->si_pid;
		c.field[1] = from->si_uid;
		c.field[2] = (u32)from->si_status;
		c.field[3] = (u32)from->si_utime;
		c.field[4] = (u32)from->si_stime;
		break;
	default: /* pid and uid, or id and overrun; then the value */
		c.field[0] = (u32)from->si_pid;
		c.field[1] = from->si_uid;
		c.field[2] = (u32)(unsigned long)from->si_value.sival_ptr;
		break;
	}
	return arch_copy_out(to, &c, sizeof(c)) ? -EFAULT : 0;
}

int arch_siginfo_from_compat(struct siginfo *to, uaddr_t from)
{
	struct siginfo32 c;

	if (arch_copy_in(&c, from, sizeof(c)))
		return -EFAULT;
	memset(to, 0, sizeof(*to));
	to->si_signo = c.signo;
	to->si_errno = c.errno;
	to->si_code = c.code;
	switch (fields_of(c.signo, c.code)) {
	case FIELDS_FAULT:
		to->si_addr = (void *)(unsigned long)c.field[0];
		break;
	case FIELDS_POLL:
		to->si_band = (s32)c.field[0];
		to->si_fd = (s32)c.field[1];
		break;
	case FIELDS_CHLD:
		to->si_pid = (s32)c.field[0];
		to->si_uid = c.field[1];
		to->si_status = (s32)c.field[2];
		to->si_utime = (s32)c.field[3];
		to->si_stime = (s32)c.field[4];
		break;
	default:
		to->si_pid = (s32)c.field[0];
		to->si_uid = c.field[1];
		to->si_value.sival_ptr = (void *)(unsigned long)c.field[2];
		break;
	}
	return 0;
}
