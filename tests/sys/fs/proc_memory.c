/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/slabinfo and /proc/sys/vm/drop_caches. */
#include "test.h"

static void slabinfo(void)
{
	char line[400], name[100];
	unsigned long used, all, size, per_slab, pages, slabs;
	bool has_dentry = false;
	FILE *f = fopen("/proc/slabinfo", "r");

	if (!f) /* not every kernel is built with it */
		return;
	T_TRUE(fgets(line, sizeof(line), f) != NULL);
	T_STR(line, "slabinfo - version: 2.1\n");
	T_TRUE(fgets(line, sizeof(line), f) != NULL);
	T_EQ(strncmp(line, "# name            <active_objs> <num_objs> <objsize>", 52), 0);
	while (fgets(line, sizeof(line), f)) {
		T_EQ(sscanf(line, "%99s %lu %lu %lu %lu %lu : tunables %*u %*u %*u : slabdata %lu",
			    name, &used, &all, &size, &per_slab, &pages, &slabs),
		     7);
		T_CMP(used, <=, all);
		T_CMP(per_slab * size, <=, pages * 4096);
		T_EQ(slabs * per_slab, all);
		if (!strcmp(name, "dentry")) {
			has_dentry = true;
			T_CMP(used, >, 0);
		}
	}
	fclose(f);
	T_TRUE(has_dentry);
	T_AS_USER
	{
		T_ERR(open("/proc/slabinfo", O_RDONLY), EACCES);
	}
}

TEST_MAIN
{
	struct stat st;
	int fd;

	slabinfo();
	T_OK(stat("/proc/sys/vm/drop_caches", &st));
	T_EQ(st.st_mode & 07777, 0200);
	if (geteuid())
		return;
	fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
	if (fd < 0) /* a container's is read-only */
		return;
	T_ERR(pwrite(fd, "0\n", 2, 0), EINVAL);
	T_ERR(pwrite(fd, "x", 1, 0), EINVAL);
	T_ERR(pwrite(fd, "-1", 2, 0), EINVAL);
	T_EQ(pwrite(fd, "4\n", 2, 0), 2);
}
