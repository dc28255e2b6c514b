/* SPDX-License-Identifier: Apache-2.0 */
/* Urgent bytes of streams: MSG_OOB, SIOCATMARK, SO_OOBINLINE, SIGURG. */
#include "test.h"
#include "unix_common.h"

#ifndef SIOCATMARK
#define SIOCATMARK 0x8905
#endif

static int at_mark(int fd)
{
	int n = -1;

	return ioctl(fd, SIOCATMARK, &n) ? -1 : n;
}

static void apart(void)
{
	char buf[16];
	int s[2];

	u_pair(SOCK_STREAM, s);
	T_ERR(recv(s[1], buf, 1, MSG_OOB), EINVAL);
	T_ERR(send(s[0], "", 0, MSG_OOB), EOPNOTSUPP);
	T_EQ(send(s[0], "abc", 3, MSG_OOB), 3);
	T_EQ(send(s[0], "de", 2, 0), 2);
	T_EQ(u_poll(s[1], POLLIN | POLLPRI), POLLIN | POLLPRI);
	T_EQ(u_pending(s[1]), 5);
	T_EQ(at_mark(s[1]), 0);
	T_EQ(recv(s[1], buf, 8, MSG_OOB | MSG_PEEK), 1);
	T_EQ(recv(s[1], buf, 8, MSG_OOB), 1);
	T_EQ(buf[0], 'c');
	T_ERR(recv(s[1], buf, 8, MSG_OOB), EINVAL);
	T_EQ(u_poll(s[1], POLLIN | POLLPRI), POLLIN);
	T_EQ(recv(s[1], buf, 8, 0), 2); /* a read ends at the mark */
	T_MEM(buf, "ab", 2);
	T_EQ(at_mark(s[1]), 1);
	T_EQ(recv(s[1], buf, 8, 0), 2);
	T_MEM(buf, "de", 2);
	T_EQ(at_mark(s[1]), 0);
	close(s[0]);
	close(s[1]);
}

static void not_asked_for(void)
{
	char buf[16];
	int s[2];

	u_pair(SOCK_STREAM, s);
	T_EQ(send(s[0], "ab!", 3, MSG_OOB), 3);
	T_EQ(send(s[0], "cd", 2, 0), 2);
	T_EQ(recv(s[1], buf, 8, 0), 2);
	T_EQ(at_mark(s[1]), 1);
	T_EQ(recv(s[1], buf, 8, 0), 2); /* read over: the byte is lost */
	T_MEM(buf, "cd", 2);
	T_ERR(recv(s[1], buf, 8, MSG_OOB), EINVAL);
	/* A second one makes the first a plain byte. */
	T_EQ(send(s[0], "x1", 2, MSG_OOB), 2);
	T_EQ(send(s[0], "y2", 2, MSG_OOB), 2);
	T_EQ(recv(s[1], buf, 8, 0), 3);
	T_MEM(buf, "x1y", 3);
	T_EQ(recv(s[1], buf, 8, MSG_OOB), 1);
	T_EQ(buf[0], '2');
	close(s[0]);
	close(s[1]);
}

static void in_line(void)
{
	char buf[16];
	int s[2];

	u_pair(SOCK_STREAM, s);
	T_OK(u_setopt(s[1], SO_OOBINLINE, 1));
	T_EQ(send(s[0], "ab!", 3, MSG_OOB), 3);
	T_EQ(send(s[0], "cd", 2, 0), 2);
	T_ERR(recv(s[1], buf, 8, MSG_OOB), EINVAL);
	T_EQ(recv(s[1], buf, 8, 0), 2);
	T_EQ(at_mark(s[1]), 1);
	T_EQ(recv(s[1], buf, 8, 0), 3);
	T_MEM(buf, "!cd", 3);
	close(s[0]);
	close(s[1]);
}

static void owners(void)
{
	char c;
	int s[2], on = 1, who = 0;

	u_pair(SOCK_STREAM, s);
	t_count_signal(SIGURG, 0);
	t_count_signal(SIGIO, 0);
	t_count_signal(SIGUSR1, 0);
	T_EQ(send(s[0], "!", 1, MSG_OOB), 1);
	T_EQ(t_signals[SIGURG], 0);
	T_OK(fcntl(s[1], F_SETOWN, getpid()));
	T_OK(ioctl(s[1], FIOGETOWN, &who));
	T_EQ(who, getpid());
	T_EQ(send(s[0], "!", 1, MSG_OOB), 1);
	T_EQ(t_signals[SIGURG], 1);
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_EQ(t_signals[SIGIO], 0);
	T_OK(ioctl(s[1], FIOASYNC, &on));
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_CMP(t_signals[SIGIO], >=, 1);
	T_OK(fcntl(s[1], F_SETSIG, SIGUSR1));
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_CMP(t_signals[SIGUSR1], >=, 1);
	T_OK(fcntl(s[1], F_SETFL, 0));
	who = t_signals[SIGUSR1];
	T_EQ(send(s[0], "x", 1, 0), 1);
	T_EQ(t_signals[SIGUSR1], who);
	T_EQ(read(s[1], &c, 1), 1);
}

TEST_MAIN
{
	int s[2];

	apart();
	not_asked_for();
	in_line();
	owners();
	u_pair(SOCK_SEQPACKET, s);
	T_ERR(send(s[0], "x", 1, MSG_OOB), EOPNOTSUPP);
}
