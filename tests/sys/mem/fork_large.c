/* SPDX-License-Identifier: Apache-2.0 */
/* fork(2) with much memory: each process has its own from then on, whoever writes, unmaps, moves or
 * pokes what part of it. The region is aligned so that whole page tables belong to it. */
#include "mem_common.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

#define TABLE	  (512 * PAGE)
#define NR_TABLES 6
#define NR	  (NR_TABLES * 512UL)

static char *region;

static volatile unsigned *word(size_t page)
{
	return (volatile unsigned *)(region + page * PAGE + 64);
}

static void fill(size_t from, size_t to, unsigned tag)
{
	for (size_t i = from; i < to; i++)
		*word(i) = tag + (unsigned)i;
}

/* How many pages of [from, to) do not hold what fill() put there. */
static size_t wrong(size_t from, size_t to, unsigned tag)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += *word(i) != tag + (unsigned)i;
	return n;
}

static size_t not_zero(size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += *word(i) != 0;
	return n;
}

static void make_region(void)
{
	char *all = T_NEED((char *)mmap(NULL, NR * PAGE + TABLE, RW, ANON, -1, 0));

	region = (char *)(((uintptr_t)all + TABLE - 1) & ~(TABLE - 1));
	/* With large pages Linux's figures would be those of large pages. */
	madvise(all, NR * PAGE + TABLE, MADV_NOHUGEPAGE);
	fill(0, NR, 1000);
}

/* Linux keeps areas apart that were made apart; ours is one, with a margin that nobody touches. */
static void drop_region(void)
{
	T_OK(munmap(region, NR * PAGE));
}

static void both_write(void)
{
	T_CHILD
	{
		T_EQ(wrong(0, NR, 1000), 0);
		fill(100, 700, 2000);
		T_EQ(wrong(100, 700, 2000), 0);
		T_EQ(wrong(0, 100, 1000), 0);
		T_EQ(wrong(700, NR, 1000), 0);
	}
	T_EQ(wrong(0, NR, 1000), 0);
	fill(600, 1100, 3000);
	T_CHILD
	{
		T_EQ(wrong(600, 1100, 3000), 0);
		fill(0, NR, 4000);
		T_EQ(wrong(0, NR, 4000), 0);
	}
	T_EQ(wrong(600, 1100, 3000), 0);
	fill(600, 1100, 1000);
	T_EQ(wrong(0, NR, 1000), 0);
}

/* Each generation changes a part, the youngest sees all of it. */
static void generations(void)
{
	T_CHILD
	{
		fill(0, 300, 10);
		T_CHILD
		{
			fill(200, 900, 20);
			T_CHILD
			{
				T_EQ(wrong(0, 200, 10), 0);
				T_EQ(wrong(200, 900, 20), 0);
				T_EQ(wrong(900, NR, 1000), 0);
				fill(0, NR, 30);
				T_EQ(wrong(0, NR, 30), 0);
			}
			T_EQ(wrong(0, 200, 10), 0);
			T_EQ(wrong(200, 900, 20), 0);
		}
		T_EQ(wrong(0, 300, 10), 0);
		T_EQ(wrong(300, NR, 1000), 0);
	}
	T_EQ(wrong(0, NR, 1000), 0);
}

static void siblings(void)
{
	pid_t pid[4];

	for (unsigned k = 0; k < 4; k++) {
		pid[k] = T_NEED(fork());
		if (!pid[k]) {
			fill(k * 500, k * 500 + 800, 100 * k);
			t_sleep_ms(5);
			_exit(wrong(k * 500, k * 500 + 800, 100 * k) != 0 ||
			      wrong(0, k * 500, 1000) != 0 || wrong(k * 500 + 800, NR, 1000) != 0);
		}
	}
	fill(0, 1000, 5);
	for (unsigned k = 0; k < 4; k++)
		T_WAIT(pid[k], T_EXITED(0));
	T_EQ(wrong(0, 1000, 5), 0);
	T_EQ(wrong(1000, NR, 1000), 0);
	fill(0, 1000, 1000);
}

