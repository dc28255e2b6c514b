/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"
#include "message.h"
#include <time.h>

static void not_sockets(void)
{
	struct msghdr msg = {.msg_name = NULL};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(recvmsg(fd, &msg, 0), ENOTSOCK);
	T_ERR(recvmsg(p[1], &msg, 0), ENOTSOCK);
	T_ERR(recvmsg(-1, &msg, 0), EBADF);
	T_ERR(recvmsg(fd, NULL, 0), ENOTSOCK);
	/* MSG_CMSG_COMPAT is the kernel's own. */
	T_ERR(recvmsg(-1, &msg, (int)0x80000000), EINVAL);
	close(fd);
	T_ERR(recvmsg(fd, &msg, 0), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(recvmsg(fd, &msg, 0), EBADF);
}

static void plain(void)
{
	struct sockaddr_un a;
	struct message m;
	int s[2], d = u_socket(SOCK_DGRAM), c = u_socket(SOCK_DGRAM);

	u_pair(SOCK_SEQPACKET, s);
	T_EQ(send(s[0], "abcdef", 6, 0), 6);
	m_init(&m, 0)->iov.iov_len = 4;
	m.h.msg_flags = -1;
	T_EQ(recvmsg(s[1], &m.h, 0), 4);
	T_EQ(m.h.msg_flags, MSG_TRUNC);
	T_EQ(send(s[0], "ab", 2, 0), 2);
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, MSG_CMSG_CLOEXEC), 2);
	T_EQ(m.h.msg_flags, MSG_CMSG_CLOEXEC);
	T_EQ(m.h.msg_controllen, 0);
	T_OK(u_bind(d, "d"));
	T_OK(u_bind(c, "c"));
	T_OK(u_connect(c, "d"));
	T_EQ(send(c, "x", 1, 0), 1);
	m_init(&m, 0);
	m.h.msg_name = &a;
	m.h.msg_namelen = sizeof(a);
	T_EQ(recvmsg(d, &m.h, 0), 1);
	T_EQ(m.h.msg_namelen, PATH_OFFSET + 2);
	T_STR(a.sun_path, "c");
	m.h.msg_namelen = (socklen_t)-1;
	T_ERR(recvmsg(d, &m.h, 0), EINVAL);
	m.h.msg_namelen = 0;
	m.h.msg_iovlen = 1025;
	T_ERR(recvmsg(d, &m.h, 0), EMSGSIZE);
	T_EFAULT_NULL(q, recvmsg(d, q, 0));
}

static void descriptors(int type)
{
	int s[2], p[2], fds[8] = {0}, n;
	struct message m;
	char c;

	u_pair(type, s);
	T_OK(pipe(p));
	T_EQ(m_send_fds(s[0], (int[]){p[1], p[0]}, 2, 0), 1);
	close(p[0]);
	close(p[1]);
	T_EQ(recvmsg(s[1], &m_init(&m, 256)->h, 0), 1);
	T_EQ(m_fds(&m, fds), 2);
	T_EQ(m.h.msg_controllen, CMSG_SPACE(8));
	T_EQ(fcntl(fds[0], F_GETFD), 0);
	T_EQ(write(fds[0], "p", 1), 1);
	T_EQ(read(fds[1], &c, 1), 1);
	/* Peeking gives descriptors of its own. */
	T_EQ(m_send_fds(s[0], fds, 1, 0), 1);
	close(fds[0]);
	T_EQ(recvmsg(s[1], &m_init(&m, 256)->h, MSG_PEEK | MSG_CMSG_CLOEXEC), 1);
	T_EQ(m_fds(&m, fds), 1);
	T_EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	T_EQ(write(fds[0], "q", 1), 1);
	close(fds[0]);
	/* Not asked for: closed, and said so. */
	T_EQ(recvmsg(s[1], &m_init(&m, 0)->h, 0), 1);
	T_EQ(m.h.msg_flags, MSG_CTRUNC);
	T_EQ(read(fds[1], &c, 1), 1);
	T_EQ(read(fds[1], &c, 1), 0); /* no writer is left */
	/* Room for one of two, and for none. */
	n = T_OK(dup(0));
	close(n);
	T_EQ(m_send_fds(s[0], (int[]){0, 1}, 2, 0), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, CMSG_LEN(4))->h, 0), 1);
	T_EQ(m.h.msg_flags, MSG_CTRUNC);
	T_EQ(m_fds(&m, fds), 1);
	T_EQ(fds[0], n);
	close(n);
	T_EQ(m_send_fds(s[0], (int[]){0, 1}, 2, 0), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, CMSG_LEN(0))->h, 0), 1);
	T_EQ(m.h.msg_flags, MSG_CTRUNC);
	T_EQ(dup(0), n);
	close(n);
	/* read(2) drops them. */
	T_EQ(m_send_fds(s[0], (int[]){0}, 1, 0), 1);
	T_EQ(read(s[1], &c, 1), 1);
	T_EQ(dup(0), n);
	close(n);
	/* No number free: as if the room were short. */
	T_EQ(m_send_fds(s[0], (int[]){0}, 1, 0), 1);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, (rlim_t)n);
		T_EQ(recvmsg(s[1], &m_init(&m, 256)->h, 0), 1);
		T_EQ(m.h.msg_flags, MSG_CTRUNC);
		T_EQ(m_fds(&m, fds), 0);
	}
	close(s[0]);
	close(s[1]);
}

