/* The memory and string functions of the C library that freestanding code needs, same names and
 * contracts. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#ifdef LSTAR_HOSTED
#include <string.h>
#endif
#include "lib/types.h"

#ifndef LSTAR_HOSTED
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *hay, const char *needle);
#endif
/* In the kernel: of a length that the compiler knows they are a few instructions. */
#ifdef LSTAR_INLINE_COPIES
#define memcpy(dst, src, n) __builtin_memcpy(dst, src, n)
#define memset(dst, c, n)   __builtin_memset(dst, c, n)
#define memcmp(a, b, n)	    __builtin_memcmp(a, b, n)
#define strlen(s)	    __builtin_strlen(s)
#endif
/* Copy with truncation; always terminates when size > 0. Returns strlen(src). */
size_t str_copy(char *dst, const char *src, size_t size);
/* Parse an unsigned number (base 0 = C prefixes); false on junk, overflow or an empty string. `end`
 * may be NULL: then the whole string must be the number. */
bool parse_u64(const char *s, unsigned base, u64 *out, const char **end);

#endif