/* One writes a page of each table, then the other another, and each still sees what it saw. */
static void take_turns(void)
{
	int to[2], from[2];
	pid_t pid;
	char c = 0;

	T_NEED(pipe(to));
	T_NEED(pipe(from));
	pid = T_NEED(fork());
	for (unsigned step = 0; step < 4; step++) {
		if (step % 2 == (pid ? 0 : 1)) {
			T_EQ(read(pid ? from[0] : to[0], &c, 1), 1);
			continue;
		}
		for (size_t i = step; i < NR; i += 512)
			fill(i, i + 1, 3000 + step);
		for (size_t i = 0; i < NR; i += 512) {
			T_EQ(wrong(i + 1 - step % 2, i + 2 - step % 2, 1000), 0);
			T_EQ(wrong(i + 4, i + 512, 1000), 0);
		}
		T_EQ(write(pid ? to[1] : from[1], &c, 1), 1);
	}
	if (!pid)
		_exit(0);
	T_WAIT(pid, T_EXITED(0));
	for (size_t i = 0; i < NR; i += 512) {
		T_EQ(wrong(i, i + 1, 1000), 0);
		fill(i, i + 4, 1000);
	}
	T_EQ(wrong(0, NR, 1000), 0);
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
	}
}

/* The one that had the memory first goes first. */
static void orphan(void)
{
	int fds[2];
	char ok = 0;

	T_NEED(pipe(fds));
	T_CHILD
	{
		if (!T_NEED(fork())) {
			t_sleep_ms(20);
			ok = wrong(0, NR, 1000) == 0;
			fill(0, NR, 7);
			ok = ok && wrong(0, NR, 7) == 0;
			_exit(write(fds[1], &ok, 1) != 1);
		}
	}
	T_EQ(read(fds[0], &ok, 1), 1);
	T_EQ(ok, 1);
	close(fds[0]);
	close(fds[1]);
}

/* --- what changes a part of the memory, in the child and in the parent --- */

static void unmap_part(void)
{
	T_OK(munmap(region + 100 * PAGE, 50 * PAGE));
	T_ERR(madvise(region + 100 * PAGE, PAGE, MADV_DONTNEED), ENOMEM);
	T_OK(munmap(region + 500 * PAGE, 1200 * PAGE));
	T_EQ(wrong(0, 100, 1000), 0);
	T_EQ(wrong(150, 500, 1000), 0);
	T_EQ(wrong(1700, NR, 1000), 0);
}

static void unmap_ends(void)
{
	T_OK(munmap(region, 10 * PAGE));
	T_OK(munmap(region + (NR - 600) * PAGE, 600 * PAGE));
	T_EQ(wrong(10, NR - 600, 1000), 0);
}

static void map_over(void)
{
	T_OK(mmap(region + 300 * PAGE, 10 * PAGE, RW, ANON | MAP_FIXED, -1, 0));
	T_EQ(not_zero(300, 310), 0);
	T_EQ(wrong(0, 300, 1000), 0);
	T_EQ(wrong(310, NR, 1000), 0);
}

static void forget_part(void)
{
	T_OK(madvise(region + 20 * PAGE, 10 * PAGE, MADV_DONTNEED));
	T_OK(madvise(region + 500 * PAGE, 2000 * PAGE, MADV_DONTNEED));
	T_EQ(not_zero(20, 30), 0);
	T_EQ(not_zero(500, 2500), 0);
	T_EQ(wrong(0, 20, 1000), 0);
	T_EQ(wrong(30, 500, 1000), 0);
	T_EQ(wrong(2500, NR, 1000), 0);
	fill(20, 30, 8);
	T_EQ(wrong(20, 30, 8), 0);
}