/* A stream's read ends behind the bytes that bring descriptors. */
static void stream_borders(void)
{
	int s[2], fds[4];
	struct message m;

	u_pair(SOCK_STREAM, s);
	T_EQ(send(s[0], "ab", 2, 0), 2);
	T_EQ(m_send_fds(s[0], (int[]){0}, 1, 0), 1);
	T_EQ(send(s[0], "cd", 2, 0), 2);
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 3);
	T_EQ(m_fds(&m, fds), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 2);
	T_EQ(m_fds(&m, fds), 0);
}

static void credentials(int type)
{
	struct ucred c, mine = {getpid(), geteuid(), getegid()};
	struct message m;
	int s[2];

	u_pair(type, s);
	T_OK(u_setopt(s[1], SO_PASSCRED, 1));
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 1);
	T_NEED(m_find(&m, SCM_CREDENTIALS) ? 0 : -1);
	memcpy(&c, CMSG_DATA(m_find(&m, SCM_CREDENTIALS)), sizeof(c));
	T_MEM(&c, &mine, sizeof(c));
	T_EQ(m.h.msg_controllen, CMSG_SPACE(sizeof(c)));
	/* Of another process; not joined with the next one's. */
	T_CHILD
	{
		mine.pid = getpid();
		T_EQ(send(s[0], "yy", 2, 0), 2);
	}
	T_EQ(send(s[0], "z", 1, 0), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 2);
	memcpy(&c, CMSG_DATA(m_find(&m, SCM_CREDENTIALS)), sizeof(c));
	T_NE(c.pid, getpid());
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 1);
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, 0)->h, 0), 1);
	T_EQ(m.h.msg_flags, MSG_CTRUNC);
	if (t_is_root()) {
		mine = (struct ucred){1, 5, 6};
		m_control(&m, SCM_CREDENTIALS, &mine, sizeof(mine));
		T_EQ(sendmsg(s[0], &m.h, 0), 1);
		T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 1);
		memcpy(&c, CMSG_DATA(m_find(&m, SCM_CREDENTIALS)), sizeof(c));
		T_MEM(&c, &mine, sizeof(c));
	}
	/* Sent before anybody wanted them: nobody's. */
	T_OK(u_setopt(s[1], SO_PASSCRED, 0));
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_OK(u_setopt(s[1], SO_PASSCRED, 1));
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 1);
	memcpy(&c, CMSG_DATA(m_find(&m, SCM_CREDENTIALS)), sizeof(c));
	T_EQ(c.pid, 0);
	T_EQ(c.uid, 65534);
	close(s[0]);
	close(s[1]);
}

static void stamps(void)
{
	struct timespec before, stamp;
	struct message m;
	int s[2];

	u_pair(SOCK_DGRAM, s);
	T_OK(u_setopt(s[1], SO_TIMESTAMPNS, 1));
	T_OK(clock_gettime(CLOCK_REALTIME, &before));
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_EQ(recvmsg(s[1], &m_init(&m, 64)->h, 0), 1);
	T_NEED(m_find(&m, SCM_TIMESTAMPNS) ? 0 : -1);
	memcpy(&stamp, CMSG_DATA(m_find(&m, SCM_TIMESTAMPNS)), sizeof(stamp));
	T_TRUE(stamp.tv_sec > before.tv_sec ||
	       (stamp.tv_sec == before.tv_sec && stamp.tv_nsec >= before.tv_nsec));
	T_CMP(stamp.tv_sec, <=, before.tv_sec + 10);
}

TEST_MAIN
{
	not_sockets();
	plain();
	descriptors(SOCK_STREAM);
	descriptors(SOCK_DGRAM);
	stream_borders();
	credentials(SOCK_STREAM);
	credentials(SOCK_DGRAM);
	credentials(SOCK_SEQPACKET);
	stamps();
}
