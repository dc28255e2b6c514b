/* What can be said of sockets before there are any: a descriptor is none. */
#include "sys/syscall.h"

/* -EBADF, or -ENOTSOCK for every open file. */
static long not_a_socket(int fd)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);

	if (!r.file)
		return -EBADF;
	fd_put(r);
	return -ENOTSOCK;
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
