/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/sched.h>
#include <poll.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

static long clone3(struct clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

/* A child that ends at once; its number, or -1. */
static long try(struct clone_args args)
{
	long pid = clone3(&args, sizeof(args));

	if (!pid)
		_exit(4);
	return pid;
}

static void test_errors(void)
{
	struct {
		struct clone_args args;
		uint64_t more[4];
	} big = {.args = {.exit_signal = SIGCHLD}};
	static char stack[65536];
	pid_t tid = 1;
	long pid;

	T_ERR(clone3(&big.args, 0), EINVAL);
	T_ERR(clone3(&big.args, 63), EINVAL);
	T_ERR(clone3(&big.args, 8192), E2BIG);
	big.more[2] = 1;
	T_ERR(clone3(&big.args, sizeof(big)), E2BIG);
	big.more[2] = 0;
	pid = clone3(&big.args, sizeof(big));
	if (!pid)
		_exit(4);
	T_WAIT((pid_t)pid, T_EXITED(4));
	pid = clone3(&big.args, 64);
	if (!pid)
		_exit(4);
	T_WAIT((pid_t)pid, T_EXITED(4));
	T_EFAULT_NULL(p, clone3(p, sizeof(struct clone_args)));

	T_ERR(try((struct clone_args){.exit_signal = 65}), EINVAL);
	T_ERR(try((struct clone_args){.exit_signal = -1UL}), EINVAL);
	T_ERR(try((struct clone_args){.flags = SIGCHLD}), EINVAL); /* no signal in the flags */
	T_ERR(try((struct clone_args){.flags = CLONE_DETACHED, .exit_signal = SIGCHLD}), EINVAL);
	T_ERR(try((struct clone_args){.flags = 1ULL << 40, .exit_signal = SIGCHLD}), EINVAL);
	T_ERR(try((struct clone_args){.flags = CLONE_THREAD, .exit_signal = 0}), EINVAL);
	T_ERR(try((struct clone_args){.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM,
				      .exit_signal = SIGCHLD}),
	      EINVAL);
	T_ERR(try((struct clone_args){.flags = CLONE_PARENT, .exit_signal = SIGCHLD}), EINVAL);
	T_ERR(try((struct clone_args){.flags = CLONE_SIGHAND, .exit_signal = SIGCHLD}), EINVAL);
	T_ERR(try((struct clone_args){.flags = CLONE_SIGHAND | CLONE_VM | CLONE_CLEAR_SIGHAND,
				      .exit_signal = SIGCHLD}),
	      EINVAL);
	/* Stack and size go together. */
	T_ERR(try((struct clone_args){.exit_signal = SIGCHLD, .stack_size = 4096}), EINVAL);
	T_ERR(try((struct clone_args){.exit_signal = SIGCHLD, .stack = (uintptr_t)stack}), EINVAL);
	T_ERR(try((struct clone_args){.exit_signal = SIGCHLD,
				      .stack = 0xffff800000000000,
				      .stack_size = 4096}),
	      EINVAL);
	T_ERR(try((struct clone_args){.exit_signal = SIGCHLD, .set_tid_size = 1}), EINVAL);
	T_ERR(try((struct clone_args){.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid}), EINVAL);
	T_ERR(try((struct clone_args){.exit_signal = SIGCHLD,
				      .set_tid = (uintptr_t)&tid,
				      .set_tid_size = 33}),
	      EINVAL);
}

static volatile int handled;

static void on_signal(int sig)
{
	(void)sig;
	handled++;
}

static void test_pidfd(void)
{
	int pidfd = -1;
	struct clone_args args;
	long pid;

	T_ERR(try((struct clone_args){.flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = 16}),
	      EFAULT);
	args = (struct clone_args){.flags = CLONE_PIDFD,
				   .exit_signal = SIGCHLD,
				   .pidfd = (uintptr_t)&pidfd};
	pid = T_NEED(clone3(&args, sizeof(args)));
	if (!pid) {
		t_sleep_ms(50);
		_exit(0);
	}
	T_CMP(pidfd, >=, 0);
	T_EQ(fcntl(pidfd, F_GETFD), FD_CLOEXEC);
	{
		struct pollfd pfd = {.fd = pidfd, .events = POLLIN};

		T_EQ(poll(&pfd, 1, 5000), 1);
		T_EQ(pfd.revents & POLLIN, POLLIN);
	}
	T_WAIT((pid_t)pid, 0);
}

/* A tid of one's own choice. */
static void test_set_tid(void)
{
	pid_t tids[2] = {0, 0}, used = getpid();
	struct clone_args args = {.exit_signal = SIGCHLD,
				  .set_tid = (uintptr_t)tids,
				  .set_tid_size = 1};
	pid_t child;

	T_ERR(try(args), EINVAL);
	tids[0] = -1;
	T_ERR(try(args), EINVAL);
	args.set_tid_size = 2;
	T_ERR2(try(args), EINVAL, EPERM);
	args.set_tid_size = 1;
	args.set_tid = 16;
	T_ERR(try(args), EFAULT);
	args.set_tid = (uintptr_t)tids;
	tids[0] = used;
	T_AS_USER
	{
		T_ERR(try(args), EPERM);
	}
	if (!t_is_root())
		return;
	T_ERR(try(args), EEXIST);
	/* One that was in use and is not any more. */
	child = (pid_t)T_NEED(fork());
	if (!child)
		_exit(0);
	T_WAIT(child, T_EXITED(0));
	tids[0] = child;
	T_EQ(try(args), child);
	T_WAIT(child, T_EXITED(4));
}

TEST_MAIN
{
	test_set_tid();
	int parent_tid = 0;
	static volatile int child_tid;
	struct clone_args args = {.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
				  .exit_signal = SIGCHLD,
				  .parent_tid = (uintptr_t)&parent_tid,
				  .child_tid = (uintptr_t)&child_tid};
	struct sigaction old;
	long pid;

	test_errors();
	pid = T_NEED(clone3(&args, sizeof(args)));
	if (!pid)
		_exit(child_tid == getpid() ? 0 : 1);
	T_EQ(parent_tid, pid);
	T_WAIT((pid_t)pid, 0);

	/* All handlers back to default; what is ignored stays ignored. */
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, SIG_IGN);
	args = (struct clone_args){.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
	pid = T_NEED(clone3(&args, sizeof(args)));
	if (!pid) {
		T_OK(sigaction(SIGUSR1, NULL, &old));
		T_TRUE(old.sa_handler == SIG_DFL);
		T_OK(sigaction(SIGUSR2, NULL, &old));
		T_TRUE(old.sa_handler == SIG_IGN);
		_exit(0);
	}
	T_WAIT((pid_t)pid, 0);

	if (syscall(SYS_pidfd_open, getpid(), 0) < 0 && errno == ENOSYS)
		T_SKIP_ONE("no pidfds");
	else
		test_pidfd();
}
