/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

TEST_MAIN
{
	struct sockaddr_storage addr;
	struct sockaddr_un *un = (struct sockaddr_un *)&addr;
	socklen_t len = sizeof(addr);
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(getsockname(p[0], (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(getsockname(fd, NULL, NULL), ENOTSOCK);
	T_ERR(getsockname(-1, (struct sockaddr *)&addr, &len), EBADF);
	close(fd);
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), EBADF);

	fd = u_socket(SOCK_STREAM);
	memset(&addr, 0x55, sizeof(addr));
	len = sizeof(addr);
	T_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	T_EQ(len, sizeof(sa_family_t));
	T_EQ(addr.ss_family, AF_UNIX);
	T_OK(u_bind(fd, "name"));
	/* Cut to the room, with the length there would be. */
	memset(&addr, 0x55, sizeof(addr));
	len = 4;
	T_OK(getsockname(fd, (struct sockaddr *)&addr, &len));
	T_EQ(len, PATH_OFFSET + 5);
	T_MEM(un->sun_path, "na\x55\x55", 4);
	len = (socklen_t)-1;
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), EINVAL);
	len = sizeof(addr);
	T_EFAULT_NULL(q, getsockname(fd, q, &len));
	T_EFAULT_NULL(q, getsockname(fd, (struct sockaddr *)&addr, q));
}
