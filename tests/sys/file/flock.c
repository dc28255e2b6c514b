/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/file.h>

TEST_MAIN
{
	int a, b, d, p[2];
	pid_t child;
	char c;

	t_touch("f");
	a = T_OK(open("f", O_RDONLY));
	b = T_OK(open("f", O_RDWR));
	T_OK(flock(a, LOCK_SH));
	T_OK(flock(b, LOCK_SH | LOCK_NB));
	T_ERR(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	T_OK(flock(a, LOCK_UN));
	T_OK(flock(b, LOCK_EX | LOCK_NB));
	T_OK(flock(b, LOCK_EX | LOCK_NB));
	T_ERR(flock(a, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	/* The lock belongs to the open file: duplicates and children share it. */
	d = T_OK(dup(b));
	T_OK(flock(d, LOCK_SH | LOCK_NB));
	T_OK(flock(a, LOCK_SH | LOCK_NB));
	T_CHILD
	{
		T_OK(flock(d, LOCK_UN));
	}
	T_OK(flock(a, LOCK_EX | LOCK_NB));
	T_OK(flock(a, LOCK_UN));
	T_OK(flock(b, LOCK_EX));
	close(b);
	T_ERR(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	close(d);
	T_OK(flock(a, LOCK_EX | LOCK_NB));
	/* Waiting for it. */
	T_OK(pipe(p));
	child = T_OK(fork());
	if (!child) {
		int mine = open("f", O_RDONLY);

		T_EQ(write(p[1], "x", 1), 1);
		T_OK(flock(mine, LOCK_EX));
		T_EQ(write(p[1], "y", 1), 1);
		_exit(0);
	}
	T_EQ(read(p[0], &c, 1), 1);
	t_sleep_ms(30);
	T_OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	T_ERR(read(p[0], &c, 1), EAGAIN);
	T_OK(fcntl(p[0], F_SETFL, 0));
	T_OK(flock(a, LOCK_UN));
	T_EQ(read(p[0], &c, 1), 1);
	T_EQ(c, 'y');
	T_WAIT(child, T_EXITED(0));
	/* Directories and pipes have locks too. */
	d = T_OK(open(".", O_RDONLY | O_DIRECTORY));
	T_OK(flock(d, LOCK_EX));
	T_OK(flock(p[0], LOCK_SH));
	T_ERR(flock(a, 0), EINVAL);
	T_ERR(flock(a, LOCK_NB), EINVAL);
	T_ERR(flock(a, LOCK_SH | LOCK_EX), EINVAL);
	T_ERR(flock(a, 64), EINVAL);
	T_ERR(flock(-1, LOCK_SH), EBADF);
	T_ERR(flock(open("f", O_PATH), LOCK_SH), EBADF);
	t_count_signal(SIGALRM, 0);
	T_OK(flock(a, LOCK_EX));
	b = T_OK(open("f", O_RDONLY));
	alarm(1);
	T_ERR(flock(b, LOCK_SH), EINTR);
}
