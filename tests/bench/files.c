/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a memory file system. */
#include "bench.h"

#define READ_BYTES   65536
#define DIR_ENTRIES  10000
#define DIR_NAME     "/tmp/many"
#define DEEP_NAME    "/tmp/a/b/c/d/e/f/g/h/i/j/k"
#define MAPPED_BYTES (256 * PAGE)

static int file_fd = -1, dir_fd;
static char *mapping;

static int open_file(void)
{
	file_fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (file_fd < 0 || write(file_fd, bench_buffer, FILE_BYTES) != FILE_BYTES)
		bench_fail(FILE_NAME);
	return 0;
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
	pread(file_fd, bench_buffer, 1, 100);
}

static void bench_pread_4096(void)
{
	pread(file_fd, bench_buffer, PAGE, 8192);
}

static void bench_pread_64k(void)
{
	pread(file_fd, bench_buffer, READ_BYTES, 8192);
}

/* A new file's pages each time. */
static void bench_write_1m(void)
{
	if (ftruncate(file_fd, 0) < 0 || pwrite(file_fd, bench_buffer, FILE_BYTES, 0) != FILE_BYTES)
		bench_fail("write");
}

static int make_deep(void)
{
	char path[] = DEEP_NAME;

	for (char *slash = path + 5; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(path, 0755);
	}
	close(open(DEEP_NAME, O_CREAT | O_WRONLY, 0644));
	return 0;
}

static void bench_stat_deep(void)
{
	struct stat st;

	if (sys_stat(DEEP_NAME, &st) < 0)
		bench_fail(DEEP_NAME);
}

static int make_many(void)
{
	char path[64];

	mkdir(DIR_NAME, 0755);
	for (int i = 0; i < DIR_ENTRIES; i++) {
		snprintf(path, sizeof(path), DIR_NAME "/entry-%d", i);
		close(open(path, O_CREAT | O_WRONLY, 0644));
	}
	dir_fd = open(DIR_NAME, O_RDONLY | O_DIRECTORY);
	return dir_fd;
}

static void bench_getdents(void)
{
	lseek(dir_fd, 0, SEEK_SET);
	while (getdents64(dir_fd, bench_buffer, 32768) > 0)
		;
}

static void remove_many(void)
{
	char path[64];

	close(dir_fd);
	for (int i = 0; i < DIR_ENTRIES; i++) {
		snprintf(path, sizeof(path), DIR_NAME "/entry-%d", i);
		unlink(path);
	}
	rmdir(DIR_NAME);
}

/* --- page faults: the price of a page, the mapping's own left out --- */

static void touch(int prot, int flags, int fd)
{
	mapping = mmap(NULL, MAPPED_BYTES, prot, flags, fd, 0);
	for (int i = 0; i < MAPPED_BYTES; i += PAGE)
		(void)*(volatile char *)(mapping + i);
	munmap(mapping, MAPPED_BYTES);
}

static void bench_fault_anon(void)
{
	mapping = mmap(NULL, MAPPED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	for (int i = 0; i < MAPPED_BYTES; i += PAGE)
		*(volatile char *)(mapping + i) = 1;
	munmap(mapping, MAPPED_BYTES);
}

static void bench_fault_file(void)
{
	touch(PROT_READ, MAP_PRIVATE, file_fd);
}

static void bench_fault_cow(void)
{
	mapping = mmap(NULL, MAPPED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_fd, 0);
	for (int i = 0; i < MAPPED_BYTES; i += PAGE)
		*(volatile char *)(mapping + i) = 1;
	munmap(mapping, MAPPED_BYTES);
}

const struct bench file_benches[] = {
	{"open-close", bench_open_close, 2000, 0, open_file, NULL},
	{"fstat", bench_fstat, 5000, 0, NULL, NULL},
	{"stat", bench_stat, 5000, 0, NULL, NULL},
	{"stat-12-deep", bench_stat_deep, 2000, 0, make_deep, NULL},
	{"pread-1", bench_pread_1, 5000, 0, NULL, NULL},
	{"pread-4096", bench_pread_4096, 5000, 0, NULL, NULL},
	{"pread-64k", bench_pread_64k, 500, 0, NULL, NULL},
	{"fault-anon", bench_fault_anon, 10, MAPPED_BYTES / PAGE, NULL, NULL},
	{"fault-file", bench_fault_file, 20, MAPPED_BYTES / PAGE, NULL, NULL},
	{"fault-file-write", bench_fault_cow, 10, MAPPED_BYTES / PAGE, NULL, NULL},
	{"write-1m-tmpfs", bench_write_1m, 10, 0, NULL, NULL},
	{"getdents-10000", bench_getdents, 3, 0, make_many, remove_many},
	{NULL},
};
