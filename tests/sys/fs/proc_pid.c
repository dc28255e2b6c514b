/* SPDX-License-Identifier: Apache-2.0 */
/* Files of /proc/PID beside those with tests of their own; proc(5). */
#include "test.h"
#include <sys/prctl.h>

#define PAGE 4096UL

static char text[1 << 20];

static const char *read_text(const char *path)
{
	ssize_t n = T_OK(t_read_file(path, text, sizeof(text) - 1));

	text[n > 0 ? n : 0] = 0;
	return text;
}

/* The figure behind `name` in the area that begins at addr, in kB. */
static long area_kb(const void *addr, const char *name)
{
	char start[32], *at, *end;
	long value;

	snprintf(start, sizeof(start), "%lx-", (unsigned long)addr);
	read_text("/proc/self/smaps");
	at = strstr(text, start);
	if (!at)
		return -1;
	end = strstr(at, "VmFlags:");
	at = strstr(at, name);
	if (!at || (end && at > end))
		return -2;
	value = atol(at + strlen(name) + 1);
	return value;
}

static void test_smaps(void)
{
	char *p = T_NEED(
		mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_OK(mprotect(p + 8 * PAGE, 8 * PAGE, PROT_READ)); /* an area of its own */
	memset(p, 1, 4 * PAGE);
	T_OK(madvise(p, 8 * PAGE, MADV_DONTFORK)); /* and no neighbour below */
	T_EQ(area_kb(p, "Size"), 32);
	T_EQ(area_kb(p, "Rss"), 16);
	T_EQ(area_kb(p, "Pss"), 16);
	T_EQ(area_kb(p, "Private_Dirty"), 16);
	T_EQ(area_kb(p, "Anonymous"), 16);
	T_EQ(area_kb(p, "Swap"), 0);
	T_EQ(area_kb(p, "Locked"), 0);
	T_OK(mlock(p, 8 * PAGE));
	T_EQ(area_kb(p, "Rss"), 32);
	T_EQ(area_kb(p, "Locked"), 32);
	T_TRUE(strstr(text, "VmFlags: rd wr mr mw me") != NULL);
	read_text("/proc/self/smaps_rollup");
	T_TRUE(strstr(text, "[rollup]\n") != NULL);
	T_CMP(atol(strstr(text, "\nRss:") + 5), >=, 32);
	/* A page that two share counts half for each. */
	p = T_NEED(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	memset(p, 1, 4 * PAGE);
	T_EQ(area_kb(p, "Pss"), 16);
	T_CHILD
	{
		T_EQ(p[0] + p[PAGE] + p[2 * PAGE] + p[3 * PAGE], 4);
		T_EQ(area_kb(p, "Rss"), 16);
		T_EQ(area_kb(p, "Pss"), 8);
		T_EQ(area_kb(p, "Shared_Dirty"), 16);
	}
}

static void test_mem(void)
{
	static char data[3 * PAGE] __attribute__((aligned(4096))) = "data of the program";
	int fd = T_NEED(open("/proc/self/mem", O_RDWR));
	char buf[64], *page;

	T_EQ(pread(fd, buf, 20, (off_t)data), 20);
	T_STR(buf, "data of the program");
	T_EQ(pwrite(fd, "DATA", 4, (off_t)data), 4);
	T_MEM(data, "DATA of", 7);
	T_EQ(lseek(fd, (off_t)data, SEEK_SET), (off_t)data);
	T_EQ(read(fd, buf, 4), 4);
	T_EQ(lseek(fd, 0, SEEK_CUR), (off_t)data + 4);
	T_ERR(pread(fd, buf, 1, 4096), EIO);
	T_ERR(pwrite(fd, buf, 1, 4096), EIO);
	/* Read-only memory is written all the same, to a copy: as a debugger does. */
	page = T_NEED(mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_EQ(pwrite(fd, "x", 1, (off_t)page), 1);
	T_EQ(page[0], 'x');
	/* As far as it goes. */
	T_OK(munmap(page + PAGE, PAGE));
	T_EQ(pread(fd, buf, 2, (off_t)page + PAGE - 1), 1);
	close(fd);
}

static void test_pagemap(void)
{
	int fd = T_NEED(open("/proc/self/pagemap", O_RDONLY));
	char *p = T_NEED(
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	uint64_t words[2];

	p[0] = 1;
	T_EQ(pread(fd, words, 16, (off_t)((uintptr_t)p / PAGE * 8)), 16);
	T_EQ(words[0] >> 63, 1);
	T_EQ(words[1] >> 63, 0);
	T_EQ(words[0] >> 61 & 1, 0);
	T_ERR(pread(fd, words, 3, 0), EINVAL);
	close(fd);
}

static void test_small_files(void)
{
	char expected[64];
	unsigned a, b, c;

	T_EQ(sscanf(read_text("/proc/self/uid_map"), "%u %u %u", &a, &b, &c), 3);
	T_EQ(a, 0);
	T_STR(read_text("/proc/self/setgroups"), "allow\n");
	T_STR(read_text("/proc/self/personality"), "00000000\n");
	T_OK(prctl(PR_SET_TIMERSLACK, 12345));
	T_STR(read_text("/proc/self/timerslack_ns"), "12345\n");
	T_EQ(sscanf(read_text("/proc/self/schedstat"), "%u %u %u", &a, &b, &c), 3);
	T_TRUE(strstr(read_text("/proc/self/sched"), "nr_voluntary_switches") != NULL);
	T_TRUE(strstr(read_text("/proc/self/numa_maps"), " stack ") != NULL);
	T_TRUE(strstr(read_text("/proc/self/mountstats"), " mounted on /proc with fstype proc\n") !=
	       NULL);
	T_TRUE(strstr(read_text("/proc/self/cgroup"), "0::/") != NULL);
	T_CMP(readlink("/proc/self/ns/uts", expected, sizeof(expected) - 1), >, 5);
	T_EQ(strncmp(expected, "uts:[", 5), 0);
	T_STR(read_text("/proc/self/loginuid"), "4294967295");
	t_read_file("/proc/self/wchan", text, 1);
	T_EQ(text[0], '0'); /* it runs */
	T_CMP(atoi(read_text("/proc/self/oom_score")), >, 0);
}

static void test_children(void)
{
	pid_t child = T_NEED(fork());
	char name[64], expected[32];

	if (!child) {
		pause();
		_exit(0);
	}
	snprintf(name, sizeof(name), "/proc/self/task/%d/children", getpid());
	snprintf(expected, sizeof(expected), "%d ", child);
	T_STR(read_text(name), expected);
	t_end(child);
	T_STR(read_text(name), "");
}

static long write_text(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	long n = fd < 0 ? -1 : write(fd, value, strlen(value));
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return n;
}

static void test_oom(void)
{
	static const char *path = "/proc/self/oom_score_adj";

	T_STR(read_text(path), "0\n");
	T_EQ(write_text(path, "100\n"), 4);
	T_STR(read_text(path), "100\n");
	T_STR(read_text("/proc/self/oom_adj"), "1\n");
	T_ERR(write_text(path, "1001"), EINVAL);
	T_ERR(write_text(path, "-1001"), EINVAL);
	T_ERR(write_text(path, "x"), EINVAL);
	T_CHILD
	{
		T_STR(read_text(path), "100\n"); /* inherited */
	}
	T_AS_USER
	{
		/* Up always, down to what it was. (A program that changed its user is root's:
		 * open.) */
		int fd = open(path, O_WRONLY);

		if (fd >= 0) {
			T_EQ(write(fd, "200", 3), 3);
			T_ERR(pwrite(fd, "-1", 2, 0), EACCES);
			close(fd);
		}
	}
	T_EQ(write_text("/proc/self/oom_adj", "15"), 2);
	T_STR(read_text(path), "1000\n");
	T_ERR(write_text("/proc/self/oom_adj", "16"), EINVAL);
	T_EQ(write_text(path, "0"), 1);
}

/* Who may look: ptrace(2), "Ptrace access mode checking". */
static void test_access(void)
{
	static const char *const guarded[] = {"environ", "mem", "auxv", "maps", "smaps", "pagemap"};
	char path[64], link[16];

	if (!t_is_root())
		return;
	T_AS_USER
	{
		for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
			snprintf(path, sizeof(path), "/proc/1/%s", guarded[i]);
			T_ERR(open(path, O_RDONLY), EACCES);
		}
		T_ERR(readlink("/proc/1/cwd", link, sizeof(link)), EACCES);
		T_ERR(open("/proc/1/fd", O_RDONLY), EACCES);
		T_ERR(open("/proc/1/oom_score_adj", O_WRONLY), EACCES);
		T_OK(open("/proc/1/stat", O_RDONLY));
		T_OK(open("/proc/1/status", O_RDONLY));
		T_OK(open("/proc/1/cmdline", O_RDONLY));
	}
}

TEST_MAIN
{
	test_smaps();
	test_mem();
	test_pagemap();
	test_small_files();
	test_children();
	test_oom();
	test_access();
}
