/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_truncate(path, len) ((int)syscall(SYS_truncate, path, (long)(len)))

static void privilege_bits(void)
{
	t_write_file("suid", "x", 1);
	if (t_is_root())
		T_OK(chown("suid", T_UID, T_GID));
	T_OK(chmod("suid", 06777));
	T_AS_USER
	{
		T_OK(sys_truncate("suid", 0));
	}
	T_EQ(t_mode("suid") & 07777, 0777);
}

static void busy_and_limits(void)
{
	pid_t pid;

	pid = t_run_copy("prog");
	T_ERR(sys_truncate("prog", 0), ETXTBSY);
	t_end(pid);
	T_OK(sys_truncate("prog", 0));
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 100);
		T_OK(sys_truncate("f", 100));
		T_EQ(t_signals[SIGXFSZ], 0);
		T_ERR(sys_truncate("f", 101), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
		T_EQ(t_size("f"), 100);
	}
	T_OK(sys_truncate("f", 200));
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 100);
		T_OK(sys_truncate("f", 150));
		T_EQ(t_signals[SIGXFSZ], 0);
	}
}

TEST_MAIN
{
	char buf[5000], want[5000] = {0};
	struct stat before, after;

	t_write_file("f", "0123456789", 10);
	T_OK(stat("f", &before));
	t_sleep_ms(30);
	T_OK(sys_truncate("f", 4));
	T_OK(stat("f", &after));
	T_EQ(after.st_size, 4);
	T_NE(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	T_NE(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
	/* What comes back is zeros. */
	T_OK(sys_truncate("f", 5000));
	T_EQ(t_size("f"), 5000);
	memcpy(want, "0123", 4);
	T_EQ(t_read_file("f", buf, 5000), 5000);
	T_MEM(buf, want, 5000);
	T_OK(sys_truncate("f", 5000));
	T_OK(sys_truncate("f", 0));
	T_EQ(t_size("f"), 0);
	T_OK(sys_truncate("f", 1L << 33));
	T_EQ(t_size("f"), 1L << 33);
	T_OK(stat("f", &after));
	T_CMP(after.st_blocks, <=, 16);
	T_OK(sys_truncate("f", 10));
	T_OK(symlink("f", "s"));
	T_OK(sys_truncate("s", 3));
	T_EQ(t_size("f"), 3);

	T_ERR(sys_truncate("f", -1), EINVAL);
	T_ERR(sys_truncate("f", LONG_MIN), EINVAL);
	T_ERR(sys_truncate("none", -1), EINVAL);
	T_ERR(sys_truncate(NULL, -1), EINVAL);
	T_ERR(sys_truncate(".", 0), EISDIR);
	T_OK(mkfifo("fifo", 0666));
	T_ERR(sys_truncate("fifo", 0), EINVAL);
	T_ERR(sys_truncate("/dev/null", 0), EINVAL);
	T_ERR(sys_truncate("f/", 0), ENOTDIR);
	T_ERR(sys_truncate("none", 0), ENOENT);
	T_OK(chmod("f", 0444));
	T_AS_USER
	{
		T_ERR(sys_truncate("f", 0), EACCES);
	}
	T_OK(chmod("f", 0644));
	busy_and_limits();
	privilege_bits();
	T_PATH_ERRORS(p, sys_truncate(p, 0));
	T_ERR(sys_truncate("pf-loop1", 0), ELOOP);
}
