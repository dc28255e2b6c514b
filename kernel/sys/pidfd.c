/* pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2). */
#include "sys/syscall.h"
#include "proc/pidfd.h"
#include <linux/fcntl.h>

/* pidfd_send_signal(2), since Linux 6.9 */
#define SIGNAL_THREAD	     BIT(0)
#define SIGNAL_THREAD_GROUP  BIT(1)
#define SIGNAL_PROCESS_GROUP BIT(2)

long sys_pidfd_open(int pid, unsigned int flags)
{
	struct process *p;
	long fd;

	if (flags & ~(unsigned)O_NONBLOCK)
		return -EINVAL;
	if (pid <= 0)
		return -EINVAL;
	p = process_find(pid);
	if (!p) {
		struct task *t = task_find(pid);

		if (!t)
			return -ESRCH;
		task_put(t);
		return fail(EINVAL, "a thread that is not the first of its process");
	}
	fd = file_install(pidfd_file(p, O_RDWR | flags), true);
	process_put(p);
	return fd;
}

static int get_info(siginfo_t *si, uaddr_t info, int sig, const struct process *p)
{
	if (!info.v) {
		siginfo_user(si, sig, SI_USER);
		return 0;
	}
	if (siginfo_get(si, info))
		return -EFAULT;
	if (si->si_signo != sig)
		return -EINVAL;
	if (p != current->process && (si->si_code >= 0 || si->si_code == SI_TKILL))
		return -EPERM;
	return 0;
}

/* The signal for one process; -ESRCH when it has been reaped. */
static int send_one(struct process *p, int sig, const siginfo_t *si)
{
	int err = signal_permission(p, sig);

	if (err || !sig)
		return err;
	return signal_process(p, si);
}

static int send_group(int pgid, int sig, const siginfo_t *si)
{
	struct process *p;
	int next = 1, err = -ESRCH;
	bool any = false;

	while ((p = process_next(next))) {
		next = p->pid + 1;
		if (p->pgid == pgid) {
			err = send_one(p, sig, si);
			any |= !err;
		}
		process_put(p);
	}
	return any ? 0 : err;
}

long sys_pidfd_send_signal(int pidfd, int sig, uaddr_t info, unsigned int flags)
{
	struct process *p;
	siginfo_t si;
	u32 f_flags;
	int err;

	if ((flags & ~(SIGNAL_THREAD | SIGNAL_THREAD_GROUP | SIGNAL_PROCESS_GROUP)) ||
	    (flags & (flags - 1)))
		return -EINVAL;
	p = pidfd_find_any(pidfd, &f_flags);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = get_info(&si, info, sig, p);
	if (!err && (sig < 0 || sig > NSIG_K))
		err = -EINVAL;
	if (!err && process_is_reaped(p))
		err = -ESRCH;
	if (err)
		goto out;
	if (flags & SIGNAL_PROCESS_GROUP) {
		err = send_group(p->pgid, sig, &si);
	} else if (flags & SIGNAL_THREAD) {
		struct task *t = task_find_pid(p->pid);

		err = t ? signal_permission(p, sig) : -ESRCH;
		if (!err && sig)
			err = signal_task(t, &si);
		if (t)
			task_put(t);
	} else {
		err = send_one(p, sig, &si);
	}
out:
	process_put(p);
	return err;
}

long sys_pidfd_getfd(int pidfd, int targetfd, unsigned int flags)
{
	struct fdtable *files = NULL;
	struct process *p;
	struct fdref r;
	struct task *t;
	u32 f_flags;
	long ret;

	if (flags)
		return -EINVAL;
	p = pidfd_find(pidfd, &f_flags);
	if (IS_ERR(p))
		return PTR_ERR(p);
	t = task_next(p, 1);
	ret = t ? task_may_access(t) : -ESRCH;
	if (!ret) {
		files = task_get_files(t);
		ret = files ? 0 : -ESRCH;
	}
	if (t)
		task_put(t);
	process_put(p);
	if (ret)
		return ret;
	r = fd_get_any(files, (unsigned)targetfd); /* shared now: counted */
	ret = r.file ? file_install(file_get(r.file), true) : -EBADF;
	fd_put(r);
	fdtable_put(files);
	return ret;
}
