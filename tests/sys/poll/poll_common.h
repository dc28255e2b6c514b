/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What poll and ppoll share. The including file defines do_poll(fds, n, timeout_ms) as the call
 * under test before it includes this.
 */
#include "test.h"
#include <poll.h>
#include <sys/time.h>

/* The revents of one descriptor, without waiting; -1 for an error. */
static int ready(int fd, int events)
{
	struct pollfd p = {fd, (short)events, -1};
	int n = do_poll(&p, 1, 0);

	if (n < 0 || n != (p.revents != 0))
		return -1;
	return p.revents;
}

static void pipe_events(void)
{
	static char big[65536];
	char c;
	int p[2];

	T_OK(pipe(p));
	T_EQ(ready(p[0], POLLIN | POLLOUT), 0);
	T_EQ(ready(p[1], POLLIN | POLLOUT), POLLOUT);
	T_EQ(ready(p[1], POLLOUT | POLLWRNORM), POLLOUT | POLLWRNORM);
	T_EQ(ready(p[1], 0), 0);
	T_EQ(write(p[1], "x", 1), 1);
	T_EQ(ready(p[0], POLLIN), POLLIN);
	T_EQ(ready(p[0], POLLIN | POLLRDNORM | POLLPRI), POLLIN | POLLRDNORM);
	T_EQ(ready(p[0], POLLPRI), 0);
	T_EQ(read(p[0], &c, 1), 1);
	T_EQ(ready(p[0], POLLIN), 0);
	T_EQ(write(p[1], big, 65536), 65536);
	T_EQ(ready(p[1], POLLOUT), 0);
	T_EQ(read(p[0], big, 65536), 65536);
	T_EQ(ready(p[1], POLLOUT), POLLOUT);
	/* The end of the writers shows whether it was asked for or not. */
	T_EQ(write(p[1], "x", 1), 1);
	close(p[1]);
	T_EQ(ready(p[0], POLLIN), POLLIN | POLLHUP);
	T_EQ(read(p[0], &c, 1), 1);
	T_EQ(ready(p[0], POLLIN), POLLHUP);
	T_EQ(ready(p[0], 0), POLLHUP);
	close(p[0]);
	/* So does the end of the readers. */
	T_OK(pipe(p));
	close(p[0]);
	T_EQ(ready(p[1], POLLOUT), POLLOUT | POLLERR);
	T_EQ(ready(p[1], 0), POLLERR);
	close(p[1]);
}

static void fifo_events(void)
{
	int reader, writer;

	T_OK(mkfifo("fifo", 0600));
	reader = T_OK(open("fifo", O_RDONLY | O_NONBLOCK));
	/* No writer yet is not a hang-up. */
	T_EQ(ready(reader, POLLIN), 0);
	writer = T_OK(open("fifo", O_WRONLY | O_NONBLOCK));
	T_EQ(ready(reader, POLLIN), 0);
	T_EQ(ready(writer, POLLOUT), POLLOUT);
	close(writer);
	T_EQ(ready(reader, POLLIN), POLLHUP);
	writer = T_OK(open("fifo", O_WRONLY | O_NONBLOCK));
	T_EQ(ready(reader, POLLIN), 0);
	close(reader);
	T_EQ(ready(writer, POLLOUT), POLLOUT | POLLERR);
	close(writer);
}

static void other_files(void)
{
	int all = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM, fd;

	t_touch("f");
	fd = T_OK(open("f", O_RDWR));
	T_EQ(ready(fd, all | POLLPRI), all);
	T_EQ(ready(fd, POLLIN), POLLIN);
	T_EQ(ready(fd, 0), 0);
	close(fd);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(ready(fd, POLLOUT), POLLOUT);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_EQ(ready(fd, POLLIN), POLLIN);
	close(fd);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_EQ(ready(fd, all), all);
	close(fd);
	fd = T_OK(open("/dev/zero", O_RDWR));
	T_EQ(ready(fd, POLLIN | POLLOUT), POLLIN | POLLOUT);
	close(fd);
	fd = T_OK(open("f", O_PATH));
	T_EQ(ready(fd, POLLIN), POLLNVAL);
	close(fd);
	T_EQ(ready(fd, POLLIN), POLLNVAL);
	T_EQ(ready(9999, 0), POLLNVAL);
	/* Negative descriptors are left out. */
	T_EQ(ready(-1, POLLIN), 0);
	T_EQ(ready(INT_MIN, POLLIN), 0);
}

static void several(void)
{
	struct pollfd fds[5];
	int p[2], q[2];

	T_OK(pipe(p));
	T_OK(pipe(q));
	fds[0] = (struct pollfd){p[0], POLLIN, -1};
	fds[1] = (struct pollfd){-5, POLLIN, -1};
	fds[2] = (struct pollfd){p[1], POLLOUT, -1};
	fds[3] = (struct pollfd){9999, POLLOUT, -1};
	fds[4] = (struct pollfd){q[0], POLLIN, -1};
	T_EQ(do_poll(fds, 5, -1), 2);
	T_EQ(fds[0].revents, 0);
	T_EQ(fds[1].revents, 0);
	T_EQ(fds[2].revents, POLLOUT);
	T_EQ(fds[3].revents, POLLNVAL);
	T_EQ(fds[4].revents, 0);
	T_EQ(write(q[1], "x", 1), 1);
	T_EQ(do_poll(fds, 5, 1000), 3);
	T_EQ(fds[4].revents, POLLIN);
	/* The same descriptor twice. */
	fds[1] = fds[4];
	T_EQ(do_poll(fds, 5, 1000), 4);
	T_EQ(fds[1].fd, q[0]);
	T_EQ(fds[1].events, POLLIN);
	T_EQ(fds[1].revents, POLLIN);
	close(p[0]);
	close(p[1]);
	close(q[0]);
	close(q[1]);
}

