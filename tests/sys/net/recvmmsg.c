/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static void not_sockets(struct mmsghdr *msgs)
{
	struct timespec time = {0, 0};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(recvmmsg(fd, msgs, 2, 0, NULL), ENOTSOCK);
	T_ERR(recvmmsg(p[1], msgs, 2, 0, NULL), ENOTSOCK);
	T_ERR(recvmmsg(-1, msgs, 2, 0, NULL), EBADF);
	T_ERR(recvmmsg(fd, NULL, 1, 0, NULL), ENOTSOCK);
	T_ERR(recvmmsg(-1, msgs, 1, (int)0x80000000, NULL), EINVAL);
	/* The time is looked at first. */
	T_ERR(recvmmsg(fd, msgs, 1, 0, &time), ENOTSOCK);
	time.tv_nsec = 1000000000;
	T_ERR(recvmmsg(-1, msgs, 1, 0, &time), EINVAL);
	time = (struct timespec){-1, 0};
	T_ERR(recvmmsg(-1, msgs, 1, 0, &time), EINVAL);
	T_EFAULT(q, syscall(SYS_recvmmsg, fd, msgs, 1, 0, q));
	close(fd);
	T_ERR(recvmmsg(fd, msgs, 2, 0, NULL), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(recvmmsg(fd, msgs, 2, 0, NULL), EBADF);
}

TEST_MAIN
{
	struct mmsghdr msgs[4] = {{.msg_len = 0}};
	struct timespec time;
	struct iovec iov[4];
	char buf[4][8];
	int s[2];

	not_sockets(msgs);
	for (int i = 0; i < 4; i++) {
		iov[i] = (struct iovec){buf[i], 8};
		msgs[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	u_pair(SOCK_DGRAM, s);
	T_ERR(recvmmsg(s[1], msgs, 4, MSG_DONTWAIT, NULL), EAGAIN);
	for (int i = 1; i < 4; i++)
		T_EQ(send(s[0], "xyz", (size_t)i, 0), i);
	T_EQ(recvmmsg(s[1], msgs, 2, 0, NULL), 2);
	T_EQ(msgs[0].msg_len, 1);
	T_EQ(msgs[1].msg_len, 2);
	T_MEM(buf[1], "xy", 2);
	T_EQ(recvmmsg(s[1], msgs, 4, MSG_WAITFORONE, NULL), 1);
	T_EQ(msgs[0].msg_len, 3);
	/* The time is looked at after each message. */
	for (int i = 0; i < 4; i++)
		T_EQ(send(s[0], "x", 1, 0), 1);
	time = (struct timespec){0, 0};
	T_EQ(recvmmsg(s[1], msgs, 4, 0, &time), 1);
	T_EQ(recvmmsg(s[1], msgs, 4, MSG_DONTWAIT, NULL), 3);
	T_EQ(send(s[0], "x", 1, 0), 1);
	time = (struct timespec){5, 0};
	T_EQ(recvmmsg(s[1], msgs, 1, 0, &time), 1);
	T_EQ(time.tv_sec, 4);
	T_EFAULT_NULL(q, (send(s[0], "x", 1, 0), recvmmsg(s[1], q, 1, 0, NULL)));
}
