/* SPDX-License-Identifier: Apache-2.0 */
/* Files without names live as long as they are used. */
#include "test.h"

TEST_MAIN
{
	static char data[100000], back[100000];
	char path[64], link[PATH_MAX];
	struct stat st;
	char *map;
	int fd, again, i;
	ssize_t n;

	for (i = 0; i < (int)sizeof(data); i++)
		data[i] = (char)(i * 13);
	t_write_file("f", data, sizeof(data));
	fd = T_OK(open("f", O_RDWR));
	map = T_OK(mmap(NULL, sizeof(data), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	T_OK(unlink("f"));
	T_ERR(open("f", O_RDONLY), ENOENT);
	T_EQ(pread(fd, back, sizeof(back), 0), sizeof(back));
	T_MEM(back, data, sizeof(data));
	/* A new file of the same name is another one. */
	t_write_file("f", "new", 3);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	T_EQ(st.st_size, sizeof(data));
	T_EQ(t_size("f"), 3);
	/* Through /proc the old one is opened anew. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = T_OK(readlink(path, link, sizeof(link) - 1));
	link[n < 0 ? 0 : n] = '\0';
	T_TRUE(strstr(link, "/f (deleted)") != NULL);
	again = T_OK(open(path, O_RDWR));
	T_EQ(pwrite(again, "changed", 7, 5000), 7);
	T_MEM(map + 5000, "changed", 7);
	close(again);
	close(fd);
	/* Only the mapping holds it now. */
	T_MEM(map, data, 5000);
	map[0] = 'm';
	T_CHILD
	{
		T_EQ(map[0], 'm');
		map[1] = 'c';
	}
	T_EQ(map[1], 'c');
	T_OK(munmap(map, sizeof(data)));
	/* A directory, too. */
	T_OK(mkdir("d", 0755));
	fd = T_OK(open("d", O_RDONLY));
	T_OK(rmdir("d"));
	T_OK(mkdir("d", 0755));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	T_ERR(openat(fd, "x", O_RDWR | O_CREAT, 0600), ENOENT);
	close(fd);
	/* Many at once; the space comes back. */
	for (i = 0; i < 200; i++) {
		fd = open("temp", O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0 || unlink("temp") || write(fd, data, sizeof(data)) != sizeof(data))
			break;
		close(fd);
	}
	T_EQ(i, 200);
}
