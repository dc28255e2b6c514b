/* Signals: sigaction(2), sigprocmask(2), kill(2), sigaltstack(2), sigsuspend(2) and relatives. */
#include "sys/ids.h"
#include "sys/uaccess_time.h"
#include "core/time.h"
#include "proc/signal.h"
#include "vfs/cred.h"
#include <linux/capability.h>

#define SIGSET_BYTES sizeof(u64)

static bool is_signal(int sig)
{
	return sig >= 1 && sig <= NSIG_K;
}

/* The flags sigaction(2) knows; what is unknown is not kept, so that a program can ask for it. */
#define SA_KNOWN                                                                           \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
	 SA_RESETHAND | SA_RESTORER)

long sys_rt_sigaction(int sig, uaddr_t act, uaddr_t oldact, size_t sigsetsize)
{
	struct k_sigaction new_action, old;

	if (sigsetsize != SIGSET_BYTES)
		return -EINVAL;
	if (act.v && copy_from_user(&new_action, act, sizeof(new_action)))
		return -EFAULT;
	if (!is_signal(sig) || (act.v && (SIGMASK(sig) & SIG_KERNEL_ONLY)))
		return -EINVAL;
	if (act.v)
		new_action.flags &= SA_KNOWN;
	signal_action(current->process, sig, act.v ? &new_action : NULL, &old);
	if (oldact.v && copy_to_user(oldact, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

long sys_rt_sigprocmask(int how, uaddr_t set, uaddr_t oldset, size_t sigsetsize)
{
	struct task *t = current;
	u64 old = t->blocked, mask;

	if (sigsetsize != SIGSET_BYTES)
		return -EINVAL;
	if (set.v) {
		if (arch_get_user64(&mask, set))
			return -EFAULT;
		switch (how) {
		case SIG_BLOCK:
			mask = old | (mask & ~SIG_KERNEL_ONLY);
			break;
		case SIG_UNBLOCK:
			mask = old & ~mask;
			break;
		case SIG_SETMASK:
			break;
		default:
			return -EINVAL;
		}
		signal_set_blocked(t, mask);
	}
	return oldset.v && arch_put_user64(oldset, old) ? -EFAULT : 0;
}

long sys_rt_sigpending(uaddr_t set, size_t sigsetsize)
{
	u64 pending = signal_pending_set(current);

	if (sigsetsize > SIGSET_BYTES)
		return -EINVAL;
	return copy_to_user(set, &pending, sigsetsize);
}

long sys_rt_sigreturn(void)
{
	return signal_return(arch_thread_regs(this_thread()));
}

long sys_rt_sigsuspend(uaddr_t set, size_t sigsetsize)
{
	u64 mask;

	if (sigsetsize != SIGSET_BYTES)
		return -EINVAL;
	if (arch_get_user64(&mask, set))
		return -EFAULT;
	signal_temp_mask(current, mask);
	return sys_pause();
}

long sys_pause(void)
{
	for (;;) {
		set_thread_state(TS_INTERRUPTIBLE);
		if (thread_signal_pending())
			break;
		schedule();
	}
	set_thread_state(TS_RUNNING);
	return -ERESTARTNOHAND;
}

/* --- sigaltstack(2) --- */

static bool is_on_altstack(const struct task *t, unsigned long sp)
{
	if (t->altstack.flags & (int)SS_AUTODISARM)
		return false;
	return sp > t->altstack.sp && sp - t->altstack.sp <= t->altstack.size;
}

static int set_altstack(struct task *t, const stack_t *ss, unsigned long sp)
{
	int mode = ss->ss_flags & ~(int)SS_AUTODISARM;

	if (is_on_altstack(t, sp))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (t->altstack.sp == (unsigned long)ss->ss_sp && t->altstack.size == ss->ss_size &&
	    t->altstack.flags == ss->ss_flags)
		return 0;
	if (mode == SS_DISABLE) {
		t->altstack.sp = 0;
		t->altstack.size = 0;
	} else {
		if (ss->ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		t->altstack.sp = (unsigned long)ss->ss_sp;
		t->altstack.size = ss->ss_size;
	}
	t->altstack.flags = ss->ss_flags;
	return 0;
}

static int stack_get(stack_t *ss, uaddr_t from)
{
	u32 words[3];

	if (!arch_in_compat_syscall())
		return copy_from_user(ss, from, sizeof(*ss));
	if (copy_from_user(words, from, sizeof(words)))
		return -EFAULT;
	ss->ss_sp = (void *)(unsigned long)words[0];
	ss->ss_flags = (int)words[1];
	ss->ss_size = words[2];
	return 0;
}

static int stack_put(uaddr_t to, const stack_t *ss)
{
	const u32 words[3] = {(u32)(unsigned long)ss->ss_sp, (u32)ss->ss_flags, (u32)ss->ss_size};

	return arch_in_compat_syscall() ? copy_to_user(to, words, sizeof(words))
					: copy_to_user(to, ss, sizeof(*ss));
}

long sys_sigaltstack(uaddr_t ss, uaddr_t old_ss)
{
	struct task *t = current;
	unsigned long sp = arch_user_sp(arch_thread_regs(&t->thread));
	stack_t new_stack, old;
	int err;

	if (ss.v && stack_get(&new_stack, ss))
		return -EFAULT;
	memset(&old, 0, sizeof(old));
	old.ss_sp = (void *)t->altstack.sp;
	old.ss_size = t->altstack.size;
	old.ss_flags = t->altstack.flags & (int)SS_AUTODISARM;
	if (!t->altstack.size)
		old.ss_flags |= SS_DISABLE;
	else if (is_on_altstack(t, sp))
		old.ss_flags |= SS_ONSTACK;
	if (ss.v) {
		err = set_altstack(t, &new_stack, sp);
		if (err)
			return err;
	}
	return old_ss.v ? stack_put(old_ss, &old) : 0;
}

/* --- sending --- */

/* Whether the number is one, permission, then the signal; sig 0 asks only. */
static int check_send(struct process *p, int sig)
{
	if (sig < 0 || sig > NSIG_K)
		return -EINVAL;
	return signal_permission(p, sig);
}

static int send_process(struct process *p, int sig, const siginfo_t *si)
{
	int err = check_send(p, sig);

	return err || !sig ? err : signal_process(p, si);
}

/* kill(-1): all but process 1 and the caller; whom it may not signal it passes over. */
static long kill_all(int sig, const siginfo_t *si)
{
	struct process *p;
	long ret = 0;
	int next = 1;
	bool any = false;

	while ((p = process_next(next))) {
		next = p->pid + 1;
		if (p != current->process && pid_seen(p->pid) > 1) {
			int err = send_process(p, sig, si);

			any = true;
			if (err != -EPERM)
				ret = err;
		}
		process_put(p);
	}
	return any ? ret : -ESRCH;
}

/* kill(-pgid): success when one was reached. */
static long kill_group(int pgid, int sig, const siginfo_t *si)
{
	struct process *p;
	long ret = -ESRCH;
	int next = 1;
	bool any = false;

	while ((p = process_next(next))) {
		next = p->pid + 1;
		if (p->pgid == pgid) {
			ret = send_process(p, sig, si);
			any |= !ret;
		}
		process_put(p);
	}
	return any ? 0 : ret;
}

long sys_kill(int pid, int sig)
{
	struct process *p;
	siginfo_t si;
	long err;

	siginfo_user(&si, sig, SI_USER);
	if (pid == INT32_MIN)
		return -ESRCH;
	if (pid <= 0) {
		if (pid == -1)
			return kill_all(sig, &si);
		return kill_group(pid ? pid_given(-pid) : current->process->pgid, sig, &si);
	}
	p = process_find(pid);
	if (!p) {
		struct task *t = task_find(pid); /* a thread's tid names its process too */

		if (!t)
			return -ESRCH;
		err = send_process(t->process, sig, &si);
		task_put(t);
		return err;
	}
	err = send_process(p, sig, &si);
	process_put(p);
	return err;
}

static long send_task(int tgid, int tid, int sig, const siginfo_t *si)
{
	struct task *t = task_find(tid);
	long err = -ESRCH;

	if (!t)
		return err;
	if (tgid <= 0 || t->process->pid == pid_given(tgid)) {
		err = check_send(t->process, sig);
		if (!err && sig)
			err = signal_task(t, si);
	}
	task_put(t);
	return err;
}

long sys_tgkill(int tgid, int tid, int sig)
{
	siginfo_t si;

	if (tid <= 0 || tgid <= 0)
		return -EINVAL;
	siginfo_user(&si, sig, SI_TKILL);
	return send_task(tgid, tid, sig, &si);
}

long sys_tkill(int tid, int sig)
{
	siginfo_t si;

	if (tid <= 0)
		return -EINVAL;
	siginfo_user(&si, sig, SI_TKILL);
	return send_task(0, tid, sig, &si);
}

/* Nobody may pretend that the kernel, kill or tkill sent it; except to oneself. */
int siginfo_get(siginfo_t *si, uaddr_t from)
{
	if (arch_in_compat_syscall())
		return arch_siginfo_from_compat(si, from);
	return copy_from_user(si, from, sizeof(*si));
}

static int get_siginfo(siginfo_t *si, uaddr_t info, int sig, bool is_self)
{
	if (siginfo_get(si, info))
		return -EFAULT;
	si->si_signo = sig;
	if (si->si_code == SI_QUEUE)
		si->si_uid = uid_given(si->si_uid);
	if ((si->si_code >= 0 || si->si_code == SI_TKILL) && !is_self)
		return -EPERM;
	return 0;
}

long sys_rt_sigqueueinfo(int pid, int sig, uaddr_t info)
{
	struct process *p;
	siginfo_t si;
	long err;

	err = get_siginfo(&si, info, sig, pid == current->process->vpid);
	if (err)
		return err;
	p = process_find(pid);
	if (!p)
		return -ESRCH;
	err = send_process(p, sig, &si);
	process_put(p);
	return err;
}

long sys_rt_tgsigqueueinfo(int tgid, int tid, int sig, uaddr_t info)
{
	siginfo_t si;
	long err;

	if (siginfo_get(&si, info))
		return -EFAULT;
	if (tid <= 0 || tgid <= 0)
		return -EINVAL;
	err = get_siginfo(&si, info, sig, tid == current->vtid);
	if (err)
		return err;
	return send_task(tgid, tid, sig, &si);
}

/* --- sigwaitinfo(2) --- */

/* Sleep with `wanted` unblocked, so that it can arrive, and remembered as blocked, so that it is
 * neither dropped nor fatal. */
static void wait_for(struct task *t, u64 wanted, u64 deadline_ns)
{
	unsigned long f = spin_lock_irqsave(&t->process->sighand_lock);

	t->real_blocked = t->blocked;
	t->blocked &= ~wanted;
	signal_recalc(t);
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
	set_thread_state(TS_INTERRUPTIBLE);
	if (!thread_signal_pending())
		(void)schedule_until(deadline_ns);
	set_thread_state(TS_RUNNING);
	f = spin_lock_irqsave(&t->process->sighand_lock);
	t->blocked = t->real_blocked;
	t->real_blocked = 0;
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
}

long sys_rt_sigtimedwait(uaddr_t set, uaddr_t info, uaddr_t timeout, size_t sigsetsize)
{
	struct task *t = current;
	u64 wanted, timeout_ns = 0, now;
	siginfo_t si;
	int signo, err;

	if (sigsetsize != SIGSET_BYTES)
		return -EINVAL;
	if (arch_get_user64(&wanted, set))
		return -EFAULT;
	if (timeout.v) {
		err = timespec_get(timeout, &timeout_ns);
		if (err)
			return err;
	}
	wanted &= ~SIG_KERNEL_ONLY;
	signo = signal_dequeue(t, wanted, &si);
	if (!signo && (!timeout.v || timeout_ns)) {
		now = now_mono_ns();
		wait_for(t, wanted,
			 !timeout.v			  ? 0
			 : timeout_ns > TIME_MAX_NS - now ? TIME_MAX_NS
							  : now + timeout_ns);
		signo = signal_dequeue(t, wanted, &si);
		if (!signo)
			return thread_signal_pending() ? -EINTR : -EAGAIN;
	}
	if (!signo)
		return -EAGAIN;
	if (info.v && (arch_in_compat_syscall() ? arch_siginfo_to_compat(info, &si)
						: copy_to_user(info, &si, sizeof(si))))
		return -EFAULT;
	return signo;
}