static void waiting(void)
{
	struct pollfd fds[2];
	int p[2], q[2];
	long start;
	pid_t pid;

	T_OK(pipe(p));
	T_OK(pipe(q));
	fds[0] = (struct pollfd){p[0], POLLIN, 0};
	fds[1] = (struct pollfd){q[0], POLLIN, 0};
	start = t_now_ms();
	T_EQ(do_poll(fds, 2, 0), 0);
	T_CMP(t_now_ms() - start, <, 1000);
	start = t_now_ms();
	T_EQ(do_poll(fds, 2, 100), 0);
	T_CMP(t_now_ms() - start, >=, 99);
	T_CMP(t_now_ms() - start, <, 5000);
	start = t_now_ms();
	T_EQ(do_poll(NULL, 0, 50), 0);
	T_CMP(t_now_ms() - start, >=, 49);
	/* Woken by a write, by a close, and by room in a full pipe. */
	pid = fork();
	if (!pid) {
		t_sleep_ms(50);
		_exit(write(q[1], "x", 1) != 1);
	}
	T_EQ(do_poll(fds, 2, -1), 1);
	T_EQ(fds[0].revents, 0);
	T_EQ(fds[1].revents, POLLIN);
	T_WAIT(pid, 0);
	pid = fork();
	if (!pid) {
		close(p[0]);
		t_sleep_ms(50);
		_exit(0);
	}
	close(p[1]);
	T_EQ(do_poll(fds, 1, 10000), 1);
	T_EQ(fds[0].revents, POLLHUP);
	T_WAIT(pid, 0);
	T_OK(fcntl(q[1], F_SETFL, O_NONBLOCK));
	static char big[65536];
	while (write(q[1], big, 4096) > 0)
		;
	pid = fork();
	if (!pid) {
		t_sleep_ms(50);
		_exit(read(q[0], big, 65536) <= 4096);
	}
	fds[0] = (struct pollfd){q[1], POLLOUT, 0};
	T_EQ(do_poll(fds, 1, 10000), 1);
	T_EQ(fds[0].revents, POLLOUT);
	T_WAIT(pid, 0);
	close(p[0]);
	close(q[0]);
	close(q[1]);
}

static void interruption(void)
{
	struct itimerval soon = {.it_value = {0, 50000}};
	struct pollfd fds[1];
	int p[2];

	T_OK(pipe(p));
	fds[0] = (struct pollfd){p[0], POLLIN, 77};
	t_count_signal(SIGALRM, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	T_ERR(do_poll(fds, 1, 10000), EINTR);
	T_EQ(t_signals[SIGALRM], 1);
	/* SA_RESTART does not restart it. */
	t_count_signal(SIGALRM, SA_RESTART);
	setitimer(ITIMER_REAL, &soon, NULL);
	T_ERR(do_poll(fds, 1, -1), EINTR);
	T_EQ(t_signals[SIGALRM], 2);
	/* An ignored signal does not end it, and the time goes on. */
	signal(SIGALRM, SIG_IGN);
	setitimer(ITIMER_REAL, &soon, NULL);
	long start = t_now_ms();
	T_EQ(do_poll(fds, 1, 150), 0);
	T_CMP(t_now_ms() - start, >=, 149);
	close(p[0]);
	close(p[1]);
}

static void poll_errors(void)
{
	struct pollfd fds[2] = {{-1, 0, 0}, {-1, 0, 0}};
	char *end = t_page_end();

	T_EFAULT_NULL(q, do_poll(q, 1, 0));
	T_ERR(do_poll((struct pollfd *)(end - 4), 1, 0), EFAULT);
	memset(end - 8, 0xff, 8);
	T_EQ(do_poll((struct pollfd *)(end - 8), 1, 0), 0);
	T_ERR(do_poll((struct pollfd *)(end - 8), 2, 0), EFAULT);
	T_ERR(do_poll(fds, UINT_MAX, 0), EINVAL);
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, 1);
		T_EQ(do_poll(fds, 1, 0), 0);
		T_ERR(do_poll(fds, 2, 0), EINVAL);
	}
}

static void many_descriptors(void)
{
	static struct pollfd fds[400];
	int p[2], i;

	T_OK(pipe(p));
	for (i = 0; i < 400; i++)
		fds[i] = (struct pollfd){dup(p[0]), POLLIN, -1};
	T_CMP(fds[399].fd, >, 0);
	T_EQ(do_poll(fds, 400, 10), 0);
	T_EQ(write(p[1], "x", 1), 1);
	T_EQ(do_poll(fds, 400, 10), 400);
	T_EQ(fds[399].revents, POLLIN);
	for (i = 0; i < 400; i++)
		close(fds[i].fd);
	close(p[0]);
	close(p[1]);
}

static void poll_common(void)
{
	pipe_events();
	fifo_events();
	other_files();
	several();
	waiting();
	interruption();
	poll_errors();
	many_descriptors();
}
