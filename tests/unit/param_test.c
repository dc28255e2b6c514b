/* The kernel command line's parser. */
#include "core/param.h"
#include "lib/string.h"
#include "unit.h"

static bool is_value(const char *name, unsigned n, const char *want)
{
	char buf[64];

	return param_get_nth(name, n, buf, sizeof(buf)) && strcmp(buf, want) == 0;
}

static void test_words(void)
{
	param_init("quiet  loglevel=7 dev=a dev=b\tempty= x=0x10 bad=12z say=\"two words\" last");
	CHECK(param_is_set("quiet"));
	CHECK(param_is_set("last"));
	CHECK(!param_is_set("qui"));
	CHECK(!param_is_set("quietly"));
	CHECK(!param_is_set("dev2"));
	CHECK(is_value("dev", 0, "a"));
	CHECK(is_value("dev", 1, "b"));
	CHECK(!is_value("dev", 2, "b"));
	CHECK(is_value("empty", 0, ""));
	CHECK(is_value("quiet", 0, ""));
	CHECK(is_value("say", 0, "two words"));
	CHECK(param_get_u64("loglevel", 4) == 7);
	CHECK(param_get_u64("x", 0) == 16);
	CHECK(param_get_u64("bad", 5) == 5);
	CHECK(param_get_u64("none", 9) == 9);
}

static void test_edges(void)
{
	char small[4];
	static char huge[9000];

	param_init(NULL);
	CHECK(!param_is_set("a") && param_cmdline()[0] == '\0');
	param_init("   ");
	CHECK(!param_is_set(""));
	param_init("name=abcdef");
	CHECK(param_get("name", small, sizeof(small)) && strcmp(small, "abc") == 0);
	/* Longer than there is room for: cut, not overrun. */
	for (size_t i = 0; i < sizeof(huge) - 1; i++)
		huge[i] = i % 5 ? 'a' : ' ';
	param_init(huge);
	CHECK(param_is_set("aaaa"));
	for (size_t i = 0; i < sizeof(huge) - 1; i++)
		huge[i] = i % 2 ? 'b' : ' ';
	param_init(huge);
	CHECK(param_is_set("b"));
}

static void test_seed(void)
{
	param_init("a=1 seed=00ff11 b=2 my.seed=77 birdseed=9");
	CHECK(is_value("seed", 0, "00ff11"));
	CHECK(is_value("b", 0, "2"));
	CHECK(!strstr(param_cmdline(), "00ff11"));
	CHECK(!strstr(param_cmdline(), "77"));
	CHECK(strcmp(param_cmdline(), "a=1 seed=xxxxxx b=2 my.seed=xx birdseed=9") == 0);
}

int main(void)
{
	test_words();
	test_edges();
	test_seed();
	return unit_end();
}
