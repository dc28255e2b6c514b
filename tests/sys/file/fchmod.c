/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_fchmod(fd, mode) ((int)syscall(SYS_fchmod, fd, (long)(mode)))

/* O_PATH descriptors will not do, so the file must be readable. */
static int change_mode(const char *path, mode_t mode)
{
	int fd, r, err;

	if (t_is_root() || access(path, R_OK) == 0) {
		fd = open(path, O_RDONLY);
	} else {
		chmod(path, 0600);
		fd = open(path, O_RDONLY);
	}
	if (fd < 0)
		return -1;
	r = sys_fchmod(fd, mode);
	err = errno;
	close(fd);
	errno = err;
	return r;
}
#include "chmod_common.h"

TEST_MAIN
{
	int fd, p[2];

	mode_values();
	mode_ownership();
	fd = T_OK(open("f", O_WRONLY));
	T_OK(sys_fchmod(fd, 0444));
	T_EQ(t_mode("f") & 07777, 0444);
	T_OK(unlink("f"));
	T_OK(sys_fchmod(fd, 0400));
	close(fd);
	T_ERR(sys_fchmod(fd, 0400), EBADF);
	T_ERR(sys_fchmod(-1, 0400), EBADF);
	fd = T_OK(open("d", O_RDONLY));
	T_OK(sys_fchmod(fd, 0711));
	T_EQ(t_mode("d") & 07777, 0711);
	close(fd);
	fd = T_OK(open("d", O_PATH));
	T_ERR(sys_fchmod(fd, 0700), EBADF);
	close(fd);
	struct stat st;
	T_OK(pipe(p));
	T_OK(sys_fchmod(p[0], 0640));
	T_OK(fstat(p[1], &st));
	T_EQ(st.st_mode, S_IFIFO | 0640);
}
