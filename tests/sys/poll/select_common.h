/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What select and pselect6 share. The including file defines
 * do_select(n, r, w, e, timeout_ms): as the call under test, -1 for no timeout, before it includes
 * this.
 */
#include "test.h"
#include <sys/select.h>
#include <sys/time.h>

static void select_sets(void)
{
	fd_set r, w, e;
	int p[2], f, n;
	char c;

	T_OK(pipe(p));
	t_touch("f");
	f = T_OK(open("f", O_RDONLY));
	n = f + 1;
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	FD_SET(p[0], &e);
	T_EQ(do_select(n, &r, &w, &e, -1), 1);
	T_TRUE(!FD_ISSET(p[0], &r));
	T_TRUE(FD_ISSET(p[1], &w));
	T_TRUE(!FD_ISSET(p[0], &e));
	/* Each set counts for itself; regular files are always ready. */
	T_EQ(write(p[1], "x", 1), 1);
	FD_SET(p[0], &r);
	FD_SET(f, &r);
	FD_SET(f, &w);
	T_EQ(do_select(n, &r, &w, NULL, -1), 4);
	T_TRUE(FD_ISSET(p[0], &r) && FD_ISSET(f, &r) && FD_ISSET(f, &w) && FD_ISSET(p[1], &w));
	/* Numbers from n on are not looked at. */
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	FD_SET(f, &r);
	T_EQ(do_select(f, &r, NULL, NULL, 0), 1);
	T_TRUE(FD_ISSET(p[0], &r));
	T_EQ(read(p[0], &c, 1), 1);
	/* A timeout clears the sets. */
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	T_EQ(do_select(n, &r, NULL, NULL, 10), 0);
	T_TRUE(!FD_ISSET(p[0], &r));
	/* End of file is readable; a pipe nobody reads is writable. */
	close(p[1]);
	FD_SET(p[0], &r);
	T_EQ(do_select(n, &r, NULL, NULL, -1), 1);
	T_TRUE(FD_ISSET(p[0], &r));
	close(p[0]);
	T_OK(pipe(p));
	close(p[0]);
	FD_ZERO(&w);
	FD_SET(p[1], &w);
	T_EQ(do_select(n, NULL, &w, NULL, -1), 1);
	close(p[1]);
	close(f);
}

static void select_waits(void)
{
	struct itimerval soon = {.it_value = {0, 50000}};
	long start = t_now_ms();
	fd_set r;
	int p[2];
	pid_t pid;

	T_EQ(do_select(0, NULL, NULL, NULL, 100), 0);
	T_CMP(t_now_ms() - start, >=, 99);
	T_CMP(t_now_ms() - start, <, 5000);
	T_EQ(do_select(0, NULL, NULL, NULL, 0), 0);
	T_OK(pipe(p));
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	pid = fork();
	if (!pid) {
		t_sleep_ms(50);
		_exit(write(p[1], "x", 1) != 1);
	}
	T_EQ(do_select(p[0] + 1, &r, NULL, NULL, 10000), 1);
	T_WAIT(pid, 0);
	char c;
	T_EQ(read(p[0], &c, 1), 1);
	t_count_signal(SIGALRM, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	T_ERR(do_select(p[0] + 1, &r, NULL, NULL, 10000), EINTR);
	T_EQ(t_signals[SIGALRM], 1);
	/* A failed call leaves the sets. */
	T_TRUE(FD_ISSET(p[0], &r));
	t_count_signal(SIGALRM, SA_RESTART);
	setitimer(ITIMER_REAL, &soon, NULL);
	T_ERR(do_select(p[0] + 1, &r, NULL, NULL, -1), EINTR);
	T_EQ(t_signals[SIGALRM], 2);
	close(p[0]);
	close(p[1]);
}

static void select_errors(void)
{
	char *end = t_page_end();
	fd_set r, w;
	int p[2];

	T_OK(pipe(p));
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(p[0], &r);
	FD_SET(60, &r);
	T_ERR(do_select(61, &r, NULL, NULL, 0), EBADF);
	T_TRUE(FD_ISSET(p[0], &r) && FD_ISSET(60, &r));
	FD_SET(60, &w);
	T_ERR(do_select(61, NULL, &w, NULL, 0), EBADF);
	T_ERR(do_select(61, NULL, NULL, &w, 0), EBADF);
	int path_fd = T_OK(open(".", O_PATH));
	FD_ZERO(&r);
	FD_SET(path_fd, &r);
	/* Open, yet not pollable: ready for its error. */
	T_EQ(do_select(61, &r, NULL, NULL, 0), 1);
	close(path_fd);
	T_ERR(do_select(-1, NULL, NULL, NULL, 0), EINVAL);
	T_ERR(do_select(INT_MIN, NULL, NULL, NULL, 0), EINVAL);
	T_EFAULT(q, do_select(p[1] + 1, q, NULL, NULL, 0));
	T_EFAULT(q, do_select(p[1] + 1, NULL, q, NULL, 0));
	T_EFAULT(q, do_select(p[1] + 1, NULL, NULL, q, 0));
	/* Whole words are read and written: 8 bytes are enough for 64 descriptors. */
	memset(end - 8, 0, 8);
	T_EQ(do_select(64, (fd_set *)(end - 8), NULL, NULL, 0), 0);
	T_EQ(dup2(p[0], 100), 100); /* the table holds more than one word of descriptors */
	T_ERR(do_select(65, (fd_set *)(end - 8), NULL, NULL, 0), EFAULT);
	close(100);
	/* More than the table holds is not an error. */
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	T_EQ(do_select(FD_SETSIZE, &r, NULL, NULL, 0), 0);
	close(p[0]);
	close(p[1]);
}

/* High descriptor numbers. */
static void select_high(void)
{
	fd_set r;
	int p[2];

	T_OK(pipe(p));
	T_EQ(dup2(p[0], 1000), 1000);
	T_EQ(write(p[1], "x", 1), 1);
	FD_ZERO(&r);
	FD_SET(1000, &r);
	T_EQ(do_select(1001, &r, NULL, NULL, 0), 1);
	T_TRUE(FD_ISSET(1000, &r));
	FD_ZERO(&r);
	FD_SET(1000, &r);
	T_EQ(do_select(1000, &r, NULL, NULL, 0), 0);
	close(1000);
	close(p[0]);
	close(p[1]);
}

static void select_common(void)
{
	select_sets();
	select_waits();
	select_errors();
	select_high();
}
