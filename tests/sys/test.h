/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The harness of the system-call tests: one-line expectations that print TAP.
 *
 *	#include "test.h"
 *
 *	TEST_MAIN
 *	{
 *		int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
 *
 *		T_EQ(write(fd, "abc", 3), 3);
 *		T_ERR(read(-1, 0, 0), EBADF);
 *		T_AS_USER {
 *			T_ERR(open("secret", O_RDONLY), EACCES);
 *		}
 *	}
 *
 * The body runs in a child process, in a fresh directory (mode 0755) that is the working directory
 * and is removed at the end; umask 022. The parent kills the body after 20 seconds, removes the
 * directory and prints the plan, so a crash is one failed check and not a lost test. The body's own
 * timers, children and signal handlers are untouched. Counters are shared: checks count in forked
 * children and threads too.
 *
 * Every macro may be used in any process or thread of the test. Include this header first.
 */
#ifndef TESTS_SYS_TEST_H
#define TESTS_SYS_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Unprivileged identity of T_AS_USER when the test runs as root. */
#define T_UID 65534
#define T_GID 65534

#define TEST_MAIN                         \
	static void test_body(void);      \
	int main(void)                    \
	{                                 \
		return t_main(test_body); \
	}                                 \
	static void test_body(void)

/* What a check compares, as text and place. */
struct t_where {
	const char *file;
	int line;
	const char *text;
};
#define T_HERE(s) (&(const struct t_where){__FILE__, __LINE__, s})

