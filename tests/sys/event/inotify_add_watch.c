/* SPDX-License-Identifier: Apache-2.0 */
#include "inotify_common.h"
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/time.h>

/* A file and its directory, both watched: the directory hears first. */
static void both(int fd)
{
	int d = T_OK(inotify_add_watch(fd, ".", IN_ALL_EVENTS)), w, f;
	char c[4];

	f = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	w = T_OK(inotify_add_watch(fd, "f", IN_ALL_EVENTS));
	EXPECT(fd, d, IN_CREATE, "f");
	EXPECT(fd, d, IN_OPEN, "f");
	T_EQ(write(f, "abc", 3), 3);
	T_EQ(pread(f, c, 3, 0), 3);
	T_EQ(read(f, c, 3), 0); /* nothing read: no event */
	T_OK(ftruncate(f, 1));
	T_OK(fchmod(f, 0640));
	close(f);
	EXPECT(fd, d, IN_MODIFY, "f");
	EXPECT(fd, w, IN_MODIFY, NULL);
	EXPECT(fd, d, IN_ACCESS, "f");
	EXPECT(fd, w, IN_ACCESS, NULL);
	EXPECT(fd, d, IN_MODIFY, "f");
	EXPECT(fd, w, IN_MODIFY, NULL);
	EXPECT(fd, d, IN_ATTRIB, "f");
	EXPECT(fd, w, IN_ATTRIB, NULL);
	EXPECT(fd, d, IN_CLOSE_WRITE, "f");
	EXPECT(fd, w, IN_CLOSE_WRITE, NULL);
	T_OK(link("f", "g"));
	EXPECT(fd, w, IN_ATTRIB, NULL);
	EXPECT(fd, d, IN_CREATE, "g");
	T_OK(unlink("g"));
	EXPECT(fd, w, IN_ATTRIB, NULL);
	EXPECT(fd, d, IN_DELETE, "g");
	T_OK(unlink("f"));
	EXPECT(fd, w, IN_ATTRIB, NULL);
	EXPECT(fd, w, IN_DELETE_SELF, NULL);
	EXPECT(fd, w, IN_IGNORED, NULL);
	EXPECT(fd, d, IN_DELETE, "f");
	EXPECT_NONE(fd);
	T_ERR(inotify_rm_watch(fd, w), EINVAL);
	T_OK(inotify_rm_watch(fd, d));
	drain(fd);
}

static void names(int fd)
{
	int d = T_OK(inotify_add_watch(fd, ".", IN_ALL_EVENTS)), dir;

	T_OK(mkdir("dir", 0755));
	T_OK(symlink("x", "sym"));
	T_OK(mkfifo("fifo", 0600));
	EXPECT(fd, d, IN_CREATE | IN_ISDIR, "dir");
	EXPECT(fd, d, IN_CREATE, "sym");
	EXPECT(fd, d, IN_CREATE, "fifo");
	dir = T_OK(open("dir", O_RDONLY | O_DIRECTORY));
	T_OK(syscall(SYS_getdents64, dir, events, sizeof(events)));
	close(dir);
	EXPECT(fd, d, IN_OPEN | IN_ISDIR, "dir");
	EXPECT(fd, d, IN_ACCESS | IN_ISDIR, "dir");
	EXPECT(fd, d, IN_CLOSE_NOWRITE | IN_ISDIR, "dir");
	T_OK(chmod("dir", 0700));
	EXPECT(fd, d, IN_ATTRIB | IN_ISDIR, "dir");
	T_OK(rmdir("dir"));
	EXPECT(fd, d, IN_DELETE | IN_ISDIR, "dir");
	T_OK(unlink("sym"));
	T_OK(unlink("fifo"));
	EXPECT(fd, d, IN_DELETE, "sym");
	EXPECT(fd, d, IN_DELETE, "fifo");
	/* The directory itself. */
	dir = T_OK(open(".", O_RDONLY | O_DIRECTORY));
	close(dir);
	EXPECT(fd, d, IN_OPEN | IN_ISDIR, NULL);
	EXPECT(fd, d, IN_CLOSE_NOWRITE | IN_ISDIR, NULL);
	/* O_PATH opens nothing. */
	close(T_OK(open(".", O_PATH)));
	EXPECT_NONE(fd);
	T_OK(inotify_rm_watch(fd, d));
	drain(fd);
}

