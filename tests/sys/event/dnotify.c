/* SPDX-License-Identifier: Apache-2.0 */
/* fcntl(2): F_NOTIFY. */
#include "test.h"

static siginfo_t info;
static volatile sig_atomic_t count;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	info = *si;
	count++;
}

TEST_MAIN
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	int dir, file, two;

	T_OK(sigaction(SIGRTMIN, &sa, NULL));
	T_OK(sigaction(SIGIO, &sa, NULL));
	T_OK(mkdir("d", 0755));
	dir = T_NEED(open("d", O_RDONLY));
	file = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_ERR(fcntl(file, F_NOTIFY, DN_CREATE), ENOTDIR);
	T_OK(fcntl(dir, F_NOTIFY, DN_CREATE));
	t_touch("d/a");
	T_EQ(count, 1);
	T_EQ(info.si_signo, SIGIO);
	t_touch("d/b"); /* once only */
	T_EQ(count, 1);
	T_OK(fcntl(dir, F_SETSIG, SIGRTMIN));
	T_OK(fcntl(dir, F_NOTIFY, DN_CREATE | DN_DELETE | DN_ATTRIB | DN_RENAME | DN_MULTISHOT));
	t_touch("d/c");
	T_EQ(count, 2);
	T_EQ(info.si_signo, SIGRTMIN);
	T_EQ(info.si_fd, dir);
	T_OK(unlink("d/c"));
	T_EQ(count, 3);
	T_OK(chmod("d/a", 0600));
	T_EQ(count, 4);
	two = T_OK(open("d/a", O_RDWR));
	T_EQ(write(two, "x", 1), 1); /* not asked for */
	close(two);
	T_EQ(count, 4);
	/* Nothing more. */
	T_OK(fcntl(dir, F_NOTIFY, 0));
	t_touch("d/e");
	T_EQ(count, 4);
	/* Closing ends it. */
	T_OK(fcntl(dir, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
	two = T_OK(dup(dir));
	close(dir);
	t_touch("d/g");
	T_EQ(count, 4);
	close(two);
}
