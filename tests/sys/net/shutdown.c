/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void streams(int type)
{
	int s[2];
	char buf[8];

	u_pair(type, s);
	T_ERR(shutdown(s[0], 3), EINVAL);
	T_ERR(shutdown(s[0], -1), EINVAL);
	T_EQ(send(s[0], "last", 4, 0), 4);
	T_OK(shutdown(s[0], SHUT_WR));
	T_OK(shutdown(s[0], SHUT_WR));
	T_ERR(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	T_EQ(u_poll(s[1], POLLIN | POLLRDHUP), POLLIN | POLLRDHUP);
	T_EQ(recv(s[1], buf, 8, 0), 4); /* what was sent arrives */
	T_EQ(recv(s[1], buf, 8, 0), 0);
	T_EQ(send(s[1], "back", 4, 0), 4); /* the other way is open */
	T_EQ(recv(s[0], buf, 8, 0), 4);
	T_EQ(u_poll(s[0], POLLIN | POLLOUT), POLLOUT);
	T_OK(shutdown(s[1], SHUT_WR));
	T_EQ(u_poll(s[0], POLLIN | POLLOUT | POLLRDHUP), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
	close(s[0]);
	close(s[1]);
	/* Receiving: the peer cannot send any more. */
	u_pair(type, s);
	T_EQ(send(s[1], "kept", 4, 0), 4);
	T_OK(shutdown(s[0], SHUT_RD));
	T_ERR(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	T_EQ(recv(s[0], buf, 8, 0), 4);
	T_EQ(recv(s[0], buf, 8, 0), 0);
	T_EQ(send(s[0], "out", 3, 0), 3);
	T_EQ(recv(s[1], buf, 8, 0), 3);
	T_OK(shutdown(s[0], SHUT_RDWR));
	T_EQ(u_poll(s[1], 0), POLLHUP);
	close(s[0]);
	close(s[1]);
}

static void wakes_sleepers(void)
{
	int s[2];
	char c;
	pid_t pid;

	u_pair(SOCK_STREAM, s);
	pid = fork();
	if (!pid) {
		t_sleep_ms(40);
		T_OK(shutdown(s[0], SHUT_RDWR));
		_exit(0);
	}
	T_EQ(read(s[1], &c, 1), 0);
	T_WAIT(pid, 0);
	close(s[0]);
	close(s[1]);
}

TEST_MAIN
{
	int p[2], s[2], fd;
	char buf[8];

	T_OK(pipe(p));
	T_ERR(shutdown(p[1], SHUT_WR), ENOTSOCK);
	T_ERR(shutdown(p[1], 99), ENOTSOCK);
	T_ERR(shutdown(-1, SHUT_RD), EBADF);
	close(p[0]);
	T_ERR(shutdown(p[0], SHUT_RD), EBADF);
	fd = u_socket(SOCK_STREAM);
	T_OK(shutdown(fd, SHUT_RDWR)); /* no connection needed */
	close(fd);
	streams(SOCK_STREAM);
	streams(SOCK_SEQPACKET);
	wakes_sleepers();
	/* Datagrams: each end for itself. */
	u_pair(SOCK_DGRAM, s);
	T_OK(shutdown(s[0], SHUT_WR));
	T_ERR(send(s[0], "x", 1, 0), EPIPE);
	T_EQ(send(s[1], "y", 1, 0), 1);
	T_OK(shutdown(s[0], SHUT_RD));
	T_ERR(send(s[1], "z", 1, 0), EPIPE);
	T_EQ(recv(s[0], buf, 8, 0), 1);
	T_EQ(recv(s[0], buf, 8, 0), 0);
	T_ERR(recv(s[0], buf, 8, MSG_DONTWAIT), EAGAIN);
}
