/* poll(2), ppoll(2). Next: file_ops.poll of each file. */
#include "core/time.h"
#include "sys/poller.h"
#include "sys/uaccess_time.h"
#include <asm/poll.h>

#define FDS_ON_STACK 16

/* One descriptor's revents. */
static unsigned ask_fd(struct poller *p, struct pollfd *pfd)
{
	unsigned wanted = (u16)pfd->events | POLLERR | POLLHUP, got;
	struct fdref r;

	if (pfd->fd < 0)
		return 0;
	r = fd_get(current->vfs.files, (unsigned)pfd->fd);
	if (!r.file)
		return POLLNVAL;
	got = poller_ask(p, r.file, wanted) & wanted;
	fd_put(r);
	if (got)
		p->pt.queue = NULL; /* there will be no sleep */
	return got;
}

/* deadline_ns: 0 = none, 1 = do not sleep. Events, 0, -ERESTARTNOHAND. */
static long poll_loop(struct pollfd *fds, unsigned nfds, u64 deadline_ns)
{
	struct poller p;
	bool timed_out = deadline_ns == 1;
	long count;

	poller_init(&p);
	if (timed_out)
		p.pt.queue = NULL;
	for (;;) {
		count = 0;
		for (unsigned i = 0; i < nfds; i++) {
			fds[i].revents = (short)ask_fd(&p, &fds[i]);
			count += fds[i].revents != 0;
		}
		if (!count && p.is_out_of_memory)
			count = -ENOMEM;
		if (!count && thread_signal_pending())
			count = -ERESTARTNOHAND;
		if (count || timed_out)
			break;
		timed_out = poller_sleep(&p, deadline_ns);
	}
	poller_end(&p);
	return count;
}

static long copy_revents(uaddr_t to, const struct pollfd *fds, unsigned nfds)
{
	for (unsigned i = 0; i < nfds; i++) {
		uaddr_t at = uaddr_add(to, i * sizeof(*fds) + offsetof(struct pollfd, revents));

		if (copy_to_user(at, &fds[i].revents, sizeof(fds[i].revents)))
			return -EFAULT;
	}
	return 0;
}

static long do_poll(uaddr_t ufds, unsigned nfds, u64 deadline_ns)
{
	struct pollfd few[FDS_ON_STACK], *fds = few;
	size_t size = nfds * sizeof(*fds);
	long n;

	if (nfds > current->vfs.limit_nofile)
		return -EINVAL;
	if (nfds > FDS_ON_STACK) {
		fds = kmalloc(size, GFP_KERNEL);
		if (!fds)
			return -ENOMEM;
	}
	n = copy_from_user(fds, ufds, size);
	if (!n)
		n = poll_loop(fds, nfds, deadline_ns);
	if (n >= 0 && copy_revents(ufds, fds, nfds))
		n = -EFAULT;
	if (fds != few)
		kfree(fds);
	return n;
}

/* poll continues with the same deadline after a signal without handler: restart_syscall(2). */
static long poll_restart(struct task *t);

static long poll_or_restart(uaddr_t fds, unsigned nfds, u64 deadline_ns)
{
	struct task *t = current;
	long n = do_poll(fds, nfds, deadline_ns);

	if (n != -ERESTARTNOHAND)
		return n;
	t->restart.func = poll_restart;
	t->restart.deadline_ns = deadline_ns;
	t->restart.arg[0] = fds.v;
	t->restart.arg[1] = nfds;
	return -ERESTART_RESTARTBLOCK;
}

static long poll_restart(struct task *t)
{
	return poll_or_restart(uaddr(t->restart.arg[0]), (unsigned)t->restart.arg[1],
			       t->restart.deadline_ns);
}

long sys_poll(uaddr_t fds, unsigned int nfds, int timeout_ms)
{
	u64 deadline_ns = 0;

	if (timeout_ms == 0)
		deadline_ns = 1;
	else if (timeout_ms > 0)
		deadline_ns = now_mono_ns() + (u64)timeout_ms * NSEC_PER_MSEC;
	return poll_or_restart(fds, nfds, deadline_ns);
}

long sys_ppoll(uaddr_t fds, unsigned int nfds, uaddr_t timeout, uaddr_t sigmask, size_t sigsetsize)
{
	u64 deadline_ns;
	long n = timeout_get(timeout, &deadline_ns);

	if (!n)
		n = sigmask_set(sigmask, sigsetsize);
	if (n)
		return n;
	n = do_poll(fds, nfds, deadline_ns);
	sigmask_restore_unless(n == -ERESTARTNOHAND);
	return timeout_put(timeout, deadline_ns, n);
}
