/* SPDX-License-Identifier: Apache-2.0 */
/* Option values: sizes, durations, users, binds. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <math.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lstar.h"

#define MEM_MIN (8ULL << 20)
#define MEM_MAX (1ULL << 40)

uint64_t parse_size(const char *text)
{
	static const char suffixes[] = "KMGT";
	unsigned long long number;
	const char *suffix;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || errno)
		die("--mem '%s' is not a size; write for example --mem 256M", text);
	if (*end) {
		suffix = strchr(suffixes, toupper((unsigned char)*end));
		if (!suffix || (end[1] && strcasecmp(end + 1, "B") && strcasecmp(end + 1, "iB")))
			die("--mem '%s' is not a size; write for example --mem 256M", text);
		for (const char *s = suffixes; s <= suffix; s++)
			if (__builtin_mul_overflow(number, 1024ULL, &number))
				die("--mem '%s' is too large; the most is 1T", text);
	}
	if (number < MEM_MIN)
		die("--mem '%s' is too small; the least is 8M (M and G are suffixes)", text);
	if (number > MEM_MAX)
		die("--mem '%s' is too large; the most is 1T", text);
	/* Whole pages, whole MiB: QEMU wants a multiple of its page size. */
	return (number + (1 << 20) - 1) & ~((1ULL << 20) - 1);
}

int64_t parse_duration_ns(const char *text)
{
	double seconds, unit = 1;
	char *end;

	errno = 0;
	seconds = strtod(text, &end);
	switch (*end) {
	case 'd':
		unit = 86400;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'm':
		unit = 60;
		break;
	case 's':
	case '\0':
		break;
	default:
		unit = 0;
	}
	if (end == text || !unit || (*end && end[1]) || isnan(seconds) || seconds < 0)
		die("--timeout '%s' is not a duration; write for example 10, 1.5s, 2m or 1h", text);
	seconds *= unit;
	/* As timeout(1): longer than can be counted is for ever. */
	if (seconds > 9e9)
		return 0;
	/* A positive time is never rounded down to "no limit". */
	return seconds > 0 && seconds < 1e-9 ? 1 : (int64_t)(seconds * 1e9);
}

unsigned int parse_cpus(const char *text)
{
	if (text[0] < '1' || text[0] > '0' + CPUS_MAX || text[1])
		die("--cpus '%s' is not possible; use a number from 1 to %d", text, CPUS_MAX);
	return text[0] - '0';
}

static bool parse_id(const char *text, uint32_t *id)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	/* -1 means "no change" to setuid's family, so it is nobody's number. */
	if (!isdigit((unsigned char)text[0]) || *end || errno || number >= UINT32_MAX)
		return false;
	*id = number;
	return true;
}

void parse_user(struct options *options, const char *text)
{
	char *user = must_format("%s", text);
	char *group = strchr(user, ':');
	struct passwd *entry;
	struct group *group_entry;

	if (group)
		*group++ = '\0';
	if (parse_id(user, &options->uid)) {
		entry = getpwuid(options->uid);
	} else {
		entry = getpwnam(user);
		if (!entry)
			die("--user '%s': no such user; use a number: --user UID[:GID]", text);
		options->uid = entry->pw_uid;
	}
	options->gid = entry ? entry->pw_gid : options->uid;
	if (group && !parse_id(group, &options->gid)) {
		group_entry = getgrnam(group);
		if (!group_entry)
			die("--user '%s': no such group; use a number: --user UID[:GID]", text);
		options->gid = group_entry->gr_gid;
	}
	options->has_user = true;
	free(user);
}

