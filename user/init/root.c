/* SPDX-License-Identifier: Apache-2.0 */
/* The program's root: the job's mounts, in order, below /newroot; then chroot. */
#include "init.h"

struct option_flag {
	const char *name;
	unsigned long flag;
};

static const struct option_flag option_flags[] = {
	{"ro", MS_RDONLY},     {"rw", 0},
	{"nosuid", MS_NOSUID}, {"nodev", MS_NODEV},
	{"noexec", MS_NOEXEC}, {"noatime", MS_NOATIME},
};

/* Known words become flags; the others stay, comma separated, for the file system. */
static unsigned long split_options(const char *options, char *data, size_t capacity)
{
	unsigned long flags = 0;
	size_t size = 0;

	while (*options) {
		char word[64];
		size_t length = 0, known;

		while (*options && *options != ',') {
			if (length < sizeof(word) - 1)
				word[length++] = *options;
			options++;
		}
		word[length] = '\0';
		if (*options)
			options++;
		for (known = 0; known < sizeof(option_flags) / sizeof(option_flags[0]); known++)
			if (!strcmp(word, option_flags[known].name))
				break;
		if (known < sizeof(option_flags) / sizeof(option_flags[0])) {
			flags |= option_flags[known].flag;
			continue;
		}
		if (size)
			size = append(data, capacity - 1, size, ",");
		size = append(data, capacity - 1, size, word);
	}
	data[size] = '\0';
	return flags;
}

static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] && text[3]) {
			*to++ = (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* Make the mount point and what leads to it. Whether that worked, mount() will say. */
static void make_path(char *path)
{
	struct stat st;

	if (!stat(path, &st))
		return;
	for (char *at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	mkdir(path, 0755);
}

/*
 * The share `source` with changes that stay in memory. Both layers are beside the root, where
 * nobody sees them; the upper directory is the root's own, so it looks like the share's.
 */
static int mount_overlay(const char *source, const char *target, unsigned long flags)
{
	static const char layers[] = "lowerdir=/lower,upperdir=/upper/u,workdir=/upper/w";
	struct timespec times[2];
	struct stat st;

	mkdir("/lower", 0700);
	mkdir("/upper", 0700);
	if (mount(source, "/lower", "9p", MS_RDONLY, NULL) || stat("/lower", &st) ||
	    mount("upper", "/upper", "tmpfs", 0, "mode=700") || mkdir("/upper/u", 0700) ||
	    mkdir("/upper/w", 0700))
		return -1;
	times[0] = (struct timespec){(long)st.st_atime, (long)st.st_atime_nsec};
	times[1] = (struct timespec){(long)st.st_mtime, (long)st.st_mtime_nsec};
	if (chown("/upper/u", st.st_uid, st.st_gid) || chmod("/upper/u", st.st_mode & 07777) ||
	    utimensat(AT_FDCWD, "/upper/u", times, 0))
		return -1;
	return mount(source, target, "overlay", flags, layers);
}

static void mount_one(char *record, const char *prefix)
{
	char *type = next_word(&record), *source = next_word(&record);
	char *target = next_word(&record), *options = next_word(&record);
	static char path[4200];
	char data[256];
	unsigned long flags = split_options(options, data, sizeof(data));
	size_t size = append(path, sizeof(path) - 1, 0, prefix);

	unescape(target);
	size = append(path, sizeof(path) - 1, size, target);
	path[size] = '\0';
	make_path(path);
	if (!strcmp(type, "overlay") ? mount_overlay(source, path, flags)
				     : mount(source, path, type, flags, data[0] ? data : NULL)) {
		/* With --root none our own /dev is the program's. */
		if (errno == EBUSY && !prefix[0] && !strcmp(type, "devfs"))
			return;
		fail(errno == ENOENT || errno == EROFS ? "there is no directory in the root for"
						       : "cannot mount",
		     target, errno);
	}
}

static int has_root(const struct job *job)
{
	for (int i = 0; i < job->mount_count; i++) {
		const char *at = job->mounts[i];

		/* TYPE SOURCE / ... */
		for (int blanks = 0; *at && blanks < 2; at++)
			blanks += *at == ' ';
		if (at[0] == '/' && (at[1] == ' ' || !at[1]))
			return 1;
	}
	return 0;
}

void make_root(struct job *job)
{
	const char *prefix = has_root(job) ? NEW_ROOT : "";

	umask(0);
	if (prefix[0] && mkdir(NEW_ROOT, 0755) && errno != EEXIST)
		fail("cannot make", NEW_ROOT, errno);
	for (int i = 0; i < job->mount_count; i++)
		mount_one(job->mounts[i], prefix);
	if (!prefix[0])
		return;
	/* Moved onto our own, so that it is the root of the mount namespace, too (setns). */
	if (chdir(NEW_ROOT) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		fail("cannot enter the root", NULL, errno);
}
