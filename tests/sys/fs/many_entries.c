/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of 10,000 entries: made, found, listed, and emptied while it is being read. */
#include "test.h"
#include <dirent.h>

#define COUNT 10000

static char seen[COUNT];

static int list(DIR *dir, bool is_removing)
{
	struct dirent *e;
	char path[40];
	int n = 0, i;

	memset(seen, 0, sizeof(seen));
	while ((e = readdir(dir))) {
		if (sscanf(e->d_name, "entry-%d", &i) != 1)
			continue;
		if (i < 0 || i >= COUNT || seen[i]++)
			return -1;
		n++;
		snprintf(path, sizeof(path), "d/%.30s", e->d_name);
		if (is_removing && unlink(path))
			return -2;
	}
	return n;
}

TEST_MAIN
{
	char path[40];
	struct stat st;
	DIR *dir;
	int i, fd;

	T_OK(mkdir("d", 0755));
	for (i = 0; i < COUNT; i++) {
		snprintf(path, sizeof(path), "d/entry-%d", i);
		if (mknod(path, S_IFREG | 0600, 0))
			break;
	}
	T_EQ(i, COUNT);
	dir = opendir("d");
	T_EQ(list(dir, false), COUNT);
	rewinddir(dir);
	T_EQ(list(dir, false), COUNT);
	for (i = 0; i < COUNT; i += 7) {
		snprintf(path, sizeof(path), "d/entry-%d", i);
		if (stat(path, &st) || !S_ISREG(st.st_mode))
			break;
	}
	T_CMP(i, >=, COUNT);
	T_ERR(stat("d/entry-10000", &st), ENOENT);
	T_ERR(open("d/entry-5000", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	fd = T_OK(open("d/entry-5000", O_RDWR));
	T_EQ(write(fd, "x", 1), 1);
	close(fd);
	T_ERR2(rmdir("d"), ENOTEMPTY, EEXIST);
	/* Removing every third one; the others are all still listed. */
	for (i = 0; i < COUNT; i += 3) {
		snprintf(path, sizeof(path), "d/entry-%d", i);
		if (unlink(path))
			break;
	}
	T_CMP(i, >=, COUNT);
	rewinddir(dir);
	T_EQ(list(dir, false), COUNT - (COUNT + 2) / 3);
	/* As rm -r does it: no entry may be left out because others go. */
	rewinddir(dir);
	T_EQ(list(dir, true), COUNT - (COUNT + 2) / 3);
	rewinddir(dir);
	T_EQ(list(dir, false), 0);
	closedir(dir);
	T_OK(rmdir("d"));
}
