/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that take memory without end, in a machine that has little: each is ended by SIGKILL (or
 * refused), and its innocent parent goes on. Does nothing on a machine with more than 256 MiB.
 */
#include "bad.h"

#include <sys/prctl.h>
#include <sys/sysinfo.h>

static void touch_forever(void)
{
	for (;;) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0);

		if (p == MAP_FAILED)
			kill(getpid(), SIGKILL); /* refused: as good */
		for (size_t i = 0; i < 1 << 20; i += 4096)
			p[i] = 1;
	}
}

static void malloc_forever(void)
{
	for (;;) {
		char *p = malloc(100000);

		if (!p)
			kill(getpid(), SIGKILL);
		memset(p, 1, 100000);
	}
}

static void one_large_mapping(void)
{
	size_t len = 1UL << 32;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		kill(getpid(), SIGKILL);
	memset(p, 1, len);
}

static void shared_forever(void)
{
	size_t len = 1UL << 31;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		kill(getpid(), SIGKILL);
	memset(p, 1, len);
}

/* Copies on write: each child writes what it shares with the parent. */
static void fork_and_write(void)
{
	size_t len = 16 << 20;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, len);
	for (int i = 0; i < 20; i++)
		if (!fork()) {
			memset(p, 2, len);
			pause();
		}
	for (;;) {
		int status;
		pid_t pid = wait(&status);

		if (pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			kill(0, SIGKILL);
	}
}

static void try(const char *name, void (*fn)(void))
{
	volatile char mine[65536];
	int status;
	pid_t pid;

	memset((char *)mine, 0x33, sizeof(mine));
	pid = fork();
	must(pid >= 0, "fork");
	if (!pid) {
		setpgid(0, 0);
		fn();
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid, "wait");
	kill(-pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		; /* what it had forked */
	if (WIFSIGNALED(status))
		say("%s -> signal %d\n", name, WTERMSIG(status));
	else
		say("%s -> exit %d\n", name, WEXITSTATUS(status));
	for (size_t i = 0; i < sizeof(mine); i++)
		must(mine[i] == 0x33, "find the parent's memory as it was");
}

int main(void)
{
	struct sysinfo si;

	must(!sysinfo(&si), "ask for the memory");
	if (si.totalram * si.mem_unit > 256UL << 20) {
		say("skipped: this machine has more than 256 MiB\n");
		return 0;
	}
	must(!prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "become a subreaper");
	for (int round = 0; round < 2; round++) {
		try("touch forever", touch_forever);
		try("malloc forever", malloc_forever);
		try("one large mapping", one_large_mapping);
		try("shared memory forever", shared_forever);
		try("fork and write", fork_and_write);
	}
	say("the machine goes on\n");
	return 0;
}
