/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

TEST_MAIN
{
	struct iovec iov[3] = {{"a", 1}, {"bb", 2}, {"ccc", 3}};
	struct mmsghdr msgs[3] = {{.msg_len = 0}};
	char buf[8];
	int fd, p[2], s[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(sendmmsg(fd, msgs, 2, 0), ENOTSOCK);
	T_ERR(sendmmsg(p[1], msgs, 2, 0), ENOTSOCK);
	T_ERR(sendmmsg(-1, msgs, 2, 0), EBADF);
	T_ERR(sendmmsg(fd, NULL, 1, 0), ENOTSOCK);
	T_ERR(sendmmsg(-1, msgs, 1, (int)0x80000000), EINVAL);
	close(fd);
	T_ERR(sendmmsg(fd, msgs, 2, 0), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sendmmsg(fd, msgs, 2, 0), EBADF);

	for (int i = 0; i < 3; i++)
		msgs[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	u_pair(SOCK_DGRAM, s);
	T_EQ(sendmmsg(s[0], msgs, 0, 0), 0);
	T_EQ(sendmmsg(s[0], msgs, 3, 0), 3);
	for (int i = 0; i < 3; i++) {
		T_EQ(msgs[i].msg_len, i + 1);
		T_EQ(recv(s[1], buf, 8, 0), i + 1);
	}
	/* What went before an error counts. */
	msgs[1].msg_hdr.msg_iovlen = 1025;
	T_EQ(sendmmsg(s[0], msgs, 3, 0), 1);
	T_ERR(sendmmsg(s[0], msgs + 1, 2, 0), EMSGSIZE);
	T_EFAULT_NULL(q, sendmmsg(s[0], q, 1, 0));
}
