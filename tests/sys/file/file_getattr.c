/* SPDX-License-Identifier: Apache-2.0 */
#include "file_attr_common.h"

TEST_MAIN
{
	struct file_attr_t a = {.xflags = ~0ull};
	int got;

	t_touch("f");
	got = sys_file_getattr(AT_FDCWD, "f", &a, sizeof(a), 0);
	if (got < 0 && errno == ENOSYS)
		T_SKIP("a kernel before 6.17");
	T_EQ(got, 0);
	T_EQ(a.xflags & 0x8, 0);
	T_EQ(a.projid, 0);
	T_ERR(sys_file_getattr(AT_FDCWD, "f", &a, sizeof(a) - 1, 0), EINVAL);
	T_ERR(sys_file_getattr(AT_FDCWD, "f", &a, 5000, 0), E2BIG);
	T_ERR(sys_file_getattr(AT_FDCWD, "f", &a, sizeof(a), 1), EINVAL);
	T_ERR(sys_file_getattr(-1, "f", &a, sizeof(a), 0), EBADF);
	T_EFAULT_NULL(p, sys_file_getattr(AT_FDCWD, "f", p, sizeof(a), 0));
	T_PATH_ERRORS(p, sys_file_getattr(AT_FDCWD, p, &a, sizeof(a), 0));
}
