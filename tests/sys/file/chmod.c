/* SPDX-License-Identifier: Apache-2.0 */
#define change_mode(path, mode) ((int)syscall(SYS_chmod, path, (long)(mode)))
#include "chmod_common.h"

TEST_MAIN
{
	mode_values();
	mode_ownership();
	T_OK(symlink("f", "link"));
	T_OK(change_mode("link", 0751));
	T_EQ(t_mode("f") & 07777, 0751);
	T_EQ(t_mode("link"), S_IFLNK | 0777);
	T_OK(symlink("nowhere", "dangling"));
	T_ERR(change_mode("dangling", 0600), ENOENT);
	T_ERR(change_mode("none", 0600), ENOENT);
	T_ERR(change_mode("f/", 0600), ENOTDIR);
	T_OK(change_mode("d/", 0700));
	T_PATH_ERRORS(p, change_mode(p, 0600));
	T_ERR(change_mode("pf-loop1", 0600), ELOOP);
	/* It takes effect for descriptors opened later. */
	T_OK(change_mode("f", 0600));
	int fd = T_OK(open("f", O_RDWR));
	T_OK(change_mode("f", 0));
	T_EQ(write(fd, "x", 1), 1);
	T_AS_USER
	{
		T_ERR(open("f", O_RDWR), EACCES);
	}
}
