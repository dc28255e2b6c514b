/* SPDX-License-Identifier: Apache-2.0 */
/* O_ASYNC of terminals: SIGIO when there is something to read, open(2), fcntl(2) F_SETOWN,
 * F_SETSIG. */
#include "pty_common.h"

static siginfo_t last;
static volatile int count;

static void on_io(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	last = *si;
	count++;
}

static void ask(int fd)
{
	T_OK(fcntl(fd, F_SETSIG, SIGRTMIN + 1));
	T_OK(fcntl(fd, F_SETFL, O_RDWR | O_ASYNC));
}

/* A signal came, within a moment. */
static bool is_told(void)
{
	for (int i = 0; i < 200 && !count; i++)
		t_sleep_ms(1);
	return count > 0;
}

static void test_slave(void)
{
	struct pty p = pty_open(true);

	T_OK(fcntl(p.slave, F_SETOWN, getpid()));
	ask(p.slave);
	count = 0;
	T_EQ(write(p.master, "in", 2), 2); /* half a line is nothing to read */
	t_sleep_ms(50);
	T_EQ(count, 0);
	T_EQ(write(p.master, "put\n", 4), 4);
	T_TRUE(is_told());
	T_EQ(last.si_code, POLL_IN);
	T_EQ(last.si_fd, p.slave);
	pty_change(&p, 0, ICANON, 1, 0);
	count = 0;
	T_EQ(write(p.master, "x", 1), 1);
	T_TRUE(is_told());
	/* Not any more. */
	T_OK(fcntl(p.slave, F_SETFL, O_RDWR));
	count = 0;
	T_EQ(write(p.master, "y", 1), 1);
	t_sleep_ms(50);
	T_EQ(count, 0);
	pty_close(&p);
}

static void test_master(void)
{
	struct pty p = pty_open(true);

	ask(p.master);
	T_EQ(fcntl(p.master, F_GETOWN), getpid()); /* whoever asked */
	count = 0;
	T_EQ(write(p.slave, "out", 3), 3);
	T_TRUE(is_told());
	T_EQ(last.si_code, POLL_IN);
	T_EQ(last.si_fd, p.master);
	pty_close(&p);
}

/* Of a controlling terminal the foreground group is told. */
static void test_group(void)
{
	struct pty p = pty_open(true);

	T_CHILD
	{
		signal(SIGHUP, SIG_IGN);
		T_OK(setsid());
		T_OK(ioctl(p.slave, TIOCSCTTY, 0));
		t_count_signal(SIGIO, 0);
		T_OK(fcntl(p.slave, F_SETFL, O_RDWR | O_ASYNC));
		T_EQ(fcntl(p.slave, F_GETOWN), -getpgrp());
		T_EQ(write(p.master, "line\n", 5), 5);
		for (int i = 0; i < 200 && !t_signals[SIGIO]; i++)
			t_sleep_ms(1);
		T_CMP(t_signals[SIGIO], >=, 1);
	}
	pty_close(&p);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_sigaction = on_io, .sa_flags = SA_SIGINFO | SA_RESTART};

	T_OK(sigaction(SIGRTMIN + 1, &sa, NULL));
	test_slave();
	test_master();
	test_group();
}
