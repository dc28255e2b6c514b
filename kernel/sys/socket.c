/*
 * socket(2) and its family, before there are sockets: no address family is served, so none can be
 * made, and a descriptor is never one. What is checked before that is checked here too, in Linux's
 * order.
 */
#include "sys/uaccess_time.h"
#include "abi/linux/missing.h"

#define SOCKADDR_MAX	128 /* sizeof(struct sockaddr_storage) */
#define SOCK_TYPE_LIMIT 11  /* types are below */
#define FAMILY_LIMIT	46  /* families are below */
#define MAX_RW_BYTES	0x7ffff000UL

static bool is_open(int fd)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);

	if (!r.file)
		return false;
	fd_put(r);
	return true;
}

/* -EBADF, or -ENOTSOCK for every open file. */
static long not_a_socket(int fd)
{
	return is_open(fd) ? -ENOTSOCK : -EBADF;
}

/* A free descriptor's number, for the caller to fill or fd_cancel(); -EMFILE. */
static int take_number(void)
{
	return fd_alloc(current->vfs.files, 0, current->vfs.limit_nofile, false);
}

/* --- making them --- */

long sys_socket(int family, int type, int protocol)
{
	int flags = type & ~SOCK_TYPE_MASK;

	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	if (family >= 0 && family < FAMILY_LIMIT && (type & SOCK_TYPE_MASK) >= SOCK_TYPE_LIMIT)
		return -EINVAL;
	return fail(EAFNOSUPPORT, "no address family is served yet");
}

long sys_socketpair(int family, int type, int protocol, uaddr_t fds)
{
	int numbers[2], n, err = 0;

	if ((type & ~SOCK_TYPE_MASK) & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	/* Linux takes two numbers and writes them before it looks at the family. */
	for (n = 0; n < 2; n++) {
		numbers[n] = take_number();
		if (numbers[n] < 0) {
			err = numbers[n];
			break;
		}
	}
	if (!err)
		err = copy_to_user(fds, numbers, sizeof(numbers));
	while (n > 0)
		fd_cancel(current->vfs.files, (unsigned)numbers[--n]);
	return err ? err : sys_socket(family, type, protocol);
}

/* --- using them --- */

long sys_bind(int fd, uaddr_t addr, int addrlen)
{
	return not_a_socket(fd);
}

long sys_listen(int fd, int backlog)
{
	return not_a_socket(fd);
}

long sys_connect(int fd, uaddr_t addr, int addrlen)
{
	char address[SOCKADDR_MAX];

	if (!is_open(fd))
		return -EBADF;
	if (addrlen < 0 || addrlen > SOCKADDR_MAX)
		return -EINVAL;
	if (copy_from_user(address, addr, (size_t)addrlen))
		return -EFAULT;
	return not_a_socket(fd);
}

long sys_accept4(int fd, uaddr_t addr, uaddr_t addrlen, int flags)
{
	int number;

	if (!is_open(fd))
		return -EBADF;
	if (flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	number = take_number();
	if (number < 0)
		return number;
	fd_cancel(current->vfs.files, (unsigned)number);
	return not_a_socket(fd);
}

long sys_accept(int fd, uaddr_t addr, uaddr_t addrlen)
{
	return sys_accept4(fd, addr, addrlen, 0);
}

long sys_getsockname(int fd, uaddr_t addr, uaddr_t addrlen)
{
	return not_a_socket(fd);
}

/* bash asks it of its standard input, to know whether a remote shell daemon started it. */
long sys_getpeername(int fd, uaddr_t addr, uaddr_t addrlen)
{
	return not_a_socket(fd);
}

long sys_shutdown(int fd, int how)
{
	return not_a_socket(fd);
}

long sys_setsockopt(int fd, int level, int optname, uaddr_t optval, int optlen)
{
	return not_a_socket(fd);
}

long sys_getsockopt(int fd, int level, int optname, uaddr_t optval, uaddr_t optlen)
{
	return not_a_socket(fd);
}

/* --- moving data --- */

long sys_sendto(int fd, uaddr_t buf, size_t len, unsigned flags, uaddr_t addr, int addrlen)
{
	return arch_access_ok(buf, MIN(len, MAX_RW_BYTES)) ? not_a_socket(fd) : -EFAULT;
}

long sys_recvfrom(int fd, uaddr_t buf, size_t len, unsigned flags, uaddr_t addr, uaddr_t addrlen)
{
	return arch_access_ok(buf, MIN(len, MAX_RW_BYTES)) ? not_a_socket(fd) : -EFAULT;
}

/* A flag of the kernel's own: a caller is a 32-bit program. */
static long message(int fd, unsigned flags)
{
	return flags & MSG_CMSG_COMPAT ? -EINVAL : not_a_socket(fd);
}

long sys_sendmsg(int fd, uaddr_t msg, unsigned flags)
{
	return message(fd, flags);
}

long sys_recvmsg(int fd, uaddr_t msg, unsigned flags)
{
	return message(fd, flags);
}

long sys_sendmmsg(int fd, uaddr_t msgs, unsigned vlen, unsigned flags)
{
	return message(fd, flags);
}

long sys_recvmmsg(int fd, uaddr_t msgs, unsigned vlen, unsigned flags, uaddr_t timeout)
{
	u64 timeout_ns;
	int err;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	if (timeout.v) {
		err = timespec_get(timeout, &timeout_ns);
		if (err)
			return err;
	}
	return not_a_socket(fd);
}
