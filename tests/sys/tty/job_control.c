/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Job control: who may read, write and change a terminal from the background, what an orphaned
 * group gets (EIO, SIGHUP and SIGCONT), tcsetpgrp(3)'s errors, and the key that stops.
 */
#include "pty_common.h"

static struct pty p;

static void take_terminal(void)
{
	T_OK(setsid());
	T_OK(ioctl(p.slave, TIOCSCTTY, 0));
}

/* A child in a group of its own that does `what` and exits with its errno, or 0. */
static pid_t job(int (*what)(void))
{
	pid_t pid = T_NEED(fork());

	if (!pid) {
		setpgid(0, 0);
		errno = 0;
		_exit(what() < 0 ? errno : 0);
	}
	setpgid(pid, pid);
	return pid;
}

static int read_it(void)
{
	char c;

	return (int)read(p.slave, &c, 1);
}
static int write_it(void)
{
	return (int)write(p.slave, "x", 1);
}
static int change_it(void)
{
	struct termios ios;

	return tcgetattr(p.slave, &ios) ? -1 : tcsetattr(p.slave, TCSANOW, &ios);
}
static int flush_it(void)
{
	return tcflush(p.slave, TCIFLUSH);
}
static int drain_it(void)
{
	return tcdrain(p.slave);
}
static int flow_it(void)
{
	return tcflow(p.slave, TCOON);
}
static int break_it(void)
{
	return tcsendbreak(p.slave, 0);
}
static int take_it(void)
{
	return tcsetpgrp(p.slave, getpgrp());
}
static int size_it(void)
{
	struct winsize size = {24, 80, 0, 0};

	return ioctl(p.slave, TIOCSWINSZ, &size);
}

/* A job does `what` with `sig` treated so; WUNTRACED's status. */
static int status_of(int (*what)(void), int sig, int how)
{
	struct sigaction old, sa = {.sa_handler = how == 1 ? SIG_IGN : SIG_DFL};
	sigset_t set, old_set;
	int status = -1;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigaction(sig, &sa, &old);
	sigprocmask(how == 2 ? SIG_BLOCK : SIG_UNBLOCK, &set, &old_set);
	pid = job(what);
	sigprocmask(SIG_SETMASK, &old_set, NULL);
	sigaction(sig, &old, NULL);
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	if (WIFSTOPPED(status))
		t_end(pid);
	return status;
}

#define STOPPED(sig) ((sig) << 8 | 0x7f)
enum { AS_IS, IGNORED, BLOCKED };

