/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor table from nearly empty to full and back. */
#include "test.h"

TEST_MAIN
{
	struct rlimit r;
	int fd, last = -1, count = 0, lowest;
	char c = 0;

	T_OK(getrlimit(RLIMIT_NOFILE, &r));
	r.rlim_cur = r.rlim_max < 1024 ? r.rlim_max : 1024;
	T_OK(setrlimit(RLIMIT_NOFILE, &r));
	t_write_file("f", "x", 1);
	lowest = T_OK(open("f", O_RDONLY));
	while ((fd = dup(lowest)) >= 0) {
		if (fd <= last)
			break;
		last = fd;
		count++;
	}
	T_TRUE(errno == EMFILE);
	T_EQ(last, r.rlim_cur - 1);
	T_CMP(count, >=, (long)r.rlim_cur - 20);
	T_ERR(open("f", O_RDONLY), EMFILE);
	int p[2];
	T_ERR(pipe(p), EMFILE);
	T_ERR(fcntl(lowest, F_DUPFD, 0), EMFILE);
	T_EQ(pread(last, &c, 1, 0), 1);
	/* Holes are filled from below. */
	close(last - 7);
	close(last - 100);
	close(lowest + 1);
	T_EQ(dup(lowest), lowest + 1);
	T_EQ(dup(lowest), last - 100);
	T_EQ(dup(lowest), last - 7);
	T_ERR(dup(lowest), EMFILE);
	/* A child has all of them, too. */
	T_CHILD
	{
		T_EQ(pread(last, &c, 1, 0), 1);
		T_ERR(dup(lowest), EMFILE);
		T_EQ(close(last), 0);
	}
	T_EQ(pread(last, &c, 1, 0), 1);
	/* Lowering the limit closes nothing. */
	t_limit(RLIMIT_NOFILE, 20);
	T_EQ(pread(last, &c, 1, 0), 1);
	T_ERR(dup(last), EMFILE);
	for (fd = lowest + 1; fd <= last; fd++)
		if (close(fd))
			break;
	T_EQ(fd, last + 1);
	T_EQ(dup(lowest), lowest + 1);
}
