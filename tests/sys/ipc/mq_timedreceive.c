/* SPDX-License-Identifier: Apache-2.0 */
#include "mq_common.h"

static void order(int fd)
{
	static const struct {
		const char *text;
		unsigned prio;
	} sent[] = {{"low", 1}, {"high", 7}, {"high too", 7}},
	  want[] = {{"high", 7}, {"high too", 7}, {"low", 1}};
	unsigned prio;

	for (int i = 0; i < 3; i++)
		T_OK(k_mq_send(fd, sent[i].text, strlen(sent[i].text) + 1, sent[i].prio, NULL));
	for (int i = 0; i < 3; i++) {
		T_EQ(k_mq_receive(fd, message, 100, &prio, NULL), (long)strlen(want[i].text) + 1);
		T_STR(message, want[i].text);
		T_EQ(prio, want[i].prio);
	}
}

TEST_MAIN
{
	int fd = T_NEED(new_queue(0)), pid, other;
	struct timespec ts, bad = {0, -1}, past = {1, 0};
	char text[100];
	long start;

	order(fd);
	T_ERR(k_mq_receive(fd, message, 99, NULL, NULL), EMSGSIZE);
	T_ERR(k_mq_receive(fd, message, 100, NULL, &past), ETIMEDOUT);
	ts = from_now_ms(60);
	start = t_now_ms();
	T_ERR(k_mq_receive(fd, message, 100, NULL, &ts), ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 50);
	T_ERR(k_mq_receive(fd, message, 100, NULL, &bad), EINVAL);
	T_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	T_ERR(k_mq_receive(fd, message, 100, NULL, NULL), EAGAIN);
	T_EQ(fcntl(fd, F_SETFL, 0), 0);
	pid = fork();
	if (!pid) {
		t_count_signal(SIGUSR1, 0);
		T_ERR(k_mq_receive(fd, message, 100, NULL, NULL), EINTR);
		t_count_signal(SIGUSR1, SA_RESTART);
		T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 5);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		t_sleep_ms(100);
		kill(pid, SIGUSR1);
	}
	t_sleep_ms(50);
	T_OK(k_mq_send(fd, "hello", 5, 0, NULL));
	T_WAIT(pid, 0);
	T_OK(k_mq_send(fd, "hello", 5, 0, NULL));
	text[T_OK(read(fd, text, sizeof(text) - 1))] = 0;
	T_STR(text, "QSIZE:5          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n");
	T_ERR(k_mq_receive(fd, t_bad_pointer(0), 100, NULL, NULL), EFAULT);
	T_ERR(k_mq_receive(-1, message, 100, NULL, NULL), EBADF);
	T_ERR(write(fd, "x", 1), EINVAL);
	T_NEED(k_mq_open(own_name(), O_RDWR | O_CREAT, 0600, NULL));
	other = T_OK(k_mq_open(own_name(), O_WRONLY, 0, NULL));
	T_ERR(k_mq_receive(other, message, sizeof(message), NULL, NULL), EBADF);
	T_OK(k_mq_unlink(own_name()));
}