static void protect_part(void)
{
	int fds[2];

	T_NEED(pipe(fds));
	T_EQ(write(fds[1], "abcdefgh", 8), 8);
	T_OK(mprotect(region + 400 * PAGE, 1200 * PAGE, PROT_READ));
	T_EQ(wrong(0, NR, 1000), 0);
	T_ERR(read(fds[0], region + 600 * PAGE, 4), EFAULT);
	T_ERR(read(fds[0], region + 400 * PAGE, 4), EFAULT);
	T_EQ(read(fds[0], region + 399 * PAGE, 4), 4);
	T_EQ(read(fds[0], region + 1600 * PAGE, 4), 4);
	T_OK(mprotect(region + 400 * PAGE, 1200 * PAGE, PROT_NONE));
	T_ERR(write(fds[1], region + 1100 * PAGE, 4), EFAULT);
	T_OK(mprotect(region, NR * PAGE, RW));
	fill(400, 1600, 9);
	T_EQ(wrong(400, 1600, 9), 0);
	T_EQ(wrong(0, 400, 1000), 0);
	T_EQ(wrong(1600, NR, 1000), 0);
	close(fds[0]);
	close(fds[1]);
}

static void move_part(void)
{
	char *to = T_NEED((char *)mmap(NULL, 1100 * PAGE, PROT_NONE, ANON, -1, 0)), *was = region;

	T_EQ(mremap(region + 700 * PAGE, 1100 * PAGE, 1100 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    to),
	     to);
	T_EQ(wrong(0, 700, 1000), 0);
	T_EQ(wrong(1800, NR, 1000), 0);
	region = to - 700 * PAGE;
	T_EQ(wrong(700, 1800, 1000), 0);
	fill(700, 1800, 11);
	T_EQ(wrong(700, 1800, 11), 0);
	T_OK(munmap(to, 1100 * PAGE));
	region = was;
}

static void shrink(void)
{
	T_EQ(mremap(region, NR * PAGE, (NR - 700) * PAGE, 0), region);
	T_EQ(wrong(0, NR - 700, 1000), 0);
	fill(0, NR - 700, 12);
	T_EQ(wrong(0, NR - 700, 12), 0);
}

static void lock_part(void)
{
	if (mlock(region + 500 * PAGE, 12 * PAGE))
		return; /* over the limit */
	T_EQ(wrong(0, NR, 1000), 0);
	fill(490, 520, 13);
	T_EQ(wrong(490, 520, 13), 0);
	T_OK(munlock(region + 500 * PAGE, 12 * PAGE));
}

/* Areas end inside a table, and then another fork. */
static void fork_parts(void)
{
	T_OK(madvise(region + 100 * PAGE, 100 * PAGE, MADV_WIPEONFORK));
	T_OK(madvise(region + 600 * PAGE, 100 * PAGE, MADV_DONTFORK));
	T_CHILD
	{
		T_EQ(not_zero(100, 200), 0);
		T_EQ(wrong(0, 100, 1000), 0);
		T_EQ(wrong(200, 600, 1000), 0);
		T_ERR(madvise(region + 600 * PAGE, PAGE, MADV_DONTNEED), ENOMEM);
		fill(550, 600, 14);
		T_EQ(wrong(700, NR, 1000), 0);
	}
	T_EQ(wrong(0, NR, 1000), 0);
	T_OK(madvise(region, NR * PAGE, MADV_KEEPONFORK));
	T_OK(madvise(region, NR * PAGE, MADV_DOFORK));
}

static void change_parts(void)
{
	static void (*const change[])(void) = {unmap_part,   unmap_ends, map_over,
					       forget_part,  move_part,	 shrink,
					       protect_part, lock_part,	 fork_parts};

	for (unsigned i = 0; i < sizeof(change) / sizeof(*change); i++) {
		/* The child changes, and then the grandchild; then the child, the grandchild having
		 * everything as it was. */
		T_CHILD
		{
			T_CHILD
			{
				change[i]();
			}
			T_EQ(wrong(0, NR, 1000), 0);
			change[i]();
		}
		T_CHILD
		{
			int fds[2], pid;
			char go = 0;

			T_NEED(pipe(fds));
			pid = T_NEED(fork());
			if (!pid) {
				close(fds[1]);
				T_EQ(read(fds[0], &go, 1), 1);
				T_EQ(wrong(0, NR, 1000), 0);
				fill(0, NR, 15);
				_exit(wrong(0, NR, 15) != 0);
			}
			change[i]();
			T_EQ(write(fds[1], &go, 1), 1);
			T_WAIT(pid, T_EXITED(0));
		}
		T_EQ(wrong(0, NR, 1000), 0);
	}
}

