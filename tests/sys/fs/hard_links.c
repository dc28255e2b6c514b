/* SPDX-License-Identifier: Apache-2.0 */
/* One file under many names. */
#include "test.h"

#define NAMES 200

TEST_MAIN
{
	char name[20], buf[16];
	struct stat st, first;
	int i, fd;

	t_write_file("f", "abc", 3);
	T_OK(mkdir("d", 0755));
	T_OK(stat("f", &first));
	for (i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "%s%d", i % 2 ? "d/n" : "n", i);
		if (link("f", name))
			break;
	}
	T_EQ(i, NAMES);
	T_OK(stat("f", &st));
	T_EQ(st.st_nlink, NAMES + 1);
	T_OK(stat("d/n199", &st));
	T_EQ(st.st_ino, first.st_ino);
	/* Contents, mode and times are the file's, not the name's. */
	fd = T_OK(open("n0", O_WRONLY | O_APPEND));
	T_EQ(write(fd, "def", 3), 3);
	close(fd);
	T_EQ(t_read_file("d/n1", buf, 16), 6);
	T_OK(chmod("d/n3", 0611));
	T_EQ(t_mode("n2") & 07777, 0611);
	T_OK(truncate("n4", 1));
	T_EQ(t_size("f"), 1);
	/* Renaming one name over another of the same file does nothing. */
	T_OK(rename("n0", "d/n1"));
	T_TRUE(t_exists("n0") && t_exists("d/n1"));
	/* The original name is no more than the others. */
	T_OK(unlink("f"));
	T_OK(stat("n0", &st));
	T_EQ(st.st_nlink, NAMES);
	for (i = 0; i < NAMES - 1; i++) {
		snprintf(name, sizeof(name), "%s%d", i % 2 ? "d/n" : "n", i);
		if (unlink(name))
			break;
	}
	T_EQ(i, NAMES - 1);
	T_OK(stat("d/n199", &st));
	T_EQ(st.st_nlink, 1);
	T_EQ(t_size("d/n199"), 1);
	T_OK(unlink("d/n199"));
	T_OK(rmdir("d"));
}