static void moves(int fd)
{
	int a, b, w;
	uint32_t cookie, other;

	T_OK(mkdir("a", 0755));
	T_OK(mkdir("b", 0755));
	t_touch("a/f");
	t_touch("b/old");
	a = T_OK(inotify_add_watch(fd, "a", IN_ALL_EVENTS));
	b = T_OK(inotify_add_watch(fd, "b", IN_ALL_EVENTS));
	w = T_OK(inotify_add_watch(fd, "a/f", IN_ALL_EVENTS));
	T_OK(rename("a/f", "b/g"));
	cookie = EXPECT(fd, a, IN_MOVED_FROM, "f");
	T_NE(cookie, 0);
	T_EQ(EXPECT(fd, b, IN_MOVED_TO, "g"), cookie);
	T_EQ(EXPECT(fd, w, IN_MOVE_SELF, NULL), 0);
	T_OK(rename("b/old", "b/g"));
	other = EXPECT(fd, b, IN_MOVED_FROM, "old");
	T_NE(cookie, other);
	T_EQ(EXPECT(fd, b, IN_MOVED_TO, "g"), other);
	EXPECT(fd, w, IN_ATTRIB, NULL);
	EXPECT(fd, w, IN_DELETE_SELF, NULL);
	EXPECT(fd, w, IN_IGNORED, NULL);
	/* Two names change places. */
	t_touch("a/x");
	drain(fd);
	T_OK(syscall(SYS_renameat2, AT_FDCWD, "a/x", AT_FDCWD, "b/g", 2));
	cookie = EXPECT(fd, a, IN_MOVED_FROM, "x");
	T_EQ(EXPECT(fd, b, IN_MOVED_TO, "g"), cookie);
	cookie = EXPECT(fd, b, IN_MOVED_FROM, "g");
	T_EQ(EXPECT(fd, a, IN_MOVED_TO, "x"), cookie);
	T_OK(mkdir("a/sub", 0755));
	drain(fd);
	w = T_OK(inotify_add_watch(fd, "a/sub", IN_ALL_EVENTS));
	T_OK(rename("a/sub", "b/sub"));
	EXPECT(fd, a, IN_MOVED_FROM | IN_ISDIR, "sub");
	EXPECT(fd, b, IN_MOVED_TO | IN_ISDIR, "sub");
	EXPECT(fd, w, IN_MOVE_SELF, NULL);
	T_OK(rmdir("b/sub"));
	EXPECT(fd, w, IN_DELETE_SELF, NULL);
	EXPECT(fd, w, IN_IGNORED, NULL);
	EXPECT(fd, b, IN_DELETE | IN_ISDIR, "sub");
	T_OK(inotify_rm_watch(fd, a));
	T_OK(inotify_rm_watch(fd, b));
	drain(fd);
}

static void changes(int fd)
{
	struct timeval tv[2] = {{1, 0}, {2, 0}};
	struct timespec only_atime[2] = {{1, 0}, {0, UTIME_OMIT}};
	struct timespec only_mtime[2] = {{0, UTIME_OMIT}, {1, 0}};
	int w, f, g;

	t_write_file("f", "hello", 5);
	w = T_OK(inotify_add_watch(fd, "f", IN_ALL_EVENTS));
	T_OK(utimes("f", tv));
	EXPECT(fd, w, IN_ATTRIB, NULL);
	T_OK(utimensat(AT_FDCWD, "f", only_atime, 0));
	EXPECT(fd, w, IN_ACCESS, NULL);
	T_OK(utimensat(AT_FDCWD, "f", only_mtime, 0));
	EXPECT(fd, w, IN_MODIFY, NULL);
	T_OK(chown("f", getuid(), getgid()));
	EXPECT(fd, w, IN_ATTRIB, NULL);
	T_OK(truncate("f", 3));
	EXPECT(fd, w, IN_MODIFY, NULL);
	f = T_OK(open("f", O_RDWR | O_TRUNC));
	T_TRUE(next_event(fd) != NULL); /* IN_OPEN and IN_MODIFY, whose order has changed */
	T_TRUE(next_event(fd) != NULL);
	T_EQ(write(f, "hello", 5), 5);
	EXPECT(fd, w, IN_MODIFY, NULL);
	g = T_OK(open("g", O_RDWR | O_CREAT, 0644));
	T_EQ(sendfile(g, f, &(off_t){0}, 5), 5);
	EXPECT(fd, w, IN_ACCESS, NULL);
	T_EQ(sendfile(f, g, &(off_t){0}, 5), 5);
	EXPECT(fd, w, IN_MODIFY, NULL);
	if (!fallocate(f, 0, 0, 4096))
		EXPECT(fd, w, IN_MODIFY, NULL);
	close(f);
	EXPECT(fd, w, IN_CLOSE_WRITE, NULL);
	close(g);
	T_OK(inotify_rm_watch(fd, w));
	drain(fd);
}

