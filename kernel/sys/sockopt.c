/* setsockopt(2) and getsockopt(2): values between user and kernel; next is net/sockopt.c. What
 * knows layouts or processes -- timeouts, pidfds -- is here. */
#include "sys/ids.h"
#include "proc/pidfd.h"
#include "sys/sock.h"
#include "sys/uaccess_time.h"

#define VALUE_MAX 256 /* bytes of any option */

/* --- SO_RCVTIMEO and SO_SNDTIMEO --- */

static bool is_timeout(int name)
{
	return name == SO_RCVTIMEO_OLD || name == SO_SNDTIMEO_OLD || name == SO_RCVTIMEO_NEW ||
	       name == SO_SNDTIMEO_NEW;
}
static bool is_old(int name)
{
	return name == SO_RCVTIMEO_OLD || name == SO_SNDTIMEO_OLD;
}
static u64 *timeout_of(struct socket *s, int name)
{
	return name == SO_RCVTIMEO_OLD || name == SO_RCVTIMEO_NEW ? &s->rcvtimeo_ns
								  : &s->sndtimeo_ns;
}
/* The ..._NEW ones have 64 bits everywhere. */
static size_t timeout_bytes(int name)
{
	return is_old(name) ? timeval_bytes() : sizeof(struct __kernel_sock_timeval);
}

static long set_timeout(struct socket *s, int name, uaddr_t optval, int optlen)
{
	struct __kernel_sock_timeval tv;
	struct __kernel_old_timeval old;

	if (optlen < (int)timeout_bytes(name))
		return -EINVAL;
	if (!is_old(name)) {
		if (copy_from_user(&tv, optval, sizeof(tv)))
			return -EFAULT;
	} else {
		if (timeval_copy_in(&old, optval))
			return -EFAULT;
		tv.tv_sec = old.tv_sec;
		tv.tv_usec = old.tv_usec;
	}
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EDOM;
	if (tv.tv_sec < 0)
		*timeout_of(s, name) = 1; /* as Linux: over at once */
	else if (tv.tv_sec >= (s64)(TIME_MAX_NS / NSEC_PER_SEC / 2))
		*timeout_of(s, name) = 0;
	else
		*timeout_of(s, name) =
			(u64)tv.tv_sec * NSEC_PER_SEC + (u64)tv.tv_usec * NSEC_PER_USEC;
	return 0;
}

static long get_timeout(struct socket *s, int name, uaddr_t optval, int *len)
{
	struct __kernel_old_timeval old = ns_to_timeval(*timeout_of(s, name));
	struct __kernel_sock_timeval tv = {old.tv_sec, old.tv_usec};
	struct time32_pair t32 = {(s32)old.tv_sec, (s32)old.tv_usec};
	const void *from = &tv;

	if (is_old(name) && arch_in_compat_syscall())
		from = &t32;
	*len = MIN(*len, (int)timeout_bytes(name));
	return copy_to_user(optval, from, (size_t)*len);
}

/* --- SO_PEERPIDFD --- */

static long get_peer_pidfd(struct socket *s, uaddr_t optval, int *len)
{
	struct sock_ids ids;
	struct process *p;
	long fd = s->ops->peer_ids ? s->ops->peer_ids(s, &ids) : -ENOPROTOOPT;

	if (fd)
		return fd;
	p = ids.pid ? process_find_pid((int)ids.pid) : NULL;
	if (!p)
		return ids.pid ? -EINVAL : -ENODATA;
	fd = file_install(pidfd_file(p, O_RDWR), true);
	process_put(p);
	if (fd < 0)
		return fd;
	*len = MIN(*len, (int)sizeof(int));
	if (copy_to_user(optval, &(int){(int)fd}, (size_t)*len)) {
		fd_close(current->vfs.files, (unsigned)fd);
		return -EFAULT;
	}
	return 0;
}

/* unix(7), SO_PEERCRED: in the caller's numbers. */
static int get_peer_ids(struct socket *s, u8 *val, int *len)
{
	struct sock_ids ids;
	int n = sizeof(ids), err = socket_getsockopt(s, SO_PEERCRED, &ids, &n);

	if (err)
		return err;
	if (ids.uid != NO_KID) { /* there is a peer */
		ids.pid = (u32)pid_seen((int)ids.pid);
		ids.uid = uid_seen(ids.uid);
		ids.gid = gid_seen(ids.gid);
	}
	*len = MIN(*len, n);
	memcpy(val, &ids, (size_t)*len);
	return 0;
}

/* --- the calls --- */

static long set_option(struct socket *s, int level, int name, uaddr_t optval, int optlen)
{
	u8 val[VALUE_MAX] __aligned(8);
	bool is_number = level == SOL_SOCKET && name != SO_LINGER && name != SO_BINDTODEVICE;
	int n = MIN(optlen, (int)(is_number ? sizeof(int) : VALUE_MAX));

	if (optlen < 0)
		return -EINVAL;
	if (level == SOL_SOCKET && is_timeout(name))
		return set_timeout(s, name, optval, optlen);
	if (level == SOL_SOCKET && name == SO_LINGER)
		n = MIN(n, 2 * (int)sizeof(int));
	if (level == SOL_SOCKET && optlen < (int)sizeof(int) && name != SO_BINDTODEVICE)
		return -EINVAL;
	if (level != SOL_SOCKET && !s->ops->setsockopt)
		return -EOPNOTSUPP;
	if (copy_from_user(val, optval, (size_t)n))
		return -EFAULT;
	if (level == SOL_SOCKET)
		return socket_setsockopt(s, current->vfs.cred, name, val, n);
	return s->ops->setsockopt(s, level, name, val, n);
}

long sys_setsockopt(int fd, int level, int optname, uaddr_t optval, int optlen)
{
	struct fdref r;
	long err;
	struct socket *s = sock_get(fd, &r, &err);

	if (!s)
		return err;
	err = set_option(s, level, optname, optval, optlen);
	fd_put(r);
	return err;
}

static long get_option(struct socket *s, int level, int name, uaddr_t optval, int *len)
{
	u8 val[VALUE_MAX] __aligned(8);
	int room = *len, err;

	if (level == SOL_SOCKET && is_timeout(name))
		return get_timeout(s, name, optval, len);
	if (level == SOL_SOCKET && name == SO_PEERPIDFD)
		return get_peer_pidfd(s, optval, len);
	*len = MIN(room, VALUE_MAX);
	memset(val, 0, sizeof(val));
	if (level == SOL_SOCKET && name == SO_PEERCRED)
		err = get_peer_ids(s, val, len);
	else if (level == SOL_SOCKET)
		err = socket_getsockopt(s, name, val, len);
	else
		err = s->ops->getsockopt ? s->ops->getsockopt(s, level, name, val, len)
					 : -EOPNOTSUPP;
	return err ? err : copy_to_user(optval, val, (size_t)*len);
}

long sys_getsockopt(int fd, int level, int optname, uaddr_t optval, uaddr_t optlen)
{
	struct fdref r;
	long err;
	struct socket *s = sock_get(fd, &r, &err);
	int len;

	if (!s)
		return err;
	err = copy_from_user(&len, optlen, sizeof(len));
	if (!err && len < 0)
		err = -EINVAL;
	if (!err)
		err = get_option(s, level, optname, optval, &len);
	if (!err)
		err = copy_to_user(optlen, &len, sizeof(len));
	fd_put(r);
	return err;
}