/* The call must not give -1 (nor MAP_FAILED). The value of the macro is the call's result. */
#define T_OK(expr)                                     \
	({                                             \
		errno = 0;                             \
		__typeof__(expr) t_r_ = (expr);        \
		t_check_ok(T_HERE(#expr), (long)t_r_); \
		t_r_;                                  \
	})
/* As T_OK, and the body ends at once when it fails: for what the rest of the test stands on. */
#define T_NEED(expr)                                        \
	({                                                  \
		errno = 0;                                  \
		__typeof__(expr) t_r_ = (expr);             \
		if (!t_check_ok(T_HERE(#expr), (long)t_r_)) \
			t_give_up();                        \
		t_r_;                                       \
	})
/* Both are compared as signed 64-bit integers; `a` is evaluated first. */
#define T_EQ(a, b)                                                  \
	({                                                          \
		errno = 0;                                          \
		long t_a_ = (long)(a);                              \
		int t_e_ = errno;                                   \
		long t_b_ = (long)(b);                              \
		t_check_eq(T_HERE(#a " == " #b), t_a_, t_b_, t_e_); \
	})
#define T_NE(a, b)                                            \
	({                                                    \
		long t_a_ = (long)(a), t_b_ = (long)(b);      \
		t_check_ne(T_HERE(#a " != " #b), t_a_, t_b_); \
	})
/* `op` is < <= > >=; signed 64-bit. */
#define T_CMP(a, op, b)                                                           \
	({                                                                        \
		long t_a_ = (long)(a), t_b_ = (long)(b);                          \
		t_check_cmp(T_HERE(#a " " #op " " #b), t_a_ op t_b_, t_a_, t_b_); \
	})
#define T_TRUE(cond) t_check_true(T_HERE(#cond), !!(cond))
/* The call gives -1 and this errno (or one of two). */
#define T_ERR(expr, err)                                                           \
	({                                                                         \
		errno = 0;                                                         \
		long t_r_ = (long)(expr);                                          \
		t_check_err(T_HERE(#expr " -> " #err), t_r_, errno, (err), (err)); \
	})
#define T_ERR2(expr, err1, err2)                                                                \
	({                                                                                      \
		errno = 0;                                                                      \
		long t_r_ = (long)(expr);                                                       \
		t_check_err(T_HERE(#expr " -> " #err1 "|" #err2), t_r_, errno, (err1), (err2)); \
	})
#define T_STR(a, b)	 t_check_str(T_HERE(#a " eq " #b), (a), (b))
#define T_MEM(a, b, len) t_check_mem(T_HERE("memory " #a ", " #b ", " #len), (a), (b), (len))

/* The call gives EFAULT for every kind of bad address (not NULL), which `p` (void *) takes in turn.
 */
#define T_EFAULT(p, expr)                                                \
	do {                                                             \
		for (int t_i_ = 0; t_i_ < t_bad_pointer_count; t_i_++) { \
			void *p = t_bad_pointer(t_i_);                   \
			T_ERR(expr, EFAULT);                             \
		}                                                        \
	} while (0)
/* As T_EFAULT, and for NULL too. */
#define T_EFAULT_NULL(p, expr)       \
	do {                         \
		T_EFAULT(p, expr);   \
		void *p = NULL;      \
		T_ERR(expr, EFAULT); \
	} while (0)

/*
 * The errors every path-taking call shares: `p` (char *) takes in turn an empty path, a missing
 * directory, a file used as a directory, a loop of symlinks, names and paths too long, bad
 * addresses, and, unprivileged, a directory that may not be searched. Leaves "pf-*" behind.
 */
#define T_PATH_ERRORS(p, expr)                                                \
	do {                                                                  \
		t_path_fixture();                                             \
		for (int t_j_ = 0; t_j_ < t_path_case_count; t_j_++) {        \
			int t_want_;                                          \
			char *p = t_path_case(t_j_, &t_want_);                \
			errno = 0;                                            \
			long t_r_ = (long)(expr);                             \
			t_check_path(T_HERE(#expr), t_r_, errno, t_want_, p); \
		}                                                             \
		T_EFAULT_NULL(p, expr);                                       \
		T_AS_USER                                                     \
		{                                                             \
			char *p = "pf-locked/x";                              \
			T_ERR(expr, EACCES);                                  \
		}                                                             \
	} while (0)

/* A block in a forked child, which must reach its end (or _exit(0)). The parent waits for it. */
#define T_CHILD                                                                      \
	for (struct t_child t_c_ = t_child_begin(T_HERE("child exits 0"), 0, false); \
	     t_child_more(&t_c_);)
/* The block must end with this wait status: T_EXITED(n) or a signal number. */
#define T_CHILD_STATUS(status)                                                             \
	for (struct t_child t_c_ =                                                         \
		     t_child_begin(T_HERE("child's status is " #status), (status), false); \
	     t_child_more(&t_c_);)
#define T_EXITED(n) ((n) << 8)
/* T_CHILD without privileges: as uid and gid 65534 with no groups when root, else as we are. */
#define T_AS_USER                                                                        \
	for (struct t_child t_c_ = t_child_begin(T_HERE("user child exits 0"), 0, true); \
	     t_child_more(&t_c_);)
/* Waits for a child made by fork(); its wait status must be this one. */
#define T_WAIT(pid, status) t_check_wait(T_HERE("wait status of " #pid " is " #status), pid, status)

/* Ends the whole program as skipped, before its first check. */
#define T_SKIP(reason) t_skip_all(reason)
/* Counts one skipped check. */
#define T_SKIP_ONE(reason) t_skip_one(reason)
#define T_NEED_ROOT()                         \
	do {                                  \
		if (!t_is_root())             \
			T_SKIP("needs root"); \
	} while (0)
/* A comment line in the output. */
void t_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Helpers. Those that cannot do their work count a failed check and end the body. */

/* Creates or replaces a file (mode 0644). */
void t_write_file(const char *path, const void *data, size_t len_bytes);
#define t_touch(path) t_write_file(path, "", 0)
/* Reads at most `len_bytes`; the count read. */
ssize_t t_read_file(const char *path, void *buf, size_t len_bytes);
/* Size in bytes, or -1 with errno. */
off_t t_size(const char *path);
/* lstat succeeds. */
bool t_exists(const char *path);
mode_t t_mode(const char *path);
/* True when uid is 0 (not when merely capable). */
bool t_is_root(void);
/* The file-system type number of the working directory (struct statfs). */
long t_fs_magic(void);
/* Milliseconds of CLOCK_MONOTONIC. */
long t_now_ms(void);
void t_sleep_ms(long ms);
/* Name of `len` letters; the same static buffer each time. len < 8192. */
char *t_long_name(size_t len);
/* Creates the loop of two symlinks "loop1" -> "loop2" -> "loop1" in the working directory. */
void t_make_loop(void);
/*
 * Copies the running program to `path` and executes the copy, which waits until killed: a busy text
 * file. Returns when the copy is executing. End it with t_end(pid).
 */
pid_t t_run_copy(const char *path);
/* Kills and reaps a child. */
void t_end(pid_t pid);
/* Sets a handler that only counts (flags as of sigaction); t_signals[sig] is the count. */
void t_count_signal(int sig, int flags);
extern volatile sig_atomic_t t_signals[65];
/* The soft limit becomes `value`; the hard limit stays. */
void t_limit(int resource, rlim_t value);
/* A page whose neighbour above is not accessible: the address of the end of the good page. */
char *t_page_end(void);
/* Bad addresses: unmapped, PROT_NONE, highest user page, kernel, non-canonical. */
extern const int t_bad_pointer_count;
void *t_bad_pointer(int i);

/* Below: what the macros are made of. */
struct t_child {
	int pid;
	int step;
};
int t_main(void (*body)(void));
bool t_check_ok(const struct t_where *w, long r);
bool t_check_eq(const struct t_where *w, long a, long b, int err);
bool t_check_ne(const struct t_where *w, long a, long b);
bool t_check_cmp(const struct t_where *w, bool ok, long a, long b);
bool t_check_true(const struct t_where *w, bool ok);
bool t_check_err(const struct t_where *w, long r, int err, int want1, int want2);
bool t_check_str(const struct t_where *w, const char *a, const char *b);
bool t_check_mem(const struct t_where *w, const void *a, const void *b, size_t len);
bool t_check_wait(const struct t_where *w, pid_t pid, int status);
bool t_check_path(const struct t_where *w, long r, int err, int want, const char *path);
extern const int t_path_case_count;
char *t_path_case(int i, int *err);
void t_path_fixture(void);
void t_give_up(void) __attribute__((noreturn));
void t_skip_all(const char *reason) __attribute__((noreturn));
void t_skip_one(const char *reason);
struct t_child t_child_begin(const struct t_where *w, int status, bool as_user);
bool t_child_more(struct t_child *c);

#endif
