/* SPDX-License-Identifier: Apache-2.0 */
#include "mq_common.h"

TEST_MAIN
{
	int fd = T_NEED(new_queue(O_NONBLOCK)), other;
	struct mq_attr attr, new = {.mq_flags = 0, .mq_maxmsg = 1, .mq_msgsize = 1};

	T_OK(k_mq_attr(fd, NULL, &attr));
	T_EQ(attr.mq_flags, O_NONBLOCK);
	T_EQ(attr.mq_maxmsg, 3);
	T_EQ(attr.mq_msgsize, 100);
	T_EQ(attr.mq_curmsgs, 0);
	T_OK(k_mq_send(fd, "x", 1, 0, NULL));
	T_OK(k_mq_attr(fd, &new, &attr));
	T_EQ(attr.mq_flags, O_NONBLOCK);
	T_EQ(attr.mq_curmsgs, 1);
	T_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	T_OK(k_mq_attr(fd, NULL, &attr));
	T_EQ(attr.mq_maxmsg, 3);
	new.mq_flags = O_NONBLOCK;
	T_OK(k_mq_attr(fd, &new, NULL));
	T_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	new.mq_flags = O_APPEND;
	T_ERR(k_mq_attr(fd, &new, NULL), EINVAL);
	T_OK(k_mq_attr(fd, NULL, NULL));
	T_ERR(k_mq_attr(-1, NULL, &attr), EBADF);
	t_touch("f");
	other = T_OK(open("f", O_RDWR));
	T_ERR(k_mq_attr(other, NULL, &attr), EBADF);
	T_EFAULT(p, k_mq_attr(fd, p, NULL));
	T_EFAULT(p, k_mq_attr(fd, NULL, p));
}