static void flags(int fd)
{
	int w, f;

	t_touch("f");
	T_OK(symlink("f", "sym"));
	w = T_OK(inotify_add_watch(fd, "f", IN_OPEN));
	T_EQ(inotify_add_watch(fd, "sym", IN_CLOSE | IN_MASK_ADD), w);
	close(T_OK(open("f", O_RDONLY)));
	EXPECT(fd, w, IN_OPEN, NULL);
	EXPECT(fd, w, IN_CLOSE_NOWRITE, NULL);
	T_EQ(inotify_add_watch(fd, "f", IN_MODIFY), w);
	close(T_OK(open("f", O_RDONLY)));
	EXPECT_NONE(fd);
	T_ERR(inotify_add_watch(fd, "f", IN_OPEN | IN_MASK_CREATE), EEXIST);
	T_ERR(inotify_add_watch(fd, "f", IN_OPEN | IN_MASK_CREATE | IN_MASK_ADD), EINVAL);
	T_ERR(inotify_add_watch(fd, "f", IN_OPEN | IN_ONLYDIR), ENOTDIR);
	T_NE(T_OK(inotify_add_watch(fd, "sym", IN_OPEN | IN_DONT_FOLLOW)), w);
	T_OK(inotify_rm_watch(fd, w));
	EXPECT(fd, w, IN_IGNORED, NULL);
	w = T_OK(inotify_add_watch(fd, "f", IN_OPEN | IN_ONESHOT));
	f = T_OK(open("f", O_RDONLY));
	close(T_OK(open("f", O_RDONLY)));
	close(f);
	EXPECT(fd, w, IN_OPEN, NULL);
	EXPECT(fd, w, IN_IGNORED, NULL);
	EXPECT_NONE(fd);
	T_OK(unlink("sym"));
	drain(fd);
}

/* An open file without a name: its directory still hears of it, unless IN_EXCL_UNLINK. */
static void unlinked(int fd)
{
	int d, f, w;

	d = T_OK(inotify_add_watch(fd, ".", IN_MODIFY | IN_DELETE));
	f = T_OK(open("u", O_RDWR | O_CREAT, 0600));
	w = T_OK(inotify_add_watch(fd, "u", IN_DELETE_SELF | IN_ATTRIB));
	T_OK(unlink("u"));
	EXPECT(fd, w, IN_ATTRIB, NULL);
	EXPECT(fd, d, IN_DELETE, "u");
	EXPECT_NONE(fd);
	T_EQ(write(f, "x", 1), 1);
	EXPECT(fd, d, IN_MODIFY, "u");
	T_EQ(inotify_add_watch(fd, ".", IN_MODIFY | IN_EXCL_UNLINK), d);
	T_EQ(write(f, "x", 1), 1);
	EXPECT_NONE(fd);
	close(f);
	EXPECT(fd, w, IN_DELETE_SELF, NULL);
	EXPECT(fd, w, IN_IGNORED, NULL);
	T_OK(inotify_rm_watch(fd, d));
	drain(fd);
}

