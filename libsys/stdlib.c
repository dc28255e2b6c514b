// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void _exit(int status)
{
	for (;;)
		exit_group(status);
}

void exit(int status)
{
	_exit(status);
}

void abort(void)
{
	raise(SIGABRT);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(127);
}

char *getenv(const char *name)
{
	size_t length = strlen(name);
	char **entry;

	for (entry = environ; entry && *entry; entry++) {
		if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
			return *entry + length + 1;
	}
	return NULL;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return INT_MAX;
}

/* The magnitude, saturated at ULONG_MAX with ERANGE; is_negative tells the sign. */
static unsigned long parse(const char *s, char **end, int base, int *is_negative)
{
	const char *start = s;
	unsigned long value = 0;
	int has_digits = 0;

	while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		s++;
	*is_negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x' && digit_of(s[2]) < 16) {
		s += 2;
		base = 16;
	} else if (base == 0) {
		base = *s == '0' ? 8 : 10;
	}
	for (; digit_of(*s) < base; s++) {
		has_digits = 1;
		if (__builtin_mul_overflow(value, (unsigned long)base, &value) ||
		    __builtin_add_overflow(value, (unsigned long)digit_of(*s), &value)) {
			value = ULONG_MAX;
			errno = ERANGE;
		}
	}
	if (end)
		*end = (char *)(has_digits ? s : start);
	return value;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	int is_negative;
	unsigned long value = parse(s, end, base, &is_negative);

	return is_negative ? -value : value;
}

long strtol(const char *s, char **end, int base)
{
	int is_negative;
	unsigned long value = parse(s, end, base, &is_negative);
	unsigned long limit = is_negative ? (unsigned long)LONG_MAX + 1 : LONG_MAX;

	if (value > limit) {
		errno = ERANGE;
		value = limit;
	}
	return (long)(is_negative ? -value : value);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}
