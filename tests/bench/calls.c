/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions per system call, user-side wrapper included: the counter around N calls. Under
 * QEMU's
 * `-icount shift=0` the counter counts instructions, and the figures are the same on every run.
 * Static, on libsys. As process 1 it opens a console, measures and ends the machine; else it
 * measures only. One line per figure: NAME VALUE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vdso.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME  "/tmp/bench.data"
#define FILE_BYTES 65536
#define TOUCHED	   65536

static char buffer[4096];
static int null_fd, zero_fd, file_fd, pipe_fds[2];
static int (*vdso_clock_gettime)(int clock, struct __kernel_timespec *ts);

static unsigned long counter(void)
{
	unsigned int low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (unsigned long)high << 32 | low;
}

static void bench_getppid(void)
{
	getppid();
}
static void bench_write_null(void)
{
	write(null_fd, buffer, 1);
}
static void bench_read_zero(void)
{
	read(zero_fd, buffer, 1);
}
static void bench_open_close(void)
{
	close(open(FILE_NAME, O_RDONLY));
}
static void bench_fstat(void)
{
	struct stat st;

	fstat(file_fd, &st);
}
static void bench_stat(void)
{
	struct stat st;

	sys_stat(FILE_NAME, &st);
}
static void bench_pread_1(void)
{
	pread(file_fd, buffer, 1, 100);
}
static void bench_pread_4096(void)
{
	pread(file_fd, buffer, 4096, 8192);
}
static void bench_pipe(void)
{
	write(pipe_fds[1], buffer, 1);
	read(pipe_fds[0], buffer, 1);
}
static void bench_mmap_touch(void)
{
	char *p = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < TOUCHED; i += 4096)
		*(volatile char *)(p + i) = 1;
	munmap(p, TOUCHED);
}
static void bench_mmap(void)
{
	munmap(mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	       TOUCHED);
}
static void bench_clock(void)
{
	struct __kernel_timespec ts;

	vdso_clock_gettime(CLOCK_MONOTONIC, &ts);
}

static const struct bench {
	const char *name;
	void (*call)(void);
	int count;
} benches[] = {
	{"getppid", bench_getppid, 10000},
	{"write-1-null", bench_write_null, 10000},
	{"read-1-zero", bench_read_zero, 10000},
	{"open-close", bench_open_close, 2000},
	{"fstat", bench_fstat, 5000},
	{"stat", bench_stat, 5000},
	{"pread-1", bench_pread_1, 5000},
	{"pread-4096", bench_pread_4096, 5000},
	{"pipe-write-read", bench_pipe, 5000},
	{"mmap-64k-touch-munmap", bench_mmap_touch, 500},
	{"mmap-munmap", bench_mmap, 2000},
	{"clock-gettime-vdso", bench_clock, 10000},
};

/* The least of five rounds: what an interrupt adds is left out. */
static unsigned long measure(const struct bench *b)
{
	unsigned long best = ~0ul;

	for (int i = 0; i < b->count / 10; i++)
		b->call();
	for (int round = 0; round < 5; round++) {
		unsigned long start = counter(), took;

		for (int i = 0; i < b->count; i++)
			b->call();
		took = counter() - start;
		if (took < best)
			best = took;
	}
	return (best + b->count / 2) / b->count;
}

static void open_console(void)
{
	struct utsname name;
	int fd;

	mkdir("/dev", 0755);
	mkdir("/tmp", 01777);
	uname(&name);
	mount("dev", "/dev", strstr(name.release, "lstar") ? "devfs" : "devtmpfs", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	for (int i = 0; i < 3 && fd >= 0; i++)
		if (fd != i)
			dup2(fd, i);
}

static int open_files(void)
{
	null_fd = open("/dev/null", O_WRONLY);
	zero_fd = open("/dev/zero", O_RDONLY);
	file_fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);
	for (int i = 0; i < FILE_BYTES; i += (int)sizeof(buffer))
		write(file_fd, buffer, sizeof(buffer));
	vdso_clock_gettime =
		(int (*)(int, struct __kernel_timespec *))vdso_sym("LINUX_2.6",
								   "__vdso_clock_gettime");
	return null_fd < 0 || zero_fd < 0 || file_fd < 0 || pipe(pipe_fds);
}

static void end_machine(void)
{
	struct utsname name;

	uname(&name);
	reboot(strstr(name.release, "lstar") ? RB_POWER_OFF : RB_AUTOBOOT);
}

int main(int argc, char **argv)
{
	unsigned long first = counter();
	int is_init = getpid() == 1;
	struct utsname name;

	/* Linux passes words it does not know on: for the time from start to end. */
	if (is_init && argc > 1 && !strcmp(argv[1], "only-start"))
		end_machine();
	if (is_init)
		open_console();
	if (open_files()) {
		printf("calls: cannot open the files\n");
		return 1;
	}
	uname(&name);
	printf("release %s\n", name.release);
	if (is_init)
		printf("first-user-instruction %lu\n", first);
	for (unsigned i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		if (benches[i].call == bench_clock && !vdso_clock_gettime)
			continue;
		printf("%s %lu\n", benches[i].name, measure(&benches[i]));
	}
	printf("end 0\n");
	unlink(FILE_NAME);
	if (is_init)
		end_machine();
	return 0;
}
