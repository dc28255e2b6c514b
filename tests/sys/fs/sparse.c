/* SPDX-License-Identifier: Apache-2.0 */
/* Files with holes. */
#include "test.h"

#define MIB (1L << 20)

TEST_MAIN
{
	static char buf[8192], zero[8192];
	struct stat st;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600)), i;
	long pos;

	/* One byte each at distances that go through every level of an index. */
	for (i = 0, pos = 0; i < 10; i++, pos = pos ? pos * 7 + 4096 : 4097) {
		char c = (char)('a' + i);

		T_EQ(pwrite(fd, &c, 1, pos), 1);
	}
	T_OK(fsync(fd));
	T_OK(fstat(fd, &st));
	T_CMP(st.st_blocks * 512, <=, 10 * 65536);
	for (i = 0, pos = 0; i < 10; i++, pos = pos ? pos * 7 + 4096 : 4097) {
		T_EQ(pread(fd, buf, 1, pos), 1);
		T_EQ(buf[0], 'a' + i);
		memset(buf, 1, sizeof(buf));
		if (i >= 2) {
			T_EQ(pread(fd, buf, 1000, pos - 1000), 1000);
			T_MEM(buf, zero, 1000);
		}
	}
	/* Data and holes are where they were put. */
	T_OK(ftruncate(fd, 0));
	T_EQ(pwrite(fd, "x", 1, 4 * MIB), 1);
	T_EQ(pwrite(fd, "y", 1, 8 * MIB), 1);
	T_EQ(lseek(fd, 0, SEEK_DATA), 4 * MIB);
	T_EQ(lseek(fd, 4 * MIB, SEEK_HOLE), 4 * MIB + 4096);
	T_EQ(lseek(fd, 4 * MIB + 4096, SEEK_DATA), 8 * MIB);
	T_EQ(lseek(fd, 8 * MIB, SEEK_HOLE), 8 * MIB + 1);
	/* Truncated away and grown again: zeros, and no data. */
	T_OK(ftruncate(fd, 2 * MIB));
	T_OK(ftruncate(fd, 16 * MIB));
	T_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	T_EQ(pread(fd, buf, 4096, 4 * MIB), 4096);
	T_MEM(buf, zero, 4096);
	/* Reading makes no blocks, mapping for reading at most those it touches. */
	char *p = T_OK(mmap(NULL, MIB, PROT_READ, MAP_SHARED, fd, 0));
	T_EQ(p[0] + p[4096] + p[MIB - 1], 0);
	munmap(p, MIB);
	T_OK(fstat(fd, &st));
	T_CMP(st.st_blocks, <=, 64);
	/* A write across the edge of hole and data. */
	memset(buf, 'z', sizeof(buf));
	T_EQ(pwrite(fd, buf, 6000, MIB - 3000), 6000);
	T_EQ(pread(fd, buf, 8192, MIB - 4096), 8192);
	T_MEM(buf, zero, 1096);
	T_EQ(buf[1096], 'z');
	T_EQ(buf[7095], 'z');
	T_MEM(buf + 7096, zero, 1096);
	/* Beyond 4 GiB. */
	T_EQ(pwrite(fd, "far", 3, 5L << 30), 3);
	T_EQ(t_size("f"), (5L << 30) + 3);
	T_EQ(pread(fd, buf, 10, 5L << 30), 3);
	T_MEM(buf, "far", 3);
	T_EQ(pread(fd, buf, 10, 1L << 30), 10);
	T_MEM(buf, zero, 10);
}
