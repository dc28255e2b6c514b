/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that have nothing to do with each other, on each CPU at once. Under `-icount` the CPUs take
 * turns and the counter counts what all of them execute: a price that stays the same is a speed
 * that grows with the CPUs. What would spoil it, waiting for a lock, executes instructions.
 */
#include "bench.h"

#define CALLS	 2000
#define MAX_CPUS 8
#define HUGE	 (2ul << 20)

static struct shared {
	int ready, is_started;
} * shared;

static void do_getppid(int worker)
{
	(void)worker;
	getppid();
}

static int own_fd, own_pipe[2];
static char own_name[32];

static void do_read_zero(int worker)
{
	(void)worker;
	read(own_fd, bench_buffer, 1);
}

static void do_open(int worker)
{
	(void)worker;
	close(open(own_name, O_RDONLY));
}

static void do_pipe(int worker)
{
	(void)worker;
	write(own_pipe[1], bench_buffer, 1);
	read(own_pipe[0], bench_buffer, 1);
}

static char *own_hole;

/* Where the page's neighbours are mapped: the price does not depend on where the kernel puts it. */
static void make_hole(void)
{
	char *area =
		mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		_exit(1);
	own_hole = (char *)(((unsigned long)area + HUGE) & -HUGE) + PAGE;
	own_hole[-1] = own_hole[PAGE] = 1;
	munmap(own_hole, PAGE);
}

static void do_mmap(int worker)
{
	char *page = mmap(own_hole, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	(void)worker;
	*(volatile char *)page = 1;
	munmap(page, PAGE);
}

static void work(int worker, int cpus, void (*call)(int))
{
	unsigned long mask = 1ul << worker;

	sched_setaffinity(0, sizeof(mask), &mask);
	own_fd = open("/dev/zero", O_RDONLY);
	snprintf(own_name, sizeof(own_name), "/tmp/scale-%d", worker);
	close(open(own_name, O_CREAT | O_WRONLY, 0644));
	if (own_fd < 0 || pipe(own_pipe) < 0)
		_exit(1);
	make_hole();
	for (int i = 0; i < CALLS / 10; i++)
		call(worker);
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_ACQ_REL);
	while (!__atomic_load_n(&shared->is_started, __ATOMIC_ACQUIRE))
		bench_futex_wait(&shared->is_started, 0);
	for (int i = 0; i < CALLS; i++)
		call(worker);
	(void)cpus;
	_exit(0);
}

static void measure(const char *name, int cpus, void (*call)(int))
{
	unsigned long start, took;
	int pids[MAX_CPUS], status;
	unsigned long total = (unsigned long)cpus * CALLS;

	memset(shared, 0, sizeof(*shared));
	for (int i = 0; i < cpus; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			work(i, cpus, call);
	}
	while (__atomic_load_n(&shared->ready, __ATOMIC_ACQUIRE) < cpus)
		usleep(1000);
	usleep(1000);
	start = counter();
	__atomic_store_n(&shared->is_started, 1, __ATOMIC_RELEASE);
	bench_futex_wake(&shared->is_started, cpus);
	for (int i = 0; i < cpus; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			bench_fail("scale");
	took = counter() - start;
	bench_report_at(name, (unsigned long)cpus, (took + total / 2) / total);
}

void bench_scale(int cpus)
{
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || cpus < 1 || cpus > MAX_CPUS)
		bench_fail("scale");
	measure("scale-getppid", cpus, do_getppid);
	measure("scale-read-zero", cpus, do_read_zero);
	measure("scale-open-close", cpus, do_open);
	measure("scale-pipe", cpus, do_pipe);
	measure("scale-mmap-touch", cpus, do_mmap);
}
