#include "lib/string.h"

#ifndef LSTAR_HOSTED
/*
 * Eight bytes at a time and a byte tail: string instructions cost one instruction per byte in the
 * counted mode of the benchmark, and start up slowly on small sizes on real machines. A port may
 * have memcpy and memset of its own.
 */
typedef u64 __attribute__((may_alias, aligned(1))) word_t;

__attribute__((weak)) void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	u8 *d = dst;
	const u8 *s = src;

	while (n >= 32) {
		u64 a = ((const word_t *)s)[0], b = ((const word_t *)s)[1];
		u64 c = ((const word_t *)s)[2], e = ((const word_t *)s)[3];

		((word_t *)d)[0] = a;
		((word_t *)d)[1] = b;
		((word_t *)d)[2] = c;
		((word_t *)d)[3] = e;
		s += 32;
		d += 32;
		n -= 32;
	}
	for (; n >= 8; n -= 8, s += 8, d += 8)
		*(word_t *)d = *(const word_t *)s;
	for (; n; n--) {
		*d++ = *s++;
		__asm__ volatile("" ::
					 : "memory"); /* keep the compiler from turning this into a
							 call of memcpy */
	}
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	u8 *d = dst;
	const u8 *s = src;

	if (d + n <= s || d >= s + n)
		return memcpy(dst, src, n);
	if (d <= s) {
		for (; n >= 8; n -= 8, d += 8, s += 8)
			*(word_t *)d = *(const word_t *)s;
		for (; n; n--) {
			*d++ = *s++;
			__asm__ volatile("" ::: "memory");
		}
		return dst;
	}
	for (d += n, s += n; n >= 8; n -= 8) {
		d -= 8;
		s -= 8;
		*(word_t *)d = *(const word_t *)s;
	}
	for (; n; n--) {
		*--d = *--s;
		__asm__ volatile("" ::: "memory");
	}
	return dst;
}

__attribute__((weak)) void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;
	u64 w = (u8)c * 0x0101010101010101UL;

	for (; n >= 32; n -= 32, d += 32) {
		((word_t *)d)[0] = w;
		((word_t *)d)[1] = w;
		((word_t *)d)[2] = w;
		((word_t *)d)[3] = w;
	}
	for (; n >= 8; n -= 8, d += 8)
		*(word_t *)d = w;
	for (; n; n--) {
		*d++ = (u8)c;
		__asm__ volatile("" ::: "memory");
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n >= 8 && *(const word_t *)x == *(const word_t *)y; n -= 8, x += 8, y += 8)
		;
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a < (u8)*b ? -1 : 1;
		if (!*a)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)last;
	}
}

char *strstr(const char *hay, const char *needle)
{
	size_t n = strlen(needle);

	for (;; hay++) {
		if (!strncmp(hay, needle, n))
			return (char *)hay;
		if (!*hay)
			return NULL;
	}
}
#endif

size_t str_copy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = len < size ? len : size - 1;

		memcpy(dst, src, n);
		dst[n] = 0;
	}
	return len;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

bool parse_u64(const char *s, unsigned base, u64 *out, const char **end)
{
	u64 v = 0;
	const char *start;

	if (base == 0) {
		base = 10;
		if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
			base = 16;
			s += 2;
		} else if (s[0] == '0' && s[1]) {
			base = 8;
		}
	}
	for (start = s; digit_value(*s) < (int)base; s++) {
		u64 next;

		if (__builtin_mul_overflow(v, (u64)base, &next) ||
		    __builtin_add_overflow(next, (u64)digit_value(*s), &v))
			return false;
	}
	if (s == start || (!end && *s))
		return false;
	if (end)
		*end = s;
	*out = v;
	return true;
}
