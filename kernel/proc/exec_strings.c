/* The arguments and environment of an execve, held in kernel pages until the new stack exists. */
#include "proc/exec_internal.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define MAX_PREFIX 16			 /* strings that scripts put in front */
#define STRING_MAX (32 * PAGE_SIZE)	 /* one string: MAX_ARG_STRLEN of execve(2) */
#define TOTAL_MIN  (128 * 1024UL)	 /* ARG_MAX: always allowed */
#define TOTAL_MAX  (3 * (8UL << 20) / 4) /* whatever the stack limit */

/* Strings one after the other in pages. */
struct string_list {
	void **pages;
	unsigned nr_pages, max_pages;
	size_t bytes;
	unsigned count;
};

struct exec_strings {
	struct string_list list[2]; /* arguments, environment */
	char *prefix[MAX_PREFIX];   /* arguments before list[0] */
	unsigned nr_prefix;
	size_t skipped_bytes; /* argv[0], dropped for a script */
	size_t limit_bytes;
};

struct exec_strings *exec_strings_new(void)
{
	struct exec_strings *s = kzalloc(sizeof(*s), GFP_KERNEL);
	u64 stack = task_rlimit(current, RLIMIT_STACK) / 4;

	if (s)
		s->limit_bytes = MAX(MIN(stack, TOTAL_MAX), TOTAL_MIN);
	return s;
}

void exec_strings_free(struct exec_strings *s)
{
	unsigned i, j;

	if (!s)
		return;
	for (i = 0; i < 2; i++) {
		for (j = 0; j < s->list[i].nr_pages; j++)
			kfree(s->list[i].pages[j]);
		kfree(s->list[i].pages);
	}
	for (i = 0; i < s->nr_prefix; i++)
		kfree(s->prefix[i]);
	kfree(s);
}

/* Room for the next byte: its address and the bytes left in that page; NULL when out of memory. */
static char *list_room(struct string_list *l, size_t *room)
{
	size_t off = l->bytes % PAGE_SIZE;

	if (l->bytes / PAGE_SIZE == l->nr_pages) {
		if (l->nr_pages == l->max_pages) {
			unsigned max = l->max_pages ? l->max_pages * 4 : 8;
			void **pages = krealloc(l->pages, max * sizeof(*pages), GFP_KERNEL);

			if (!pages)
				return NULL;
			l->pages = pages;
			l->max_pages = max;
		}
		l->pages[l->nr_pages] = kmalloc(PAGE_SIZE, GFP_KERNEL);
		if (!l->pages[l->nr_pages])
			return NULL;
		l->nr_pages++;
	}
	*room = PAGE_SIZE - off;
	return (char *)l->pages[l->bytes / PAGE_SIZE] + off;
}

static bool is_over_limit(const struct exec_strings *s)
{
	size_t pointers = (s->list[0].count + s->list[1].count + s->nr_prefix) * sizeof(long);

	return s->list[0].bytes + s->list[1].bytes + pointers > s->limit_bytes;
}

int exec_strings_add_user(struct exec_strings *s, uaddr_t str, bool is_env)
{
	struct string_list *l = &s->list[is_env];
	size_t start = l->bytes, room;
	bool is_done = false;

	l->count++;
	while (!is_done) {
		char *to = list_room(l, &room);
		long n;

		if (!to)
			return -ENOMEM;
		n = arch_strncpy_in(to, str, room);
		if (n < 0)
			return (int)n;
		is_done = (size_t)n < room;
		l->bytes += is_done ? (size_t)n + 1 : room;
		str = uaddr_add(str, (unsigned long)n);
		if (l->bytes - start > STRING_MAX)
			return fail(E2BIG, "one string is longer than 32 pages");
		if (is_over_limit(s))
			return fail(E2BIG, "arguments and environment exceed their limit");
	}
	return 0;
}

