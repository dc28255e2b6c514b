/* SPDX-License-Identifier: Apache-2.0 */
/* What ioctl(2) answers for files of a tmpfs and of an overlay on it; handles and flags through the
 * overlay; F_SET_RW_HINT. */
#include "mount_common.h"
#include <linux/fiemap.h>
#include <sys/ioctl.h>

#ifndef F_GET_RW_HINT
#define F_GET_RW_HINT 1035
#define F_SET_RW_HINT 1036
#endif

/* <linux/fs.h> and the C library's headers do not go together. */
#define IMMUTABLE_FL 0x10
#define NODUMP_FL    0x40
#define GETFLAGS     _IOR('f', 1, long)
#define SETFLAGS     _IOW('f', 2, long)
#define FREEZE	     _IOWR('X', 119, int)
#define THAW	     _IOWR('X', 120, int)
#define MAP_BLOCK    _IO(0x00, 1)
#define BLOCK_SIZE_K _IO(0x00, 2)
#define MAP_EXTENTS  _IOWR('f', 11, struct fiemap)
#define CLONE	     _IOW(0x94, 9, int)
#define CLONE_RANGE  _IOW(0x94, 13, struct clone_range)
#define DEDUPE	     _IOWR(0x94, 54, struct dedupe)
#define QSIZE	     0x5460

struct clone_range {
	int64_t fd;
	uint64_t from, len, to;
};
struct dedupe {
	uint64_t from, len;
	uint16_t count, reserved1;
	uint32_t reserved2;
};
struct xflags {
	uint32_t xflags, extsize, nextents, projid, cowextsize;
	char pad[8];
};
#define GETXFLAGS _IOR('X', 31, struct xflags)

struct handle {
	uint32_t bytes;
	int32_t type;
	unsigned char data[128];
};

static void clones(int fd, int dir, int other)
{
	struct clone_range c = {fd, 0, 0, 0};
	struct dedupe d = {0, 4096, 1, 0, 0};
	int ro = T_OK(open("m/u/f", O_RDONLY));

	T_ERR(ioctl(fd, CLONE, fd), EOPNOTSUPP);
	T_ERR(ioctl(fd, CLONE, -1), EBADF);
	T_ERR(ioctl(fd, CLONE, other), EXDEV);
	T_ERR(ioctl(fd, CLONE, dir), EISDIR);
	T_ERR(ioctl(ro, CLONE, fd), EBADF);
	T_ERR(ioctl(fd, CLONE_RANGE, &c), EOPNOTSUPP);
	T_ERR(ioctl(fd, CLONE_RANGE, (void *)1), EFAULT);
	T_ERR(ioctl(fd, DEDUPE, (void *)1), EFAULT);
	T_ERR(ioctl(dir, DEDUPE, &d), EISDIR);
	T_ERR(ioctl(fd, DEDUPE, &d), EOPNOTSUPP);
	d.reserved1 = 1;
	T_ERR(ioctl(fd, DEDUPE, &d), EINVAL);
	close(ro);
}

static void commands(int fd, int dir)
{
	struct fiemap map = {.fm_length = 4096};
	int n = 0, p[2];
	int64_t bytes = -1;

	T_ERR(ioctl(fd, MAP_EXTENTS, &map), EOPNOTSUPP);
	T_ERR(ioctl(fd, MAP_BLOCK, &n), EINVAL);
	T_ERR(ioctl(fd, MAP_BLOCK, (void *)1), EFAULT);
	T_ERR(ioctl(dir, MAP_BLOCK, &n), ENOTTY);
	T_ERR(ioctl(fd, FREEZE, 0), EOPNOTSUPP);
	T_ERR(ioctl(fd, THAW, 0), EINVAL);
	T_AS_USER
	{
		T_ERR(ioctl(fd, MAP_BLOCK, &n), EPERM);
		T_ERR(ioctl(fd, FREEZE, 0), EPERM);
		T_ERR(ioctl(fd, THAW, 0), EPERM);
	}
	T_OK(ioctl(fd, BLOCK_SIZE_K, &n));
	T_EQ(n, 4096);
	T_OK(ioctl(dir, BLOCK_SIZE_K, &n));
	T_OK(ioctl(fd, QSIZE, &bytes));
	T_EQ(bytes, 4096);
	T_OK(ioctl(dir, QSIZE, &bytes));
	T_OK(pipe(p));
	T_ERR(ioctl(p[0], QSIZE, &bytes), ENOTTY);
	T_ERR(ioctl(p[0], GETFLAGS, &n), ENOTTY);
}

