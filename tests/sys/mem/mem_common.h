/* SPDX-License-Identifier: Apache-2.0 */
/* What several tests of memory calls share. */
#ifndef TESTS_SYS_MEM_COMMON_H
#define TESTS_SYS_MEM_COMMON_H

#include "test.h"

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* A number of /proc/self/status, in kB; -1 when there is no such line. */
static inline long status_kb(const char *name)
{
	static char text[8192];
	ssize_t n = t_read_file("/proc/self/status", text, sizeof(text) - 1);
	char *at;

	if (n < 0)
		return -1;
	text[n] = 0;
	at = strstr(text, name);
	return at && at[strlen(name)] == ':' ? atol(at + strlen(name) + 1) : -1;
}

/* How many pages of the range are resident. */
static inline int resident(void *p, size_t pages)
{
	unsigned char vec[64] = {0};
	int n = 0;

	if (pages > sizeof(vec) || mincore(p, pages * PAGE, vec))
		return -1;
	for (size_t i = 0; i < pages; i++)
		n += vec[i] & 1;
	return n;
}

static inline char *map_anon(size_t pages)
{
	return T_NEED((char *)mmap(NULL, pages * PAGE, RW, ANON, -1, 0));
}

/* The limit of locked memory, soft and hard, for this process and its children. */
static inline void limit_memlock(rlim_t bytes)
{
	struct rlimit limit = {bytes, bytes};

	T_OK(setrlimit(RLIMIT_MEMLOCK, &limit));
}

#endif
