/* SPDX-License-Identifier: Apache-2.0 */
/* A full tmpfs: ENOSPC, and what is freed can be used again. */
#include "mount_common.h"

static void inode_limit(void)
{
	char name[20];
	int i;

	/* No more files than nr_inodes. */
	for (i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "m/n%d", i);
		if (mknod(name, S_IFREG | 0600, 0))
			break;
	}
	T_TRUE(errno == ENOSPC);
	T_CMP(i, <, 20);
	T_CMP(i, >, 10);
	T_ERR(mkdir("m/dir", 0755), ENOSPC);
	T_ERR(symlink("x", "m/sym"), ENOSPC);
	T_ERR(open("m/new", O_RDWR | O_CREAT, 0600), ENOSPC);
	T_OK(unlink("m/n0"));
	T_OK(mkdir("m/dir", 0755));
}

TEST_MAIN
{
	static char buf[65536];
	struct statvfs sv;
	int fd, fd2;
	ssize_t n;

	need_mounts();
	T_OK(sys_mount("none", "m", "tmpfs", 0, "size=1m,nr_inodes=20"));
	fd = T_OK(open("m/f", O_RDWR | O_CREAT, 0600));
	while ((n = write(fd, buf, sizeof(buf))) > 0)
		;
	T_TRUE(errno == ENOSPC);
	T_CMP(t_size("m/f"), >=, (1 << 20) - 65536);
	T_CMP(t_size("m/f"), <=, 1 << 20);
	T_OK(statvfs("m", &sv));
	T_CMP(sv.f_bavail * sv.f_frsize, <, 65536);
	T_EQ(sv.f_blocks * sv.f_frsize, 1 << 20);
	/* A second file gets nothing, the first one can still be overwritten. */
	fd2 = T_OK(open("m/g", O_RDWR | O_CREAT, 0600));
	while (write(fd2, buf, 4096) > 0)
		;
	T_ERR(write(fd2, buf, 4096), ENOSPC);
	T_EQ(pwrite(fd, buf, 4096, 0), 4096);
	/* Holes cost nothing; filling one does. */
	T_OK(ftruncate(fd2, 1L << 30));
	T_ERR(pwrite(fd2, buf, 4096, 1L << 29), ENOSPC);
	T_OK(ftruncate(fd, 0));
	T_EQ(pwrite(fd2, buf, 65536, 1L << 29), 65536);
	/* An unlinked file counts until it is closed. */
	T_OK(unlink("m/g"));
	T_OK(statvfs("m", &sv));
	n = (ssize_t)sv.f_bfree;
	close(fd2);
	T_OK(statvfs("m", &sv));
	T_CMP(sv.f_bfree, >=, n + 16);
	close(fd);
	/* A page of a mapping that cannot be had is SIGBUS. */
	T_CHILD_STATUS(SIGBUS)
	{
		t_limit(RLIMIT_CORE, 0);
		fd = open("m/map", O_RDWR | O_CREAT, 0600);
		if (ftruncate(fd, 4 << 20))
			_exit(1);
		char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		for (int i = 0; i < 4 << 20; i += 4096)
			p[i] = 1;
	}
	T_OK(unlink("m/map"));
	inode_limit();
	T_OK(sys_umount2("m", 0));
}
