/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The benchmark: instructions per call, user-side wrapper included. Under QEMU's `-icount shift=0`
 * the time stamp counter counts instructions, and the figures are the same on every run.
 */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME  "/tmp/bench.data"
#define FILE_BYTES (1 << 20)
#define PAGE	   4096

struct bench {
	const char *name;
	void (*call)(void);
	int count;	     /* calls per round */
	int per;	     /* what is counted of each call: pages, say; 0: the call */
	int (*set_up)(void); /* 0, or the row is left out; NULL: nothing to do */
	void (*clean_up)(void);
};

/* Each ends with a row whose name is NULL. */
extern const struct bench call_benches[], process_benches[], file_benches[], vdso_benches[];

extern const char *bench_self; /* this program's path */
extern char bench_buffer[FILE_BYTES];

static inline unsigned long counter(void)
{
	unsigned int low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (unsigned long)high << 32 | low;
}

/* The least of some rounds: what an interrupt adds is left out. */
unsigned long bench_measure(const struct bench *bench);
/* A line "NAME VALUE". */
void bench_report(const char *name, unsigned long value);
void bench_report_at(const char *name, unsigned long size, unsigned long value);
/* Ends the benchmark: what has to work did not. */
void bench_fail(const char *what) __attribute__((noreturn));

/* A thread that runs fn(arg) and ends; bench_join() waits for its end, *tid becomes 0 then. */
#define BENCH_STACK 16384
void bench_thread(int (*fn)(void *), void *arg, char *stack, int *tid);
void bench_join(int *tid);
/* Sleeps while *word is value; wakes up to count sleepers. */
void bench_futex_wait(int *word, int value);
void bench_futex_wake(int *word, int count);

/* only: one row's name, or NULL. */
void bench_micro(const char *only);
void bench_growth(void);
void bench_scale(int cpus);
void bench_jobs(const char *root);
/* /dev, /proc and an empty /tmp. */
void bench_mount(void);

#endif /* BENCH_H */
