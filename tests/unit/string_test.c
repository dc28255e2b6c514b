/* lib/string.c: every length and alignment around a word, and the edges of the parsers. */
#include "unit.h"
#include "lib/string.h"

#define SPAN 70

static u8 a[256], b[256];

static void fill(void)
{
	for (size_t i = 0; i < sizeof(a); i++) {
		a[i] = (u8)(i * 7 + 1);
		b[i] = 0xee;
	}
}

/* True when b is what moving n bytes from a + from to b + to leaves, and nothing around changed. */
static bool is_moved(size_t to, size_t from, size_t n)
{
	for (size_t i = 0; i < sizeof(b); i++) {
		u8 want = i >= to && i < to + n ? (u8)((i - to + from) * 7 + 1) : 0xee;

		if (b[i] != want)
			return false;
	}
	return true;
}

static void test_copies(void)
{
	bool is_copied = true, is_right = true, is_set = true;

	for (size_t n = 0; n < SPAN; n++)
		for (size_t to = 0; to < 9; to++)
			for (size_t from = 0; from < 9; from++) {
				fill();
				is_copied &= memcpy(b + to, a + from, n) == b + to &&
					     is_moved(to, from, n);
				/* within one buffer, both directions */
				fill();
				memmove(a + 20 + to, a + 20 + from, n);
				for (size_t i = 0; i < n; i++)
					is_right &= a[20 + to + i] == (u8)((20 + from + i) * 7 + 1);
			}
	for (size_t n = 0; n < SPAN; n++)
		for (size_t to = 0; to < 9; to++) {
			fill();
			memset(b + to, 0x1a5, n);
			for (size_t i = 0; i < sizeof(b); i++)
				is_set &= b[i] == (i >= to && i < to + n ? 0xa5 : 0xee);
		}
	CHECK(is_copied);
	CHECK(is_right);
	CHECK(is_set);
}

static void test_compares(void)
{
	CHECK(memcmp("abc", "abd", 3) < 0 && memcmp("abd", "abc", 3) > 0);
	CHECK(memcmp("abc", "abd", 2) == 0 && memcmp("a", "b", 0) == 0);
	CHECK(memcmp("\xff", "\x01", 1) > 0);
	CHECK(strcmp("", "") == 0 && strcmp("a", "") > 0 && strcmp("", "a") < 0);
	CHECK(strcmp("a\xff", "a\x01") > 0);
	CHECK(strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0);
	CHECK(strncmp("ab", "abc", 5) < 0 && strncmp("x", "y", 0) == 0);
}

static void test_searches(void)
{
	const char *s = "one two one";

	CHECK(strlen("") == 0 && strlen("four") == 4);
	CHECK(strnlen("four", 2) == 2 && strnlen("four", 9) == 4);
	CHECK(strchr(s, 't') == s + 4 && !strchr(s, 'x') && strchr(s, '\0') == s + 11);
	CHECK(strrchr(s, 'o') == s + 8 && !strrchr(s, 'x') && strrchr(s, '\0') == s + 11);
	CHECK(strstr(s, "one") == s && strstr(s, "two o") == s + 4 && !strstr(s, "ones"));
	CHECK(strstr(s, "") == s && strstr("aaab", "aab") != NULL);
	CHECK(memchr(s, 't', 11) == s + 4 && !memchr(s, 't', 4));
}

static void test_str_copy(void)
{
	char buf[4] = "zzz";

	CHECK(str_copy(buf, "ab", sizeof(buf)) == 2 && !strcmp(buf, "ab"));
	CHECK(str_copy(buf, "abcdef", sizeof(buf)) == 6 && !strcmp(buf, "abc"));
	CHECK(str_copy(buf, "x", 0) == 1 && !strcmp(buf, "abc"));
	CHECK(str_copy(buf, "", sizeof(buf)) == 0 && !buf[0]);
}

static void test_parse(void)
{
	const char *end;
	u64 v = 0;

	CHECK(parse_u64("0", 0, &v, NULL) && v == 0);
	CHECK(parse_u64("18446744073709551615", 10, &v, NULL) && v == ~0UL);
	CHECK(!parse_u64("18446744073709551616", 10, &v, NULL));
	CHECK(!parse_u64("99999999999999999999", 10, &v, NULL));
	CHECK(parse_u64("0x1F", 0, &v, NULL) && v == 31);
	CHECK(parse_u64("017", 0, &v, NULL) && v == 15);
	CHECK(parse_u64("17", 8, &v, NULL) && v == 15);
	CHECK(!parse_u64("", 0, &v, NULL) && !parse_u64("x", 10, &v, NULL));
	CHECK(!parse_u64("12 ", 10, &v, NULL) && !parse_u64("-1", 10, &v, NULL));
	CHECK(parse_u64("12kB", 10, &v, &end) && v == 12 && *end == 'k');
	CHECK(!parse_u64("kB", 10, &v, &end));
}

int main(void);
int main(void)
{
	test_copies();
	test_compares();
	test_searches();
	test_str_copy();
	test_parse();
	return unit_end();
}
