/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/rseq.h>
#include <pthread.h>
#include <sched.h>
#include <sys/time.h>

#define SIGNATURE 0x53053053
#define BYTES	  32

/* A thread without an area of the C library's. */
static struct rseq area __attribute__((aligned(32)));
static volatile long hits;

static long rseq(void *at, unsigned len, int flags, unsigned sig)
{
	return syscall(SYS_rseq, at, len, flags, sig);
}

static long unregister(void *at, unsigned len, int flags, unsigned sig)
{
	return rseq(at, len, RSEQ_FLAG_UNREGISTER | flags, sig);
}

static void test_errors(void)
{
	T_ERR(rseq(&area, BYTES, 2, SIGNATURE), EINVAL);
	T_ERR(rseq(&area, BYTES - 1, 0, SIGNATURE), EINVAL);
	T_ERR(rseq((char *)&area + 8, BYTES, 0, SIGNATURE), EINVAL);
	T_ERR(rseq((void *)0xffff800000000000UL, BYTES, 0, SIGNATURE), EFAULT);
	T_ERR(unregister(&area, BYTES, 0, SIGNATURE), EINVAL);
	T_EQ(rseq(&area, BYTES, 0, SIGNATURE), 0);
	T_EQ(area.cpu_id, area.cpu_id_start);
	T_CMP(area.cpu_id, <, 4096);
	T_ERR(rseq(&area, BYTES, 0, SIGNATURE), EBUSY);
	T_ERR(rseq(&area, BYTES, 0, SIGNATURE + 1), EPERM);
	T_ERR(rseq(&area, BYTES + 32, 0, SIGNATURE), EINVAL);
	T_ERR(rseq((char *)&area + 32, BYTES, 0, SIGNATURE), EINVAL);
	T_ERR(unregister(&area, BYTES, 2, SIGNATURE), EINVAL);
	T_ERR(unregister((char *)&area + 32, BYTES, 0, SIGNATURE), EINVAL);
	T_ERR(unregister(&area, BYTES + 32, 0, SIGNATURE), EINVAL);
	T_ERR(unregister(&area, BYTES, 0, SIGNATURE + 1), EPERM);
	T_EQ(unregister(&area, BYTES, 0, SIGNATURE), 0);
	T_EQ((int)area.cpu_id, RSEQ_CPU_ID_UNINITIALIZED);
	T_EQ(area.cpu_id_start, 0);
}

/* Spins inside a critical section until it is aborted, or gives up. True: it was aborted. */
static bool spin_in_section(long rounds)
{
	static struct rseq_cs cs;
	long left = rounds, aborted = 0;

	__asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
			 "movq %%rax, 8+%[cs]\n\t"
			 "leaq 2f(%%rip), %%rcx\n\t"
			 "subq %%rax, %%rcx\n\t"
			 "movq %%rcx, 16+%[cs]\n\t"
			 "leaq 4f(%%rip), %%rax\n\t"
			 "movq %%rax, 24+%[cs]\n\t"
			 "leaq %[cs], %%rax\n\t"
			 "movq %%rax, %[pointer]\n"
			 "1:\n\t"
			 "pause\n\t"
			 "decq %[left]\n\t"
			 "jnz 1b\n"
			 "2:\n\t"
			 "jmp 5f\n\t"
			 ".byte 0x0f, 0xb9, 0x3d\n\t"
			 ".long 0x53053053\n"
			 "4:\n\t"
			 "movq $1, %[aborted]\n"
			 "5:\n\t"
			 "movq $0, %[pointer]\n"
			 : [cs] "+m"(cs), [pointer] "=m"(area.rseq_cs), [left] "+r"(left),
			   [aborted] "+r"(aborted)
			 :
			 : "rax", "rcx", "memory", "cc");
	return aborted;
}

static void on_alarm(int sig)
{
	(void)sig;
	hits++;
}

static void test_sections(void)
{
	struct itimerval it = {{0, 0}, {0, 30000}};
	struct sigaction sa = {.sa_handler = on_alarm};
	bool aborted = false;

	T_EQ(rseq(&area, BYTES, 0, SIGNATURE), 0);
	T_TRUE(!spin_in_section(1));
	T_EQ(area.rseq_cs, 0);
	/* A signal aborts it. */
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	while (!hits)
		aborted |= spin_in_section(2000000000);
	T_TRUE(aborted);
	T_EQ(hits, 1);
	T_EQ(area.rseq_cs, 0);
	/* Being preempted, too: two on one CPU. */
	if (t_now_ms() >= 0) {
		cpu_set_t one;
		pid_t other = T_NEED(fork());
		long end = t_now_ms() + 5000;

		if (!other)
			for (;;)
				sched_yield();
		CPU_ZERO(&one);
		CPU_SET(0, &one);
		sched_setaffinity(0, sizeof(one), &one);
		sched_setaffinity(other, sizeof(one), &one);
		for (aborted = false; !aborted && t_now_ms() < end;)
			aborted = spin_in_section(20000000);
		T_TRUE(aborted);
		T_EQ(area.cpu_id, 0);
		t_end(other);
	}
	T_EQ(unregister(&area, BYTES, 0, SIGNATURE), 0);
}

/* After moving, the number is that of the new CPU. */
static void test_migration(void)
{
	cpu_set_t all, one;

	T_OK(sched_getaffinity(0, sizeof(all), &all));
	T_EQ(rseq(&area, BYTES, 0, SIGNATURE), 0);
	for (int cpu = 0; cpu < 8; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one))
			continue;
		T_EQ(area.cpu_id, cpu);
		T_EQ(area.cpu_id_start, cpu);
	}
	T_OK(sched_setaffinity(0, sizeof(all), &all));
	/* A forked child inherits it. */
	T_CHILD
	{
		T_ERR(rseq(&area, BYTES, 0, SIGNATURE), EBUSY);
	}
	T_EQ(unregister(&area, BYTES, 0, SIGNATURE), 0);
}

/* A pointer to no section, or to a bad one, ends the program. */
static void test_bad(void)
{
	static struct rseq_cs bad;

	T_CHILD_STATUS(SIGSEGV)
	{
		rseq(&area, BYTES, 0, SIGNATURE);
		t_count_signal(SIGUSR1, 0);
		area.rseq_cs = 0x1000;
		raise(SIGUSR1);
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		rseq(&area, BYTES, 0, SIGNATURE);
		bad.abort_ip = (uintptr_t)test_bad;
		bad.start_ip = (uintptr_t)test_bad;
		bad.post_commit_offset = 64;
		t_count_signal(SIGUSR1, 0);
		area.rseq_cs = (uintptr_t)&bad;
		raise(SIGUSR1);
	}
}

static void *body(void *arg)
{
	(void)arg;
	test_errors();
	test_migration();
	test_sections();
	test_bad();
	return NULL;
}

TEST_MAIN
{
	extern const ptrdiff_t __rseq_offset;
	extern const unsigned __rseq_size;
	char *own = (char *)__builtin_thread_pointer() + __rseq_offset;

	/* The C library has registered its own, if it could. */
	if (__rseq_size) {
		T_CMP(((struct rseq *)own)->cpu_id, <, 4096);
		T_EQ(unregister(own, BYTES, 0, SIGNATURE), 0);
	}
	body(NULL);
}
