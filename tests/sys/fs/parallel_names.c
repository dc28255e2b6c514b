/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes make, rename and remove names in one directory at once. */
#include "test.h"
#include <dirent.h>

#define WORKERS 4
#define ROUNDS	150

/* Names of its own: nobody may disturb them. */
static int own_names(int worker)
{
	char a[32], b[32];
	int i, fd;

	snprintf(a, sizeof(a), "d/own-a-%d", worker);
	snprintf(b, sizeof(b), "d/own-b-%d", worker);
	for (i = 0; i < ROUNDS; i++) {
		fd = open(a, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			return 1;
		close(fd);
		if (link(a, b) || unlink(a) || rename(b, a) || mkdir(b, 0755) || rmdir(b) ||
		    unlink(a))
			return 2;
	}
	return 0;
}

/* One name for all: exactly one of them makes it each time. */
static int common_name(int *made)
{
	int i, fd;

	for (i = 0; i < ROUNDS; i++) {
		fd = open("d/common", O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0) {
			if (errno != EEXIST)
				return 3;
			continue;
		}
		close(fd);
		__atomic_add_fetch(&made[0], 1, __ATOMIC_SEQ_CST);
		if (unlink("d/common"))
			return 4;
		__atomic_add_fetch(&made[1], 1, __ATOMIC_SEQ_CST);
	}
	return 0;
}

/* Directories that are moved into one another must never make a loop. */
static int moves(int worker)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		int r = worker % 2 ? rename("d/x", "d/y/x") : rename("d/y", "d/x/y");

		if (r && errno != ENOENT && errno != EINVAL && errno != ENOTEMPTY)
			return 5;
		r = worker % 2 ? rename("d/y/x", "d/x") : rename("d/x/y", "d/y");
		if (r && errno != ENOENT && errno != EINVAL && errno != ENOTEMPTY)
			return 6;
	}
	return 0;
}

static void all(int (*work)(int))
{
	pid_t pids[WORKERS];
	int i;

	for (i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(work(i));
	}
	for (i = 0; i < WORKERS; i++)
		T_WAIT(pids[i], 0);
}

static int *made;

static int common_worker(int worker)
{
	(void)worker;
	return common_name(made);
}

TEST_MAIN
{
	struct dirent *e;
	DIR *dir;
	int left = 0;

	made = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	T_OK(mkdir("d", 0755));
	all(own_names);
	all(common_worker);
	T_EQ(made[0], made[1]);
	T_CMP(made[0], >=, 1);
	dir = opendir("d");
	while (dir && (e = readdir(dir)))
		left += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	T_EQ(left, 0);
	closedir(dir);
	T_OK(mkdir("d/x", 0755));
	T_OK(mkdir("d/y", 0755));
	all(moves);
	/* Both are still there, and can be reached from the top. */
	T_TRUE((t_exists("d/x") && (t_exists("d/y") || t_exists("d/x/y"))) ||
	       (t_exists("d/y") && t_exists("d/y/x")));
}
