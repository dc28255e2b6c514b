/* The tables of sysfs.h: matching a path against their templates, and listing a directory. */
#include "core/sysfs.h"
#include "core/lock.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <linux/stat.h>

static spinlock_t tables_lock = SPINLOCK_INIT(RANK_LEAF, "sysfs tables");
static struct sysfs_table *tables;

void sysfs_register(struct sysfs_table *table)
{
	struct sysfs_table **last = &tables;

	spin_lock(&tables_lock);
	while (*last)
		last = &(*last)->next;
	table->next = NULL;
	*last = table;
	spin_unlock(&tables_lock);
}

void sysfs_unregister(struct sysfs_table *table)
{
	struct sysfs_table **at = &tables;

	spin_lock(&tables_lock);
	while (*at && *at != table)
		at = &(*at)->next;
	if (*at)
		*at = table->next;
	spin_unlock(&tables_lock);
}

/* A template in two parts, read as one: the table's dir, then the entry's path. */
struct cursor {
	const char *at, *rest; /* rest: what comes after a slash, or NULL */
	unsigned hashes;       /* passed so far */
};

static struct cursor cursor_of(const struct sysfs_table *t, const struct sysfs_entry *e)
{
	return t->dir[0] ? (struct cursor){t->dir, e->path, 0} : (struct cursor){e->path, NULL, 0};
}

static char peek(const struct cursor *c)
{
	return *c->at ? *c->at : c->rest ? '/' : 0;
}

static void step(struct cursor *c)
{
	if (*c->at) {
		c->hashes += *c->at == '#';
		c->at++;
	} else {
		c->at = c->rest;
		c->rest = NULL;
	}
}

/* The number that stands for a `#`; false: none, or one there is not. */
static bool take_index(const char **path, const struct sysfs_table *t, struct sysfs_at *at,
		       unsigned k)
{
	u64 n;
	const char *end;

	if (k >= SYSFS_INDEXES || **path < '0' || **path > '9' ||
	    (**path == '0' && (*path)[1] >= '0' && (*path)[1] <= '9'))
		return false;
	if (!parse_u64(*path, 10, &n, &end) || n >= t->count(at, k))
		return false;
	at->index[k] = (unsigned)n;
	*path = end;
	return true;
}

/* Does `path` name the entry, or a directory that leads to it? Then *c is what is left of it. */
static enum sysfs_match match(const struct sysfs_table *t, const struct sysfs_entry *e,
			      const char *path, struct sysfs_at *at, struct cursor *c)
{
	*at = (struct sysfs_at){.arg = t->arg};
	*c = cursor_of(t, e);
	if (!*path)
		return SYSFS_BELOW;
	while (*path) {
		if (peek(c) == '#') {
			if (!take_index(&path, t, at, c->hashes))
				return SYSFS_NONE;
		} else if (peek(c) != *path++) {
			return SYSFS_NONE;
		}
		step(c);
	}
	if (!peek(c))
		return SYSFS_EXACT;
	if (peek(c) != '/')
		return SYSFS_NONE;
	step(c);
	return SYSFS_BELOW;
}

enum sysfs_match sysfs_find(const char *path, const struct sysfs_entry **entry, struct sysfs_at *at)
{
	enum sysfs_match found = *path ? SYSFS_NONE : SYSFS_BELOW;
	struct sysfs_at here;
	struct cursor c;

	spin_lock(&tables_lock);
	for (const struct sysfs_table *t = tables; t; t = t->next) {
		for (const struct sysfs_entry *e = t->entries; e->path; e++) {
			enum sysfs_match m = match(t, e, path, &here, &c);

			if (m == SYSFS_NONE)
				continue;
			*at = here;
			*entry = e;
			found = m;
			if (m == SYSFS_EXACT)
				goto out;
		}
	}
out:
	spin_unlock(&tables_lock);
	return found;
}

/* --- directories --- */

/* The first component of what is left: its text, with `#`; true when more follows it. */
static bool first_component(struct cursor c, char *name, size_t size)
{
	size_t n = 0;

	for (; peek(&c) && peek(&c) != '/'; step(&c))
		if (n + 1 < size)
			name[n++] = peek(&c);
	name[n] = 0;
	return peek(&c) == '/';
}

/* Is a component of this text among those of an earlier entry? Under tables_lock. */
static bool seen_before(const char *path, const struct sysfs_entry *until, const char *name)
{
	char other[SYSFS_PATH_MAX];
	struct sysfs_at at;
	struct cursor c;

	for (const struct sysfs_table *t = tables; t; t = t->next) {
		for (const struct sysfs_entry *e = t->entries; e->path; e++) {
			if (e == until)
				return false;
			if (match(t, e, path, &at, &c) != SYSFS_BELOW)
				continue;
			first_component(c, other, sizeof(other));
			if (!strcmp(other, name))
				return true;
		}
	}
	return false;
}

/* Each `#` of the template becomes the number; the length of what was stored. */
static int put_index(char *out, size_t size, const char *template, unsigned index)
{
	size_t n = 0;

	for (; *template && n + 1 < size; template ++) {
		if (*template == '#')
			n += (size_t)scnprintf(out + n, size - n, "%u", index);
		else
			out[n++] = *template;
	}
	out[n] = 0;
	return (int)n;
}

int sysfs_link_text(const struct sysfs_entry *entry, const struct sysfs_at *at, char *buf,
		    size_t size)
{
	return put_index(buf, size, entry->link, at->index[0]);
}

bool sysfs_child(const char *path, unsigned n, char *name, size_t size, u32 *mode)
{
	char component[SYSFS_PATH_MAX];
	struct sysfs_at at;
	struct cursor c;
	bool found = false, has_more;

	spin_lock(&tables_lock);
	for (const struct sysfs_table *t = tables; t && !found; t = t->next) {
		for (const struct sysfs_entry *e = t->entries; e->path && !found; e++) {
			unsigned names;

			if (match(t, e, path, &at, &c) != SYSFS_BELOW)
				continue;
			has_more = first_component(c, component, sizeof(component));
			if (seen_before(path, e, component))
				continue;
			names = strchr(component, '#') ? t->count(&at, c.hashes) : 1;
			if (n < names) {
				put_index(name, size, component, n);
				*mode = has_more ? S_IFDIR | 0755 : e->mode;
				found = true;
			}
			n -= MIN(n, names);
		}
	}
	spin_unlock(&tables_lock);
	return found;
}
