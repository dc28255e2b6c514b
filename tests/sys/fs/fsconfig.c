/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_api.h"

TEST_MAIN
{
	char buf[256];
	int fd, file;

	need_mounts();
	fd = T_NEED(sys_fsopen("tmpfs", 0));
	T_OK(sys_fsconfig(fd, SET_STRING, "source", "some", 0));
	T_ERR(sys_fsconfig(fd, SET_STRING, "source", "more", 0), EINVAL);
	T_OK(sys_fsconfig(fd, SET_FLAG, "ro", NULL, 0));
	T_OK(sys_fsconfig(fd, SET_FLAG, "rw", NULL, 0));
	T_OK(sys_fsconfig(fd, SET_STRING, "mode", "0700", 0));
	T_ERR(sys_fsconfig(fd, SET_STRING, "nonsense", "1", 0), EINVAL);
	/* Why, can be read. */
	T_CMP(read(fd, buf, sizeof(buf)), >, 0);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	T_ERR(read(fd, buf, sizeof(buf)), ENODATA);
	T_ERR(sys_fsconfig(fd, SET_FLAG, NULL, NULL, 0), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_FLAG, "ro", "x", 0), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_FLAG, "ro", NULL, 1), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_STRING, NULL, "x", 0), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_STRING, "mode", NULL, 0), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_BINARY, "mode", "x", 0), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_PATH, "mode", NULL, AT_FDCWD), EINVAL);
	T_ERR(sys_fsconfig(fd, SET_FD, "mode", NULL, -1), EINVAL);
	T_ERR(sys_fsconfig(fd, CREATE, "x", NULL, 0), EINVAL);
	T_ERR(sys_fsconfig(fd, 100, "x", NULL, 0), EOPNOTSUPP);
	T_EFAULT(p, sys_fsconfig(fd, SET_FLAG, p, NULL, 0));
	T_EFAULT(p, sys_fsconfig(fd, SET_STRING, "mode", p, 0));
	T_ERR(sys_fsconfig(-1, SET_FLAG, "ro", NULL, 0), EINVAL);
	file = T_OK(open("/dev/null", O_RDWR));
	T_ERR(sys_fsconfig(file, SET_FLAG, "ro", NULL, 0), EINVAL);
	close(file);
	T_ERR(sys_fsconfig(file, SET_FLAG, "ro", NULL, 0), EBADF);
	T_OK(sys_fsconfig(fd, CREATE, NULL, NULL, 0));
	T_ERR(sys_fsconfig(fd, CREATE, NULL, NULL, 0), EBUSY);
	T_ERR(sys_fsconfig(fd, SET_FLAG, "ro", NULL, 0), EBUSY);
	close(fd);
	T_OK(rmdir("m"));
}
