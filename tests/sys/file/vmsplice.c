/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

TEST_MAIN
{
	static char data[100000], back[100000];
	struct iovec iov[2] = {{data, 5000}, {data + 5000, 3}}, *many;
	int p[2], f = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (char)(i / 100 + i);
	T_OK(pipe(p));
	T_ERR(vmsplice(-1, iov, 1, 0), EBADF);
	T_ERR(vmsplice(f, iov, 1, 0), EBADF);
	T_ERR(vmsplice(p[1], iov, 1, 0x10), EINVAL);
	T_ERR(vmsplice(-1, iov, 1, 0x10), EINVAL);
	many = calloc(1025, sizeof(*many));
	T_ERR(vmsplice(p[1], many, 1025, 0), EINVAL);
	T_EQ(vmsplice(p[1], many, 1024, 0), 0);
	T_EQ(vmsplice(p[1], NULL, 0, 0), 0);
	T_EFAULT_NULL(q, vmsplice(p[1], q, 1, 0));
	T_ERR(vmsplice(p[0], iov, 1, SPLICE_F_NONBLOCK), EAGAIN);

	T_EQ(vmsplice(p[1], iov, 2, 0), 5003);
	T_EQ(read(p[0], back, sizeof(back)), 5003);
	T_TRUE(!memcmp(back, data, 5003));
	/* As much as there is room for; then not at all. */
	iov[0].iov_len = 90000;
	T_CMP(vmsplice(p[1], iov, 1, 0), >=, 61440);
	T_ERR(vmsplice(p[1], iov, 1, SPLICE_F_NONBLOCK), EAGAIN);
	T_CMP(read(p[0], back, sizeof(back)), >=, 61440);
	/* Out of the pipe. */
	T_EQ(write(p[1], "abcdef", 6), 6);
	iov[0] = (struct iovec){back, 2};
	iov[1] = (struct iovec){back + 10, 100};
	T_EQ(vmsplice(p[0], iov, 2, 0), 6);
	T_MEM(back, "ab", 2);
	T_MEM(back + 10, "cdef", 4);
	T_EQ(write(p[1], "x", 1), 1);
	T_EFAULT_NULL(q, (iov[0].iov_base = q, vmsplice(p[0], iov, 1, 0)));
	T_EFAULT_NULL(q, (iov[0].iov_base = q, vmsplice(p[1], iov, 1, 0)));
	t_count_signal(SIGPIPE, 0);
	close(p[0]);
	iov[0].iov_base = data;
	T_ERR(vmsplice(p[1], iov, 1, 0), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
}