int exec_strings_add(struct exec_strings *s, const char *str, bool is_env)
{
	struct string_list *l = &s->list[is_env];
	size_t left = strlen(str) + 1, room;

	l->count++;
	while (left) {
		char *to = list_room(l, &room);

		if (!to)
			return -ENOMEM;
		room = MIN(room, left);
		memcpy(to, str, room);
		str += room;
		left -= room;
		l->bytes += room;
		if (is_over_limit(s))
			return -E2BIG;
	}
	return 0;
}

/* Length, with its NUL, of the string that starts at `off` of the list. */
static size_t list_strlen(const struct string_list *l, size_t off)
{
	size_t start = off;

	while (off < l->bytes) {
		size_t in = off % PAGE_SIZE, max = MIN(PAGE_SIZE - in, l->bytes - off);
		const char *p = (const char *)l->pages[off / PAGE_SIZE] + in;
		const char *nul = memchr(p, 0, max);

		if (nul)
			return off + (size_t)(nul - p) + 1 - start;
		off += max;
	}
	return off - start;
}

int exec_strings_prepend_args(struct exec_strings *s, const char *const *strs, unsigned n,
			      bool drop_first)
{
	unsigned i;

	if (drop_first && s->nr_prefix) {
		kfree(s->prefix[0]);
		s->nr_prefix--;
		memmove(s->prefix, s->prefix + 1, s->nr_prefix * sizeof(s->prefix[0]));
	} else if (drop_first && s->list[0].count) {
		s->skipped_bytes = list_strlen(&s->list[0], 0);
		s->list[0].count--;
	}
	if (s->nr_prefix + n > MAX_PREFIX)
		return -E2BIG;
	memmove(s->prefix + n, s->prefix, s->nr_prefix * sizeof(s->prefix[0]));
	memset(s->prefix, 0, n * sizeof(s->prefix[0]));
	s->nr_prefix += n;
	for (i = 0; i < n; i++) {
		s->prefix[i] = kstrdup(strs[i], GFP_KERNEL);
		if (!s->prefix[i])
			return -ENOMEM;
	}
	return is_over_limit(s) ? -E2BIG : 0;
}

unsigned exec_strings_count(const struct exec_strings *s, bool is_env)
{
	return s->list[is_env].count + (is_env ? 0 : s->nr_prefix);
}

size_t exec_strings_bytes(const struct exec_strings *s, bool is_env)
{
	size_t n = s->list[is_env].bytes;
	unsigned i;

	if (is_env)
		return n;
	n -= s->skipped_bytes;
	for (i = 0; i < s->nr_prefix; i++)
		n += strlen(s->prefix[i]) + 1;
	return n;
}

int exec_strings_copy_out(const struct exec_strings *s, bool is_env, uaddr_t to)
{
	const struct string_list *l = &s->list[is_env];
	size_t off = is_env ? 0 : s->skipped_bytes;
	unsigned i;

	for (i = 0; !is_env && i < s->nr_prefix; i++) {
		size_t n = strlen(s->prefix[i]) + 1;

		if (arch_copy_out(to, s->prefix[i], n))
			return -EFAULT;
		to = uaddr_add(to, n);
	}
	while (off < l->bytes) {
		size_t in = off % PAGE_SIZE, n = MIN(PAGE_SIZE - in, l->bytes - off);

		if (arch_copy_out(to, (const char *)l->pages[off / PAGE_SIZE] + in, n))
			return -EFAULT;
		to = uaddr_add(to, n);
		off += n;
	}
	return 0;
}

size_t exec_strings_next(const struct exec_strings *s, bool is_env, struct exec_cursor *c)
{
	size_t len;

	if (!is_env && c->index < s->nr_prefix)
		return strlen(s->prefix[c->index++]) + 1;
	if (!c->off && !is_env)
		c->off = s->skipped_bytes;
	len = list_strlen(&s->list[is_env], c->off);
	c->off += len;
	c->index++;
	return len;
}
