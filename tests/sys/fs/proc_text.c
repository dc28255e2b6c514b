/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of /proc under several readers: one open file that threads and processes share, and a
 * text that is long, for the process has many areas.
 */
#include "test.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define NR_AREAS 3000
#define PAGE	 4096UL

static char *areas;
static int shared_fd;

/* Neighbours whose protection differs stay areas of their own. */
static void make_areas(void)
{
	areas = mmap(NULL, NR_AREAS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	T_NEED(areas);
	for (int i = 0; i < NR_AREAS; i += 2)
		if (mprotect(areas + (unsigned long)i * PAGE, PAGE, PROT_READ))
			T_OK(-1);
}

/* Every area of ours is in the file, once, in the order of addresses. */
static void check_areas(const char *path)
{
	char line[512];
	unsigned long start, end, seen = 0, last = 0;
	bool is_ordered = true;
	FILE *f = fopen(path, "r");

	T_TRUE(f != NULL);
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) != 2)
			continue;
		is_ordered = is_ordered && start >= last;
		last = end;
		if (start >= (unsigned long)areas && end <= (unsigned long)areas + NR_AREAS * PAGE)
			seen++;
	}
	fclose(f);
	T_TRUE(is_ordered);
	T_EQ(seen, NR_AREAS);
}

/* A place in the middle is found again. */
static void check_places(void)
{
	static char text[1 << 20], again[1000];
	int fd = T_NEED(open("/proc/self/maps", O_RDONLY));
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, text + len, sizeof(text) - len < 4000 ? sizeof(text) - len : 4000)) >
	       0)
		len += (size_t)n;
	T_CMP(len, >, NR_AREAS * 40);
	for (size_t at = 1; at + sizeof(again) < len; at += len / 7) {
		T_EQ(pread(fd, again, sizeof(again), (off_t)at), sizeof(again));
		T_MEM(again, text + at, sizeof(again));
	}
	T_EQ(pread(fd, again, sizeof(again), (off_t)len + 100000), 0);
	T_EQ(pread(fd, again, 10, 0), 10);
	T_MEM(again, text, 10);
	T_EFAULT_NULL(p, pread(fd, p, 100, 0));
	close(fd);
}

static void *reader(void *arg)
{
	static __thread char buf[3000];
	unsigned seed = (unsigned)(long)arg;

	for (int i = 0; i < 300; i++) {
		ssize_t n =
			pread(shared_fd, buf, sizeof(buf), seed & 1 ? 0 : rand_r(&seed) % 100000);

		if (n < 0)
			return (void *)1;
		for (ssize_t k = 0; k < n; k++)
			if ((unsigned char)buf[k] > 126 || !buf[k])
				return (void *)2;
		(void)rand_r(&seed);
	}
	return NULL;
}

static void check_readers(void)
{
	pthread_t t[4];
	void *result;

	shared_fd = T_NEED(open("/proc/self/maps", O_RDONLY));
	for (long i = 0; i < 4; i++)
		T_EQ(pthread_create(&t[i], NULL, reader, (void *)(i + 1)), 0);
	for (int i = 0; i < 4; i++) {
		T_EQ(pthread_join(t[i], &result), 0);
		T_TRUE(!result);
	}
	close(shared_fd);
}

static void read_shared(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY);
	pid_t child;

	if (fd < 0)
		return; /* not every kernel has it */
	child = T_NEED(fork());
	if (!child) {
		pause();
		_exit(0);
	}
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	T_OK(lseek(fd, 0, SEEK_SET));
	t_end(child);
	close(fd);
}

/* What a text is made from has locks of its own, which come after that of the shared position. */
static void check_locks(void)
{
	static const char *const paths[] = {
		"/proc/net/tcp",	 "/proc/net/tcp6",     "/proc/net/udp",
		"/proc/net/udp6",	 "/proc/net/unix",     "/proc/net/raw",
		"/proc/net/netlink",	 "/proc/net/dev",      "/proc/sysvipc/shm",
		"/proc/sysvipc/sem",	 "/proc/sysvipc/msg",  "/proc/self/mountinfo",
		"/proc/self/mountstats", "/proc/self/status",  "/proc/self/stat",
		"/proc/self/smaps",	 "/proc/tty/drivers",  "/proc/locks",
		"/proc/slabinfo",	 "/proc/self/environ", "/proc/self/cmdline",
		"/proc/self/limits",	 "/proc/self/sched",   "/proc/sys/kernel/hostname"};
	char path[64];
	struct epoll_event e = {.events = EPOLLIN};
	int set = T_NEED(epoll_create1(0)), pair[2], tty = open("/dev/ptmx", O_RDWR | O_NOCTTY);

	T_NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	T_OK(epoll_ctl(set, EPOLL_CTL_ADD, pair[0], &e));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		read_shared(paths[i]);
	for (int i = 0; i < 4; i++) {
		sprintf(path, "/proc/self/fdinfo/%d", (int[]){set, pair[0], tty, 0}[i]);
		read_shared(path);
	}
}

TEST_MAIN
{
	check_locks();
	make_areas();
	check_areas("/proc/self/maps");
	check_areas("/proc/self/smaps");
	check_places();
	check_readers();
}
