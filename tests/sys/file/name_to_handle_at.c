/* SPDX-License-Identifier: Apache-2.0 */
#include "handle_common.h"

TEST_MAIN
{
	struct handle h = {.bytes = 128}, h2 = {.bytes = 128};
	struct statx x;
	int id = -1, id2 = -1, fd;

	t_touch("f");
	t_touch("g");
	T_OK(symlink("f", "link"));
	T_EQ(sys_name_to_handle_at(AT_FDCWD, "f", &h, &id, 0), 0);
	T_CMP(h.bytes, >, 0);
	T_CMP(h.bytes, <=, 128);
	T_OK(syscall(SYS_statx, AT_FDCWD, "f", 0, STATX_MNT_ID, &x));
	T_EQ(id, x.stx_mnt_id);
	/* The same file has the same handle. */
	T_EQ(sys_name_to_handle_at(AT_FDCWD, "link", &h2, &id2, AT_SYMLINK_FOLLOW), 0);
	T_EQ(h.bytes, h2.bytes);
	T_EQ(h.type, h2.type);
	T_MEM(h.data, h2.data, h.bytes);
	h2.bytes = 128;
	T_EQ(sys_name_to_handle_at(AT_FDCWD, "link", &h2, &id2, 0), 0);
	T_TRUE(memcmp(h.data, h2.data, h.bytes));
	fd = T_OK(open("f", O_RDONLY));
	h2.bytes = 128;
	T_EQ(sys_name_to_handle_at(fd, "", &h2, &id2, AT_EMPTY_PATH), 0);
	T_MEM(h.data, h2.data, h.bytes);
	/* How much room it takes. */
	h2.bytes = 0;
	id2 = -1;
	T_ERR(sys_name_to_handle_at(AT_FDCWD, "f", &h2, &id2, 0), EOVERFLOW);
	T_EQ(h2.bytes, h.bytes);
	T_EQ(id2, id);
	h2.bytes = 129;
	T_ERR(sys_name_to_handle_at(AT_FDCWD, "f", &h2, &id2, 0), EINVAL);
	h2.bytes = 128;
	T_ERR(sys_name_to_handle_at(AT_FDCWD, "f", &h2, &id2, 0x4000), EINVAL);
	T_ERR(sys_name_to_handle_at(-1, "f", &h2, &id2, 0), EBADF);
	T_ERR(sys_name_to_handle_at(fd, "f", &h2, &id2, 0), ENOTDIR);
	T_ERR(sys_name_to_handle_at(fd, "", &h2, &id2, 0), ENOENT);
	T_EFAULT_NULL(p, sys_name_to_handle_at(AT_FDCWD, "f", p, &id2, 0));
	T_EFAULT_NULL(p, ({
			      h2.bytes = 128;
			      sys_name_to_handle_at(AT_FDCWD, "f", &h2, p, 0);
		      }));
	T_PATH_ERRORS(p, ({
			      h2.bytes = 128;
			      sys_name_to_handle_at(AT_FDCWD, p, &h2, &id2, AT_SYMLINK_FOLLOW);
		      }));
}
