/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"
#include "message.h"

static void not_sockets(void)
{
	struct msghdr msg = {.msg_name = NULL};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(sendmsg(fd, &msg, 0), ENOTSOCK);
	T_ERR(sendmsg(p[1], &msg, 0), ENOTSOCK);
	T_ERR(sendmsg(-1, &msg, 0), EBADF);
	T_ERR(sendmsg(fd, NULL, 0), ENOTSOCK);
	/* MSG_CMSG_COMPAT is the kernel's own. */
	T_ERR(sendmsg(-1, &msg, (int)0x80000000), EINVAL);
	close(fd);
	T_ERR(sendmsg(fd, &msg, 0), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sendmsg(fd, &msg, 0), EBADF);
}

static void vectors(void)
{
	struct iovec iov[3] = {{"ab", 2}, {"", 0}, {"cde", 3}}, *many;
	struct msghdr h = {.msg_iov = iov, .msg_iovlen = 3};
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "d"};
	char buf[16];
	int s[2], d = u_socket(SOCK_DGRAM);

	u_pair(SOCK_SEQPACKET, s);
	T_EQ(sendmsg(s[0], &h, 0), 5);
	T_EQ(recv(s[1], buf, 16, 0), 5);
	T_MEM(buf, "abcde", 5);
	h.msg_iovlen = 0;
	T_EQ(sendmsg(s[0], &h, 0), 0);
	T_EQ(recv(s[1], buf, 16, 0), 0);
	many = calloc(1025, sizeof(*many));
	h.msg_iov = many;
	h.msg_iovlen = 1025;
	T_ERR(sendmsg(s[0], &h, 0), EMSGSIZE);
	h.msg_iovlen = 1024;
	T_EQ(sendmsg(s[0], &h, 0), 0);
	iov[0].iov_len = (size_t)-1;
	h.msg_iov = iov;
	h.msg_iovlen = 3;
	T_ERR(sendmsg(s[0], &h, 0), EINVAL);
	iov[0].iov_len = 2;
	T_EFAULT_NULL(q, (h.msg_iov = q, sendmsg(s[0], &h, 0)));
	h.msg_iov = iov;
	T_EFAULT_NULL(q, sendmsg(s[0], q, 0));
	T_OK(u_bind(d, "d"));
	h.msg_name = &a;
	h.msg_namelen = sizeof(a);
	T_EQ(sendmsg(u_socket(SOCK_DGRAM), &h, 0), 5);
	T_EQ(sendmsg(s[0], &h, 0), 5); /* connected: the name is not looked at */
	h.msg_namelen = (socklen_t)-1;
	T_ERR(sendmsg(s[0], &h, 0), EINVAL);
	T_EFAULT(q, (h.msg_name = q, h.msg_namelen = 10, sendmsg(s[0], &h, 0)));
}

static void bad_control(void)
{
	struct message m;
	int s[2], fd = 99999, many[254];
	struct ucred c = {getpid(), getuid(), getgid()};

	u_pair(SOCK_STREAM, s);
	T_ERR(m_send_fds(s[0], &fd, 1, 0), EBADF);
	fd = -1;
	T_ERR(m_send_fds(s[0], &fd, 1, 0), EBADF);
	for (int i = 0; i < 254; i++)
		many[i] = s[0];
	T_ERR(m_send_fds(s[0], many, 254, 0), EINVAL);
	T_EQ(m_send_fds(s[0], many, 253, 0), 1);
	m_control(&m, 77, &fd, sizeof(fd));
	T_ERR(sendmsg(s[0], &m.h, 0), EINVAL);
	m_control(&m, SCM_RIGHTS, &fd, sizeof(fd));
	CMSG_FIRSTHDR(&m.h)->cmsg_len = 3;
	T_ERR(sendmsg(s[0], &m.h, 0), EINVAL);
	CMSG_FIRSTHDR(&m.h)->cmsg_len = 1000;
	T_ERR(sendmsg(s[0], &m.h, 0), EINVAL);
	CMSG_FIRSTHDR(&m.h)->cmsg_len = CMSG_LEN(sizeof(fd));
	CMSG_FIRSTHDR(&m.h)->cmsg_level = 12345;
	T_EQ(sendmsg(s[0], &m.h, 0), 1); /* another level: not ours */
	T_EFAULT_NULL(q, (m.h.msg_control = q, sendmsg(s[0], &m.h, 0)));
	m_control(&m, SCM_CREDENTIALS, &c, sizeof(c) - 4);
	T_ERR(sendmsg(s[0], &m.h, 0), EINVAL);
	m_init(&m, 16);
	m.h.msg_controllen = 1u << 30;
	T_ERR(sendmsg(s[0], &m.h, 0), ENOBUFS);
	m.h.msg_controllen = (size_t)1 << 40;
	T_ERR(sendmsg(s[0], &m.h, 0), ENOBUFS);
	T_AS_USER
	{
		c = (struct ucred){getpid(), getuid(), getgid()};
		T_EQ(sendmsg(s[0], &m_control(&m, SCM_CREDENTIALS, &c, sizeof(c))->h, 0), 1);
		c.pid = 1;
		T_ERR(sendmsg(s[0], &m_control(&m, SCM_CREDENTIALS, &c, sizeof(c))->h, 0), EPERM);
		c.pid = getpid();
		c.uid = 0;
		T_ERR(sendmsg(s[0], &m_control(&m, SCM_CREDENTIALS, &c, sizeof(c))->h, 0), EPERM);
		c.uid = getuid();
		c.gid = 0;
		T_ERR(sendmsg(s[0], &m_control(&m, SCM_CREDENTIALS, &c, sizeof(c))->h, 0), EPERM);
	}
	if (t_is_root()) {
		c = (struct ucred){4000000, 0, 0};
		T_ERR(sendmsg(s[0], &m_control(&m, SCM_CREDENTIALS, &c, sizeof(c))->h, 0), ESRCH);
	}
}

/* unix(7), ETOOMANYREFS: no more in flight than RLIMIT_NOFILE, and what one message adds. */
static void too_many(void)
{
	T_AS_USER
	{
		int s[2], sent = 0;

		u_pair(SOCK_DGRAM, s);
		t_limit(RLIMIT_NOFILE, 20);
		while (sent < 100 && m_send_fds(s[0], (int[]){0, 1, 2}, 3, MSG_DONTWAIT) == 1)
			sent += 3;
		T_EQ(sent, 21);
		T_ERR(m_send_fds(s[0], (int[]){0}, 1, MSG_DONTWAIT), ETOOMANYREFS);
		close(s[1]);
		/* What was not sent does not count. */
		u_pair(SOCK_STREAM, s);
		for (int i = 0; i < 40; i++) {
			struct message m;

			m_control(&m, SCM_RIGHTS, s, sizeof(s))->iov.iov_len = 0;
			if (sendmsg(s[0], &m.h, 0) != 0)
				T_OK(-1);
		}
		T_OK(shutdown(s[0], SHUT_WR));
		for (int i = 0; i < 40; i++)
			if (m_send_fds(s[0], s, 2, MSG_NOSIGNAL) != -1)
				T_OK(-1);
		close(s[0]);
		close(s[1]);
		u_pair(SOCK_DGRAM, s);
		T_EQ(m_send_fds(s[0], (int[]){0}, 1, 0), 1); /* they are counted off again */
	}
}

TEST_MAIN
{
	not_sockets();
	vectors();
	bad_control();
	too_many();
}