void parse_bind(struct options *options, char *text)
{
	char *copy = must_format("%s", text), *rest = copy;
	char *source = strsep(&rest, ":"), *target = NULL, *part;
	struct bind *bind;
	struct stat st;

	if (options->bind_count == BINDS_MAX)
		die("too many --bind options; the machine has room for %d", BINDS_MAX);
	bind = &options->binds[options->bind_count++];
	while ((part = strsep(&rest, ":"))) {
		if (!strcmp(part, "ro") || !strcmp(part, "rw"))
			bind->is_readonly = part[1] == 'o';
		else if (part[0] == '/' && !target)
			target = part;
		else
			die("--bind '%s' is not SRC[:DST][:ro]; DST must be absolute", text);
	}
	if (!*source)
		die("--bind '%s' has no directory; write --bind SRC[:DST][:ro]", text);
	bind->source = realpath(source, NULL);
	if (!bind->source)
		die("--bind '%s': %s; choose a directory that exists", source, strerror(errno));
	if (stat(bind->source, &st) || !S_ISDIR(st.st_mode))
		die("--bind '%s' is not a directory; bind the directory that holds it", source);
	if (target) {
		bind->target = path_normalize("/", target);
	} else {
		char *here = getcwd(NULL, 0);

		bind->target = path_normalize(here ? here : "/", source);
		free(here);
	}
	if (!strcmp(bind->target, "/"))
		die("--bind '%s' would hide the root; use --root instead", text);
	free(copy);
}

static bool is_call(const char *name, size_t length)
{
	static const char *const names[] = {
#include "call_names.h"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(names[i], name, length) && !names[i][length])
			return true;
	return false;
}

/* strace's classes of calls; kernel/sys/trace_filter.c knows what is in them. */
static bool is_call_class(const char *name, size_t length)
{
	static const char *const names[] = {"file",   "desc",	 "process", "signal",
					    "memory", "network", "ipc"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(names[i], name, length) && !names[i][length])
			return true;
	return false;
}

/* The kernel wants a class with its percent sign; the user may leave it out. */
static void add_call(struct bytes *list, const char *name, size_t length)
{
	bool has_sign = *name == '%', is_class = is_call_class(name + has_sign, length - has_sign);

	if (has_sign && !is_class)
		die("--trace: there is no class '%.*s'; the classes are %%file, %%desc, %%process, "
		    "%%signal, %%memory, %%network and %%ipc",
		    (int)length, name);
	if (!is_class && !is_call(name, length))
		die("--trace: there is no system call '%.*s'; 'man 2 syscalls' lists them",
		    (int)length, name);
	if (list->size)
		bytes_add(list, ",", 1);
	if (is_class && !has_sign)
		bytes_add(list, "%", 1);
	bytes_add(list, name, length);
}

void parse_trace(struct options *options, char *text)
{
	struct bytes list = {0};

	if (!text || !strcmp(text, "all")) {
		options->trace = "all";
		return;
	}
	if (!*text || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_,%") != strlen(text))
		die("--trace='%s' is not a list of calls; write for example --trace=openat,read",
		    text);
	/* --trace=a --trace=b asks for both. */
	if (options->trace && strcmp(options->trace, "all") != 0)
		bytes_add(&list, options->trace, strlen(options->trace));
	for (const char *name = text; *name; name += *name == ',') {
		size_t length = strcspn(name, ",");

		add_call(&list, name, length);
		name += length;
	}
	if (list.size >= TRACE_LIST_SIZE)
		die("--trace: the list of calls is too long; use classes such as %%file");
	bytes_add(&list, "", 1);
	options->trace = list.data;
}

void parse_root(struct options *options, char *text)
{
	struct stat st;

	if (!strcmp(text, "none")) {
		options->root_kind = ROOT_NONE;
		options->root = "/";
		return;
	}
	if (!*text || stat(text, &st))
		die("--root '%s': %s; give a directory that exists, or none", text,
		    *text ? strerror(errno) : "empty path");
	if (S_ISREG(st.st_mode))
		die("--root '%s': image files are not supported yet; unpack it and give the "
		    "directory",
		    text);
	if (!S_ISDIR(st.st_mode))
		die("--root '%s' is not a directory; give a directory, or none", text);
	options->root = realpath(text, NULL);
	if (!options->root)
		die("--root '%s': %s; give a directory that exists, or none", text,
		    strerror(errno));
	if (strcmp(options->root, "/") != 0) {
		char *layout = must_format("%s/oci-layout", options->root);

		if (!access(layout, F_OK))
			die("--root '%s': OCI images are not supported yet; unpack it and give "
			    "the directory",
			    text);
		free(layout);
		options->root_kind = ROOT_DIRECTORY;
	} else {
		options->root_kind = ROOT_HOST;
	}
}
