/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <poll.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

/* The kernel's own form. */
struct ksigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

#define KERNEL_SIGSET 8

static volatile int count, depth, max_depth, last_sig, last_code, last_value, blocked_usr2,
	blocked_self;
static volatile pid_t last_pid;
static volatile uid_t last_uid;

static void on_plain(int sig)
{
	last_sig = sig;
	count++;
}

static void on_info(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;
	sigset_t now;

	last_sig = si->si_signo == sig ? sig : -1;
	last_code = si->si_code;
	last_pid = si->si_pid;
	last_uid = si->si_uid;
	last_value = si->si_value.sival_int;
	sigprocmask(SIG_BLOCK, NULL, &now);
	blocked_usr2 = sigismember(&now, SIGUSR2);
	blocked_self = sigismember(&now, sig);
	/* The saved mask is the one outside the handler. */
	if (sigismember(&uc->uc_sigmask, sig))
		last_sig = -2;
	count++;
}

static void on_nested(int sig)
{
	depth++;
	count++;
	if (depth > max_depth)
		max_depth = depth;
	if (count < 3)
		raise(sig);
	depth--;
}

static void install(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&sa.sa_mask);
	T_OK(sigaction(sig, &sa, NULL));
	count = 0;
}

static void test_arguments(void)
{
	struct ksigaction old, act = {.handler = on_plain};

	T_ERR(syscall(SYS_rt_sigaction, 0, NULL, NULL, KERNEL_SIGSET), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, 65, NULL, NULL, KERNEL_SIGSET), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, -1, NULL, NULL, KERNEL_SIGSET), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 16), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 0), EINVAL);
	/* The size is looked at before the pointers, the pointers before the signal number. */
	T_ERR(syscall(SYS_rt_sigaction, 0, 16, NULL, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, 0, 16, NULL, KERNEL_SIGSET), EFAULT);
	T_OK(syscall(SYS_rt_sigaction, 64, NULL, &old, KERNEL_SIGSET));
	T_OK(syscall(SYS_rt_sigaction, 32, NULL, &old, KERNEL_SIGSET));
	T_OK(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, KERNEL_SIGSET));
	/* SIGKILL and SIGSTOP: may be asked for, not changed. */
	T_ERR(syscall(SYS_rt_sigaction, SIGKILL, &act, NULL, KERNEL_SIGSET), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGSTOP, &act, NULL, KERNEL_SIGSET), EINVAL);
	act.handler = SIG_DFL;
	T_ERR(syscall(SYS_rt_sigaction, SIGKILL, &act, NULL, KERNEL_SIGSET), EINVAL);
	T_OK(syscall(SYS_rt_sigaction, SIGKILL, NULL, &old, KERNEL_SIGSET));
	T_TRUE(old.handler == SIG_DFL);
	T_EFAULT(p, syscall(SYS_rt_sigaction, SIGUSR1, p, NULL, KERNEL_SIGSET));
	T_EFAULT(p, syscall(SYS_rt_sigaction, SIGUSR1, NULL, p, KERNEL_SIGSET));
	/* The old action's fault comes after the new action has taken effect. */
	act.handler = SIG_IGN;
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, &act, 16, KERNEL_SIGSET), EFAULT);
	T_OK(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, KERNEL_SIGSET));
	T_TRUE(old.handler == SIG_IGN);
	T_TRUE(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

static void test_old_action(void)
{
	struct ksigaction act = {.handler = on_plain,
				 .flags = SA_RESTART | 0x04000000,
				 .mask = -1UL};
	struct ksigaction old;

	act.restorer = (void (*)(void))0x1234;
	T_OK(syscall(SYS_rt_sigaction, SIGUSR2, &act, NULL, KERNEL_SIGSET));
	T_OK(syscall(SYS_rt_sigaction, SIGUSR2, NULL, &old, KERNEL_SIGSET));
	T_TRUE(old.handler == on_plain);
	T_EQ(old.flags, SA_RESTART | 0x04000000);
	T_TRUE(old.restorer == act.restorer);
	/* SIGKILL and SIGSTOP are taken out of the mask silently. */
	T_EQ(old.mask, ~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1)));
	/* Flags that this kernel does not know are not remembered: that is how one finds out. */
	act.flags = 0x00000400 | 0x00000100 | SA_SIGINFO;
	T_OK(syscall(SYS_rt_sigaction, SIGUSR2, &act, NULL, KERNEL_SIGSET));
	T_OK(syscall(SYS_rt_sigaction, SIGUSR2, NULL, &old, KERNEL_SIGSET));
	T_EQ(old.flags & ~0x400UL, SA_SIGINFO); /* SA_UNSUPPORTED is never in */
	T_EQ(old.flags & 0x400, 0);
	signal(SIGUSR2, SIG_DFL);
}

