/*
 * What parts of the kernel show below /sys. A part registers tables of entries, each with its whole
 * path; directories exist because something lies in them. Nothing is built at boot: fs/sysfs/ looks
 * paths up in the tables when a program does.
 *
 *	static const struct sysfs_entry entries[] = {
 *		SYSFS_RO("mtu", show_mtu), SYSFS_LINK("subsystem", "../../../class/net"), {0}};
 *	static struct sysfs_table table = {.dir = "devices/virtual/net/lo", .entries = entries};
 *	sysfs_register(&table);
 *
 * A `#` in a path stands for a decimal number, 0 to count() - 1: "cpu#/cache/index#/size". The
 * numbers found, and the table's `arg`, are in the struct sysfs_at that show() and store() get.
 */
#ifndef CORE_SYSFS_H
#define CORE_SYSFS_H

#include "lib/types.h"

#define SYSFS_INDEXES  2
#define SYSFS_PATH_MAX 128

struct sysfs_at {
	unsigned index[SYSFS_INDEXES]; /* what stood for each `#`, from the left */
	void *arg;
};

struct sysfs_entry {
	const char *path; /* below the table's dir; NULL ends the table */
	u32 mode; /* S_IFREG, S_IFLNK or S_IFDIR (an empty directory), and the permissions */
	/* The text into buf, with its newline; its length, or an error. May sleep. */
	int (*show)(const struct sysfs_at *at, char *buf, size_t size);
	/* `text` is NUL-terminated; n when taken, or an error. May sleep. */
	long (*store)(const struct sysfs_at *at, const char *text, size_t n);
	const char *link; /* a link's target; each `#` becomes index[0] */
};

struct sysfs_table {
	const char *dir; /* without slashes at its ends; "" is /sys itself */
	const struct sysfs_entry *entries;
	/* How many there are of the k-th `#`; `at` has the ones before. NULL: no `#` in the table
	 */
	unsigned (*count)(const struct sysfs_at *at, unsigned k);
	void *arg;
	struct sysfs_table *next; /* tables_lock */
};

#define SYSFS_RO(p, f)                                       \
	{                                                    \
		.path = p, .mode = S_IFREG | 0444, .show = f \
	}
#define SYSFS_RW(p, f, s)                                                \
	{                                                                \
		.path = p, .mode = S_IFREG | 0644, .show = f, .store = s \
	}
#define SYSFS_DIR(p)                              \
	{                                         \
		.path = p, .mode = S_IFDIR | 0755 \
	}
#define SYSFS_LINK(p, t)                                     \
	{                                                    \
		.path = p, .mode = S_IFLNK | 0777, .link = t \
	}

/* From boot code or a thread; the table stays the caller's. */
void sysfs_register(struct sysfs_table *table);
/* Waits for nobody: show() of an open file may still be running, so `table` must stay readable. */
void sysfs_unregister(struct sysfs_table *table);

/* --- for fs/sysfs/ --- */

enum sysfs_match { SYSFS_NONE, SYSFS_BELOW, SYSFS_EXACT };
/*
 * The entry at `path` ("" is the root), with its numbers in *at. SYSFS_BELOW: a directory, because
 * entries lie below it.
 */
enum sysfs_match sysfs_find(const char *path, const struct sysfs_entry **entry,
			    struct sysfs_at *at);
/*
 * The n-th child of the directory `path`, from 0: its name into `name`, its type into *mode; false
 * beyond the last. The order is that of registration.
 */
bool sysfs_child(const char *path, unsigned n, char *name, size_t size, u32 *mode);
/* A link's target; the length of what was stored. */
int sysfs_link_text(const struct sysfs_entry *entry, const struct sysfs_at *at, char *buf,
		    size_t size);

#endif
