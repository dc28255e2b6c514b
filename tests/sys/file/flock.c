/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/file.h>

static void wait_for_lock(void)
{
	int fd = T_OK(open("f", O_RDWR)), other;

	T_OK(flock(fd, LOCK_EX));
	pid_t pid = fork();
	if (!pid) {
		other = open("f", O_RDWR);
		_exit(flock(other, LOCK_EX) != 0);
	}
	t_sleep_ms(50);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(flock(fd, LOCK_UN));
	T_WAIT(pid, 0);
	/* A signal ends the wait. */
	T_OK(flock(fd, LOCK_EX));
	other = T_OK(open("f", O_RDWR));
	t_count_signal(SIGALRM, 0);
	alarm(1);
	T_ERR(flock(other, LOCK_EX), EINTR);
	T_OK(close(fd));
	T_OK(flock(other, LOCK_EX | LOCK_NB));
	T_OK(close(other));
}

TEST_MAIN
{
	int a, b, c;

	t_touch("f");
	T_ERR(flock(-1, LOCK_SH), EBADF);
	T_ERR(flock(-1, 0), EINVAL);
	a = T_OK(open("f", O_RDONLY));
	b = T_OK(open("f", O_WRONLY));
	T_ERR(flock(a, 0), EINVAL);
	T_ERR(flock(a, LOCK_SH | LOCK_EX), EINVAL);
	T_ERR(flock(a, LOCK_NB), EINVAL);
	T_ERR(flock(a, 16), EINVAL);
	T_OK(flock(a, LOCK_SH));
	T_OK(flock(b, LOCK_SH | LOCK_NB));
	T_ERR(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	T_OK(flock(a, LOCK_UN));
	T_OK(flock(a, LOCK_UN));
	T_OK(flock(b, LOCK_EX | LOCK_NB));
	T_ERR(flock(a, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	/* The lock belongs to the open file: a copy of the descriptor and a child have it too. */
	c = T_OK(dup(b));
	T_OK(flock(c, LOCK_EX | LOCK_NB));
	T_OK(close(b));
	T_ERR(flock(a, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	T_CHILD
	{
		T_OK(flock(c, LOCK_EX | LOCK_NB));
		T_OK(close(c));
		T_ERR(flock(a, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	}
	T_ERR(flock(a, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	T_OK(close(c));
	T_OK(flock(a, LOCK_SH | LOCK_NB));
	T_ERR(flock(T_OK(open("f", O_PATH)), LOCK_SH), EBADF);
	T_OK(flock(T_OK(open(".", O_RDONLY)), LOCK_EX));
	T_OK(close(a));
	wait_for_lock();
}