static void test_background(void)
{
	T_EQ(status_of(read_it, SIGTTIN, AS_IS), STOPPED(SIGTTIN));
	T_EQ(status_of(read_it, SIGTTIN, IGNORED), T_EXITED(EIO));
	T_EQ(status_of(read_it, SIGTTIN, BLOCKED), T_EXITED(EIO));
	/* Writing is free until TOSTOP. */
	T_EQ(status_of(write_it, SIGTTOU, AS_IS), 0);
	pty_change(&p, TOSTOP, 0, 1, 0);
	T_EQ(status_of(write_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(write_it, SIGTTOU, IGNORED), 0);
	T_EQ(status_of(write_it, SIGTTOU, BLOCKED), 0);
	pty_change(&p, 0, TOSTOP, 1, 0);
	/* Changing is not. */
	T_EQ(status_of(change_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(change_it, SIGTTOU, IGNORED), 0);
	T_EQ(status_of(change_it, SIGTTOU, BLOCKED), 0);
	T_EQ(status_of(flush_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(drain_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(flow_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(break_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(size_it, SIGTTOU, AS_IS), 0);
	T_EQ(status_of(take_it, SIGTTOU, AS_IS), STOPPED(SIGTTOU));
	T_EQ(status_of(take_it, SIGTTOU, IGNORED), 0);
	signal(SIGTTOU, SIG_IGN);
	T_OK(tcsetpgrp(p.slave, getpgrp()));
	signal(SIGTTOU, SIG_DFL);
}

/* A handler for SIGTTIN: it runs, and reading starts anew (or is interrupted). */
static int read_handled(void)
{
	struct sigaction sa = {.sa_handler = SIG_DFL};

	t_count_signal(SIGTTIN, 0);
	if (read_it() >= 0 || errno != EINTR || t_signals[SIGTTIN] != 1)
		return 0;
	sa.sa_handler = SIG_DFL;
	sigaction(SIGTTIN, &sa, NULL);
	errno = EINTR;
	return -1;
}

/* The group has no member with a parent in another group of the session: nobody would continue it.
 */
static void test_orphaned(void)
{
	int fds[2], code = -1;
	pid_t middle;

	T_OK(pipe(fds));
	middle = T_NEED(fork());
	if (!middle) {
		setpgid(0, 0);
		if (!fork()) {
			int result[4];

			for (int i = 0; i < 2000 && getppid() == getpgrp(); i++)
				t_sleep_ms(1);
			result[0] = read_it() < 0 ? errno : 0;
			result[1] = change_it() < 0 ? errno : 0;
			result[2] = take_it() < 0 ? errno : 0;
			/* The keys' signals do not stop an orphan. */
			raise(SIGTSTP);
			result[3] = 7;
			if (write(fds[1], result, sizeof(result)) < 0)
				_exit(1);
			_exit(0);
		}
		_exit(0);
	}
	setpgid(middle, middle);
	T_WAIT(middle, 0);
	for (int i = 0; i < 4; i++) {
		static const int want[] = {EIO, EIO, ENOTTY, 7};

		T_EQ(read(fds[0], &code, sizeof(code)), sizeof(code));
		T_EQ(code, want[i]);
	}
	close(fds[0]);
	close(fds[1]);
}

/* A stopped group that becomes an orphan is told: SIGHUP, then SIGCONT. One that runs is not. */
static void test_new_orphan(bool is_stopped)
{
	int fds[2], got[2] = {-1, -1};
	pid_t middle;

	T_OK(pipe(fds));
	middle = T_NEED(fork());
	if (!middle) {
		pid_t inner;
		int status;

		setpgid(0, 0);
		inner = fork();
		if (!inner) {
			t_count_signal(SIGHUP, 0);
			t_count_signal(SIGCONT, 0);
			if (is_stopped)
				raise(SIGSTOP);
			while (getppid() == getpgrp())
				t_sleep_ms(1);
			t_sleep_ms(50);
			got[0] = t_signals[SIGHUP];
			got[1] = t_signals[SIGCONT];
			if (write(fds[1], got, sizeof(got)) < 0)
				_exit(1);
			_exit(0);
		}
		if (is_stopped)
			waitpid(inner, &status, WUNTRACED);
		_exit(0);
	}
	T_WAIT(middle, 0);
	T_EQ(read(fds[0], got, sizeof(got)), sizeof(got));
	T_EQ(got[0], is_stopped);
	T_EQ(got[1], is_stopped);
	close(fds[0]);
	close(fds[1]);
}

static void test_tcsetpgrp(void)
{
	struct pty other = pty_open(true);
	int fds[2];
	pid_t stranger;

	T_EQ(tcgetpgrp(p.slave), getpgrp());
	T_ERR(tcsetpgrp(p.slave, -1), EINVAL);
	T_ERR2(tcsetpgrp(p.slave, 0x7ffffff0), ESRCH, EPERM);
	T_ERR(tcsetpgrp(other.slave, getpgrp()), ENOTTY); /* not our terminal */
	T_ERR(tcgetpgrp(other.slave), ENOTTY);
	T_OK(pipe(fds));
	T_ERR(tcsetpgrp(fds[0], getpgrp()), ENOTTY);
	T_ERR(tcgetpgrp(fds[0]), ENOTTY);
	T_ERR(tcsetpgrp(-1, getpgrp()), EBADF);
	/* A group of another session. */
	stranger = T_NEED(fork());
	if (!stranger) {
		setsid();
		T_EQ(write(fds[1], "r", 1), 1);
		for (;;)
			pause();
	}
	T_EQ(read(fds[0], fds + 1, 1), 1);
	T_ERR(tcsetpgrp(p.slave, stranger), EPERM);
	t_end(stranger);
	T_OK(tcsetpgrp(p.slave, getpgrp()));
	pty_close(&other);
	close(fds[0]);
}

static int wait_here(void)
{
	return pause();
}

/* ^Z stops the foreground group alone; ^\ and ^C reach it, not the background. */
static void test_keys(void)
{
	pid_t front = job(wait_here), back = job(wait_here);
	int status;

	signal(SIGTTOU, SIG_IGN);
	T_OK(tcsetpgrp(p.slave, front));
	T_EQ(write(p.master, "\032", 1), 1);
	T_EQ(waitpid(front, &status, WUNTRACED), front);
	T_EQ(status, STOPPED(SIGTSTP));
	T_OK(kill(-front, SIGCONT));
	T_EQ(waitpid(front, &status, WCONTINUED), front);
	T_TRUE(WIFCONTINUED(status));
	t_sleep_ms(20);
	T_EQ(write(p.master, "\003", 1), 1);
	T_EQ(waitpid(front, &status, 0), front);
	T_EQ(status, SIGINT);
	T_EQ(waitpid(back, &status, WUNTRACED | WNOHANG), 0);
	T_OK(tcsetpgrp(p.slave, getpgrp()));
	signal(SIGTTOU, SIG_DFL);
	t_end(back);
}

TEST_MAIN
{
	p = pty_open(true);
	T_CHILD
	{
		take_terminal();
		signal(SIGHUP, SIG_IGN);
		t_limit(RLIMIT_CORE, 0);
		test_tcsetpgrp();
		test_background();
		T_EQ(status_of(read_handled, SIGTTIN, AS_IS), T_EXITED(EINTR));
		signal(SIGHUP, SIG_DFL);
		test_orphaned();
		test_new_orphan(true);
		test_new_orphan(false);
		test_keys();
		signal(SIGHUP, SIG_IGN);
	}
	pty_close(&p);
}
