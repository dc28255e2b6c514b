/* SPDX-License-Identifier: Apache-2.0 */
/* How a call's price grows with what is there already. */
#include "bench.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#define DIR_NAME    "/tmp/growth"
#define MAX_WAITERS 10000

static unsigned long present;
static char name[64];

/* --- open with so many files in the directory --- */

static void open_one(void)
{
	close(open(name, O_RDONLY));
}

static void grow_open(unsigned long size)
{
	const struct bench bench = {.call = open_one, .count = 200};

	for (; present < size; present++) {
		snprintf(name, sizeof(name), DIR_NAME "/file-%06lu", present);
		close(open(name, O_CREAT | O_WRONLY, 0644));
	}
	snprintf(name, sizeof(name), DIR_NAME "/file-%06lu", size / 2);
	bench_report_at("open-among", size, bench_measure(&bench));
}

static void remove_files(void)
{
	for (; present; present--) {
		snprintf(name, sizeof(name), DIR_NAME "/file-%06lu", present - 1);
		unlink(name);
	}
	rmdir(DIR_NAME);
}

/* --- fork with so many pages --- */

#define HUGE_PAGE (512ul * PAGE)
static char *rewritten; /* one page of each 2 MiB from here on, before each fork */
static unsigned long rewritten_bytes;

static void fork_one(void)
{
	int pid, status;

	for (unsigned long at = 0; at < rewritten_bytes; at += HUGE_PAGE)
		*(volatile char *)(rewritten + at) = 2;
	pid = fork();
	if (pid == 0)
		_exit(0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bench_fail("fork");
}

/* By their size: of 4 KiB each, or as large as the kernel likes to make them. */
static void grow_fork(const char *figure, unsigned long size, int is_small, int is_rewritten)
{
	const struct bench bench = {.call = fork_one, .count = 2};
	char *pages =
		mmap(NULL, size * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		bench_fail("mmap");
	if (is_small)
		madvise(pages, size * PAGE, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < size; i++)
		*(volatile char *)(pages + i * PAGE) = 1;
	rewritten = pages;
	rewritten_bytes = is_rewritten ? size * PAGE : 0;
	bench_report_at(figure, size, bench_measure(&bench));
	munmap(pages, size * PAGE);
}

/* --- epoll with so many descriptors, one of them ready --- */

static int epoll_fd;

static void epoll_one(void)
{
	struct epoll_event event;

	if (epoll_wait(epoll_fd, &event, 1, -1) != 1)
		bench_fail("epoll_wait");
}

static void grow_epoll(unsigned long size)
{
	const struct bench bench = {.call = epoll_one, .count = 200};
	struct epoll_event event = {.events = EPOLLIN};
	unsigned long one = 1;

	for (; present < size; present++) {
		int fd = eventfd(0, 0);

		if (fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
			bench_fail("epoll_ctl");
		if (present == 0)
			write(fd, &one, sizeof(one));
	}
	bench_report_at("epoll-of", size, bench_measure(&bench));
}

/* --- futex: a wake with so many threads that wait for other words --- */

static int words[MAX_WAITERS], tids[MAX_WAITERS], other_word;

static int wait_at(void *arg)
{
	int *word = arg;

	while (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
		bench_futex_wait(word, 0);
	return 0;
}

static void wake_one(void)
{
	bench_futex_wake(&other_word, 1);
}

static void grow_futex(unsigned long size)
{
	const struct bench bench = {.call = wake_one, .count = 500};
	static char *stacks;

	if (!stacks)
		stacks = mmap(NULL, (size_t)MAX_WAITERS * BENCH_STACK, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (; present < size; present++)
		bench_thread(wait_at, &words[present], stacks + present * BENCH_STACK,
			     &tids[present]);
	for (int i = 0; i < 100; i++)
		sched_yield();
	bench_report_at("futex-wake-beside", size, bench_measure(&bench));
}

static void end_waiters(void)
{
	for (unsigned long i = 0; i < present; i++) {
		__atomic_store_n(&words[i], 1, __ATOMIC_RELEASE);
		bench_futex_wake(&words[i], 1);
		bench_join(&tids[i]);
	}
	present = 0;
}

/* --- mmap and munmap of a page with so many areas --- */

static void map_one(void)
{
	munmap(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE);
}

static void grow_mmap(unsigned long size)
{
	const struct bench bench = {.call = map_one, .count = 200};
	static char *area;

	if (!area)
		area = mmap(NULL, 65536ul * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* Each second page differs, so that no two areas join. */
	for (; present + 2 <= size; present += 2)
		if (mprotect(area + (present + 1) * PAGE, PAGE, PROT_READ) < 0)
			bench_fail("mprotect");
	bench_report_at("mmap-among", size, bench_measure(&bench));
}

void bench_growth(void)
{
	static const unsigned long sizes[] = {10, 100, 1000, 10000, 100000};

	mkdir(DIR_NAME, 0755);
	for (int i = 0; i < 5; i++)
		grow_open(sizes[i]);
	remove_files();
	for (int i = 0; i < 5; i++)
		grow_fork("fork-with", sizes[i], 1, 0);
	for (int i = 0; i < 5; i++)
		grow_fork("fork-with-any", sizes[i], 0, 0);
	for (int i = 0; i < 5; i++)
		grow_fork("fork-rewritten", sizes[i], 0, 1);
	epoll_fd = epoll_create1(0);
	for (int i = 0; i < 5; i++)
		grow_epoll(sizes[i]);
	close_range((unsigned int)epoll_fd, ~0u, 0);
	present = 0;
	for (int i = 0; i < 4; i++)
		grow_futex(sizes[i]);
	end_waiters();
	for (int i = 0; i < 4; i++)
		grow_mmap(sizes[i]);
	grow_mmap(60000);
}
