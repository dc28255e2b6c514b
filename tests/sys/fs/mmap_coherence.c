/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings and read/write see one and the same file. */
#include "test.h"

#define SIZE 20000

static void shared(int fd)
{
	char buf[100];
	char *a = T_OK(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char *b = T_OK(mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0));
	char *c = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 8192));
	int other;

	T_EQ(a[0], 'i');
	T_EQ(pwrite(fd, "write", 5, 0), 5);
	T_MEM(a, "write", 5);
	T_MEM(b, "write", 5);
	memcpy(a + 4090, "across pages", 12);
	T_EQ(pread(fd, buf, 12, 4090), 12);
	T_MEM(buf, "across pages", 12);
	T_MEM(b + 4090, "across pages", 12);
	c[1] = 'c';
	T_EQ(a[8193], 'c');
	other = T_OK(open("f", O_RDWR));
	T_EQ(pread(other, buf, 1, 8193), 1);
	T_EQ(buf[0], 'c');
	T_EQ(pwrite(other, "other", 5, 12288), 5);
	T_MEM(a + 12288, "other", 5);
	close(other);
	/* Other processes. */
	T_CHILD
	{
		T_MEM(a, "write", 5);
		memcpy(a, "child", 5);
		T_EQ(pwrite(fd, "x", 1, 16000), 1);
	}
	T_MEM(a, "child", 5);
	T_EQ(b[16000], 'x');
	T_EQ(pread(fd, buf, 5, 0), 5);
	T_MEM(buf, "child", 5);
	/* Copying between a mapping of a file and the file itself. */
	memcpy(a + 100, "self", 4);
	T_EQ(pwrite(fd, a + 100, 4, 200), 4);
	T_MEM(a + 200, "self", 4);
	T_EQ(pread(fd, a + 300, 4, 200), 4);
	T_MEM(b + 300, "self", 4);
	T_OK(msync(a, SIZE, MS_SYNC));
	/* The mapping outlives the unmapping of the others, and the data all of them. */
	T_OK(munmap(a, SIZE));
	T_OK(munmap(c, 4096));
	T_MEM(b + 300, "self", 4);
	T_OK(munmap(b, SIZE));
	T_EQ(pread(fd, buf, 4, 300), 4);
	T_MEM(buf, "self", 4);
}

static void private(int fd)
{
	char buf[100];
	char *p = T_OK(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));

	T_EQ(p[0], 'c');
	p[0] = 'P';
	T_EQ(pread(fd, buf, 1, 0), 1);
	T_EQ(buf[0], 'c');
	/* The copied page no longer follows the file. */
	T_EQ(pwrite(fd, "file", 4, 0), 4);
	T_EQ(p[0], 'P');
	T_MEM(p + 1, "hild", 4);
	T_CHILD
	{
		p[0] = 'Q';
		T_EQ(p[0], 'Q');
	}
	T_EQ(p[0], 'P');
	T_OK(munmap(p, SIZE));
	/* A private mapping of a file that may only be read can be written. */
	int ro = T_OK(open("f", O_RDONLY));
	p = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, ro, 0));
	p[0] = 'R';
	T_EQ(p[0], 'R');
	T_OK(munmap(p, 4096));
	T_ERR(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ro, 0), EACCES);
	close(ro);
}

static void tail(void)
{
	char buf[200], zero[200] = {0};
	int fd = T_OK(open("tail", O_RDWR | O_CREAT, 0600));
	char *p;

	T_EQ(write(fd, "0123456789", 10), 10);
	p = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	/* Behind the end of the file the last page is zeros. */
	T_MEM(p, "0123456789", 10);
	T_MEM(p + 10, zero, 200);
	T_EQ(pwrite(fd, "abc", 3, 100), 3);
	T_MEM(p + 100, "abc", 3);
	/* Cut inside the page: what was cut is zeros for the mapping too. */
	T_OK(ftruncate(fd, 5));
	T_MEM(p, "01234", 5);
	T_MEM(p + 5, zero, 200);
	T_OK(ftruncate(fd, 200));
	T_EQ(pread(fd, buf, 200, 0), 200);
	T_MEM(buf + 5, zero, 195);
	T_OK(munmap(p, 4096));
	close(fd);
}

TEST_MAIN
{
	static char init[SIZE];
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));

	memset(init, 'i', SIZE);
	T_EQ(write(fd, init, SIZE), SIZE);
	shared(fd);
	private(fd);
	tail();
}
