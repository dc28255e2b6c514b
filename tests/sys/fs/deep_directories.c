/* SPDX-License-Identifier: Apache-2.0 */
/* Directories nested deeper than a path can say. */
#include "test.h"

#define LEVELS 300

TEST_MAIN
{
	char name[101], home[PATH_MAX], buf[PATH_MAX * 16];
	struct stat st;
	int i, made, top = T_OK(open(".", O_RDONLY));
	long len;

	T_OK(getcwd(home, sizeof(home)) ? 0 : -1);
	memset(name, 'd', 100);
	name[100] = '\0';
	for (made = 0; made < LEVELS; made++)
		if (mkdir(name, 0755) || chdir(name))
			break;
	T_EQ(made, LEVELS);
	t_touch("bottom");
	T_OK(stat("bottom", &st));
	/* 30,000 bytes of path are more than getcwd gives. */
	T_ERR(syscall(SYS_getcwd, buf, sizeof(buf)), ENAMETOOLONG);
	T_OK(stat("../../..", &st));
	/* What fits is given: 39 levels. */
	for (i = 0; i < LEVELS - 39; i++)
		if (chdir(".."))
			break;
	T_EQ(i, LEVELS - 39);
	len = T_OK(syscall(SYS_getcwd, buf, sizeof(buf)));
	T_EQ(len, strlen(home) + 39 * 101 + 1);
	T_OK(fchdir(top));
	/* Renaming the top takes everything along. */
	T_OK(rename(name, "short"));
	T_OK(chdir("short"));
	for (i = 1; i < LEVELS; i++)
		if (chdir(name))
			break;
	T_EQ(i, LEVELS);
	T_EQ(close(T_OK(open("bottom", O_RDONLY))), 0);
	T_OK(unlink("bottom"));
	for (i = 1; i < LEVELS; i++)
		if (chdir("..") || rmdir(name))
			break;
	T_EQ(i, LEVELS);
	T_OK(chdir(".."));
	T_OK(rmdir("short"));
	T_OK(stat(".", &st));
	T_EQ(st.st_nlink, 2);
}
