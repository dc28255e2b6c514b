/* The signal to the owner of an open file, fcntl(2): F_SETOWN, F_SETOWN_EX, F_SETSIG. Called
 * through fown_send by vfs/lease.c and vfs/dnotify.c. */
#include "lib/err.h"
#include "lib/string.h"
#include "proc/pid.h"
#include "vfs/fown.h"
#include <linux/eventpoll.h>
#include <linux/fcntl.h>

static const u32 bands[] = {
	[POLL_IN] = EPOLLIN | EPOLLRDNORM,
	[POLL_OUT] = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND,
	[POLL_MSG] = EPOLLIN | EPOLLRDNORM | EPOLLMSG,
	[POLL_ERR] = EPOLLERR,
	[POLL_PRI] = EPOLLPRI | EPOLLRDBAND,
	[POLL_HUP] = EPOLLHUP | EPOLLERR,
};

/* As kill(2) from whoever set the owner; a task's own credentials are read where they are. */
static bool may_signal(const struct file *f, struct process *p)
{
	struct task *t = task_next(p, 1);
	const struct cred *c;
	bool may;

	if (!t)
		return false;
	c = task_get_cred(t);
	may = !f->owner_euid || f->owner_euid == c->suid || f->owner_euid == c->uid ||
	      f->owner_uid == c->suid || f->owner_uid == c->uid;
	cred_put(c);
	task_put(t);
	return may;
}

static void fill(siginfo_t *si, const struct file *f, int fd, int reason)
{
	siginfo_kernel(si, reason == FOWN_URG ? SIGURG : SIGIO);
	if (!f->owner_sig || reason == FOWN_URG)
		return;
	memset(si, 0, sizeof(*si));
	si->si_signo = f->owner_sig;
	/* Where the signal has codes of its own, they must not be taken for these. */
	si->si_code = f->owner_sig != SIGIO &&
				      (SIGMASK(f->owner_sig) & (SIG_SYNCHRONOUS | SIGMASK(SIGCHLD)))
			      ? SI_SIGIO
			      : reason;
	si->si_band = (long)bands[reason];
	si->si_fd = fd;
}

static void send_to_process(const struct file *f, struct process *p, const siginfo_t *si)
{
	siginfo_t plain;

	if (!may_signal(f, p))
		return;
	/* What does not fit into the queue comes as a plain SIGIO. */
	if (signal_process(p, si) && si->si_signo != SIGIO) {
		siginfo_kernel(&plain, SIGIO);
		signal_process(p, &plain);
	}
}

static void send(const struct file *f, int fd, int reason)
{
	int pid = READ_ONCE(f->owner_pid);
	struct process *p;
	struct task *t;
	siginfo_t si;

	if (!pid)
		return;
	fill(&si, f, fd, reason);
	if (f->owner_type == F_OWNER_TID) {
		t = task_find_pid(pid);
		if (t && may_signal(f, t->process))
			signal_task(t, &si);
		if (t)
			task_put(t);
	} else if (f->owner_type == F_OWNER_PID) {
		p = process_find_pid(pid);
		if (p) {
			send_to_process(f, p, &si);
			process_put(p);
		}
	} else {
		for (p = process_next(1); p; p = process_next(pid)) {
			if (p->pgid == f->owner_pid)
				send_to_process(f, p, &si);
			pid = p->pid + 1;
			process_put(p);
		}
	}
}

void fown_init(void)
{
	fown_send = send;
}
