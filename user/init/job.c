/* SPDX-License-Identifier: Apache-2.0 */
/* The job file: records KEY NUL VALUE NUL (docs/wire.md). */
#include "init.h"

static void *allocate(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("no memory for the job", NULL, errno);
	return memory;
}

static void parse_groups(struct job *job, char *list)
{
	while (*list && job->group_count < GROUPS_MAX) {
		job->groups[job->group_count++] = parse_number(list);
		while (*list && *list != ',')
			list++;
		if (*list)
			list++;
	}
}

static void take_record(struct job *job, const char *key, char *value)
{
	if (!strcmp(key, "arg")) {
		job->argv[job->argc++] = value;
	} else if (!strcmp(key, "env")) {
		job->env[job->env_count++] = value;
	} else if (!strcmp(key, "cwd")) {
		job->cwd = value;
	} else if (!strcmp(key, "uid")) {
		job->uid = parse_number(value);
	} else if (!strcmp(key, "gid")) {
		job->gid = parse_number(value);
	} else if (!strcmp(key, "groups")) {
		parse_groups(job, value);
	} else if (!strcmp(key, "umask")) {
		job->mask = parse_octal(value);
	} else if (!strcmp(key, "hostname")) {
		job->hostname = value;
	} else if (!strcmp(key, "mount")) {
		if (job->mount_count == MOUNTS_MAX)
			fail("too many mounts", NULL, 0);
		job->mounts[job->mount_count++] = value;
	} else if (!strcmp(key, "rlimit")) {
		if (job->limit_count < LIMITS_MAX)
			job->limits[job->limit_count++] = value;
	} else if (!strcmp(key, "tty")) {
		job->tty = value;
	} else if (!strcmp(key, "winsize")) {
		job->rows = parse_number(next_word(&value));
		job->columns = parse_number(next_word(&value));
	} else if (!strcmp(key, "trace")) {
		job->is_traced = value[0] == '1';
	} else if (!strcmp(key, "clock")) {
		job->has_clock = value[0] == '1';
	} else if (!strcmp(key, "merge")) {
		job->is_merged = value[0] == '1';
	} else if (!strcmp(key, "console")) {
		job->is_console = 1;
	} else {
		fail("the job has an unknown record", key, 0);
	}
}

/* text[size] must be a NUL of its own, so that a cut-off last value still ends. */
void parse_job(struct job *job, char *text, size_t size)
{
	char *end = text + size, *at = text;
	size_t strings = 2; /* the NULLs at the end of both lists */

	for (size_t i = 0; i < size; i++)
		strings += !text[i];
	job->argv = allocate(2 * strings * sizeof(char *));
	job->env = job->argv + strings;
	job->cwd = (char *)"/";
	job->tty = "";
	job->mask = 022;
	while (at < end) {
		const char *key = at;
		char *value = at + strlen(at) + 1;

		if (value >= end)
			fail("the job is cut off", NULL, 0);
		at = value + strlen(value) + 1;
		take_record(job, key, value);
	}
}

/* Returns 0 if there is no job. */
int read_job(struct job *job)
{
	int fd = open(JOB_PATH, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t size = 0;
	char *text;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st))
		fail("cannot size", JOB_PATH, errno);
	text = allocate(st.st_size + 1);
	while (size < (size_t)st.st_size) {
		ssize_t got = read(fd, text + size, st.st_size - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			fail("cannot read", JOB_PATH, got ? errno : 0);
		size += got;
	}
	close(fd);
	parse_job(job, text, size);
	/* The environment may hold secrets, and with --root none the program sees this root. */
	unlink(JOB_PATH);
	rmdir("/lstar");
	return 1;
}
