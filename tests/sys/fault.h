/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a function that is expected to raise a synchronous signal and tells which one it was.
 *
 *	struct fault f = fault_of(read_byte, (void *)16);
 *
 *	T_EQ(f.sig, SIGSEGV);
 *
 * The handler runs on its own stack, so a fault of the stack itself is caught too. Not for threads.
 */
#ifndef TESTS_SYS_FAULT_H
#define TESTS_SYS_FAULT_H

#include "test.h"

#include <setjmp.h>
#include <ucontext.h>

struct fault {
	int sig; /* 0: the function returned */
	int code;
	uintptr_t addr;
	int errnum;
	ucontext_t uc;
};

static sigjmp_buf fault_jump;
static struct fault fault_last;
static char fault_stack[65536] __attribute__((aligned(64)));

static inline void fault_handler(int sig, siginfo_t *si, void *uc)
{
	fault_last.sig = sig;
	fault_last.code = si->si_code;
	fault_last.addr = (uintptr_t)si->si_addr;
	fault_last.errnum = si->si_errno;
	memcpy(&fault_last.uc, uc, offsetof(ucontext_t, uc_sigmask));
	siglongjmp(fault_jump, 1);
}

static inline struct fault fault_of(void (*fn)(void *), void *arg)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
	enum { COUNT = sizeof(signals) / sizeof(signals[0]) };
	struct sigaction sa = {.sa_flags = SA_SIGINFO | SA_ONSTACK}, old[COUNT];
	stack_t ss = {.ss_sp = fault_stack, .ss_size = sizeof(fault_stack)}, old_ss;

	sa.sa_sigaction = fault_handler;
	memset(&fault_last, 0, sizeof(fault_last));
	sigaltstack(&ss, &old_ss);
	for (int i = 0; i < COUNT; i++)
		sigaction(signals[i], &sa, &old[i]);
	if (!sigsetjmp(fault_jump, 1))
		fn(arg);
	for (int i = 0; i < COUNT; i++)
		sigaction(signals[i], &old[i], NULL);
	sigaltstack(&old_ss, NULL);
	return fault_last;
}

static inline void fault_read_fn(void *p)
{
	*(volatile char *)p;
}

static inline void fault_write_fn(void *p)
{
	*(volatile char *)p = 1;
}

static inline void fault_call_fn(void *p)
{
	((void (*)(void))p)();
}

/* The signal of reading, writing or calling at an address: 0 when nothing happens. */
static inline int fault_read(const volatile void *p)
{
	return fault_of(fault_read_fn, (void *)p).sig;
}

static inline int fault_write(volatile void *p)
{
	return fault_of(fault_write_fn, (void *)p).sig;
}

static inline int fault_call(void *p)
{
	return fault_of(fault_call_fn, p).sig;
}

/* The fault must have this signal and code, and this address when it is not ANY_ADDR. */
#define ANY_ADDR ((uintptr_t)-3)
static inline void check_fault(const struct t_where *w, struct fault f, int sig, int code,
			       uintptr_t addr)
{
	if (f.sig != sig || f.code != code || (addr != ANY_ADDR && f.addr != addr))
		t_note("%s: signal %d code %d address %#lx, expected %d %d %#lx", w->text, f.sig,
		       f.code, (long)f.addr, sig, code, (long)addr);
	t_check_true(w, f.sig == sig && f.code == code && (addr == ANY_ADDR || f.addr == addr));
}
#define T_FAULT(fn, arg, sig, code, addr) \
	check_fault(T_HERE(#fn "(" #arg ") -> " #sig " " #code), fault_of(fn, arg), sig, code, addr)

#endif
