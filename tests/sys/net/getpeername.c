/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

TEST_MAIN
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int fd, p[2], s[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(getpeername(fd, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(getpeername(p[0], (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(getpeername(fd, NULL, NULL), ENOTSOCK);
	T_ERR(getpeername(-1, (struct sockaddr *)&addr, &len), EBADF);
	close(fd);
	T_ERR(getpeername(fd, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(getpeername(fd, (struct sockaddr *)&addr, &len), EBADF);

	fd = u_socket(SOCK_STREAM);
	T_ERR(getpeername(fd, (struct sockaddr *)&addr, &len), ENOTCONN);
	T_OK(u_bind(fd, "srv"));
	T_OK(listen(fd, 1));
	T_ERR(getpeername(fd, (struct sockaddr *)&addr, &len), ENOTCONN);
	u_pair(SOCK_DGRAM, s);
	T_OK(getpeername(s[0], (struct sockaddr *)&addr, &len));
	T_EQ(len, sizeof(sa_family_t));
	T_EQ(addr.ss_family, AF_UNIX);
	T_OK(u_bind(s[1], "late"));
	len = sizeof(addr);
	T_OK(getpeername(s[0], (struct sockaddr *)&addr, &len));
	T_EQ(len, PATH_OFFSET + 5);
	len = (socklen_t)-5;
	T_ERR(getpeername(s[0], (struct sockaddr *)&addr, &len), EINVAL);
	len = sizeof(addr);
	T_EFAULT_NULL(q, getpeername(s[0], q, &len));
	T_EFAULT_NULL(q, getpeername(s[0], (struct sockaddr *)&addr, q));
}
