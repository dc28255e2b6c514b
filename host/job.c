/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The job: what init shall run and how, as records KEY NUL VALUE NUL in the file /lstar/job of a
 * small newc archive that QEMU loads as the initrd.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lstar.h"

static void add_record(struct bytes *job, const char *key, const char *value)
{
	bytes_add(job, key, strlen(key) + 1);
	bytes_add(job, value, strlen(value) + 1);
}

static void add_number(struct bytes *job, const char *key, unsigned long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", number);
	add_record(job, key, text);
}

/* As in /proc/mounts: blanks and backslashes become \040 and so on. */
static char *escape(const char *text)
{
	char *escaped = must_alloc(4 * strlen(text) + 1), *to = escaped;

	for (; *text; text++) {
		if (strchr(" \t\n\\", *text))
			to += sprintf(to, "\\%03o", (unsigned char)*text);
		else
			*to++ = *text;
	}
	*to = '\0';
	return escaped;
}

static void add_mounts(struct bytes *job, const struct plan *plan)
{
	for (size_t i = 0; i < plan->mount_count; i++) {
		const struct mount *mount = &plan->mounts[i];
		char *target = escape(mount->target);
		char *value = must_format("%s %s %s %s", mount->type, mount->source, target,
					  mount->options);

		add_record(job, "mount", value);
		free(value);
		free(target);
	}
}

static void add_groups(struct bytes *job, const struct options *options)
{
	int count = options->has_user ? 0 : getgroups(0, NULL);
	gid_t *groups = must_alloc((count > 0 ? count : 1) * sizeof(*groups));
	struct bytes list = {0};
	char text[32];

	/* With --user, the caller's other groups are none of the new user's. */
	if (count > 0)
		count = getgroups(count, groups);
	for (int i = 0; i < count; i++) {
		int length = snprintf(text, sizeof(text), i ? ",%u" : "%u", groups[i]);

		bytes_add(&list, text, length);
	}
	bytes_add(&list, "", 1);
	add_record(job, "groups", list.data);
	free(list.data);
	free(groups);
}

static void add_limits(struct bytes *job)
{
	static const struct {
		const char *name;
		int resource;
	} limits[] = {
		{"cpu", RLIMIT_CPU},
		{"fsize", RLIMIT_FSIZE},
		{"data", RLIMIT_DATA},
		{"stack", RLIMIT_STACK},
		{"core", RLIMIT_CORE},
		{"nproc", RLIMIT_NPROC},
		{"nofile", RLIMIT_NOFILE},
		{"memlock", RLIMIT_MEMLOCK},
		{"as", RLIMIT_AS},
		{"locks", RLIMIT_LOCKS},
		{"sigpending", RLIMIT_SIGPENDING},
		{"msgqueue", RLIMIT_MSGQUEUE},
		{"nice", RLIMIT_NICE},
		{"rtprio", RLIMIT_RTPRIO},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit limit;
		char value[96];

		if (getrlimit(limits[i].resource, &limit))
			continue;
		/* RLIM_INFINITY is all ones on both sides. */
		snprintf(value, sizeof(value), "%s %llu %llu", limits[i].name,
			 (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
		add_record(job, "rlimit", value);
	}
}

/* Do 1 and 2 lead to the same place, so that the order of what is written to them matters? */
static bool is_stderr_stdout(void)
{
	struct stat out, err;
	long order = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, STDOUT_FILENO, STDERR_FILENO);

	if (order == 0)
		return true;
	if (fstat(STDOUT_FILENO, &out) || fstat(STDERR_FILENO, &err))
		return false;
	if (out.st_dev != err.st_dev || out.st_ino != err.st_ino)
		return false;
	/* Two openings of one file have offsets of their own; pipes and devices have none. */
	if (!S_ISREG(out.st_mode))
		return true;
	return order < 0 && lseek(STDOUT_FILENO, 0, SEEK_CUR) == lseek(STDERR_FILENO, 0, SEEK_CUR);
}

static void add_streams(struct bytes *job, const struct terminal *terminal)
{
	char which[4] = "";
	char size[32];

	for (int fd = 0; fd < 3; fd++)
		if (terminal->is_tty[fd])
			which[strlen(which)] = '0' + fd;
	add_record(job, "tty", which);
	if (terminal->is_used) {
		snprintf(size, sizeof(size), "%u %u", terminal->rows, terminal->columns);
		add_record(job, "winsize", size);
	}
	if (!terminal->is_tty[STDERR_FILENO] && is_stderr_stdout())
		add_record(job, "merge", "1");
}

static void add_identity(struct bytes *job, const struct options *options)
{
	struct utsname names;
	mode_t mask = umask(0);
	char text[16];

	umask(mask);
	add_record(job, "cwd", options->cwd);
	add_number(job, "uid", options->uid);
	add_number(job, "gid", options->gid);
	add_groups(job, options);
	snprintf(text, sizeof(text), "%03o", mask);
	add_record(job, "umask", text);
	if (!uname(&names))
		add_record(job, "hostname", names.nodename);
	add_limits(job);
}

static void pad(struct bytes *archive)
{
	bytes_add(archive, "\0\0\0", -archive->size & 3);
}

/* cpio(5), "New ASCII Format": 6 bytes magic, 13 fields of 8 hex digits, name, data. */
static void add_member(struct bytes *archive, const char *name, unsigned int mode,
		       const struct bytes *data)
{
	static unsigned int inode;
	char header[128];
	int length = snprintf(header, sizeof(header),
			      "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", ++inode,
			      mode, 0, 0, 1, 0, data ? (unsigned int)data->size : 0, 0, 0, 0, 0,
			      (unsigned int)strlen(name) + 1, 0);

	bytes_add(archive, header, length);
	bytes_add(archive, name, strlen(name) + 1);
	pad(archive);
	if (data) {
		bytes_add(archive, data->data, data->size);
		pad(archive);
	}
}

void make_job(struct bytes *archive, const struct options *options, const struct plan *plan,
	      const struct terminal *terminal)
{
	struct bytes job = {0};

	for (size_t i = 0; i < options->argv.count; i++)
		add_record(&job, "arg", options->argv.item[i]);
	for (size_t i = 0; i < options->env.count; i++)
		add_record(&job, "env", options->env.item[i]);
	add_identity(&job, options);
	add_record(&job, "clock", "1");
	add_mounts(&job, plan);
	add_streams(&job, terminal);
	add_record(&job, "trace", options->trace || options->has_stats ? "1" : "0");

	add_member(archive, "lstar", S_IFDIR | 0700, NULL);
	add_member(archive, "lstar/job", S_IFREG | 0600, &job);
	add_member(archive, "TRAILER!!!", 0, NULL);
	free(job.data);
}