/* --- writing by other ways than a store --- */

static void kernel_writes(void)
{
	unsigned value = 77;
	int fds[2];

	T_NEED(pipe(fds));
	T_CHILD
	{
		T_EQ(write(fds[1], &value, sizeof(value)), sizeof(value));
		T_EQ(read(fds[0], region + 5 * PAGE + 64, sizeof(value)), sizeof(value));
		T_EQ(*word(5), 77);
		T_EQ(*word(6), 1006);
	}
	T_EQ(*word(5), 1005);
	close(fds[0]);
	close(fds[1]);
}

static void through_proc(void)
{
	unsigned value = 0;

	T_CHILD
	{
		int fd = T_NEED(open("/proc/self/mem", O_RDWR));

		T_EQ(pread(fd, &value, sizeof(value), (off_t)(uintptr_t)word(600)), sizeof(value));
		T_EQ(value, 1600);
		value = 78;
		T_EQ(pwrite(fd, &value, sizeof(value), (off_t)(uintptr_t)word(600)), sizeof(value));
		T_EQ(*word(600), 78);
		T_EQ(*word(601), 1601);
	}
	T_EQ(*word(600), 1600);
}

static void from_outside(void)
{
	unsigned value = 79;
	struct iovec here = {&value, sizeof(value)}, there = {(void *)word(1200), sizeof(value)};
	int status;
	pid_t pid;

	/* Not writable when the tables are shared: a debugger writes all the same. */
	T_OK(mprotect(region, TABLE, PROT_READ));
	pid = T_NEED(fork());
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(*word(1200) != 79 || *word(30) != 80 || *word(31) != 1031 ||
		      *word(1201) != 2201);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(process_vm_writev(pid, &here, 1, &there, 1, 0), sizeof(value));
	T_EQ(ptrace(PTRACE_PEEKDATA, pid, word(30), 0) & 0xffffffff, 1030);
	T_OK(ptrace(PTRACE_POKEDATA, pid, word(30), 80));
	T_EQ(*word(1200), 2200);
	T_EQ(*word(30), 1030);
	T_OK(ptrace(PTRACE_CONT, pid, 0, 0));
	T_WAIT(pid, T_EXITED(0));
	T_OK(mprotect(region, TABLE, RW));
	T_EQ(wrong(0, NR, 1000), 0);
}

/* --- other memory than pages that were written --- */

static void untouched(void)
{
	char *was = region, *all = map_anon(NR + 512);
	volatile char sum = 0;

	region = (char *)(((uintptr_t)all + TABLE - 1) & ~(TABLE - 1));
	for (size_t i = 0; i < NR; i += 2)
		sum += *(volatile char *)word(i); /* the page of zeros */
	fill(NR / 2, NR / 2 + 100, 16);
	T_CHILD
	{
		T_EQ(not_zero(0, NR / 2), 0);
		fill(0, 600, 17);
		T_EQ(wrong(0, 600, 17), 0);
		T_EQ(wrong(NR / 2, NR / 2 + 100, 16), 0);
	}
	T_EQ(not_zero(0, NR / 2), 0);
	T_EQ(wrong(NR / 2, NR / 2 + 100, 16), 0);
	T_EQ(sum, 0);
	T_OK(munmap(all, (NR + 512) * PAGE));
	region = was;
}

static void file_pages(void)
{
	char *was = region, page[4096] = {0};
	int fd = T_NEED(open("f", O_RDWR | O_CREAT, 0600));

	for (unsigned i = 0; i < NR; i++) {
		*(unsigned *)(page + 64) = 500 + i;
		if (write(fd, page, sizeof(page)) != sizeof(page))
			break;
	}
	region = T_NEED((char *)mmap(NULL, NR * PAGE, RW, MAP_PRIVATE, fd, 0));
	T_EQ(wrong(0, NR, 500), 0);
	fill(0, NR, 600);
	T_CHILD
	{
		T_EQ(wrong(0, NR, 600), 0);
		fill(0, 700, 700);
		T_EQ(wrong(0, 700, 700), 0);
		T_OK(madvise(region + 100 * PAGE, 100 * PAGE, MADV_DONTNEED));
		T_EQ(wrong(100, 200, 500), 0);
	}
	T_EQ(wrong(0, NR, 600), 0);
	/* Behind the end of the file private copies go, too. */
	T_OK(ftruncate(fd, 1000 * PAGE));
	T_EQ(wrong(0, 1000, 600), 0);
	T_OK(munmap(region, NR * PAGE));
	close(fd);
	region = was;
}

