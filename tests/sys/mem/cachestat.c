/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif

struct range {
	uint64_t off, len;
};
struct stat_out {
	uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};

static long cachestat_of(int fd, void *range, void *out, unsigned flags)
{
	return syscall(SYS_cachestat, fd, range, out, flags);
}

TEST_MAIN
{
	int fd = T_NEED(open("f", O_RDWR | O_CREAT, 0600)), fds[2];
	struct stat_out out = {9, 9, 9, 9, 9};
	static char data[4 * PAGE];
	struct range all = {0, 0}, some = {PAGE, 2 * PAGE};

	if (cachestat_of(fd, &all, &out, 0) && errno == ENOSYS)
		T_SKIP("this kernel has no cachestat");
	T_EQ(out.nr_cache, 0);
	memset(data, 1, sizeof(data));
	T_EQ(write(fd, data, sizeof(data)), sizeof(data));
	T_OK(cachestat_of(fd, &all, &out, 0));
	T_EQ(out.nr_cache, 4);
	T_EQ(out.nr_writeback, 0);
	T_EQ(out.nr_evicted, 0);
	T_OK(cachestat_of(fd, &some, &out, 0));
	T_EQ(out.nr_cache, 2);
	some = (struct range){PAGE + 1, PAGE - 1};
	T_OK(cachestat_of(fd, &some, &out, 0));
	T_EQ(out.nr_cache, 1);
	some = (struct range){100 * PAGE, 0};
	T_OK(cachestat_of(fd, &some, &out, 0));
	T_EQ(out.nr_cache, 0);
	T_ERR(cachestat_of(fd, &all, &out, 1), EINVAL);
	T_ERR(cachestat_of(-1, &all, &out, 1), EBADF);
	T_EFAULT_NULL(bad, cachestat_of(fd, bad, &out, 0));
	T_EFAULT_NULL(bad, cachestat_of(fd, &all, bad, 0));
	T_NEED(pipe(fds));
	T_OK(cachestat_of(fds[0], &all, &out, 0));
	T_EQ(out.nr_cache, 0);
}
