/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_fchown(fd, uid, gid) ((int)syscall(SYS_fchown, fd, (uid_t)(uid), (gid_t)(gid)))

static int change_owner(const char *path, uid_t uid, gid_t gid)
{
	int fd = open(path, O_RDONLY), r, err;

	if (fd < 0)
		return -1;
	r = sys_fchown(fd, uid, gid);
	err = errno;
	close(fd);
	errno = err;
	return r;
}
#include "chown_common.h"

TEST_MAIN
{
	struct stat st;
	int fd, p[2];

	owner_as_root();
	owner_as_user();
	t_touch("g");
	fd = T_OK(open("g", O_RDONLY));
	T_OK(sys_fchown(fd, -1, -1));
	T_OK(unlink("g"));
	T_OK(sys_fchown(fd, geteuid(), getegid()));
	close(fd);
	T_ERR(sys_fchown(fd, -1, -1), EBADF);
	T_ERR(sys_fchown(-1, 0, 0), EBADF);
	fd = T_OK(open(".", O_PATH));
	T_ERR(sys_fchown(fd, -1, -1), EBADF);
	T_OK(pipe(p));
	if (t_is_root()) {
		T_OK(sys_fchown(p[0], 21, 22));
		T_OK(fstat(p[1], &st));
		T_EQ(st.st_uid, 21);
		T_EQ(st.st_gid, 22);
	}
}
