/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(void)
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	socklen_t len = sizeof(addr);
	char buf[16];
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(recvfrom(p[1], buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(recvfrom(-1, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), EBADF);
	T_ERR(recvfrom(fd, NULL, 10, 0, NULL, NULL), ENOTSOCK);
	T_ERR(recvfrom(-1, (void *)0xffff800000000000, 1, 0, NULL, NULL), EFAULT);
	close(fd);
	T_ERR(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), EBADF);
}

static void addresses(void)
{
	int d = u_socket(SOCK_DGRAM), c = u_socket(SOCK_DGRAM);
	struct sockaddr_un a;
	socklen_t len = sizeof(a);
	char buf[8];

	T_OK(u_bind(d, "d"));
	T_OK(u_connect(c, "d"));
	T_EQ(send(c, "un", 2, 0), 2);
	T_EQ(recvfrom(d, buf, 8, 0, (struct sockaddr *)&a, &len), 2);
	T_EQ(len, 0); /* the sender has no name */
	T_OK(u_bind(c, "c"));
	T_EQ(send(c, "named", 5, 0), 5);
	len = sizeof(a);
	T_EQ(recvfrom(d, buf, 8, 0, (struct sockaddr *)&a, &len), 5);
	T_EQ(len, PATH_OFFSET + 2);
	T_STR(a.sun_path, "c");
	T_EQ(send(c, "more", 4, 0), 4);
	T_ERR(recvfrom(d, buf, 8, 0, (struct sockaddr *)&a, NULL), EFAULT);
	T_EQ(send(c, "more", 4, 0), 4);
	len = (socklen_t)-1;
	T_ERR(recvfrom(d, buf, 8, 0, (struct sockaddr *)&a, &len), EINVAL);
	close(c);
	close(d);
}

static void peeking(void)
{
	int s[2];
	char buf[16];

	u_pair(SOCK_STREAM, s);
	T_EQ(send(s[0], "abcdef", 6, 0), 6);
	T_EQ(recv(s[1], buf, 4, MSG_PEEK), 4);
	T_EQ(recv(s[1], buf, 16, MSG_PEEK), 6);
	T_OK(u_setopt(s[1], SO_PEEK_OFF, 2));
	T_EQ(recv(s[1], buf, 2, MSG_PEEK), 2);
	T_MEM(buf, "cd", 2);
	T_EQ(u_getopt(s[1], SO_PEEK_OFF), 4);
	T_EQ(recv(s[1], buf, 8, MSG_PEEK), 2);
	T_MEM(buf, "ef", 2);
	T_ERR(recv(s[1], buf, 8, MSG_PEEK | MSG_DONTWAIT), EAGAIN);
	T_EQ(recv(s[1], buf, 3, 0), 3);
	T_EQ(u_getopt(s[1], SO_PEEK_OFF), 3);
	T_OK(u_setopt(s[1], SO_PEEK_OFF, -1));
	T_EQ(recv(s[1], buf, 8, 0), 3);
	close(s[0]);
	close(s[1]);
	u_pair(SOCK_DGRAM, s);
	T_EQ(send(s[0], "abcdef", 6, 0), 6);
	T_EQ(recv(s[1], buf, 4, MSG_PEEK), 4);
	T_EQ(recv(s[1], buf, 4, MSG_PEEK | MSG_TRUNC), 6);
	T_EQ(recv(s[1], buf, 4, MSG_TRUNC), 6);
	T_ERR(recv(s[1], buf, 4, MSG_DONTWAIT), EAGAIN);
	close(s[0]);
	close(s[1]);
}

static void waiting(void)
{
	struct timeval tv = {0, 60000};
	char buf[16];
	long before;
	pid_t pid;
	int s[2];

	u_pair(SOCK_STREAM, s);
	pid = fork();
	if (!pid) {
		for (int i = 0; i < 4; i++) {
			t_sleep_ms(15);
			T_EQ(send(s[0], "ab", 2, 0), 2);
		}
		_exit(0);
	}
	T_EQ(recv(s[1], buf, 8, MSG_WAITALL), 8);
	T_MEM(buf, "abababab", 8);
	T_WAIT(pid, 0);
	T_OK(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	before = t_now_ms();
	T_ERR(recv(s[1], buf, 8, 0), EAGAIN);
	T_CMP(t_now_ms() - before, >=, 55);
	T_EQ(send(s[0], "abc", 3, 0), 3);
	T_EQ(recv(s[1], buf, 8, MSG_WAITALL), 3); /* what there is at the end of the time */
	T_ERR(recv(s[1], buf, 0, MSG_DONTWAIT), EAGAIN);
	T_EQ(send(s[0], "abc", 3, 0), 3);
	T_EQ(recv(s[1], buf, 0, 0), 0);
	T_OK(u_setopt(s[1], SO_RCVLOWAT, 5));
	tv = (struct timeval){0, 0};
	T_OK(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	pid = fork();
	if (!pid) {
		t_sleep_ms(20);
		T_EQ(send(s[0], "defg", 4, 0), 4);
		_exit(0);
	}
	T_EQ(recv(s[1], buf, 16, 0), 7);
	T_WAIT(pid, 0);
	T_EFAULT_NULL(q, (send(s[0], "x", 1, 0), recv(s[1], q, 1, MSG_PEEK)));
}

/* Closed with unread data: the other end hears of it once, after what it has itself to read. */
static void reset(int type)
{
	char buf[8];
	int s[2];

	u_pair(type, s);
	T_EQ(send(s[0], "unread", 6, 0), 6);
	T_EQ(send(s[1], "mine", 4, 0), 4);
	close(s[1]);
	T_EQ(u_poll(s[0], POLLIN | POLLOUT), POLLIN | POLLOUT | POLLERR | POLLHUP);
	if (type == SOCK_STREAM)
		T_EQ(recv(s[0], buf, 8, 0), 4);
	T_ERR(recv(s[0], buf, 8, 0), ECONNRESET);
	T_EQ(recv(s[0], buf, 8, 0), type == SOCK_STREAM ? 0 : 4);
	T_EQ(recv(s[0], buf, 8, 0), 0);
	close(s[0]);
}

TEST_MAIN
{
	char buf[4];
	int fd;

	not_sockets();
	fd = u_socket(SOCK_STREAM);
	T_ERR(recv(fd, buf, 4, 0), EINVAL);
	close(fd);
	fd = u_socket(SOCK_SEQPACKET);
	T_ERR(recv(fd, buf, 4, 0), ENOTCONN);
	close(fd);
	fd = u_socket(SOCK_DGRAM);
	T_ERR(recv(fd, buf, 4, MSG_OOB), EOPNOTSUPP);
	T_ERR(recv(fd, buf, 4, MSG_DONTWAIT), EAGAIN);
	close(fd);
	addresses();
	peeking();
	waiting();
	reset(SOCK_STREAM);
	reset(SOCK_SEQPACKET);
}
