/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals and sessions: the controlling terminal, foreground groups, signals of keys, hang-up. */
#include "pty_common.h"

static void wait_for_ready(int fd)
{
	char c;

	T_EQ(read(fd, &c, 1), 1);
}

/* A session of its own, with the slave as its terminal. */
static void take_terminal(struct pty *p)
{
	T_OK(setsid());
	T_OK(ioctl(p->slave, TIOCSCTTY, 0));
}

static void test_control(void)
{
	struct pty p = pty_open(true);
	int pgid, sid;

	T_CHILD
	{
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_ERR(ioctl(p.slave, TIOCSCTTY, 0), EPERM); /* no session leader */
		T_OK(setsid());
		T_ERR(ioctl(p.slave, TIOCGSID, &sid), ENOTTY);
		T_OK(ioctl(p.slave, TIOCSCTTY, 0));
		T_OK(ioctl(p.slave, TIOCSCTTY, 0)); /* it is already */
		T_OK(close(T_OK(open("/dev/tty", O_RDWR))));
		T_OK(ioctl(p.slave, TIOCGSID, &sid));
		T_EQ(sid, getpid());
		T_OK(ioctl(p.slave, TIOCGPGRP, &pgid));
		T_EQ(pgid, getpid());
		/* The master may ask as well. */
		T_OK(ioctl(p.master, TIOCGSID, &sid));
		T_EQ(sid, getpid());
		pgid = 0x7ffffff0;
		T_ERR(ioctl(p.slave, TIOCSPGRP, &pgid), ESRCH);
		pgid = -1;
		T_ERR(ioctl(p.slave, TIOCSPGRP, &pgid), EINVAL);
		signal(SIGHUP, SIG_IGN);
		T_OK(ioctl(p.slave, TIOCNOTTY));
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_ERR(ioctl(p.slave, TIOCNOTTY), ENOTTY);
	}
	pty_close(&p);
	/* Opening it is enough for a leader, unless O_NOCTTY is there. */
	p = pty_open(true);
	T_CHILD
	{
		T_OK(setsid());
		T_OK(open(p.name, O_RDWR | O_NOCTTY));
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_OK(open(p.name, O_RDWR));
		T_OK(open("/dev/tty", O_RDWR));
	}
	pty_close(&p);
}

static void test_keys(void)
{
	struct pty p = pty_open(true);
	struct winsize size = {.ws_row = 30, .ws_col = 100}, got;
	int ready[2];
	pid_t child;

	T_NEED(pipe(ready));
	child = T_NEED(fork());
	if (!child) {
		take_terminal(&p);
		close(p.master);
		t_count_signal(SIGINT, 0);
		t_count_signal(SIGQUIT, 0);
		t_count_signal(SIGWINCH, 0);
		t_count_signal(SIGHUP, 0);
		T_EQ(write(ready[1], "x", 1), 1);
		for (int i = 0; i < 2000 && !t_signals[SIGHUP]; i++)
			t_sleep_ms(5);
		_exit(t_signals[SIGINT] * 16 + t_signals[SIGQUIT] * 4 + t_signals[SIGWINCH]);
	}
	wait_for_ready(ready[0]);
	T_EQ(write(p.master, "\003", 1), 1);
	t_sleep_ms(50);
	T_OK(ioctl(p.master, TIOCSIG, SIGQUIT));
	T_ERR(ioctl(p.master, TIOCSIG, SIGKILL), EINVAL);
	T_OK(ioctl(p.master, TIOCSWINSZ, &size));
	T_OK(ioctl(p.slave, TIOCGWINSZ, &got));
	T_EQ(got.ws_row, 30);
	T_EQ(got.ws_col, 100);
	T_OK(ioctl(p.master, TIOCSWINSZ, &size)); /* the same size is no news */
	t_sleep_ms(50);
	close(p.slave);
	close(p.master); /* the line is gone: SIGHUP for the leader */
	T_WAIT(child, T_EXITED(16 + 4 + 1));
}

/* Jobs in the background: SIGTTIN, SIGTTOU. */
static void test_background(void)
{
	struct pty p = pty_open(true);

	T_CHILD
	{
		pid_t job;
		int status, pgid;
		char c;

		take_terminal(&p);
		job = T_NEED(fork());
		if (!job) {
			setpgid(0, 0);
			_exit(read(p.slave, &c, 1) == 1 ? c : 1);
		}
		setpgid(job, job);
		T_EQ(waitpid(job, &status, WUNTRACED), job);
		T_TRUE(WIFSTOPPED(status));
		T_EQ(WSTOPSIG(status), SIGTTIN);
		pgid = job;
		T_OK(ioctl(p.slave, TIOCSPGRP, &pgid));
		T_EQ(write(p.master, "A\n", 2), 2);
		T_OK(kill(-job, SIGCONT));
		T_EQ(waitpid(job, &status, 0), job);
		T_EQ(WEXITSTATUS(status), 'A');
		/* Now we are in the background ourselves; who ignores SIGTTOU may change things. */
		signal(SIGTTOU, SIG_IGN);
		pgid = getpgrp();
		T_OK(ioctl(p.slave, TIOCSPGRP, &pgid));
		signal(SIGTTOU, SIG_DFL);
		pty_change(&p, TOSTOP, 0, 1, 0);
		job = T_NEED(fork());
		if (!job) {
			setpgid(0, 0);
			_exit(write(p.slave, "x", 1) == 1 ? 0 : 1);
		}
		setpgid(job, job);
		T_EQ(waitpid(job, &status, WUNTRACED), job);
		T_EQ(WIFSTOPPED(status) ? WSTOPSIG(status) : 0, SIGTTOU);
		T_OK(kill(job, SIGKILL));
		T_EQ(waitpid(job, &status, 0), job);
		signal(SIGHUP, SIG_IGN);
	}
	pty_close(&p);
}

/* The leader's end leaves a pseudo-terminal to those who have it open; it is nobody's then. */
static void test_leader_exit(void)
{
	struct pty p = pty_open(true);
	int id;

	T_CHILD
	{
		signal(SIGHUP, SIG_IGN);
		take_terminal(&p);
	}
	PTY_PASS(p.slave, "still", p.master, "still");
	T_ERR(ioctl(p.master, TIOCGSID, &id), ENOTTY);
	T_OK(ioctl(p.master, TIOCGPGRP, &id));
	T_EQ(id, 0);
	/* And may become another session's. */
	T_CHILD
	{
		signal(SIGHUP, SIG_IGN);
		take_terminal(&p);
		T_OK(ioctl(p.master, TIOCGSID, &id));
		T_EQ(id, getpid());
	}
	pty_close(&p);
}

static void test_sti(void)
{
	struct pty p = pty_open(true);
	char text[8];

	if (t_is_root()) {
		for (const char *s = "in\n"; *s; s++)
			if (ioctl(p.slave, TIOCSTI, s))
				return; /* a kernel that has it switched off */
		T_EQ(read(p.slave, text, sizeof(text)), 3);
		T_MEM(text, "in\n", 3);
	}
	T_AS_USER
	{
		T_ERR2(ioctl(p.slave, TIOCSTI, "x"), EPERM, EIO);
	}
	pty_close(&p);
}

TEST_MAIN
{
	T_CHILD
	{
		T_OK(setsid());
		test_control();
	}
	test_keys();
	test_background();
	test_leader_exit();
	test_sti();
}
