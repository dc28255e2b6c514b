/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	char buf[8];

	t_write_file("f", "abc", 3);
	T_EQ(syscall(SYS_sync), 0);
	T_EQ(t_read_file("f", buf, 8), 3);
	T_AS_USER
	{
		T_EQ(syscall(SYS_sync), 0);
	}
}
