/* SPDX-License-Identifier: Apache-2.0 */
/* Urgent data of TCP: MSG_OOB, SO_OOBINLINE, SIOCATMARK, SIGURG. tcp(7), send(2), recv(2). */
#include "inet_common.h"
#include <sys/ioctl.h>
#include <sys/select.h>

static volatile sig_atomic_t nr_urg;

static void on_urg(int sig)
{
	(void)sig;
	nr_urg++;
}

static int at_mark(int fd)
{
	int val = -1;

	T_OK(ioctl(fd, SIOCATMARK, &val));
	return val;
}

/* What a read gives now, as text. */
static const char *read_now(int fd)
{
	static char text[64];
	long n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool has_exception(int fd)
{
	struct timeval tv = {0, 0};
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return T_OK(select(fd + 1, NULL, NULL, &set, &tv)) == 1;
}

static void apart(void)
{
	int p[2], queued;
	char c = 0;

	i_pair(p);
	T_ERR(recv(p[1], &c, 1, MSG_OOB), EINVAL);
	T_EQ(at_mark(p[1]), 0);
	T_OK(fcntl(p[1], F_SETOWN, getpid()));
	T_EQ(send(p[0], "abc", 3, MSG_OOB), 3);
	T_EQ(i_wait(p[1], POLLPRI), POLLPRI);
	T_EQ(nr_urg, 1);
	T_TRUE(has_exception(p[1]));
	T_EQ(send(p[0], "def", 3, 0), 3);
	T_OK(ioctl(p[1], FIONREAD, &queued));
	T_EQ(queued, 2);
	T_EQ(recv(p[1], &c, 1, MSG_OOB | MSG_PEEK), 1);
	T_EQ(c, 'c');
	T_STR(read_now(p[1]), "ab"); /* a read ends at the mark */
	T_EQ(at_mark(p[1]), 1);
	c = 0;
	T_EQ(recv(p[1], &c, 1, MSG_OOB), 1);
	T_EQ(c, 'c');
	T_ERR(recv(p[1], &c, 1, MSG_OOB), EINVAL);
	T_EQ(i_poll(p[1], POLLPRI), 0);
	T_EQ(at_mark(p[1]), 1);
	T_STR(read_now(p[1]), "def");
	T_EQ(at_mark(p[1]), 0);
	T_EQ(nr_urg, 1);
	close(p[0]);
	close(p[1]);
}

/* Nobody asks for the byte: it is lost. A second one takes the first one's place. */
static void lost(void)
{
	struct msghdr h = {0};
	struct iovec v;
	char c = 0;
	int p[2];

	i_pair(p);
	T_EQ(send(p[0], "x", 1, MSG_OOB), 1);
	T_EQ(i_wait(p[1], POLLPRI), POLLPRI);
	T_EQ(at_mark(p[1]), 1);
	T_EQ(i_poll(p[1], POLLIN), 0); /* there is nothing else */
	T_EQ(send(p[0], "yz", 2, 0), 2);
	T_EQ(i_wait(p[1], POLLIN), POLLIN);
	T_STR(read_now(p[1]), "yz");
	T_ERR(recv(p[1], &c, 1, MSG_OOB), EINVAL);
	T_EQ(send(p[0], "1", 1, MSG_OOB), 1);
	T_EQ(send(p[0], "2", 1, MSG_OOB), 1);
	T_EQ(i_wait(p[1], POLLPRI), POLLPRI);
	v = (struct iovec){&c, 1};
	h.msg_iov = &v;
	h.msg_iovlen = 1;
	T_EQ(recvmsg(p[1], &h, MSG_OOB), 1);
	T_EQ(c, '2');
	T_TRUE(h.msg_flags & MSG_OOB);
	T_STR(read_now(p[1]), "");
	close(p[0]);
	close(p[1]);
}

static void inside(void)
{
	char c;
	int p[2];

	i_pair(p);
	T_OK(i_setopt(p[1], SOL_SOCKET, SO_OOBINLINE, 1));
	T_EQ(send(p[0], "abc", 3, MSG_OOB), 3);
	T_EQ(send(p[0], "de", 2, 0), 2);
	T_EQ(i_wait(p[1], POLLPRI), POLLPRI);
	T_ERR(recv(p[1], &c, 1, MSG_OOB), EINVAL);
	T_STR(read_now(p[1]), "ab");
	T_EQ(at_mark(p[1]), 1);
	T_STR(read_now(p[1]), "cde");
	T_EQ(at_mark(p[1]), 0);
	close(p[0]);
	close(p[1]);
}

/* recv with MSG_WAITALL and MSG_PEEK across the mark. */
static void waiting(void)
{
	char buf[8];
	int p[2];

	i_pair(p);
	T_EQ(send(p[0], "ab!", 3, MSG_OOB), 3);
	T_EQ(send(p[0], "cd", 2, 0), 2);
	T_EQ(i_wait(p[1], POLLPRI), POLLPRI);
	T_EQ(recv(p[1], buf, 4, MSG_PEEK | MSG_DONTWAIT), 2);
	T_EQ(recv(p[1], buf, 4, MSG_WAITALL), 2);
	T_MEM(buf, "ab", 2);
	T_EQ(recv(p[1], buf, 2, MSG_WAITALL), 2);
	T_MEM(buf, "cd", 2);
	close(p[1]);
	T_ERR(recv(p[0], buf, 1, MSG_OOB), EINVAL);
	close(p[0]);
}

static void others(void)
{
	int u = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), s = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	struct sockaddr_in a = i_loopback(9);
	char c;

	T_ERR(sendto(u, "x", 1, MSG_OOB, (void *)&a, sizeof(a)), EOPNOTSUPP);
	T_ERR2(recv(s, &c, 1, MSG_OOB), EINVAL, ENOTCONN);
	close(u);
	close(s);
}

TEST_MAIN
{
	signal(SIGURG, on_urg);
	apart();
	lost();
	inside();
	waiting();
	others();
}
