/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole programs: lines "NAME COMMAND" of /list in a root of its own, each run by /bin/sh with the
 * standard output away; a NAME of "-" is run and not reported. The figure is all that is executed
 * until the command has ended.
 */
#include "bench.h"

#define LIST_MAX 8192

static char list[LIST_MAX];

/* 0: it failed. */
static unsigned long run(char *command)
{
	char *argv[] = {"sh", "-c", command, NULL};
	char *envp[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/tmp",
			"LC_ALL=C", "TMPDIR=/tmp", NULL};
	unsigned long start = counter();
	int status, pid = fork(), fd;

	if (pid == 0) {
		fd = open("/dev/null", O_RDWR);
		dup2(fd, 0);
		dup2(fd, 1);
		if (chdir("/tmp") == 0)
			execve("/bin/sh", argv, envp);
		_exit(127);
	}
	while (waitpid(-1, &status, 0) != pid)
		;
	if (status) {
		printf("bench: status %x of: %s\n", status, command);
		return 0;
	}
	return counter() - start;
}

void bench_jobs(const char *root)
{
	char *line = list;
	ssize_t size;
	int fd;

	if (chroot(root) < 0 || chdir("/") < 0)
		bench_fail(root);
	bench_mount();
	fd = open("/list", O_RDONLY);
	size = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);
	if (size < 0)
		bench_fail("the list");
	close(fd);
	while (*line) {
		char *end = line, *command = strchr(line, ' ');
		unsigned long took;

		while (*end && *end != '\n')
			end++;
		if (*end)
			*end++ = '\0';
		if (command) {
			*command++ = '\0';
			took = run(command);
			if (took && strcmp(line, "-"))
				bench_report(line, took);
		}
		line = end;
	}
}
