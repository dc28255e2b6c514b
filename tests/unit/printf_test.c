/* lib/printf.c: each conversion with its flags, and buffers that are too small. */
#include "unit.h"
#include "lib/printf.h"
#include "lib/string.h"

static char buf[200];

/* The text and the length that the whole output would have. */
#define FORMAT(want, ...) \
	CHECK(snprintf(buf, sizeof(buf), __VA_ARGS__) == (int)strlen(want) && !strcmp(buf, want))

static void test_integers(void)
{
	FORMAT("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, 0x7fffffff, -0x7fffffff - 1);
	FORMAT("4294967295 ffffffff FF 777", "%u %x %X %o", ~0u, ~0u, 255, 511);
	FORMAT("-9223372036854775808 ffffffffffffffff", "%ld %lx", -0x7fffffffffffffffL - 1, ~0UL);
	FORMAT("18446744073709551615 1", "%llu %zu", ~0ULL, (size_t)1);
	FORMAT("-1 255 65535 1", "%hhd %hhu %hu %hd", -1, 0x1ff, 0x1ffff, 0x10001);
	FORMAT("[   42][42   ][00042][+42][ 42]", "[%5d][%-5d][%05d][%+d][% d]", 42, 42, 42, 42,
	       42);
	FORMAT("[  -42][-0042][ 0042]", "[%5d][%05d][%5.4d]", -42, -42, 42);
	FORMAT("[0x2a][052][0][0]", "[%#x][%#o][%#x][%#o]", 42, 42, 0, 0);
	FORMAT("[0x0002a][  0x2a]", "[%#07x][%#6x]", 42, 42);
	FORMAT("[   7][7   ][007]", "[%*d][%*d][%.*d]", 4, 7, -4, 7, 3, 7);
}

static void test_strings(void)
{
	FORMAT("[abc][  abc][abc  ][ab]", "[%s][%5s][%-5s][%.2s]", "abc", "abc", "abc", "abc");
	FORMAT("[x][  x][x  ]%", "[%c][%3c][%-3c]%%", 'x', 'x', 'x');
	FORMAT("[ab][]", "[%.*s][%.0s]", 2, "abcdef", "abc");
	FORMAT("", "%s", "");
}

static void test_small_buffers(void)
{
	char small[4] = "zzz";

	CHECK(snprintf(small, sizeof(small), "%s", "abcdef") == 6 && !strcmp(small, "abc"));
	CHECK(snprintf(small, 1, "%d", 12345) == 5 && !small[0]);
	small[0] = 'q';
	CHECK(snprintf(small, 0, "%d", 12345) == 5 && small[0] == 'q');
	CHECK(scnprintf(small, sizeof(small), "%s", "abcdef") == 3 && !strcmp(small, "abc"));
	CHECK(scnprintf(small, sizeof(small), "%s", "ab") == 2);
	CHECK(scnprintf(small, 0, "%s", "ab") == 0);
	CHECK(scnprintf(small, 1, "%s", "ab") == 0 && !small[0]);
	CHECK(snprintf(NULL, 0, "%0100d", 1) == 100);
}

int main(void);
int main(void)
{
	test_integers();
	test_strings();
	test_small_buffers();
	return unit_end();
}
