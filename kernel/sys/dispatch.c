/*
 * PR_SET_SYSCALL_USER_DISPATCH of prctl(2): calls from outside a range of code become SIGSYS while
 * a byte of the program's memory says so, for those who run another system's programs.
 */
#include "sys/prctl.h"
#include "sys/syscall.h"
#include <linux/prctl.h>

long prctl_set_dispatch(unsigned long mode, unsigned long offset, unsigned long len,
			uaddr_t selector)
{
	struct task *t = current;

	switch (mode) {
	case PR_SYS_DISPATCH_OFF:
		if (offset || len || selector.v)
			return -EINVAL;
		thread_clear_flags(&t->thread, TIF_DISPATCH);
		break;
	case PR_SYS_DISPATCH_ON:
		if (offset && offset + len <= offset)
			return -EINVAL;
		if (selector.v && !arch_access_ok(selector, 1))
			return -EFAULT;
		thread_set_flags(&t->thread, TIF_DISPATCH);
		break;
	default:
		return -EINVAL;
	}
	t->dispatch.selector = selector;
	t->dispatch.start = offset;
	t->dispatch.len = len;
	return 0;
}

bool dispatch_enter(struct pt_regs *regs)
{
	struct task *t = current;
	unsigned long pc = arch_user_pc(regs);
	u8 state = SYSCALL_DISPATCH_FILTER_BLOCK;
	siginfo_t si;

	if (pc - t->dispatch.start < t->dispatch.len)
		return true;
	if (t->dispatch.selector.v && copy_from_user(&state, t->dispatch.selector, 1)) {
		signal_force_simple(t, SIGSEGV);
		return false;
	}
	if (state == SYSCALL_DISPATCH_FILTER_ALLOW)
		return true;
	memset(&si, 0, sizeof(si));
	si.si_signo = SIGSYS;
	if (state == SYSCALL_DISPATCH_FILTER_BLOCK) {
		si.si_code = SYS_USER_DISPATCH;
		si.si_call_addr = (void *)pc;
		si.si_syscall = (int)arch_syscall_nr(regs);
		si.si_arch = arch_audit_arch(&t->thread);
	} else {
		si.si_code = SI_KERNEL;
	}
	arch_set_return(regs, (long)arch_syscall_nr(regs)); /* as before the call */
	signal_force(t, &si);
	return false;
}
