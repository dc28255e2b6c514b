/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/acct.h>
#include <sys/time.h>
#include <time.h>
#include <sys/wait.h>

#define sys_acct(path) ((int)syscall(SYS_acct, path))
#define MAX_RECORDS    64

static struct acct_v3 records[MAX_RECORDS];

/* The record of process `pid`, or NULL. */
static const struct acct_v3 *record_of(const char *file, pid_t pid)
{
	ssize_t n = t_read_file(file, (char *)records, sizeof(records));

	T_EQ(n % (ssize_t)sizeof(records[0]), 0);
	for (size_t k = 0; k < (size_t)n / sizeof(records[0]); k++)
		if (records[k].ac_pid == (unsigned)pid)
			return &records[k];
	return NULL;
}

static unsigned long expand(comp_t c)
{
	return (unsigned long)(c & 0x1fff) << 3 * (c >> 13);
}

/* A child that works for some ticks and ends by `signo`, or with 3. */
static pid_t run_child(int signo)
{
	pid_t pid = fork();

	if (!pid) {
		struct timeval start, now;

		gettimeofday(&start, NULL);
		do
			gettimeofday(&now, NULL);
		while ((now.tv_sec - start.tv_sec) * 1000000 + now.tv_usec - start.tv_usec < 60000);
		if (signo)
			kill(getpid(), signo);
		_exit(3);
	}
	waitpid(pid, NULL, 0);
	return pid;
}

static void records_of_children(void)
{
	time_t before = time(NULL);
	pid_t first, killed, program, unseen;
	const struct acct_v3 *r;

	t_touch("log");
	T_OK(sys_acct("log"));
	first = run_child(0);
	killed = run_child(SIGKILL);
	program = fork();
	if (!program) {
		execl("/bin/sh", "sh", "-c", "exit 7", NULL);
		_exit(127);
	}
	waitpid(program, NULL, 0);
	T_OK(sys_acct(NULL));
	unseen = run_child(0);

	r = record_of("log", first);
	T_TRUE(r != NULL);
	if (!r)
		return;
	T_EQ(r->ac_version & 0x7f, 3);
	T_EQ(r->ac_flag & (AFORK | AXSIG | ACORE), AFORK);
	T_EQ(r->ac_exitcode, 3 << 8);
	T_EQ(r->ac_uid, getuid());
	T_EQ(r->ac_gid, getgid());
	T_EQ(r->ac_ppid, (unsigned)getpid());
	T_TRUE(r->ac_btime + 2 >= before && r->ac_btime <= time(NULL) + 1);
	T_TRUE(r->ac_etime >= 5 && r->ac_etime < 2000);
	T_TRUE(expand(r->ac_utime) + expand(r->ac_stime) <= (unsigned long)r->ac_etime + 2);
	T_TRUE(expand(r->ac_mem) >= 50);
	T_TRUE(expand(r->ac_minflt) > 0);
	T_EQ(expand(r->ac_swaps), 0);
	T_STR(r->ac_comm, "acct");
	r = record_of("log", killed);
	T_TRUE(r && r->ac_exitcode == SIGKILL && (r->ac_flag & AXSIG));
	r = record_of("log", program);
	T_TRUE(r && r->ac_exitcode == 7 << 8 && !(r->ac_flag & AFORK) && !strcmp(r->ac_comm, "sh"));
	T_TRUE(!record_of("log", unseen));
}

/* It goes on at the end of a file that has records; another file takes over. */
static void files(void)
{
	pid_t one, two;

	t_touch("a");
	t_touch("b");
	T_OK(sys_acct("a"));
	one = run_child(0);
	T_OK(sys_acct("b"));
	two = run_child(0);
	T_OK(sys_acct("a"));
	run_child(0);
	T_OK(sys_acct(NULL));
	T_OK(sys_acct(NULL));
	T_TRUE(record_of("a", one) != NULL);
	T_TRUE(!record_of("a", two));
	T_TRUE(record_of("b", two) != NULL);
}

TEST_MAIN
{
	T_AS_USER
	{
		T_ERR(sys_acct("log"), EPERM);
		T_ERR(sys_acct(NULL), EPERM);
	}
	T_NEED_ROOT();
	T_OK(mkdir("dir", 0755));
	T_OK(symlink("loop", "loop"));
	t_touch("file");
	T_ERR(sys_acct("none"), ENOENT);
	T_ERR(sys_acct(""), ENOENT);
	T_ERR(sys_acct("dir"), EISDIR);
	T_ERR(sys_acct("/dev/null"), EACCES);
	T_ERR(sys_acct("file/x"), ENOTDIR);
	T_ERR(sys_acct("loop"), ELOOP);
	T_ERR(sys_acct(t_long_name(4096)), ENAMETOOLONG);
	T_EFAULT(p, sys_acct(p));
	records_of_children();
	files();
}
