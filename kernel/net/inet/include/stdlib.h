/* For lwIP, which asks for the C library's header by this name; it wants one function. */
#ifndef INET_STDLIB_H
#define INET_STDLIB_H
#include "lib/string.h"
static inline int atoi(const char *s)
{
	u64 n;

	return parse_u64(s, 10, &n, NULL) ? (int)n : 0;
}
#endif
