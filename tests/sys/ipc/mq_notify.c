/* SPDX-License-Identifier: Apache-2.0 */
#include "mq_common.h"

#include <semaphore.h>
#include <sys/socket.h>

static siginfo_t info;
static volatile sig_atomic_t count;

static void handler(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	info = *si;
	count++;
}

static sem_t told;

static void on_message(union sigval value)
{
	count = value.sival_int;
	sem_post(&told);
}

/* By the C library, mq_notify(3): a thread runs the function. */
static void test_function(void)
{
	struct timespec limit;
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD,
			      .sigev_notify_function = on_message,
			      .sigev_value = {.sival_int = 77}};
	int fd = T_NEED(new_queue(0));

	count = 0;
	sem_init(&told, 0, 0);
	T_OK(mq_notify(fd, &ev));
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += 5;
	T_OK(sem_timedwait(&told, &limit));
	T_EQ(count, 77);
	/* Once. */
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
	T_OK(mq_notify(fd, &ev));
	T_ERR(mq_notify(fd, &ev), EBUSY);
	T_OK(mq_notify(fd, NULL));
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
	close(fd);
}

/* What is below it: the cookie comes back through a netlink socket, its last byte says why. */
static void test_cookie(void)
{
	char cookie[32] = "this is the cookie", got[40], text[100];
	int nl = T_NEED(socket(AF_NETLINK, SOCK_RAW, 0)), fd = T_NEED(new_queue(0)), other;
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD,
			      .sigev_signo = nl,
			      .sigev_value = {.sival_ptr = cookie}};

	T_OK(k_mq_notify(fd, &ev));
	text[T_OK(pread(fd, text, sizeof(text) - 1, 0))] = 0;
	T_TRUE(strstr(text, "NOTIFY:2     SIGNO:0 ") != NULL);
	T_ERR(recv(nl, got, sizeof(got), MSG_DONTWAIT), EAGAIN);
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_EQ(recv(nl, got, sizeof(got), MSG_DONTWAIT), 32);
	T_MEM(got, cookie, 31);
	T_EQ(got[31], 1);
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
	T_OK(k_mq_notify(fd, &ev));
	T_ERR(k_mq_notify(fd, &ev), EBUSY);
	T_OK(k_mq_notify(fd, NULL));
	T_EQ(recv(nl, got, sizeof(got), MSG_DONTWAIT), 32);
	T_EQ(got[31], 2);
	/* Any descriptor of it that is closed takes it back. */
	T_OK(k_mq_notify(fd, &ev));
	T_OK(close(T_OK(dup(fd))));
	T_EQ(recv(nl, got, sizeof(got), MSG_DONTWAIT), 32);
	T_EQ(got[31], 2);
	T_ERR(k_mq_notify(-1, &ev), EBADF);
	ev.sigev_signo = -1;
	T_ERR(k_mq_notify(fd, &ev), EBADF);
	other = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	ev.sigev_signo = other;
	T_ERR(k_mq_notify(fd, &ev), EINVAL);
	t_touch("file");
	ev.sigev_signo = T_OK(open("file", O_RDONLY));
	T_ERR(k_mq_notify(fd, &ev), ENOTSOCK);
	ev.sigev_signo = nl;
	T_EFAULT_NULL(p, (ev.sigev_value.sival_ptr = p, k_mq_notify(fd, &ev)));
	close(fd);
	close(nl);
}

TEST_MAIN
{
	int fd = T_NEED(new_queue(0)), pid, two;
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGUSR1,
			      .sigev_value = {.sival_int = 42}};
	struct sigevent none = {.sigev_notify = SIGEV_NONE}, bad = {.sigev_notify = 99};
	char text[100], want[100];

	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(k_mq_notify(fd, &ev));
	text[T_OK(pread(fd, text, sizeof(text) - 1, 0))] = 0;
	snprintf(want, sizeof(want), "QSIZE:0          NOTIFY:0     SIGNO:%-5d NOTIFY_PID:%-6d\n",
		 SIGUSR1, (int)getpid());
	T_STR(text, want);
	T_ERR(k_mq_notify(fd, &ev), EBUSY);
	T_CHILD
	{
		T_ERR(k_mq_notify(fd, &ev), EBUSY);
		T_OK(k_mq_notify(fd, NULL)); /* not ours: nothing happens */
		T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	}
	T_EQ(count, 1);
	T_EQ(info.si_signo, SIGUSR1);
	T_EQ(info.si_code, SI_MESGQ);
	T_EQ(info.si_value.sival_int, 42);
	T_EQ(info.si_uid, getuid());
	T_NE(info.si_pid, getpid());
	/* Once only; and only when the queue was empty. */
	T_OK(k_mq_notify(fd, &ev));
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_EQ(count, 1);
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_EQ(count, 2);
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
	/* Who waits for a message comes first. */
	T_OK(k_mq_notify(fd, &ev));
	pid = fork();
	if (!pid) {
		T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 1);
		_exit(0);
	}
	t_sleep_ms(100);
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_WAIT(pid, 0);
	T_EQ(count, 2);
	T_OK(k_mq_notify(fd, NULL));
	T_OK(k_mq_notify(fd, &none));
	T_ERR(k_mq_notify(fd, &ev), EBUSY);
	/* Closing any descriptor of the queue ends it. */
	two = T_OK(dup(fd));
	close(two);
	T_OK(k_mq_notify(fd, &ev));
	T_OK(k_mq_notify(fd, NULL));
	T_ERR(k_mq_notify(fd, &bad), EINVAL);
	ev.sigev_signo = 65;
	T_ERR(k_mq_notify(fd, &ev), EINVAL);
	T_ERR(k_mq_notify(-1, NULL), EBADF);
	T_ERR(k_mq_notify(-1, &none), EBADF);
	t_touch("f");
	T_ERR(k_mq_notify(open("f", O_RDWR), &none), EBADF);
	T_EFAULT(p, k_mq_notify(fd, p));
	test_cookie();
	test_function();
}
