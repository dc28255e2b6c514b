/* SPDX-License-Identifier: Apache-2.0 */
/* Signal calls of i386: struct sigaction in its layout, and the calls from before rt_sig*. */
#include "sys/syscall.h"
#include "gen/syscalls_i386.h"
#include <asm/signal.h>

#define SA_KNOWN                                                                           \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
	 SA_RESETHAND | SA_RESTORER)

/* Install (`act` not NULL), with the mark that the handler wants a 32-bit frame. */
static long set_action(int sig, struct k_sigaction *act, struct k_sigaction *old)
{
	if (sig < 1 || sig > NSIG_K || (act && (SIGMASK(sig) & SIG_KERNEL_ONLY)))
		return -EINVAL;
	if (act)
		act->flags = (act->flags & SA_KNOWN) | ARCH_SA_IA32;
	signal_action(current->process, sig, act, old);
	old->flags &= SA_KNOWN;
	return 0;
}

long sys_compat_rt_sigaction(const struct compat_args *a)
{
	struct {
		u32 handler, flags, restorer, mask[2];
	} s;
	struct k_sigaction act, old;
	long err;

	if (a->v[3] != sizeof(u64))
		return -EINVAL;
	if (a->v[1]) {
		if (copy_from_user(&s, uaddr(a->v[1]), sizeof(s)))
			return -EFAULT;
		act = (struct k_sigaction){s.handler, s.flags, s.restorer,
					   s.mask[0] | (u64)s.mask[1] << 32};
	}
	err = set_action((int)a->v[0], a->v[1] ? &act : NULL, &old);
	if (err || !a->v[2])
		return err;
	s.handler = (u32)old.handler;
	s.flags = (u32)old.flags;
	s.restorer = (u32)old.restorer;
	s.mask[0] = (u32)old.mask;
	s.mask[1] = (u32)(old.mask >> 32);
	return copy_to_user(uaddr(a->v[2]), &s, sizeof(s));
}

/* sigaction(2): masks of 32 signals. */
long sys_compat_sigaction(const struct compat_args *a)
{
	struct {
		u32 handler, mask, flags, restorer;
	} s;
	struct k_sigaction act, old;
	long err;

	if (a->v[1]) {
		if (copy_from_user(&s, uaddr(a->v[1]), sizeof(s)))
			return -EFAULT;
		act = (struct k_sigaction){s.handler, s.flags, s.restorer, s.mask};
	}
	err = set_action((int)a->v[0], a->v[1] ? &act : NULL, &old);
	if (err || !a->v[2])
		return err;
	s.handler = (u32)old.handler;
	s.mask = (u32)old.mask;
	s.flags = (u32)old.flags;
	s.restorer = (u32)old.restorer;
	return copy_to_user(uaddr(a->v[2]), &s, sizeof(s));
}

/* signal(2), System V's: the handler is removed before it runs, its signal not blocked. */
long sys_compat_signal(const struct compat_args *a)
{
	struct k_sigaction act = {.handler = a->v[1], .flags = SA_RESETHAND | SA_NODEFER}, old;
	long err = set_action((int)a->v[0], &act, &old);

	return err ? err : (long)old.handler;
}

#define OLD_SIGNALS 0xffffffffUL

long sys_compat_sigprocmask(const struct compat_args *a)
{
	struct task *t = current;
	u64 old = t->blocked, mask;
	u32 set;

	if (a->v[1]) {
		if (arch_get_user32(&set, uaddr(a->v[1])))
			return -EFAULT;
		switch ((int)a->v[0]) {
		case SIG_BLOCK:
			mask = old | (set & ~SIG_KERNEL_ONLY);
			break;
		case SIG_UNBLOCK:
			mask = old & ~(u64)set;
			break;
		case SIG_SETMASK:
			mask = (old & ~OLD_SIGNALS) | (set & ~SIG_KERNEL_ONLY);
			break;
		default:
			return -EINVAL;
		}
		signal_set_blocked(t, mask);
	}
	return a->v[2] ? arch_put_user32(uaddr(a->v[2]), (u32)old) : 0;
}

long sys_compat_sgetmask(const struct compat_args *a)
{
	(void)a;
	return (long)(u32)current->blocked;
}

long sys_compat_ssetmask(const struct compat_args *a)
{
	u64 old = current->blocked;

	signal_set_blocked(current, a->v[0] & ~SIG_KERNEL_ONLY);
	return (long)(u32)old;
}

long sys_compat_sigpending(const struct compat_args *a)
{
	return arch_put_user32(uaddr(a->v[0]), (u32)signal_pending_set(current));
}

long sys_compat_sigsuspend(const struct compat_args *a)
{
	signal_temp_mask(current, a->v[2]);
	return sys_pause();
}
