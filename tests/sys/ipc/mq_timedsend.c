/* SPDX-License-Identifier: Apache-2.0 */
#include "mq_common.h"

TEST_MAIN
{
	int fd = T_NEED(new_queue(0)), pid, other;
	struct timespec ts, bad = {0, 1000000000}, before = {-1, 0}, past = {1, 0};
	struct pollfd p = {fd, POLLIN | POLLOUT, 0};
	struct mq_attr attr;
	long start;

	T_EQ(poll(&p, 1, 0), 1);
	T_EQ(p.revents, POLLOUT);
	T_OK(k_mq_send(fd, "one", 3, 0, NULL));
	T_EQ(poll(&p, 1, 0), 1);
	T_EQ(p.revents, POLLIN | POLLOUT);
	T_OK(k_mq_send(fd, "", 0, 32767, NULL));
	T_ERR(k_mq_send(fd, "x", 1, 32768, NULL), EINVAL);
	T_ERR(k_mq_send(fd, message, 101, 0, NULL), EMSGSIZE);
	T_OK(k_mq_send(fd, message, 100, 1, &past)); /* there is room: no need to wait */
	T_EQ(poll(&p, 1, 0), 1);
	T_EQ(p.revents, POLLIN);
	T_OK(k_mq_attr(fd, NULL, &attr));
	T_EQ(attr.mq_curmsgs, 3);
	T_ERR(k_mq_send(fd, "x", 1, 0, &past), ETIMEDOUT);
	ts = from_now_ms(60);
	start = t_now_ms();
	T_ERR(k_mq_send(fd, "x", 1, 0, &ts), ETIMEDOUT);
	T_CMP(t_now_ms() - start, >=, 50);
	T_ERR(k_mq_send(fd, "x", 1, 0, &bad), EINVAL);
	T_ERR(k_mq_send(fd, "x", 1, 0, &before), EINVAL);
	T_EFAULT(q, k_mq_send(fd, "x", 1, 0, q));
	T_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	T_ERR(k_mq_send(fd, "x", 1, 0, NULL), EAGAIN);
	T_EQ(fcntl(fd, F_SETFL, 0), 0);
	pid = fork();
	if (!pid) {
		t_count_signal(SIGUSR1, 0);
		T_ERR(k_mq_send(fd, "x", 1, 0, NULL), EINTR);
		T_OK(k_mq_send(fd, "x", 1, 0, NULL));
		_exit(0);
	}
	t_sleep_ms(100);
	kill(pid, SIGUSR1);
	t_sleep_ms(100);
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 0);
	T_WAIT(pid, 0);
	T_EQ(k_mq_receive(fd, message, 100, NULL, NULL), 100);
	T_EFAULT_NULL(q, k_mq_send(fd, q, 1, 0, NULL));
	T_ERR(k_mq_send(-1, "x", 1, 0, NULL), EBADF);
	t_touch("f");
	other = T_OK(open("f", O_RDWR));
	T_ERR(k_mq_send(other, "x", 1, 0, NULL), EBADF);
	T_NEED(k_mq_open(own_name(), O_RDWR | O_CREAT, 0600, NULL));
	other = T_OK(k_mq_open(own_name(), O_RDONLY, 0, NULL));
	T_ERR(k_mq_send(other, "x", 1, 0, NULL), EBADF);
	T_OK(k_mq_unlink(own_name()));
}
