/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing a file by rename: readers see the old or the new one, never none and never a mix. */
#include "test.h"

#define ROUNDS 300

static void write_version(const char *path, int version)
{
	char data[4096];

	memset(data, version & 127, sizeof(data));
	t_write_file(path, data, sizeof(data));
}

/* Opens and reads until it sees the last version. */
static int read_versions(void)
{
	char data[4096];
	int fd, i, last = -1;

	for (;;) {
		fd = open("current", O_RDONLY);
		if (fd < 0)
			return 1;
		if (read(fd, data, sizeof(data)) != sizeof(data))
			return 2;
		close(fd);
		for (i = 1; i < (int)sizeof(data); i++)
			if (data[i] != data[0])
				return 3;
		/* Versions only go forward; 127 ends it. */
		if (data[0] < last)
			return 4;
		last = data[0];
		if (last == 127)
			return 0;
	}
}

TEST_MAIN
{
	struct stat st, st2;
	char buf[8];
	int fd, i;
	pid_t readers[3];

	t_write_file("old", "old", 3);
	t_write_file("new", "newer", 5);
	fd = T_OK(open("old", O_RDWR));
	T_OK(rename("new", "old"));
	T_EQ(pread(fd, buf, 8, 0), 3);
	T_EQ(t_size("old"), 5);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	close(fd);
	/* A descriptor follows its file. */
	fd = T_OK(open("old", O_RDWR));
	T_OK(rename("old", "moved"));
	T_EQ(write(fd, "x", 1), 1);
	T_OK(fstat(fd, &st));
	T_OK(stat("moved", &st2));
	T_EQ(st.st_ino, st2.st_ino);
	T_EQ(t_read_file("moved", buf, 8), 5);
	T_EQ(buf[0], 'x');
	close(fd);

	write_version("current", 0);
	for (i = 0; i < 3; i++) {
		readers[i] = fork();
		if (!readers[i])
			_exit(read_versions());
	}
	for (i = 0; i <= ROUNDS; i++) {
		write_version("next", i * 127 / ROUNDS);
		if (rename("next", "current"))
			break;
	}
	T_EQ(i, ROUNDS + 1);
	for (i = 0; i < 3; i++)
		T_WAIT(readers[i], 0);
	T_TRUE(!t_exists("next"));
}
