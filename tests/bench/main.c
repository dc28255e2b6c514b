/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static, on libsys. As process 1 it opens a console, does what /suite says, and ends the machine;
 * else it does what its arguments say. One line per figure: NAME VALUE; the last is "end 0".
 */
#include "bench.h"
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#define ROUNDS	  5
#define MAX_FILES 200000

const char *bench_self;
char bench_buffer[FILE_BYTES];

void bench_report(const char *name, unsigned long value)
{
	printf("%s %lu\n", name, value);
}

void bench_report_at(const char *name, unsigned long size, unsigned long value)
{
	printf("%s-%lu %lu\n", name, size, value);
}

void bench_fail(const char *what)
{
	printf("bench: %s: %m\n", what);
	for (;;)
		getpid() == 1 ? (void)reboot(RB_AUTOBOOT) : _exit(1);
}

unsigned long bench_measure(const struct bench *bench)
{
	unsigned long best = ~0ul, units;

	for (int i = 0; i < bench->count / 10 + 1; i++)
		bench->call();
	for (int round = 0; round < ROUNDS; round++) {
		unsigned long start = counter(), took;

		for (int i = 0; i < bench->count; i++)
			bench->call();
		took = counter() - start;
		if (took < best)
			best = took;
	}
	units = (unsigned long)bench->count * (bench->per ? (unsigned long)bench->per : 1);
	return (best + units / 2) / units;
}

/* All rows, or the one called only; what a row sets up, later ones may use. */
static void measure_all(const struct bench *bench, const char *only)
{
	for (; bench->name; bench++) {
		if (bench->set_up && (!only || !bench->clean_up || !strcmp(only, bench->name)) &&
		    bench->set_up() < 0)
			continue;
		if (only && strcmp(only, bench->name))
			continue;
		bench_report(bench->name, bench_measure(bench));
		if (bench->clean_up)
			bench->clean_up();
	}
}

void bench_micro(const char *only)
{
	measure_all(call_benches, only);
	measure_all(vdso_benches, only);
	measure_all(file_benches, only);
	measure_all(process_benches, only);
}

void bench_futex_wait(int *word, int value)
{
	syscall(SYS_futex, word, 0, value, NULL, NULL, 0);
}

void bench_futex_wake(int *word, int count)
{
	syscall(SYS_futex, word, 1, count, NULL, NULL, 0);
}

void bench_thread(int (*fn)(void *), void *arg, char *stack, int *tid)
{
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		    CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;

	*tid = 1;
	if (clone(fn, stack + BENCH_STACK, flags, arg, NULL, NULL, tid) < 0)
		bench_fail("clone");
}

void bench_join(int *tid)
{
	int value;

	while ((value = __atomic_load_n(tid, __ATOMIC_ACQUIRE)))
		bench_futex_wait(tid, value);
}

void bench_mount(void)
{
	struct utsname name;

	mkdir("/dev", 0755);
	mkdir("/tmp", 01777);
	mkdir("/proc", 0755);
	uname(&name);
	mount("dev", "/dev", strstr(name.release, "lstar") ? "devfs" : "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("tmp", "/tmp", "tmpfs", 0, "size=90%");
}

static void open_console(void)
{
	int fd;

	bench_mount();
	fd = open("/dev/console", O_RDWR);
	for (int i = 0; i < 3 && fd >= 0; i++)
		if (fd != i)
			dup2(fd, i);
}

static void end_machine(void)
{
	struct utsname name;

	uname(&name);
	reboot(strstr(name.release, "lstar") ? RB_POWER_OFF : RB_AUTOBOOT);
}

/* What one tick of counter() is worth, where it is not an instruction: ticks per millisecond. */
static void report_rate(void)
{
	struct timespec began, now;
	unsigned long start = counter(), ns;

	clock_gettime(CLOCK_MONOTONIC, &began);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
		ns = (unsigned long)(now.tv_sec - began.tv_sec) * 1000000000 +
		     (unsigned long)(now.tv_nsec - began.tv_nsec);
	} while (ns < 200000000);
	bench_report("tsc-khz", (counter() - start) * 1000 / (ns / 1000));
}

/* A 32-bit program of ours, which gives its figure this name. */
static void run_door32(const char *figure)
{
	char *argv[] = {"door32", (char *)figure, NULL};
	int status, pid = fork();

	if (pid == 0) {
		execve("/door32", argv, NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		bench_fail("/door32");
}

static void run_suite(const char *word)
{
	if (!strcmp(word, "micro"))
		bench_micro(NULL);
	else if (!strncmp(word, "row=", 4))
		bench_micro(word + 4);
	else if (!strcmp(word, "rate"))
		report_rate();
	else if (!strcmp(word, "growth"))
		bench_growth();
	else if (!strncmp(word, "scale=", 6))
		bench_scale(atoi(word + 6));
	else if (!strcmp(word, "jobs"))
		bench_jobs("/jobs");
	else if (!strncmp(word, "door32=", 7))
		run_door32(word + 7);
	else if (*word)
		bench_fail(word);
}

static void run_file(const char *path)
{
	static char text[256];
	int fd = open(path, O_RDONLY);
	ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *word = text;

	if (size < 0)
		bench_fail(path);
	close(fd);
	while (*word) {
		char *end = word;

		while (*end && *end != ' ' && *end != '\n')
			end++;
		if (*end)
			*end++ = '\0';
		if (!strcmp(word, "only-start"))
			end_machine();
		run_suite(word);
		word = end;
	}
}

int main(int argc, char **argv)
{
	unsigned long first = counter();
	int is_init = getpid() == 1;
	struct rlimit files = {MAX_FILES, MAX_FILES};
	struct utsname name;

	if (argc == 2 && !strcmp(argv[1], "exit-now"))
		_exit(0);
	bench_self = is_init ? "/init" : argv[0];
	if (is_init)
		open_console();
	setrlimit(RLIMIT_NOFILE, &files);
	uname(&name);
	printf("release %s\n", name.release);
	if (is_init) {
		printf("first-user-instruction %lu\n", first);
		run_file("/suite");
	}
	for (int i = 1; i < argc && !is_init; i++)
		run_suite(argv[i]);
	printf("end 0\n");
	if (is_init)
		end_machine();
	return 0;
}
