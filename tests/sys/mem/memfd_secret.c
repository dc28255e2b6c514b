/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"
#include <sys/uio.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

TEST_MAIN
{
	int fd = (int)syscall(SYS_memfd_secret, 0), mem;
	char *p, c = 0;
	struct iovec to = {&c, 1}, from = {NULL, 1};

	if (fd < 0 && errno == ENOSYS)
		T_SKIP("this kernel has no secret memory");
	T_NEED(fd);
	T_ERR(syscall(SYS_memfd_secret, 1), EINVAL);
	T_ERR(syscall(SYS_memfd_secret, O_NONBLOCK), EINVAL);
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_OK(close(fd));
	fd = T_NEED((int)syscall(SYS_memfd_secret, O_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_ERR(write(fd, "x", 1), EINVAL);
	T_ERR(read(fd, &c, 1), EINVAL);
	T_OK(ftruncate(fd, 2 * PAGE));
	T_ERR(ftruncate(fd, PAGE), EINVAL);
	T_ERR(ftruncate(fd, 4 * PAGE), EINVAL);
	T_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0), EINVAL);
	p = T_NEED(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0));
	T_EQ(status_kb("VmLck"), 8);
	p[0] = 's';
	T_EQ(p[0], 's');
	/* Calls of the program itself reach it, others do not. */
	T_EQ(getcwd(p, PAGE) == p, 1);
	mem = open("/proc/self/mem", O_RDONLY);
	if (mem >= 0)
		T_ERR(pread(mem, &c, 1, (off_t)p), EIO);
	from.iov_base = p;
	if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) < 0)
		T_TRUE(errno == EFAULT || errno == ENOSYS);
	else
		T_TRUE(!"secret memory was read");
	T_CHILD
	{
		T_EQ(p[0], '/');
	}
	limit_memlock(PAGE);
	T_AS_USER
	{
		T_ERR(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0), EAGAIN);
	}
}
