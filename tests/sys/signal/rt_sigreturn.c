/* SPDX-License-Identifier: Apache-2.0 */
/* Return from a handler: what the frame may change, and frames that are bad. */
#include "test.h"

#include <sys/time.h>
#include <ucontext.h>

static volatile int count;
static volatile int mode;
static sigset_t wanted_mask;

enum { KEEP, CHANGE_MASK, BAD_STATE_POINTER, KERNEL_STATE_POINTER, UNALIGNED_STATE, NO_STATE };

static void on_signal(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
	count++;
	switch (mode) {
	case CHANGE_MASK:
		uc->uc_sigmask = wanted_mask;
		break;
	case BAD_STATE_POINTER:
		uc->uc_mcontext.fpregs = (void *)64;
		break;
	case KERNEL_STATE_POINTER:
		uc->uc_mcontext.fpregs = (void *)0xffffffff81000000UL;
		break;
	case UNALIGNED_STATE:
		uc->uc_mcontext.fpregs = (void *)((char *)uc->uc_mcontext.fpregs + 1);
		break;
	case NO_STATE:
		uc->uc_mcontext.fpregs = NULL;
		break;
	}
}

static void with_mode(int m)
{
	mode = m;
	raise(SIGUSR1);
}

static void on_segv(int sig)
{
	_exit(sig == SIGSEGV ? 33 : 1);
}

/* A frame of ours at the stack pointer, and the call. */
static void return_from(void *sp)
{
	__asm__ volatile("mov %0, %%rsp; mov $15, %%eax; syscall; ud2" ::"r"(sp));
	__builtin_unreachable();
}

TEST_MAIN
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	static char zeroes[4096] __attribute__((aligned(4096)));
	sigset_t now;
	stack_t ss = {.ss_size = 65536};

	sa.sa_sigaction = on_signal;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	with_mode(KEEP);
	T_EQ(count, 1);
	/* The mask in the frame is the one afterwards, SIGKILL left out. */
	sigfillset(&wanted_mask);
	sigdelset(&wanted_mask, SIGUSR1);
	with_mode(CHANGE_MASK);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	T_EQ(sigismember(&now, SIGTERM), 1);
	T_EQ(sigismember(&now, SIGUSR1), 0);
	T_EQ(sigismember(&now, SIGKILL), 0);
	sigemptyset(&wanted_mask);
	with_mode(CHANGE_MASK);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	T_EQ(sigismember(&now, SIGTERM), 0);
	/* No vector state at all: the registers start fresh. */
	T_CHILD
	{
		with_mode(NO_STATE);
		T_TRUE(count >= 4);
	}
	/* Bad frames are a SIGSEGV of the process. */
	T_CHILD_STATUS(SIGSEGV)
	{
		with_mode(BAD_STATE_POINTER);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		with_mode(KERNEL_STATE_POINTER);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		return_from(NULL);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		return_from((void *)0xffffffff81000000UL);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		return_from((void *)0x800000000000UL);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		return_from(zeroes + 4096 - 64);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		return_from(zeroes); /* rip 0 */
	}
	/* A handler may catch it, on a stack of its own. */
	T_CHILD_STATUS(T_EXITED(33))
	{
		struct sigaction segv = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};

		ss.ss_sp = malloc(ss.ss_size);
		sigaltstack(&ss, NULL);
		sigaction(SIGSEGV, &segv, NULL);
		return_from((void *)8);
	}
	/* A handler without room for a frame. */
	T_CHILD_STATUS(SIGSEGV)
	{
		__asm__ volatile("mov $4096, %%rsp; syscall; ud2" ::"a"(SYS_kill), "D"(getpid()),
				 "S"(SIGUSR1));
	}
	/* Many in a row, from outside at any instruction. */
	{
		struct itimerval it = {{0, 500}, {0, 500}}, off = {{0, 0}, {0, 0}};
		volatile unsigned long sum = 0;
		unsigned long expected = 0;

		sa.sa_flags |= SA_RESTART;
		T_OK(sigaction(SIGALRM, &sa, NULL));
		mode = KEEP;
		count = 0;
		T_OK(setitimer(ITIMER_REAL, &it, NULL));
		for (unsigned long i = 0; i < 30000000; i++) {
			sum = sum + i;
			expected += i;
		}
		T_OK(setitimer(ITIMER_REAL, &off, NULL));
		T_EQ(sum, expected);
		T_CMP(count, >, 0);
	}
}
