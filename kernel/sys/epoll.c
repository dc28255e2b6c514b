/* epoll_create(2), epoll_ctl(2), epoll_wait(2). Next: vfs/epoll.c, vfs/epoll_wait.c. */
#include "core/time.h"
#include "sys/poller.h"
#include "sys/uaccess_time.h"
#include "vfs/epoll.h"

#define MAX_EVENTS ((int)(0x7fffffff / sizeof(struct epoll_event)))

long sys_epoll_create1(int flags)
{
	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	return file_install(epoll_file(), flags & EPOLL_CLOEXEC);
}

long sys_epoll_create(int size)
{
	return size <= 0 ? -EINVAL : sys_epoll_create1(0);
}

static long change(struct file *ep_file, int op, struct file *target, int fd,
		   const struct epoll_event *event)
{
	struct epoll *ep = epoll_of(ep_file);

	if (!target->ops->poll)
		return fail(EPERM, "a file that is always ready");
	if (!ep || ep_file == target)
		return -EINVAL;
	return epoll_change(ep, op, target, fd, event);
}

long sys_epoll_ctl(int epfd, int op, int fd, uaddr_t event)
{
	struct fdtable *files = current->vfs.files;
	struct epoll_event e = {0};
	struct fdref ep, target;
	long err = -EBADF;

	if (op != EPOLL_CTL_DEL && copy_from_user(&e, event, sizeof(e)))
		return -EFAULT;
	ep = fd_get(files, (unsigned)epfd);
	if (!ep.file)
		return -EBADF;
	target = fd_get(files, (unsigned)fd);
	if (target.file) {
		err = change(ep.file, op, target.file, fd, &e);
		fd_put(target);
	}
	fd_put(ep);
	return err;
}

/* deadline_ns: 0 = none, 1 = do not sleep. */
static long wait_events(int epfd, uaddr_t events, int maxevents, u64 deadline_ns)
{
	struct iter it;
	struct fdref r;
	struct epoll *ep;
	long n;

	if (maxevents <= 0 || maxevents > MAX_EVENTS)
		return -EINVAL;
	if (!arch_access_ok(events, (size_t)maxevents * sizeof(struct epoll_event)))
		return -EFAULT;
	r = fd_get(current->vfs.files, (unsigned)epfd);
	if (!r.file)
		return -EBADF;
	ep = epoll_of(r.file);
	iter_user(&it, events, (size_t)maxevents * sizeof(struct epoll_event));
	n = ep ? epoll_wait(ep, &it, (unsigned)maxevents, deadline_ns) : -EINVAL;
	fd_put(r);
	return n;
}

static u64 deadline_ms(int timeout_ms)
{
	if (timeout_ms < 0)
		return 0;
	return timeout_ms ? now_mono_ns() + (u64)timeout_ms * NSEC_PER_MSEC : 1;
}

long sys_epoll_wait(int epfd, uaddr_t events, int maxevents, int timeout_ms)
{
	return wait_events(epfd, events, maxevents, deadline_ms(timeout_ms));
}

static long wait_masked(int epfd, uaddr_t events, int maxevents, u64 deadline_ns, uaddr_t sigmask,
			size_t sigsetsize)
{
	long n = sigmask_set(sigmask, sigsetsize);

	if (n)
		return n;
	n = wait_events(epfd, events, maxevents, deadline_ns);
	if (sigmask.v)
		sigmask_restore_unless(n == -EINTR);
	return n;
}

long sys_epoll_pwait(int epfd, uaddr_t events, int maxevents, int timeout_ms, uaddr_t sigmask,
		     size_t sigsetsize)
{
	return wait_masked(epfd, events, maxevents, deadline_ms(timeout_ms), sigmask, sigsetsize);
}

long sys_epoll_pwait2(int epfd, uaddr_t events, int maxevents, uaddr_t timeout, uaddr_t sigmask,
		      size_t sigsetsize)
{
	u64 deadline_ns;
	long err = timeout_get(timeout, &deadline_ns);

	if (err)
		return err;
	return wait_masked(epfd, events, maxevents, deadline_ns, sigmask, sigsetsize);
}
