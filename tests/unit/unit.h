/*
 * The harness of the unit tests: CHECK() prints TAP. A unit test is a host program under ASan and
 * UBSan that has the C library at run time but not its headers, which do not go together with the
 * kernel's.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include "lib/types.h"

int printf(const char *format, ...) __printf(1, 2);
void *malloc(size_t size);
void free(void *p);

static int unit_nr, unit_failures;

#define CHECK(cond) unit_check(cond, __FILE__, __LINE__, #cond)

static inline void unit_check(bool is_good, const char *file, int line, const char *text)
{
	printf("%sok %d - %s:%d: %s\n", is_good ? "" : "not ", ++unit_nr, file, line, text);
	unit_failures += !is_good;
}

static inline int unit_end(void)
{
	printf("1..%d\n", unit_nr);
	return unit_failures ? 1 : 0;
}

/* The same numbers on every run. */
static inline u32 unit_random(u64 *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return (u32)(*state >> 33);
}

#endif
