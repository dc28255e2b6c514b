/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USER_INIT_INIT_H
#define USER_INIT_INIT_H

#include "calls.h"

#define CONTROL_PATH "/dev/vport0p4"
#define TTY_PATH     "/dev/hvc0"
#define JOB_PATH     "/lstar/job"
#define NEW_ROOT     "/newroot"

#define MOUNTS_MAX 32
#define LIMITS_MAX 16
#define GROUPS_MAX 256
#define TTY_FD	   3 /* index of the terminal's own descriptor, beside 0, 1 and 2 */

/* Strings are borrowed from the job's text. */
struct job {
	char **argv;
	int argc;
	char **env;
	int env_count;
	char *cwd;
	unsigned int uid, gid;
	gid_t groups[GROUPS_MAX];
	size_t group_count;
	unsigned int mask;
	char *hostname;
	char *mounts[MOUNTS_MAX];
	int mount_count;
	char *limits[LIMITS_MAX];
	int limit_count;
	const char *tty; /* subset of "012" */
	unsigned int rows, columns;
	int is_traced, is_merged, is_console, has_clock;
};

/* From the child to pid 1 when there will be no program. `what` empty: execve itself failed. */
struct start_error {
	int error;
	char what[60];
};

extern int control_fd;

/* init.c */
void report(const char *word, const char *value);
/* Report `error WHAT WHICH: ERROR` and power off. */
void fail(const char *what, const char *which, int error) __attribute__((noreturn));
void power_off(void) __attribute__((noreturn));
void set_size(int fd, unsigned int rows, unsigned int columns);

/* job.c */
int read_job(struct job *job);
void parse_job(struct job *job, char *text, size_t size);

/* clock.c: ask the host for the time; true while its answer is still to be read. */
void clock_ask(const struct job *job);
void clock_take(const char *text);
int clock_is_due(void);

/* root.c */
void make_root(struct job *job);

/* start.c */
void start_program(const struct job *job, const int fds[4], int problem_fd)
	__attribute__((noreturn));

/* text.c */
void write_all(int fd, const char *data, size_t size);
/* Append what fits; returns the new size. */
size_t append(char *to, size_t capacity, size_t size, const char *text);
/* The next word up to a blank, cut off in place; "" at the end. */
char *next_word(char **rest);
unsigned long parse_number(const char *text);
unsigned long parse_octal(const char *text);
void format_number(char *to, unsigned long number);
const char *error_text(int error);

#endif
