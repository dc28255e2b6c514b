/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors over fork and execve. */
#include "test.h"

TEST_MAIN
{
	char script[200], buf[32];
	int keep, drop, p[2];

	t_write_file("f", "0123456789", 10);
	keep = T_OK(open("f", O_RDONLY));
	drop = T_OK(open("f", O_RDONLY | O_CLOEXEC));
	T_EQ(dup2(keep, 8), 8);
	T_EQ(dup3(drop, 9, O_CLOEXEC), 9);
	/* The shell reads on where we stopped, and we where it did. */
	T_EQ(lseek(keep, 3, SEEK_SET), 3);
	snprintf(script, sizeof(script),
		 "test -e /proc/self/fd/8 && ! test -e /proc/self/fd/9 && exec 7<&8");
	T_CHILD
	{
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(9);
	}
	/* FD_CLOEXEC of the parent is untouched. */
	T_EQ(fcntl(9, F_GETFD), FD_CLOEXEC);
	T_EQ(read(9, buf, 4), 4);
	/* Output of a program into a pipe. */
	T_OK(pipe(p));
	T_CHILD
	{
		dup2(p[1], 1);
		close(p[0]);
		close(p[1]);
		execl("/bin/sh", "sh", "-c", "echo hello; echo world", (char *)NULL);
		_exit(9);
	}
	close(p[1]);
	ssize_t n, total = 0;
	while ((n = read(p[0], buf + total, sizeof(buf) - (size_t)total)) > 0)
		total += n;
	T_EQ(total, 12);
	T_MEM(buf, "hello\nworld\n", 12);
	/* An execve that fails closes nothing. */
	T_CHILD
	{
		T_ERR(execl("./none", "none", (char *)NULL), ENOENT);
		T_EQ(read(9, buf, 1), 1);
	}
}