static void test_siginfo(void)
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	union sigval value = {.sival_int = 4711};

	sa.sa_sigaction = on_info;
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGUSR2);
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	count = 0;
	T_OK(kill(getpid(), SIGUSR1));
	T_EQ(count, 1);
	T_EQ(last_sig, SIGUSR1);
	T_EQ(last_code, SI_USER);
	T_EQ(last_pid, getpid());
	T_EQ(last_uid, getuid());
	T_EQ(blocked_usr2, 1);
	T_EQ(blocked_self, 1);
	T_OK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1));
	T_EQ(last_code, SI_TKILL);
	T_OK(sigqueue(getpid(), SIGUSR1, value));
	T_EQ(last_code, SI_QUEUE);
	T_EQ(last_value, 4711);
	T_EQ(count, 3);
	/* Afterwards nothing stays blocked. */
	sigprocmask(SIG_BLOCK, NULL, &sa.sa_mask);
	T_EQ(sigismember(&sa.sa_mask, SIGUSR1), 0);
	T_EQ(sigismember(&sa.sa_mask, SIGUSR2), 0);
}

static void test_flags(void)
{
	struct sigaction old;

	/* A signal is blocked in its own handler, and delivered once more after it. */
	install(SIGUSR1, on_nested, 0);
	max_depth = 0;
	raise(SIGUSR1);
	T_EQ(count, 3);
	T_EQ(max_depth, 1);
	install(SIGUSR1, on_nested, SA_NODEFER);
	max_depth = 0;
	raise(SIGUSR1);
	T_EQ(count, 3);
	T_EQ(max_depth, 3);

	install(SIGUSR1, on_plain, (int)SA_RESETHAND);
	raise(SIGUSR1);
	T_EQ(count, 1);
	T_OK(sigaction(SIGUSR1, NULL, &old));
	T_TRUE(old.sa_handler == SIG_DFL);
	T_CHILD_STATUS(SIGUSR1)
	{
		raise(SIGUSR1);
	}
	/* SA_RESETHAND does not imply SA_NODEFER. */
	install(SIGUSR1, on_plain, (int)SA_RESETHAND);
	T_OK(sigaction(SIGUSR1, NULL, &old));
	T_EQ(old.sa_flags & (int)(SA_RESETHAND | SA_NODEFER), (int)SA_RESETHAND);
	signal(SIGUSR1, SIG_DFL);
}

/* A child that sends the signal after a while, then a byte after another while. */
static pid_t helper(int sig, int fd)
{
	pid_t pid = fork();

	if (!pid) {
		t_sleep_ms(80);
		kill(getppid(), sig);
		t_sleep_ms(80);
		_exit(write(fd, "z", 1) == 1 ? 0 : 1);
	}
	return pid;
}

static void test_restart(void)
{
	struct pollfd pfd = {.events = POLLIN};
	int fds[2], status;
	pid_t pid;
	char c;

	T_NEED(pipe(fds));
	install(SIGUSR1, on_plain, 0);
	pid = helper(SIGUSR1, fds[1]);
	T_ERR(read(fds[0], &c, 1), EINTR);
	T_EQ(count, 1);
	T_EQ(read(fds[0], &c, 1), 1);
	T_WAIT(pid, 0);

	install(SIGUSR1, on_plain, SA_RESTART);
	pid = helper(SIGUSR1, fds[1]);
	T_EQ(read(fds[0], &c, 1), 1);
	T_EQ(count, 1);
	T_EQ(c, 'z');
	T_WAIT(pid, 0);

	/* wait4 restarts as well. */
	count = 0;
	pid = helper(SIGUSR1, fds[1]);
	T_EQ(wait4(pid, &status, 0, NULL), pid);
	T_EQ(count, 1);
	T_EQ(read(fds[0], &c, 1), 1);

	/* poll, pause and nanosleep never restart after a handler. */
	count = 0;
	pid = helper(SIGUSR1, fds[1]);
	pfd.fd = fds[0];
	T_ERR(poll(&pfd, 1, 5000), EINTR);
	T_EQ(count, 1);
	T_EQ(read(fds[0], &c, 1), 1);
	T_WAIT(pid, 0);
	count = 0;
	pid = helper(SIGUSR1, fds[1]);
	T_ERR(pause(), EINTR);
	T_EQ(read(fds[0], &c, 1), 1);
	T_WAIT(pid, 0);

	/* An ignored signal, or one whose default is to be ignored, interrupts nothing. */
	signal(SIGUSR1, SIG_IGN);
	pid = helper(SIGUSR1, fds[1]);
	T_EQ(read(fds[0], &c, 1), 1);
	T_WAIT(pid, 0);
	pid = helper(SIGWINCH, fds[1]);
	T_EQ(read(fds[0], &c, 1), 1);
	T_WAIT(pid, 0);
	pid = helper(SIGCONT, fds[1]);
	T_EQ(poll(&pfd, 1, 5000), 1);
	T_EQ(read(fds[0], &c, 1), 1);
	T_WAIT(pid, 0);
	signal(SIGUSR1, SIG_DFL);
}

