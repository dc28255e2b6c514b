/* SPDX-License-Identifier: Apache-2.0 */
#define sys_pipe2(fds, flags) ((int)syscall(SYS_pipe2, fds, (long)(flags)))
#define make_pipe(fds)	      sys_pipe2(fds, 0)
#include "pipe_common.h"

TEST_MAIN
{
	char buf[5000] = "";
	int p[2];

	pipe_common();
	T_OK(sys_pipe2(p, O_CLOEXEC));
	T_EQ(fcntl(p[0], F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(p[1], F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(p[0], F_GETFL), O_RDONLY);
	close(p[0]);
	close(p[1]);
	T_OK(sys_pipe2(p, O_NONBLOCK));
	T_EQ(fcntl(p[0], F_GETFD), 0);
	T_EQ(fcntl(p[0], F_GETFL), O_RDONLY | O_NONBLOCK);
	T_EQ(fcntl(p[1], F_GETFL), O_WRONLY | O_NONBLOCK);
	T_ERR(read(p[0], buf, 1), EAGAIN);
	close(p[0]);
	close(p[1]);
	/* Packets: one read takes one write; what does not fit is lost. */
	T_OK(sys_pipe2(p, O_DIRECT | O_NONBLOCK));
	T_TRUE(fcntl(p[1], F_GETFL) & O_DIRECT);
	T_EQ(write(p[1], "one", 3), 3);
	T_EQ(write(p[1], "three", 5), 5);
	T_EQ(read(p[0], buf, 100), 3);
	T_EQ(read(p[0], buf, 2), 2);
	T_ERR(read(p[0], buf, 100), EAGAIN);
	T_EQ(write(p[1], buf, 5000), 5000);
	T_EQ(read(p[0], buf, 5000), 4096);
	T_EQ(read(p[0], buf, 5000), 904);

	T_ERR(sys_pipe2(p, 1), EINVAL);
	T_ERR(sys_pipe2(p, O_APPEND), EINVAL);
	T_ERR(sys_pipe2(p, -1), EINVAL);
	T_ERR(sys_pipe2(NULL, O_APPEND), EINVAL);
}
