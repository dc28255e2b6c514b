/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that only messages in each other's queues hold: they are freed when some socket is
 * closed. */
#include "test.h"
#include "unix_common.h"
#include "message.h"

/* The reader sees the end of file when everything that held the writer is gone. */
static bool is_closed(int p)
{
	struct pollfd f = {p, POLLIN, 0};
	char c;

	for (int i = 0; i < 20; i++) {
		close(u_socket(SOCK_STREAM));
		if (poll(&f, 1, 100) == 1)
			return read(p, &c, 1) == 0;
	}
	return false;
}

static void self(void)
{
	int s[2], p[2];

	u_pair(SOCK_DGRAM, s);
	T_OK(pipe(p));
	T_EQ(m_send_fds(s[0], (int[]){s[0], s[1], p[1]}, 3, 0), 1);
	close(p[1]);
	close(s[0]);
	close(s[1]);
	T_TRUE(is_closed(p[0]));
	close(p[0]);
}

static void ring(int n)
{
	int(*s)[2] = calloc((size_t)n, sizeof(*s)), p[2];

	T_OK(pipe(p));
	for (int i = 0; i < n; i++)
		u_pair(SOCK_STREAM, s[i]);
	for (int i = 0; i < n; i++)
		T_EQ(m_send_fds(s[i][0], (int[]){s[(i + 1) % n][1], p[1]}, 2, 0), 1);
	close(p[1]);
	for (int i = 0; i < n; i++) {
		close(s[i][0]);
		close(s[i][1]);
	}
	T_TRUE(is_closed(p[0]));
	close(p[0]);
	free(s);
}

/* One of the ring is still open: all can be had through it. */
static void ring_with_door(void)
{
	int a[2], b[2], p[2], fds[4];
	struct message m;
	char c;

	T_OK(pipe(p));
	u_pair(SOCK_DGRAM, a);
	u_pair(SOCK_DGRAM, b);
	T_EQ(m_send_fds(a[0], (int[]){b[1], p[1]}, 2, 0), 1);
	T_EQ(m_send_fds(b[0], (int[]){a[1], p[1]}, 2, 0), 1);
	close(p[1]);
	close(a[0]);
	close(b[0]);
	close(b[1]);
	close(u_socket(SOCK_STREAM)); /* something to look for garbage at */
	T_EQ(recvmsg(a[1], &m_init(&m, 256)->h, 0), 1);
	T_EQ(m_fds(&m, fds), 2);
	T_EQ(write(fds[1], "w", 1), 1);
	T_EQ(read(p[0], &c, 1), 1);
	close(fds[1]);
	close(a[1]);
	T_EQ(recvmsg(fds[0], &m_init(&m, 256)->h, 0), 1);
	T_EQ(m_fds(&m, fds + 1), 2);
	close(fds[0]);
	close(fds[1]);
	T_EQ(write(fds[2], "w", 1), 1);
	T_EQ(read(p[0], &c, 1), 1);
	close(fds[2]);
	T_TRUE(is_closed(p[0]));
	close(p[0]);
}

/* A connection that was not accepted yet holds its listener. */
static void listener(void)
{
	int s = u_server(SOCK_STREAM, "srv", 3), c = u_client(SOCK_STREAM, "srv"), p[2];

	T_OK(pipe(p));
	T_EQ(m_send_fds(c, (int[]){s, p[1]}, 2, 0), 1);
	close(p[1]);
	close(s);
	close(c);
	T_TRUE(is_closed(p[0]));
	close(p[0]);
}

/* Each socket in the next one's queue: freed one after the other, however many there are. */
static void chain(int n)
{
	int p[2], prev, s[2];

	T_OK(pipe(p));
	prev = p[1];
	for (int i = 0; i < n; i++) {
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s) || m_send_fds(s[0], &prev, 1, 0) != 1)
			T_OK(-1);
		close(prev);
		close(s[0]);
		prev = s[1];
	}
	close(prev);
	T_TRUE(is_closed(p[0]));
	close(p[0]);
}

TEST_MAIN
{
	self();
	ring(2);
	ring(20);
	ring_with_door();
	listener();
	chain(500);
	if (t_is_root())
		chain(3000);
}
