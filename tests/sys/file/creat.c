/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_creat(path, mode) ((int)syscall(SYS_creat, path, mode))

TEST_MAIN
{
	char c;
	int fd = T_OK(sys_creat("f", 0666));

	T_EQ(t_mode("f"), S_IFREG | 0644);
	T_EQ(fcntl(fd, F_GETFL), O_WRONLY | 0100000);
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_EQ(write(fd, "hello", 5), 5);
	T_ERR(read(fd, &c, 1), EBADF);
	close(fd);
	T_EQ(t_size("f"), 5);
	fd = T_OK(sys_creat("f", 0));
	T_EQ(t_size("f"), 0);
	T_EQ(t_mode("f"), S_IFREG | 0644);
	close(fd);
	fd = T_OK(sys_creat("zero", 0));
	T_EQ(t_mode("zero") & 07777, 0);
	T_EQ(write(fd, "x", 1), 1);
	close(fd);

	T_OK(symlink("made", "link"));
	T_EQ(close(T_OK(sys_creat("link", 0600))), 0);
	T_TRUE(t_exists("made"));

	T_OK(mkdir("d", 0755));
	T_ERR(sys_creat("d", 0600), EISDIR);
	T_ERR(sys_creat(".", 0600), EISDIR);
	T_ERR(sys_creat("new/", 0600), EISDIR);
	T_ERR(sys_creat("f/", 0600), EISDIR);
	T_TRUE(!t_exists("new"));

	t_write_file("kept", "data", 4);
	T_OK(chmod("kept", 0444));
	T_OK(chmod("d", 0555));
	T_AS_USER
	{
		T_ERR(sys_creat("kept", 0666), EACCES);
		T_ERR(sys_creat("d/f", 0666), EACCES);
	}
	T_EQ(t_size("kept"), 4);
	T_CHILD
	{
		int lowest = T_OK(dup(0));

		close(lowest);
		t_limit(RLIMIT_NOFILE, (rlim_t)lowest);
		T_ERR(sys_creat("never", 0600), EMFILE);
	}
	T_TRUE(!t_exists("never"));
	pid_t pid = t_run_copy("prog");
	T_ERR(sys_creat("prog", 0755), ETXTBSY);
	t_end(pid);
	T_PATH_ERRORS(p, sys_creat(p, 0600));
	T_ERR(sys_creat("pf-loop1", 0600), ELOOP);
}