/* --- the figures --- */

static long smaps_kb(const char *name)
{
	char line[300], start[40];
	bool is_ours = false;
	long kb = -1;
	FILE *f = fopen("/proc/self/smaps", "r");

	snprintf(start, sizeof(start), "%lx-", (unsigned long)region);
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, start, strlen(start)))
			is_ours = true;
		else if (is_ours && !strncmp(line, name, strlen(name)) &&
			 line[strlen(name)] == ':') {
			kb = atol(line + strlen(name) + 1);
			break;
		}
	}
	if (f)
		fclose(f);
	return kb;
}

static void figures(void)
{
	const long all = NR * 4;
	long rss;

	/* The margin away, so that the area begins where the region does. */
	T_OK(munmap(region - PAGE, PAGE));
	T_EQ(smaps_kb("Rss"), all);
	T_EQ(smaps_kb("Private_Dirty"), all);
	rss = status_kb("RssAnon");
	T_CHILD
	{
		T_EQ(smaps_kb("Rss"), all);
		T_EQ(smaps_kb("Shared_Dirty"), all);
		T_EQ(smaps_kb("Private_Dirty"), 0);
		T_EQ(smaps_kb("Pss"), all / 2);
		T_CMP(labs(status_kb("RssAnon") - rss), <=, 200);
		fill(0, 10, 18);
		T_EQ(smaps_kb("Rss"), all);
		T_EQ(smaps_kb("Private_Dirty"), 40);
		T_EQ(smaps_kb("Shared_Dirty"), all - 40);
		T_OK(madvise(region, 1024 * PAGE, MADV_DONTNEED));
		T_EQ(smaps_kb("Rss"), all - 4096);
		T_CMP(labs(status_kb("RssAnon") - rss + 4096), <=, 200);
		T_OK(munmap(region + 1024 * PAGE, (NR - 1024) * PAGE));
		T_CMP(labs(status_kb("RssAnon") - rss + all), <=, 200);
	}
	T_EQ(smaps_kb("Private_Dirty"), all);
	T_CMP(labs(status_kb("RssAnon") - rss), <=, 200);
	fill(0, NR, 1000);
	T_CMP(labs(status_kb("RssAnon") - rss), <=, 200);
}

/* A number of /proc/meminfo, in kB. */
static long meminfo_kb(const char *name)
{
	static char text[8192];
	ssize_t n = t_read_file("/proc/meminfo", text, sizeof(text) - 1);
	char *at;

	text[n < 0 ? 0 : n] = 0;
	at = strstr(text, name);
	return at ? atol(at + strlen(name) + 1) : -1;
}

TEST_MAIN
{
	long anon_before = meminfo_kb("AnonPages"), tables_before = meminfo_kb("PageTables");
	char *const no_words[] = {"true", NULL};

	make_region();
	both_write();
	generations();
	siblings();
	take_turns();
	orphan();
	change_parts();
	kernel_writes();
	through_proc();
	from_outside();
	untouched();
	file_pages();
	figures();
	T_CHILD
	{
		pid_t pid = vfork();

		if (!pid) {
			execv("/bin/true", no_words);
			_exit(0); /* there may be no such program */
		}
		T_WAIT(pid, T_EXITED(0));
		T_EQ(wrong(0, NR, 1000), 0);
		fill(0, NR, 19);
		execv("/bin/true", no_words);
	}
	T_EQ(wrong(0, NR, 1000), 0);
	drop_region();
	/* Nobody else is there on a machine of its own: what was taken has come back. */
	if (getpid() < 50 && anon_before >= 0) {
		T_CMP(meminfo_kb("AnonPages") - anon_before, <=, 400);
		T_CMP(meminfo_kb("PageTables") - tables_before, <=, 40);
	}
}
