/* SPDX-License-Identifier: Apache-2.0 */
/* One call, or a pair of calls, in one thread. */
#include "bench.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/vdso.h>

#define TOUCHED	      65536
#define TABLE	      (2ul << 20)
#define EPOLL_FDS     1000
#define SELECT_FDS    100
#define SPARE_FD_BASE 64

static int null_fd = -1, zero_fd, pipe_fds[2], epoll_fd;

static int open_devices(void)
{
	if (null_fd >= 0)
		return 0;
	null_fd = open("/dev/null", O_WRONLY);
	zero_fd = open("/dev/zero", O_RDONLY);
	if (null_fd < 0 || zero_fd < 0 || pipe(pipe_fds) < 0)
		bench_fail("devices");
	return 0;
}

static void bench_getppid(void)
{
	getppid();
}

static void bench_getppid_int80(void)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(64) : "memory");
}

static void bench_write_null(void)
{
	write(null_fd, bench_buffer, 1);
}

static void bench_read_zero(void)
{
	read(zero_fd, bench_buffer, 1);
}

static void bench_pipe(void)
{
	write(pipe_fds[1], bench_buffer, 1);
	read(pipe_fds[0], bench_buffer, 1);
}

static void *map_anonymous(void)
{
	return mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* What is mapped next lies in the middle of what one page table covers, beside a page that is
 * there: the price does not depend on the addresses that a run happened to get. */
static char *pad;
static unsigned long pad_size;

static int anchor(void)
{
	char *next = map_anonymous();

	pad_size = (((unsigned long)next & (TABLE - 1)) + TABLE / 2) % TABLE + PAGE;
	munmap(next, TOUCHED);
	pad = mmap(NULL, pad_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*pad = 1;
	return 0;
}

static void weigh_anchor(void)
{
	munmap(pad, pad_size);
}

static void bench_mmap_touch(void)
{
	char *p = map_anonymous();

	for (int i = 0; i < TOUCHED; i += PAGE)
		*(volatile char *)(p + i) = 1;
	munmap(p, TOUCHED);
}

static void bench_mmap(void)
{
	munmap(map_anonymous(), TOUCHED);
}

/* --- waiting for many --- */

static int set_up_epoll(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	unsigned long one = 1;

	epoll_fd = epoll_create1(0);
	for (int i = 0; i < EPOLL_FDS; i++) {
		int fd = eventfd(0, 0);

		if (fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
			bench_fail("epoll");
		if (i == EPOLL_FDS / 2)
			write(fd, &one, sizeof(one));
	}
	return 0;
}

static void bench_epoll(void)
{
	struct epoll_event event;

	if (epoll_wait(epoll_fd, &event, 1, -1) != 1)
		bench_fail("epoll_wait");
}

static void clean_up_epoll(void)
{
	close_range(SPARE_FD_BASE / 4, ~0u, 0);
}

static fd_set select_set;

static int set_up_select(void)
{
	FD_ZERO(&select_set);
	for (int i = 0; i < SELECT_FDS; i++) {
		int fd = dup2(pipe_fds[0], SPARE_FD_BASE + i);

		if (fd < 0)
			bench_fail("dup2");
		FD_SET(fd, &select_set);
	}
	return 0;
}

static void bench_select(void)
{
	fd_set set = select_set;
	struct timeval none = {0, 0};

	if (select(SPARE_FD_BASE + SELECT_FDS, set.fds_bits, NULL, NULL, &none) != 0)
		bench_fail("select");
}

static void clean_up_select(void)
{
	close_range(SPARE_FD_BASE, SPARE_FD_BASE + SELECT_FDS, 0);
}

/* --- a signal to oneself --- */

static void handler(int sig)
{
	(void)sig;
}

static int self;

static int set_up_signal(void)
{
	struct sigaction act = {.sa_handler = handler};

	self = getpid();
	return sigaction(SIGUSR1, &act, NULL);
}

static void bench_signal(void)
{
	kill(self, SIGUSR1);
}

const struct bench call_benches[] = {
	{"getppid", bench_getppid, 10000, 0, open_devices, NULL},
	{"getppid-int80", bench_getppid_int80, 5000, 0, NULL, NULL},
	{"write-1-null", bench_write_null, 10000, 0, NULL, NULL},
	{"read-1-zero", bench_read_zero, 10000, 0, NULL, NULL},
	{"pipe-write-read", bench_pipe, 5000, 0, NULL, NULL},
	{"mmap-64k-touch-munmap", bench_mmap_touch, 500, 0, anchor, weigh_anchor},
	{"mmap-munmap", bench_mmap, 2000, 0, anchor, weigh_anchor},
	{"select-100", bench_select, 500, 0, set_up_select, clean_up_select},
	{"epoll-1-of-1000", bench_epoll, 2000, 0, set_up_epoll, clean_up_epoll},
	{"signal-deliver", bench_signal, 2000, 0, set_up_signal, NULL},
	{NULL},
};

/* --- the vDSO --- */

static int (*vdso_clock_gettime)(int clock, struct timespec *now);
static int (*vdso_gettimeofday)(struct timeval *now, void *zone);
static long (*vdso_time)(long *now);
static int (*vdso_getcpu)(unsigned int *cpu, unsigned int *node, void *unused);

static int find_vdso(void)
{
	vdso_clock_gettime = (void *)vdso_sym("LINUX_2.6", "__vdso_clock_gettime");
	vdso_gettimeofday = (void *)vdso_sym("LINUX_2.6", "__vdso_gettimeofday");
	vdso_time = (void *)vdso_sym("LINUX_2.6", "__vdso_time");
	vdso_getcpu = (void *)vdso_sym("LINUX_2.6", "__vdso_getcpu");
	if (!vdso_clock_gettime || !vdso_gettimeofday || !vdso_time || !vdso_getcpu)
		bench_fail("the vDSO");
	return 0;
}

static void bench_clock(void)
{
	struct timespec now;

	vdso_clock_gettime(CLOCK_MONOTONIC, &now);
}

static void bench_gettimeofday(void)
{
	struct timeval now;

	vdso_gettimeofday(&now, NULL);
}

static void bench_time(void)
{
	vdso_time(NULL);
}

static void bench_getcpu(void)
{
	unsigned int cpu;

	vdso_getcpu(&cpu, NULL, NULL);
}

const struct bench vdso_benches[] = {
	{"clock-gettime-vdso", bench_clock, 10000, 0, find_vdso, NULL},
	{"gettimeofday-vdso", bench_gettimeofday, 10000, 0, NULL, NULL},
	{"time-vdso", bench_time, 10000, 0, NULL, NULL},
	{"getcpu-vdso", bench_getcpu, 10000, 0, NULL, NULL},
	{NULL},
};
