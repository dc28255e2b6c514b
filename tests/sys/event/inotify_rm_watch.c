/* SPDX-License-Identifier: Apache-2.0 */
#include "inotify_common.h"

TEST_MAIN
{
	int fd = T_OK(inotify_init1(0)), a, b, file;

	t_touch("f");
	t_touch("g");
	file = T_OK(open("f", O_RDWR));
	a = T_OK(inotify_add_watch(fd, "f", IN_ALL_EVENTS));
	b = T_OK(inotify_add_watch(fd, "g", IN_ALL_EVENTS));
	T_EQ(a, 1);
	T_EQ(b, 2);
	T_EQ(write(file, "x", 1), 1);
	T_EQ(inotify_rm_watch(fd, a), 0);
	T_EQ(write(file, "x", 1), 1);
	EXPECT(fd, a, IN_MODIFY, NULL);
	EXPECT(fd, a, IN_IGNORED, NULL);
	EXPECT_NONE(fd);
	T_ERR(inotify_rm_watch(fd, a), EINVAL);
	T_ERR(inotify_rm_watch(fd, 99), EINVAL);
	T_ERR(inotify_rm_watch(fd, -1), EINVAL);
	T_ERR(inotify_rm_watch(file, b), EINVAL);
	T_ERR(inotify_rm_watch(-1, b), EBADF);
	/* Numbers are not used again. */
	T_EQ(T_OK(inotify_add_watch(fd, "f", IN_ALL_EVENTS)), 3);
	T_EQ(inotify_rm_watch(fd, b), 0);
	EXPECT(fd, b, IN_IGNORED, NULL);
}
