/* SPDX-License-Identifier: Apache-2.0 */
/* fcntl(2): F_SETLEASE, F_GETLEASE, and who waits for whom. */
#include "test.h"

static siginfo_t info;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	info = *si;
}

static void taking(void)
{
	int r = T_OK(open("f", O_RDONLY)), w;

	T_EQ(fcntl(r, F_GETLEASE), F_UNLCK);
	T_EQ(fcntl(r, F_SETLEASE, F_RDLCK), 0);
	T_EQ(fcntl(r, F_GETLEASE), F_RDLCK);
	T_EQ(fcntl(r, F_SETLEASE, F_RDLCK), 0);
	T_EQ(fcntl(r, F_SETLEASE, F_WRLCK), 0); /* nobody else has it open */
	T_EQ(fcntl(r, F_GETLEASE), F_WRLCK);
	T_EQ(fcntl(r, F_SETLEASE, F_UNLCK), 0);
	T_ERR(fcntl(r, F_SETLEASE, F_UNLCK), EAGAIN);
	T_ERR(fcntl(r, F_SETLEASE, 7), EINVAL);
	w = T_OK(open("f", O_WRONLY));
	T_ERR(fcntl(r, F_SETLEASE, F_RDLCK), EAGAIN);
	T_ERR(fcntl(r, F_SETLEASE, F_WRLCK), EAGAIN);
	T_ERR(fcntl(w, F_SETLEASE, F_RDLCK), EAGAIN);
	T_ERR(fcntl(w, F_SETLEASE, F_WRLCK), EAGAIN);
	close(r);
	T_EQ(fcntl(w, F_SETLEASE, F_WRLCK), 0);
	close(w);
	r = T_OK(open("f", O_RDONLY));
	T_EQ(fcntl(r, F_GETLEASE), F_UNLCK); /* it went with its file */
	close(r);
	r = T_OK(open(".", O_RDONLY));
	T_ERR(fcntl(r, F_SETLEASE, F_WRLCK), EINVAL);
	close(r);
	if (t_is_root()) {
		T_OK(chmod("f", 0666));
		T_AS_USER
		{
			r = T_OK(open("f", O_RDONLY));
			T_ERR(fcntl(r, F_SETLEASE, F_RDLCK), EACCES);
		}
	}
}

/* Another process opens the file: it waits until we give way. */
static void breaking(int mine, int flags, int left)
{
	int fd = T_OK(open("f", O_RDONLY)), pid;

	T_EQ(fcntl(fd, F_SETLEASE, mine), 0);
	T_OK(fcntl(fd, F_SETSIG, SIGUSR1));
	memset(&info, 0, sizeof(info));
	pid = fork();
	if (!pid) {
		close(fd);
		T_ERR(open("f", flags | O_NONBLOCK), EWOULDBLOCK);
		T_OK(open("f", flags));
		_exit(0);
	}
	for (int i = 0; i < 300 && !info.si_signo; i++)
		t_sleep_ms(10);
	T_EQ(info.si_signo, SIGUSR1);
	T_EQ(info.si_fd, fd);
	T_EQ(info.si_code, POLL_MSG);
	T_EQ(fcntl(fd, F_GETLEASE), left);
	t_sleep_ms(100);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_EQ(fcntl(fd, F_SETLEASE, left), 0);
	T_WAIT(pid, 0);
	close(fd);
}

TEST_MAIN
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	int fd;

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	signal(SIGIO, SIG_IGN);
	t_write_file("f", "text", 4);
	fd = T_NEED(open("f", O_RDONLY));
	if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0 && errno == EINVAL)
		T_SKIP("a file system without leases");
	close(fd);
	taking();
	breaking(F_WRLCK, O_RDONLY, F_RDLCK);
	breaking(F_WRLCK, O_WRONLY, F_UNLCK);
	breaking(F_RDLCK, O_WRONLY, F_UNLCK);
	/* Reading disturbs no reader's lease. */
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(fcntl(fd, F_SETLEASE, F_RDLCK), 0);
	T_OK(open("f", O_RDONLY | O_NONBLOCK));
	T_ERR(open("f", O_RDWR | O_NONBLOCK), EWOULDBLOCK);
	T_EQ(fcntl(fd, F_GETLEASE), F_UNLCK);
	T_EQ(fcntl(fd, F_SETLEASE, F_UNLCK), 0);
}
