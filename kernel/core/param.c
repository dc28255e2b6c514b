/*
 * The kernel command line. Words are separated by blanks; a part in double quotes keeps its blanks
 * and loses the quotes.
 */
#include "core/log.h"
#include "core/param.h"
#include "lib/string.h"

#define CMDLINE_SIZE 4096

static char shown[CMDLINE_SIZE]; /* as given, the seed blanked out */
static char words[CMDLINE_SIZE]; /* NUL-separated, an empty one ends it */
static size_t words_len;

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Does the word name a seed: `seed=`, `x.seed=`, `x_seed=`? Returns where its value begins, or 0.
 */
static size_t seed_value(const char *w, size_t len)
{
	const char *eq = memchr(w, '=', len);
	size_t n;

	if (!eq)
		return 0;
	n = (size_t)(eq - w);
	if (n < 4 || memcmp(eq - 4, "seed", 4) != 0)
		return 0;
	if (n > 4 && eq[-5] != '.' && eq[-5] != '_')
		return 0;
	return n + 1;
}

void param_init(const char *cmdline)
{
	const char *p = cmdline ? cmdline : "";
	size_t start, i = 0;
	bool is_quoted = false;

	str_copy(shown, p, sizeof(shown));
	words_len = 0;
	while (shown[i]) {
		size_t out = words_len, value;

		while (is_blank(shown[i]))
			i++;
		start = i;
		for (; shown[i] && (is_quoted || !is_blank(shown[i])); i++) {
			if (shown[i] == '"')
				is_quoted = !is_quoted;
			else
				words[words_len++] = shown[i];
		}
		if (words_len == out)
			continue;
		words[words_len++] = '\0';
		value = seed_value(shown + start, i - start);
		if (value)
			memset(shown + start + value, 'x', i - start - value);
	}
}

const char *param_cmdline(void)
{
	return shown;
}

/* Value of the n-th word `name` or `name=...`: "" for a bare name; NULL. */
static const char *find_value(const char *name, unsigned n)
{
	size_t name_len = strlen(name), off;

	for (off = 0; off < words_len; off += strlen(words + off) + 1) {
		const char *w = words + off;

		if (strncmp(w, name, name_len) != 0 || (w[name_len] && w[name_len] != '='))
			continue;
		if (n-- == 0)
			return w + name_len + (w[name_len] == '=');
	}
	return NULL;
}

bool param_is_set(const char *name)
{
	return find_value(name, 0) != NULL;
}

bool param_get_nth(const char *name, unsigned n, char *buf, size_t size)
{
	const char *v = find_value(name, n);

	if (!v)
		return false;
	str_copy(buf, v, size);
	return true;
}

bool param_get(const char *name, char *buf, size_t size)
{
	return param_get_nth(name, 0, buf, size);
}

u64 param_get_u64(const char *name, u64 dflt)
{
	const char *v = find_value(name, 0);
	u64 n;

	if (!v || !parse_u64(v, 0, &n, NULL))
		return dflt;
	return n;
}
