// SPDX-License-Identifier: Apache-2.0
/*
 * The guest's half of `lstar anatomy` (host/anatomy.c starts it and reads what it prints).
 *
 *	anatomy NUMBER [n:NUMBER | s:TEXT | b:SIZE]...
 *
 * A child makes the one call through libsys's syscall(), its output caught in a pipe; the parent
 * prints what the child noted and what the kernel recorded, one "name value..." per line.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "abi/linux/anatomy.h"

#define ARGS_MAX    6
#define BUFFER_SIZE 65536
#define SHOWN_BYTES 256
#define CAUGHT_MAX  256
#define WAIT_S	    5
#define NOTED_REGS  16

struct capture {
	unsigned long before[NOTED_REGS], after[NOTED_REGS];
};

/* Shared with the child. */
struct shared {
	struct capture capture;
	long words[1 + ARGS_MAX];
	int is_returned, saved_errno, arm_error;
	unsigned char shown[ARGS_MAX][SHOWN_BYTES];
	char *buffer[ARGS_MAX]; /* what pointer arguments point to, or NULL */
};

void anatomy_call(struct capture *capture, const long words[7]);

static char buffers[ARGS_MAX][BUFFER_SIZE] __attribute__((aligned(4096)));
static struct shared *shared;

static int set_argument(int index, const char *spec)
{
	char *buffer = buffers[index];

	if (strncmp(spec, "n:", 2) == 0) {
		shared->words[1 + index] = (long)strtoul(spec + 2, NULL, 0);
		return 0;
	}
	if (strncmp(spec, "s:", 2) == 0 && strlen(spec + 2) < BUFFER_SIZE)
		strcpy(buffer, spec + 2);
	else if (strcmp(spec, "b:") != 0)
		return -1;
	shared->buffer[index] = buffer;
	shared->words[1 + index] = (long)buffer;
	return 0;
}

static void call_and_note(int output)
{
	int self = getpid();

	setpgid(0, 0);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	close(output);
	errno = 0;
	if (prctl(PR_LSTAR_ANATOMY, ANATOMY_ARM, 0, 0, 0) < 0) {
		shared->arm_error = errno;
		_exit(1);
	}
	anatomy_call(&shared->capture, shared->words);
	/* A call that makes a process comes back twice. */
	if (getpid() != self)
		_exit(0);
	shared->saved_errno = errno;
	for (int i = 0; i < ARGS_MAX; i++) {
		if (shared->buffer[i])
			memcpy(shared->shown[i], shared->buffer[i], SHOWN_BYTES);
	}
	shared->is_returned = 1;
	_exit(0);
}

static void print_words(const char *name, const void *from, int count)
{
	const unsigned long *words = from;

	printf("%s", name);
	for (int i = 0; i < count; i++)
		printf(" %lx", words[i]);
	printf("\n");
}

static void print_bytes(const char *name, int index, const unsigned char *bytes, long count)
{
	printf("%s %d ", name, index);
	for (long i = 0; i < count; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void print_record(void)
{
	struct lstar_anatomy r;

	if (prctl(PR_LSTAR_ANATOMY, ANATOMY_READ, &r, sizeof(r), 0) < 0) {
		printf("error no record: %m\n");
		exit(1);
	}
	print_words("record", &r, (int)(__builtin_offsetof(struct lstar_anatomy, regs_enter) / 8));
	print_words("enter", r.regs_enter, ANATOMY_REGS);
	print_words("exit", r.regs_exit, ANATOMY_REGS);
}

static void print_child(int status, int is_stuck)
{
	if (is_stuck)
		printf("end stuck %d\n", WAIT_S);
	else if (shared->is_returned)
		printf("end returned 0\n");
	else if (WIFSIGNALED(status))
		printf("end signal %d\n", WTERMSIG(status));
	else
		printf("end exited %d\n", WEXITSTATUS(status));
	printf("wrapper %lx\n", (unsigned long)syscall);
	print_words("words", shared->words, 1 + ARGS_MAX);
	print_words("before", shared->capture.before, NOTED_REGS);
	print_words("after", shared->capture.after, NOTED_REGS);
	printf("errno %d\n", shared->saved_errno);
	for (int i = 0; i < ARGS_MAX; i++) {
		if (shared->buffer[i] && shared->is_returned)
			print_bytes("buffer", i, shared->shown[i], SHOWN_BYTES);
	}
}

/* Waits WAIT_S for the child: 1 when it is still in its call then (it is killed). */
static int wait_for(int pid, int *status)
{
	struct timespec limit = {.tv_sec = WAIT_S};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (waitpid(pid, status, WNOHANG) == 0) {
		if (sigtimedwait(&set, NULL, &limit) < 0 && errno == EAGAIN) {
			kill(pid, SIGKILL);
			waitpid(pid, status, 0);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static unsigned char caught[CAUGHT_MAX];
	int pipe_fds[2], pid, status = 0, is_stuck;
	sigset_t set;
	long count;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (argc < 2 || argc > 2 + ARGS_MAX || shared == MAP_FAILED ||
	    pipe2(pipe_fds, O_CLOEXEC) < 0 || fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK) < 0)
		return 2;
	shared->words[0] = (long)strtoul(argv[1], NULL, 0);
	for (int i = 2; i < argc; i++) {
		if (set_argument(i - 2, argv[i]) < 0)
			return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		call_and_note(pipe_fds[1]);
	}
	is_stuck = wait_for(pid, &status);
	if (shared->arm_error) {
		printf("error cannot arm the record: %s\n", strerror(shared->arm_error));
		return 1;
	}
	print_child(status, is_stuck);
	print_record();
	count = read(pipe_fds[0], caught, sizeof(caught));
	print_bytes("output", 0, caught, count > 0 ? count : 0);
	printf("done\n");
	return 0;
}
