/* SPDX-License-Identifier: Apache-2.0 */
#include "inotify_common.h"

TEST_MAIN
{
	int fd = T_OK((int)syscall(SYS_inotify_init));
	struct stat st;

	T_EQ(fcntl(fd, F_GETFL), O_RDONLY);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_mode & 0777, 0600);
	EXPECT_NONE(fd);
	t_touch("f");
	T_EQ(T_OK(inotify_add_watch(fd, "f", IN_OPEN)), 1);
	close(open("f", O_RDONLY));
	EXPECT(fd, 1, IN_OPEN, NULL);
}
