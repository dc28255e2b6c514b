/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	static char data[65536], back[65536];
	int p[2], q[2], f = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(pipe(p));
	T_OK(pipe(q));
	T_ERR(tee(-1, q[1], 1, 0), EBADF);
	T_ERR(tee(p[0], -1, 1, 0), EBADF);
	T_ERR(tee(p[1], q[1], 1, 0), EBADF);
	T_ERR(tee(p[0], q[0], 1, 0), EBADF);
	T_ERR(tee(f, q[1], 1, 0), EINVAL);
	T_ERR(tee(p[0], f, 1, 0), EINVAL);
	T_ERR(tee(p[0], p[1], 1, 0), EINVAL);
	T_ERR(tee(p[0], q[1], 1, 0x10), EINVAL);
	T_ERR(tee(-1, -1, 0, 0x10), EINVAL);
	T_EQ(tee(-1, -1, 0, 0), 0);
	T_ERR(tee(p[0], q[1], 1, SPLICE_F_NONBLOCK), EAGAIN);

	/* The data stays in the first pipe. */
	T_EQ(write(p[1], "hello", 5), 5);
	T_EQ(tee(p[0], q[1], 3, 0), 3);
	T_EQ(tee(p[0], q[1], 100, 0), 5);
	T_EQ(write(q[1], "!", 1), 1);
	T_EQ(write(p[1], "?", 1), 1);
	T_EQ(read(q[0], back, 100), 9);
	T_MEM(back, "helhello!", 9);
	T_EQ(read(p[0], back, 100), 6);
	T_MEM(back, "hello?", 6);
	/* Several buffers, and no more than the second pipe takes. */
	memset(data, 'd', sizeof(data));
	T_EQ(write(p[1], data, 65536), 65536);
	T_EQ(fcntl(q[1], F_SETPIPE_SZ, 8192), 8192);
	T_EQ(tee(p[0], q[1], 65536, 0), 8192);
	T_ERR(tee(p[0], q[1], 1, SPLICE_F_NONBLOCK), EAGAIN);
	T_EQ(read(q[0], back, 65536), 8192);
	T_EQ(read(p[0], back, 65536), 65536);
	close(p[1]);
	T_EQ(tee(p[0], q[1], 1, 0), 0);
	T_OK(pipe(p));
	T_EQ(write(p[1], "x", 1), 1);
	close(q[0]);
	t_count_signal(SIGPIPE, 0);
	T_ERR(tee(p[0], q[1], 1, 0), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
}