/* A stop and a continue in the middle: nanosleep and poll go on as if nothing had happened. */
static void test_restart_after_stop(void)
{
	int fds[2];
	pid_t pid;
	char c;

	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		struct pollfd pfd = {.fd = fds[0], .events = POLLIN};
		struct timespec ts = {0, 400000000};
		long start = t_now_ms();

		T_OK(nanosleep(&ts, NULL));
		T_CMP(t_now_ms() - start, >=, 399);
		T_EQ(poll(&pfd, 1, 10000), 1);
		T_EQ(read(fds[0], &c, 1), 1);
		_exit(0);
	}
	t_sleep_ms(50);
	T_OK(kill(pid, SIGSTOP));
	t_sleep_ms(50);
	T_OK(kill(pid, SIGCONT));
	t_sleep_ms(600);
	T_OK(kill(pid, SIGSTOP));
	t_sleep_ms(50);
	T_OK(kill(pid, SIGCONT));
	T_EQ(write(fds[1], "x", 1), 1);
	T_WAIT(pid, 0);
}

static void test_sigchld(void)
{
	struct sigaction sa = {.sa_handler = on_plain, .sa_flags = SA_NOCLDSTOP};
	int status;
	pid_t pid;

	/* SA_NOCLDSTOP: a signal for the end only. */
	T_OK(sigaction(SIGCHLD, &sa, NULL));
	count = 0;
	pid = T_NEED(fork());
	if (!pid)
		for (;;)
			pause();
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_EQ(count, 0);
	T_OK(kill(pid, SIGCONT));
	T_EQ(waitpid(pid, &status, WCONTINUED), pid);
	T_EQ(count, 0);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	T_EQ(count, 1);

	/* Without it: also for the stop and for the continuation. */
	install(SIGCHLD, on_plain, 0);
	pid = T_NEED(fork());
	if (!pid)
		for (;;)
			pause();
	T_OK(kill(pid, SIGSTOP));
	while (waitpid(pid, &status, WUNTRACED) < 0)
		;
	T_EQ(count, 1);
	T_OK(kill(pid, SIGCONT));
	while (waitpid(pid, &status, WCONTINUED) < 0)
		;
	/* The signal may come a little later than the status. */
	for (int i = 0; i < 2000 && count < 2; i++)
		t_sleep_ms(1);
	T_EQ(count, 2);
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	T_EQ(count, 3);

	/* SA_NOCLDWAIT: the signal comes, a zombie does not stay. */
	install(SIGCHLD, on_plain, SA_NOCLDWAIT);
	pid = T_NEED(fork());
	if (!pid)
		_exit(0);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	T_ERR(waitpid(pid, NULL, 0), ECHILD);
	T_EQ(count, 1);
	signal(SIGCHLD, SIG_IGN);
	pid = T_NEED(fork());
	if (!pid)
		_exit(0);
	T_ERR(waitpid(pid, &status, 0), ECHILD);
	signal(SIGCHLD, SIG_DFL);
	pid = T_NEED(fork());
	if (!pid)
		_exit(5);
	T_WAIT(pid, T_EXITED(5));
}

/* Setting "ignore" throws away what is pending; execve resets handlers and keeps "ignore". */
static void test_discard(void)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	install(SIGUSR1, on_plain, 0);
	install(SIGCHLD, on_plain, 0);
	raise(SIGUSR1);
	raise(SIGCHLD);
	T_OK(sigpending(&pending));
	T_EQ(sigismember(&pending, SIGUSR1), 1);
	T_EQ(sigismember(&pending, SIGCHLD), 1);
	T_TRUE(signal(SIGUSR1, SIG_IGN) == on_plain);
	T_TRUE(signal(SIGCHLD, SIG_DFL) == on_plain);
	T_OK(sigpending(&pending));
	T_EQ(sigismember(&pending, SIGUSR1), 0);
	T_EQ(sigismember(&pending, SIGCHLD), 0);
	T_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	T_EQ(count, 0);
}

TEST_MAIN
{
	test_arguments();
	test_old_action();
	test_siginfo();
	test_flags();
	test_restart();
	test_restart_after_stop();
	test_sigchld();
	test_discard();
}
