/* SPDX-License-Identifier: Apache-2.0 */
#define sys_fchownat(fd, path, uid, gid, flags) \
	((int)syscall(SYS_fchownat, fd, path, (uid_t)(uid), (gid_t)(gid), (long)(flags)))
#define change_owner(path, uid, gid) sys_fchownat(AT_FDCWD, path, uid, gid, 0)
#include "chown_common.h"

TEST_MAIN
{
	int d, f, o;

	owner_as_root();
	owner_as_user();
	t_touch("target");
	T_OK(mkdir("dir", 0755));
	t_touch("dir/x");
	T_OK(symlink("target", "link"));
	d = T_OK(open("dir", O_RDONLY));
	f = T_OK(open("target", O_RDONLY));
	o = T_OK(open("link", O_PATH | O_NOFOLLOW));
	if (t_is_root()) {
		T_OK(sys_fchownat(d, "x", 31, 32, 0));
		expect_owner("dir/x", 31, 32);
		T_OK(sys_fchownat(AT_FDCWD, "link", 33, 34, 0));
		expect_owner("target", 33, 34);
		T_OK(sys_fchownat(AT_FDCWD, "link", 35, 36, AT_SYMLINK_NOFOLLOW));
		expect_owner("target", 33, 34);
		expect_owner("link", 35, 36);
		T_OK(sys_fchownat(f, "", 37, 38, AT_EMPTY_PATH));
		expect_owner("target", 37, 38);
		T_OK(sys_fchownat(o, "", 39, 40, AT_EMPTY_PATH));
		expect_owner("link", 39, 40);
	}
	T_OK(sys_fchownat(AT_FDCWD, "", -1, -1, AT_EMPTY_PATH));
	T_ERR(sys_fchownat(f, "", -1, -1, 0), ENOENT);
	T_ERR(sys_fchownat(-1, "", -1, -1, AT_EMPTY_PATH), EBADF);
	T_ERR(sys_fchownat(-1, "target", -1, -1, 0), EBADF);
	T_ERR(sys_fchownat(f, "x", -1, -1, 0), ENOTDIR);
	T_ERR(sys_fchownat(AT_FDCWD, "target", -1, -1, 0x40000000), EINVAL);
	T_ERR(sys_fchownat(AT_FDCWD, "target", -1, -1, AT_SYMLINK_FOLLOW), EINVAL);
	T_ERR(sys_fchownat(-1, NULL, -1, -1, 0x40000000), EINVAL);
	T_PATH_ERRORS(p, sys_fchownat(AT_FDCWD, p, -1, -1, 0));
	T_PATH_ERRORS(p, sys_fchownat(AT_FDCWD, p, -1, -1, AT_SYMLINK_NOFOLLOW));
}
