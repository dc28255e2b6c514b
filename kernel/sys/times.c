/* File times: utime(2) utimes(2) utimensat(2). Next: vfs_setattr(). */
#include "sys/uaccess_time.h"
#include <linux/stat.h>
#include <linux/time_types.h>

#ifndef UTIME_NOW
#define UTIME_NOW  ((1l << 30) - 1l)
#define UTIME_OMIT ((1l << 30) - 2l)
#endif

struct utimbuf_k {
	long actime, modtime;
};

/* `ts` NULL: both now. */
static long times_attr(const struct __kernel_timespec *ts, struct iattr *a)
{
	*a = (struct iattr){.valid = ATTR_ATIME | ATTR_MTIME};
	if (!ts) {
		a->valid |= ATTR_ATIME_NOW | ATTR_MTIME_NOW;
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		unsigned bit = i ? ATTR_MTIME : ATTR_ATIME;
		struct ktime_ts *to = i ? &a->mtime : &a->atime;
		long nsec = ts[i].tv_nsec;

		if (nsec == UTIME_OMIT)
			a->valid &= ~bit;
		else if (nsec == UTIME_NOW)
			a->valid |= i ? ATTR_MTIME_NOW : ATTR_ATIME_NOW;
		else if (nsec < 0 || nsec >= NSEC_PER_SEC)
			return -EINVAL;
		else
			*to = (struct ktime_ts){ts[i].tv_sec, (u32)nsec};
	}
	return 0;
}

static long set_times(const struct path *p, const struct __kernel_timespec *ts)
{
	struct iattr a;
	long err = times_attr(ts, &a);

	return err ? err : vfs_setattr(&current->vfs, p, &a);
}

static long set_times_fd(int fd, const struct __kernel_timespec *ts)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = set_times(&r.file->path, ts);
	fd_put(r);
	return err;
}

/* A NULL path means the descriptor itself (futimens(3)). */
static long set_times_at(int dirfd, uaddr_t path, const struct __kernel_timespec *ts, int flags)
{
	struct user_path up;
	unsigned lookup_flags = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path p;
	char *name;
	long err;

	if (!path.v && dirfd != AT_FDCWD)
		return flags ? -EINVAL : set_times_fd(dirfd, ts);
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup_flags |= LOOKUP_EMPTY;
	name = user_path_get(&up, path, flags & AT_EMPTY_PATH);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_lookup(&current->vfs, dirfd, name, lookup_flags, &p);
	user_path_put(&up);
	if (err)
		return err;
	err = set_times(&p, ts);
	path_put(&p);
	return err;
}

long sys_utimensat(int dirfd, uaddr_t path, uaddr_t times, int flags)
{
	struct __kernel_timespec ts[2];

	if (!times.v)
		return set_times_at(dirfd, path, NULL, flags);
	if (timespec_copy_in(&ts[0], times) ||
	    timespec_copy_in(&ts[1], uaddr_add(times, timespec_bytes())))
		return -EFAULT;
	/* "If both are UTIME_OMIT, success, without any look at the file" */
	if (ts[0].tv_nsec == UTIME_OMIT && ts[1].tv_nsec == UTIME_OMIT)
		return 0;
	return set_times_at(dirfd, path, ts, flags);
}

long sys_futimesat(int dirfd, uaddr_t path, uaddr_t times)
{
	struct __kernel_timespec ts[2];
	struct __kernel_old_timeval tv[2];

	if (!times.v)
		return set_times_at(dirfd, path, NULL, 0);
	if (timeval_copy_in(&tv[0], times) ||
	    timeval_copy_in(&tv[1], uaddr_add(times, timeval_bytes())))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		/* also keeps UTIME_NOW and UTIME_OMIT out */
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return -EINVAL;
		ts[i].tv_sec = tv[i].tv_sec;
		ts[i].tv_nsec = tv[i].tv_usec * 1000;
	}
	return set_times_at(dirfd, path, ts, 0);
}

long sys_utimes(uaddr_t path, uaddr_t times)
{
	return sys_futimesat(AT_FDCWD, path, times);
}

long sys_utime(uaddr_t path, uaddr_t times)
{
	struct __kernel_timespec ts[2] = {{0, 0}, {0, 0}};
	struct utimbuf_k u;

	if (!times.v)
		return set_times_at(AT_FDCWD, path, NULL, 0);
	if (arch_in_compat_syscall()) {
		struct time32_pair t;

		if (copy_from_user(&t, times, sizeof(t)))
			return -EFAULT;
		u = (struct utimbuf_k){t.sec, t.frac};
	} else if (copy_from_user(&u, times, sizeof(u))) {
		return -EFAULT;
	}
	ts[0].tv_sec = u.actime;
	ts[1].tv_sec = u.modtime;
	return set_times_at(AT_FDCWD, path, ts, 0);
}
