/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void errors(void)
{
	int fds[2], next = T_OK(dup(0));

	close(next);
	T_ERR(socketpair(100, SOCK_STREAM, 0, fds), EAFNOSUPPORT);
	T_ERR(socketpair(-1, SOCK_STREAM, 0, fds), EAFNOSUPPORT);
	T_ERR(socketpair(AF_UNIX, 14, 0, fds), EINVAL);
	T_ERR(socketpair(AF_UNIX, SOCK_RDM, 0, fds), ESOCKTNOSUPPORT);
	T_ERR(socketpair(AF_UNIX, SOCK_STREAM, 6, fds), EPROTONOSUPPORT);
	T_ERR(socketpair(AF_UNIX, SOCK_STREAM | 0x10, 0, NULL), EINVAL);
	/* The numbers are written before the family is looked at, and free again. */
	T_EFAULT_NULL(p, syscall(SYS_socketpair, 100, SOCK_STREAM, 0, p));
	T_EFAULT_NULL(p, syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, p));
	T_EQ(dup(0), next);
	T_CHILD
	{
		struct rlimit few = {(rlim_t)next + 2, (rlim_t)next + 2};

		T_OK(setrlimit(RLIMIT_NOFILE, &few));
		T_ERR(socketpair(100, SOCK_STREAM, 0, fds), EMFILE);
		T_ERR(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), EMFILE);
		T_ERR(dup2(next, next + 2), EBADF);
	}
	close(next);
}

static void both_ways(int type)
{
	int s[2];
	char buf[16];

	u_pair(type, s);
	T_EQ(write(s[0], "abc", 3), 3);
	T_EQ(u_pending(s[1]), 3);
	T_EQ(u_pending(s[0]), 0);
	T_EQ(read(s[1], buf, sizeof(buf)), 3);
	T_MEM(buf, "abc", 3);
	T_EQ(write(s[1], "defg", 4), 4);
	T_EQ(read(s[0], buf, sizeof(buf)), 4);
	T_MEM(buf, "defg", 4);
	T_EQ(u_getopt(s[0], SO_TYPE), type);
	T_EQ(u_getopt(s[1], SO_DOMAIN), AF_UNIX);
	close(s[0]);
	close(s[1]);
}

/* A stream joins what was written, the others keep messages apart. */
static void boundaries(void)
{
	char buf[16];
	int s[2];

	u_pair(SOCK_STREAM, s);
	T_EQ(write(s[0], "ab", 2), 2);
	T_EQ(write(s[0], "cd", 2), 2);
	T_EQ(read(s[1], buf, 3), 3);
	T_MEM(buf, "abc", 3);
	T_EQ(read(s[1], buf, 3), 1);
	close(s[0]);
	T_EQ(read(s[1], buf, 3), 0);
	close(s[1]);
	u_pair(SOCK_DGRAM, s);
	T_EQ(write(s[0], "abcd", 4), 4);
	T_EQ(write(s[0], "", 0), 0);
	T_EQ(write(s[0], "ef", 2), 2);
	T_EQ(u_pending(s[1]), 4);
	T_EQ(read(s[1], buf, 3), 3);
	T_EQ(read(s[1], buf, 3), 0);
	T_EQ(read(s[1], buf, 3), 2);
	T_MEM(buf, "ef", 2);
	close(s[0]);
	close(s[1]);
	u_pair(SOCK_SEQPACKET, s);
	T_EQ(write(s[0], "abcd", 4), 4);
	T_EQ(write(s[0], "ef", 2), 2);
	T_EQ(u_pending(s[1]), 6);
	T_EQ(read(s[1], buf, 16), 4);
	T_EQ(read(s[1], buf, 16), 2);
	close(s[0]);
	T_EQ(read(s[1], buf, 3), 0);
	close(s[1]);
}

static void description(void)
{
	char link[64] = "", want[64], name[64];
	struct stat st;
	int s[2];

	T_NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
	T_EQ(fcntl(s[0], F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(s[1], F_GETFL), O_RDWR | O_NONBLOCK);
	T_ERR(read(s[0], link, 1), EAGAIN);
	T_OK(fstat(s[0], &st));
	T_EQ(st.st_mode, S_IFSOCK | 0777);
	T_EQ(st.st_size, 0);
	T_EQ(st.st_nlink, 1);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", s[0]);
	snprintf(want, sizeof(want), "socket:[%lu]", (unsigned long)st.st_ino);
	T_CMP(readlink(name, link, sizeof(link) - 1), >, 0);
	T_STR(link, want);
	T_ERR(open(name, O_RDWR), ENXIO);
	T_ERR(lseek(s[0], 0, SEEK_SET), ESPIPE);
	T_ERR(pread(s[0], link, 1, 0), ESPIPE);
	T_ERR(ftruncate(s[0], 0), EINVAL);
	T_ERR(fsync(s[0]), EINVAL);
	T_EQ(read(s[0], link, 0), 0);
	T_NEED(socketpair(AF_UNIX, SOCK_DGRAM, AF_UNIX, s));
	T_EQ(u_getopt(s[0], SO_PROTOCOL), 0);
}

TEST_MAIN
{
	errors();
	both_ways(SOCK_STREAM);
	both_ways(SOCK_DGRAM);
	both_ways(SOCK_SEQPACKET);
	boundaries();
	description();
}
