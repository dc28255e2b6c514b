/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <ucontext.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char area[65536] __attribute__((aligned(4096)));
static volatile uintptr_t handler_sp;
static volatile int handler_errno, handler_flags, saved_flags;
static volatile uintptr_t saved_sp;
static volatile int depth;
static volatile uintptr_t nested_sp;

static bool is_inside(uintptr_t sp)
{
	return sp >= (uintptr_t)area && sp < (uintptr_t)area + sizeof(area);
}

static void on_signal(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;
	stack_t now, other = {.ss_flags = SS_DISABLE};

	(void)sig;
	(void)si;
	handler_sp = (uintptr_t)__builtin_frame_address(0);
	saved_sp = (uintptr_t)uc->uc_stack.ss_sp;
	saved_flags = uc->uc_stack.ss_flags;
	sigaltstack(NULL, &now);
	handler_flags = now.ss_flags;
	errno = 0;
	sigaltstack(&other, NULL);
	handler_errno = errno;
}

static void on_nested(int sig)
{
	nested_sp = (uintptr_t)__builtin_frame_address(0);
	if (!depth++)
		raise(sig);
}

static void install(void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO | flags};

	sa.sa_sigaction = handler;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
}

static void test_arguments(void)
{
	stack_t ss = {.ss_sp = area, .ss_size = sizeof(area)}, old;
	long least = (long)getauxval(AT_MINSIGSTKSZ);

	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, SS_DISABLE);
	T_EQ((long)old.ss_sp, 0);
	T_EQ(old.ss_size, 0);
	T_OK(sigaltstack(&ss, &old));
	T_EQ(old.ss_flags, SS_DISABLE);
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, 0);
	T_TRUE(old.ss_sp == area);
	T_EQ(old.ss_size, sizeof(area));
	ss.ss_flags = SS_ONSTACK; /* odd, and allowed */
	T_OK(sigaltstack(&ss, NULL));
	ss.ss_flags = 4;
	T_ERR(sigaltstack(&ss, NULL), EINVAL);
	ss.ss_flags = SS_ONSTACK | SS_DISABLE;
	T_ERR(sigaltstack(&ss, NULL), EINVAL);
	ss.ss_flags = 0;
	ss.ss_size = 2047;
	T_ERR(sigaltstack(&ss, NULL), ENOMEM);
	ss.ss_size = 0;
	T_ERR(sigaltstack(&ss, NULL), ENOMEM);
	ss.ss_size = (size_t)(least > 2048 ? least : 2048);
	T_OK(sigaltstack(&ss, NULL));
	/* With SS_DISABLE neither place nor size matters. */
	ss.ss_flags = SS_DISABLE;
	ss.ss_size = 1;
	T_OK(sigaltstack(&ss, NULL));
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, SS_DISABLE);
	T_EQ(old.ss_size, 0);
	T_EFAULT(p, syscall(SYS_sigaltstack, p, NULL));
	T_EFAULT(p, syscall(SYS_sigaltstack, NULL, p));
	T_OK(sigaltstack(NULL, NULL));
}

static void test_use(void)
{
	stack_t ss = {.ss_sp = area, .ss_size = sizeof(area)}, old;
	struct sigaction nested = {.sa_handler = on_nested, .sa_flags = SA_ONSTACK | SA_NODEFER};

	T_OK(sigaltstack(&ss, NULL));
	install(on_signal, 0);
	raise(SIGUSR1);
	T_TRUE(!is_inside(handler_sp));
	T_EQ(handler_errno, 0); /* off the stack it may be changed */
	/* The change is undone: sigreturn restores what the frame holds. */
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, 0);

	install(on_signal, SA_ONSTACK);
	raise(SIGUSR1);
	T_TRUE(is_inside(handler_sp));
	T_EQ(handler_flags, SS_ONSTACK);
	T_EQ(handler_errno, EPERM);
	T_EQ(saved_sp, (uintptr_t)area);
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, 0);

	/* A second signal goes on below the first, not at the top again. */
	T_OK(sigaction(SIGUSR1, &nested, NULL));
	raise(SIGUSR1);
	T_TRUE(is_inside(nested_sp));
	T_EQ(depth, 2);
}

static void test_autodisarm(void)
{
	stack_t ss = {.ss_sp = area, .ss_size = sizeof(area), .ss_flags = (int)SS_AUTODISARM}, old;

	T_OK(sigaltstack(&ss, NULL));
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, (int)SS_AUTODISARM);
	install(on_signal, SA_ONSTACK);
	raise(SIGUSR1);
	T_TRUE(is_inside(handler_sp));
	T_EQ(handler_flags, SS_DISABLE);
	T_EQ(handler_errno, 0);
	T_EQ(saved_flags, (int)SS_AUTODISARM);
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, (int)SS_AUTODISARM);
	T_TRUE(old.ss_sp == area);
}

static void *thread_body(void *arg)
{
	stack_t old;

	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, SS_DISABLE); /* a thread starts with none */
	return arg;
}

/* The reason for alternate stacks: the overflow of the normal one. */
static int overflow(volatile char *p)
{
	volatile char room[4096];

	room[0] = p ? *p : 0;
	return room[0] == 1 ? 0 : overflow(room) + room[0];
}

static void on_overflow(int sig)
{
	_exit(sig == SIGSEGV ? 44 : 1);
}

TEST_MAIN
{
	stack_t ss = {.ss_sp = area, .ss_size = sizeof(area)}, old;
	pthread_t thread;

	test_arguments();
	test_use();
	test_autodisarm();
	T_OK(sigaltstack(&ss, NULL));
	T_EQ(pthread_create(&thread, NULL, thread_body, NULL), 0);
	pthread_join(thread, NULL);
	T_CHILD
	{
		T_OK(sigaltstack(NULL, &old)); /* fork keeps it */
		T_TRUE(old.ss_sp == area);
	}
	T_CHILD_STATUS(T_EXITED(44))
	{
		struct sigaction sa = {.sa_handler = on_overflow, .sa_flags = SA_ONSTACK};
		struct rlimit limit = {1 << 20, 1 << 20};

		setrlimit(RLIMIT_STACK, &limit);
		sigaction(SIGSEGV, &sa, NULL);
		_exit(overflow(NULL));
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		struct sigaction sa = {.sa_handler = on_overflow};
		struct rlimit limit = {1 << 20, 1 << 20};

		setrlimit(RLIMIT_STACK, &limit);
		sigaction(SIGSEGV, &sa, NULL);
		_exit(overflow(NULL));
	}
	/* A stack that is too small for the frame: SIGSEGV. */
	T_CHILD_STATUS(SIGSEGV)
	{

		ss.ss_sp = mmap(NULL, 16384, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ss.ss_size = 16384;
		T_OK(sigaltstack(&ss, NULL));
		install(on_signal, SA_ONSTACK);
		raise(SIGUSR1);
	}
}