/* Sizes, coalescing, poll, small buffers. */
static void reading(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	int d = T_OK(inotify_add_watch(fd, ".", IN_CREATE | IN_MODIFY)), n, f;
	char small[16];

	T_EQ(poll(&p, 1, 0), 0);
	f = T_OK(open("fifteen-letters", O_RDWR | O_CREAT, 0600));
	close(T_OK(open("sixteen-letters!", O_RDWR | O_CREAT, 0600)));
	T_EQ(poll(&p, 1, 0), 1);
	T_EQ(p.revents, POLLIN);
	T_OK(ioctl(fd, FIONREAD, &n));
	T_EQ(n, 32 + 48);
	T_ERR(read(fd, small, sizeof(small)), EINVAL);
	T_EQ(read(fd, events, 40), 32);
	T_EQ(read(fd, events, sizeof(events)), 48);
	for (int i = 0; i < 5; i++)
		T_EQ(write(f, "x", 1), 1);
	T_OK(ioctl(fd, FIONREAD, &n));
	T_EQ(n, 32);
	EXPECT(fd, d, IN_MODIFY, "fifteen-letters");
	T_EQ(write(f, "x", 1), 1);
	T_EFAULT_NULL(q, read(fd, q, 100) == -1 && errno == EFAULT ? -1
			 : write(f, "x", 1) == 1		   ? read(fd, q, 100)
								   : 0);
	close(f);
	T_OK(inotify_rm_watch(fd, d));
	drain(fd);
	events_at = events_len = 0;
}

static void errors(int fd)
{
	int file;

	t_touch("f");
	file = T_OK(open("f", O_RDONLY));
	T_ERR(inotify_add_watch(-1, "f", IN_OPEN), EBADF);
	T_ERR(inotify_add_watch(file, "f", IN_OPEN), EINVAL);
	T_ERR(inotify_add_watch(fd, "f", 0), EINVAL);
	T_ERR(inotify_add_watch(fd, "f", 0x1000), EINVAL);
	T_ERR(inotify_add_watch(-1, "f", 0), EINVAL);
	T_PATH_ERRORS(p, inotify_add_watch(fd, p, IN_OPEN));
	T_OK(chmod("f", 0200));
	T_AS_USER
	{
		T_ERR(inotify_add_watch(fd, "f", IN_OPEN), EACCES);
	}
	close(file);
}

static void unmounted(int fd)
{
	int w;

	if (!t_is_root() || mkdir("mnt", 0755) || mount("t", "mnt", "tmpfs", 0, NULL)) {
		T_SKIP_ONE("cannot mount");
		return;
	}
	t_touch("mnt/f");
	w = T_OK(inotify_add_watch(fd, "mnt/f", IN_ALL_EVENTS));
	T_OK(umount("mnt"));
	EXPECT(fd, w, IN_UNMOUNT, NULL);
	EXPECT(fd, w, IN_IGNORED, NULL);
	EXPECT_NONE(fd);
}

static void overflow(void)
{
	int fd = T_OK(inotify_init1(IN_NONBLOCK)), w, f, most;
	char text[20];

	text[T_OK(t_read_file("/proc/sys/fs/inotify/max_queued_events", text, 19))] = 0;
	most = atoi(text);
	t_write_file("o", "xy", 2);
	w = T_OK(inotify_add_watch(fd, "o", IN_ACCESS | IN_MODIFY));
	f = T_OK(open("o", O_RDWR));
	for (int i = 0; i < most; i++)
		if (i % 2 ? pread(f, text, 1, 0) != 1 : pwrite(f, "x", 1, 0) != 1)
			break;
	T_EQ(pwrite(f, "x", 1, 0), 1);
	T_EQ(pread(f, text, 1, 0), 1);
	for (int i = 0; i < most; i++) {
		struct inotify_event *e = next_event(fd);

		if (!e || e->wd != w) {
			T_EQ(i, most);
			break;
		}
	}
	EXPECT(fd, -1, IN_Q_OVERFLOW, NULL);
	EXPECT_NONE(fd);
}

TEST_MAIN
{
	int fd = T_NEED(inotify_init1(IN_NONBLOCK));

	both(fd);
	names(fd);
	moves(fd);
	changes(fd);
	flags(fd);
	unlinked(fd);
	reading(fd);
	errors(fd);
	unmounted(fd);
	overflow();
}