static void hints(int fd)
{
	uint64_t hint = 77;

	T_OK(fcntl(fd, F_GET_RW_HINT, &hint));
	T_EQ(hint, 0);
	hint = 3;
	T_OK(fcntl(fd, F_SET_RW_HINT, &hint));
	hint = 0;
	T_OK(fcntl(fd, F_GET_RW_HINT, &hint));
	T_EQ(hint, 3);
	hint = 6;
	T_ERR(fcntl(fd, F_SET_RW_HINT, &hint), EINVAL);
	T_ERR(fcntl(fd, F_SET_RW_HINT, (void *)1), EFAULT);
	T_ERR(fcntl(fd, F_GET_RW_HINT, (void *)1), EFAULT);
	T_AS_USER T_ERR(fcntl(fd, F_SET_RW_HINT, &hint), EPERM);
}

/* Flags of the upper file hold for the file of the overlay. */
static void overlay_flags(void)
{
	int fd = T_OK(open("o/f", O_RDONLY)), flags = IMMUTABLE_FL, n;
	struct xflags x;

	T_OK(ioctl(fd, GETFLAGS, &n));
	T_EQ(n, 0);
	T_OK(ioctl(fd, SETFLAGS, &flags));
	T_OK(ioctl(fd, GETFLAGS, &n));
	T_EQ(n, IMMUTABLE_FL);
	T_OK(ioctl(fd, GETXFLAGS, &x));
	T_EQ(x.xflags, 8);
	T_ERR(open("o/f", O_WRONLY), EPERM);
	T_ERR(unlink("o/f"), EPERM);
	flags = 0;
	T_OK(ioctl(fd, SETFLAGS, &flags));
	T_OK(close(open("o/f", O_WRONLY)));
	close(fd);
	/* A file of the lower layer is copied up. */
	fd = T_OK(open("o/low", O_RDONLY));
	T_TRUE(!t_exists("m/u/low"));
	flags = NODUMP_FL;
	T_OK(ioctl(fd, SETFLAGS, &flags));
	T_TRUE(t_exists("m/u/low"));
	close(fd);
}

static int to_handle(const char *path, struct handle *h, int flags)
{
	int id;

	h->bytes = sizeof(h->data);
	return (int)syscall(SYS_name_to_handle_at, AT_FDCWD, path, h, &id, (long)flags);
}

/* Linux's overlay gives handles that lead back when it is mounted with nfs_export only. */
static void overlay_handles(void)
{
	struct handle h;
	char buf[8] = "";
	int root, fd;

	T_OK(to_handle("o/f", &h, 0x200)); /* AT_HANDLE_FID */
	T_TRUE(h.bytes > 0);
	if (to_handle("o/f", &h, 0)) {
		int err = errno;

		T_EQ(err, EOPNOTSUPP);
		return;
	}
	root = T_OK(open("o", O_RDONLY | O_DIRECTORY));
	fd = T_OK((int)syscall(SYS_open_by_handle_at, (long)root, &h, (long)O_RDONLY));
	T_EQ(read(fd, buf, 8), 4);
	T_STR(buf, "text");
	close(fd);
	T_OK(rename("o/f", "o/d/g"));
	fd = T_OK((int)syscall(SYS_open_by_handle_at, (long)root, &h, (long)O_RDONLY));
	close(fd);
	T_OK(unlink("o/d/g"));
	T_ERR(syscall(SYS_open_by_handle_at, (long)root, &h, (long)O_RDONLY), ESTALE);
	close(root);
}

TEST_MAIN
{
	int fd, dir, other;

	need_mounts();
	T_OK(sys_mount("none", "m", "tmpfs", 0, NULL));
	T_OK(mkdir("m/u", 0755));
	T_OK(mkdir("m/w", 0755));
	T_OK(mkdir("m/l", 0755));
	T_OK(mkdir("m/u/d", 0755));
	T_OK(mkdir("o", 0755));
	t_write_file("m/u/f", "text", 4);
	t_write_file("m/l/low", "low", 3);
	t_write_file("other", "x", 1);
	fd = T_OK(open("m/u/f", O_RDWR));
	dir = T_OK(open("m/u", O_RDONLY));
	other = T_OK(open("other", O_RDWR));
	clones(fd, dir, other);
	commands(fd, dir);
	hints(fd);
	close(fd);
	close(dir);
	close(other);
	T_OK(sys_mount("none", "o", "overlay", 0, "lowerdir=m/l,upperdir=m/u,workdir=m/w"));
	overlay_flags();
	overlay_handles();
	T_OK(sys_umount2("o", 0));
	T_OK(sys_umount2("m", 0));
}
