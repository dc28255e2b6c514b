/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <dirent.h>
#include <sys/sysmacros.h>

#define sys_open(...) ((int)syscall(SYS_open, __VA_ARGS__))
#define LARGEFILE     0100000

static void creation(void)
{
	char buf[8];
	int fd, fd2;

	fd = T_OK(sys_open("new", O_RDWR | O_CREAT, 0666));
	T_EQ(t_mode("new"), S_IFREG | 0644);
	T_EQ(t_size("new"), 0);
	T_EQ(write(fd, "hello", 5), 5);
	/* The lowest free descriptor. */
	fd2 = T_OK(sys_open("new", O_RDONLY));
	T_EQ(close(fd), 0);
	T_EQ(sys_open("new", O_RDONLY), fd);
	T_EQ(read(fd, buf, 8), 5);
	/* Independent offsets. */
	T_EQ(read(fd2, buf, 2), 2);
	close(fd);
	close(fd2);

	/* O_CREAT on an existing file changes nothing. */
	fd = T_OK(sys_open("new", O_RDWR | O_CREAT, 0777));
	T_EQ(t_size("new"), 5);
	T_EQ(t_mode("new"), S_IFREG | 0644);
	close(fd);
	T_ERR(sys_open("new", O_RDWR | O_CREAT | O_EXCL, 0777), EEXIST);
	T_ERR(sys_open(".", O_RDONLY | O_CREAT | O_EXCL, 0777), EEXIST);
	fd = T_OK(sys_open("excl", O_WRONLY | O_CREAT | O_EXCL, 07777));
	T_EQ(t_mode("excl") & 07777, 07755);
	close(fd);

	/* The mode restricts later opens only. */
	fd = T_OK(sys_open("mode0", O_RDWR | O_CREAT, 0));
	T_EQ(write(fd, "x", 1), 1);
	T_EQ(t_mode("mode0") & 07777, 0);
	close(fd);

	umask(077);
	fd = T_OK(sys_open("masked", O_RDWR | O_CREAT, 0666));
	T_EQ(t_mode("masked") & 07777, 0600);
	close(fd);
	umask(022);

	/* Through a dangling symlink the target is created, with O_EXCL nothing is. */
	T_OK(symlink("target", "dangling"));
	T_ERR(sys_open("dangling", O_RDONLY), ENOENT);
	T_ERR(sys_open("dangling", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	T_ERR(sys_open("dangling", O_RDWR | O_CREAT | O_NOFOLLOW, 0600), ELOOP);
	T_TRUE(!t_exists("target"));
	fd = T_OK(sys_open("dangling", O_RDWR | O_CREAT, 0600));
	T_TRUE(t_exists("target"));
	close(fd);
}

static void truncation(void)
{
	int fd;

	t_write_file("t", "0123456789", 10);
	fd = T_OK(sys_open("t", O_WRONLY));
	T_EQ(write(fd, "ab", 2), 2);
	close(fd);
	T_EQ(t_size("t"), 10);
	fd = T_OK(sys_open("t", O_WRONLY | O_TRUNC));
	T_EQ(t_size("t"), 0);
	close(fd);
	t_write_file("t", "0123456789", 10);
	fd = T_OK(sys_open("t", O_RDWR | O_TRUNC | O_CREAT, 0600));
	T_EQ(t_size("t"), 0);
	close(fd);
	t_write_file("t", "0123456789", 10);
	T_ERR(sys_open("t", O_RDWR | O_TRUNC | O_CREAT | O_EXCL, 0600), EEXIST);
	T_EQ(t_size("t"), 10);

	fd = T_OK(sys_open("t", O_WRONLY | O_APPEND));
	T_EQ(write(fd, "x", 1), 1);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(write(fd, "y", 1), 1);
	T_EQ(lseek(fd, 0, SEEK_CUR), 12);
	T_EQ(t_size("t"), 12);
	close(fd);
}

static void status_flags(void)
{
	int fd;
	char c;

	t_write_file("s", "data", 4);
	fd = T_OK(sys_open("s", O_RDWR | O_CREAT | O_TRUNC | O_NOCTTY | O_APPEND, 0600));
	T_EQ(fcntl(fd, F_GETFL), O_RDWR | O_APPEND | LARGEFILE);
	T_EQ(fcntl(fd, F_GETFD), 0);
	close(fd);
	fd = T_OK(sys_open("s", O_RDONLY | O_CLOEXEC | O_NONBLOCK));
	T_EQ(fcntl(fd, F_GETFL), O_RDONLY | O_NONBLOCK | LARGEFILE);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_ERR(write(fd, "x", 1), EBADF);
	close(fd);
	fd = T_OK(sys_open("s", O_WRONLY | O_SYNC));
	T_EQ(fcntl(fd, F_GETFL), O_WRONLY | O_SYNC | LARGEFILE);
	T_ERR(read(fd, &c, 1), EBADF);
	close(fd);
	fd = T_OK(sys_open("s", O_WRONLY | O_DSYNC));
	T_EQ(fcntl(fd, F_GETFL), O_WRONLY | O_DSYNC | LARGEFILE);
	close(fd);
	/* Access mode 3: permission for both, good for neither. */
	fd = T_OK(sys_open("s", 3));
	T_ERR(read(fd, &c, 1), EBADF);
	T_ERR(write(fd, "x", 1), EBADF);
	T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, 3);
	close(fd);
	/* Unlike openat2, unknown bits are ignored. */
	fd = T_OK(sys_open("s", O_RDONLY | (1 << 28)));
	T_EQ(fcntl(fd, F_GETFL), O_RDONLY | LARGEFILE);
	close(fd);
}

static void directories(void)
{
	int fd;
	char c;

	T_OK(mkdir("d", 0755));
	t_touch("f");
	T_OK(symlink("d", "to-d"));
	T_OK(symlink("f", "to-f"));
	fd = T_OK(sys_open("d", O_RDONLY | O_DIRECTORY));
	T_ERR(read(fd, &c, 1), EISDIR);
	T_ERR(write(fd, &c, 1), EBADF);
	close(fd);
	fd = T_OK(sys_open("to-d", O_RDONLY | O_DIRECTORY));
	close(fd);
	fd = T_OK(sys_open("to-d/", O_RDONLY | O_NOFOLLOW));
	close(fd);
	T_ERR(sys_open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	T_ERR(sys_open("to-f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	T_ERR(sys_open("d", O_WRONLY), EISDIR);
	T_ERR(sys_open("d", O_RDWR), EISDIR);
	T_ERR(sys_open("d", O_RDONLY | O_TRUNC), EISDIR);
	T_ERR(sys_open("d", O_RDONLY | O_CREAT, 0600), EISDIR);
	T_ERR(sys_open("d/", O_RDONLY | O_CREAT, 0600), EISDIR);
	T_ERR(sys_open(".", O_RDWR), EISDIR);
	T_ERR(sys_open("/", O_RDWR | O_CREAT, 0600), EISDIR);
	/* Before Linux 6.4 this made a file and then refused it. */
	T_ERR2(sys_open("x", O_RDWR | O_CREAT | O_DIRECTORY, 0600), EINVAL, ENOTDIR);
	unlink("x");

	/* Trailing slashes. */
	T_ERR(sys_open("f/", O_RDONLY), ENOTDIR);
	T_ERR(sys_open("f/.", O_RDONLY), ENOTDIR);
	T_ERR(sys_open("to-f/", O_RDONLY), ENOTDIR);
	T_ERR(sys_open("none/", O_RDONLY), ENOENT);
	T_ERR(sys_open("none/", O_RDWR | O_CREAT, 0600), EISDIR);
	T_TRUE(!t_exists("none"));
	T_EQ(close(T_OK(sys_open("d//", O_RDONLY))), 0);
	T_EQ(close(T_OK(sys_open(".//d/../d/./../f", O_RDONLY))), 0);
	T_EQ(close(T_OK(sys_open("/../../..", O_RDONLY))), 0);
}

static void nofollow_and_path(void)
{
	struct stat st;
	char buf[16];
	int fd;

	T_ERR(sys_open("to-f", O_RDONLY | O_NOFOLLOW), ELOOP);
	T_ERR(sys_open("to-d", O_RDONLY | O_NOFOLLOW), ELOOP);
	T_ERR(sys_open("to-d", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
	T_EQ(close(T_OK(sys_open("f", O_RDONLY | O_NOFOLLOW))), 0);

	fd = T_OK(sys_open("f", O_PATH | O_RDWR));
	T_EQ(fcntl(fd, F_GETFL), O_PATH);
	T_ERR(read(fd, buf, 1), EBADF);
	T_ERR(write(fd, buf, 1), EBADF);
	T_ERR(fchmod(fd, 0600), EBADF);
	T_ERR(fchown(fd, -1, -1), EBADF);
	T_ERR(ftruncate(fd, 0), EBADF);
	T_ERR(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), EBADF);
	T_ERR(fsync(fd), EBADF);
	T_ERR(lseek(fd, 0, SEEK_SET), EBADF);
	T_OK(fstat(fd, &st));
	T_TRUE(S_ISREG(st.st_mode));
	T_EQ(close(T_OK(dup(fd))), 0);
	T_OK(fcntl(fd, F_SETFD, FD_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	fd = T_OK(sys_open("to-f", O_PATH | O_NOFOLLOW));
	T_OK(fstat(fd, &st));
	T_TRUE(S_ISLNK(st.st_mode));
	T_EQ(readlinkat(fd, "", buf, sizeof(buf)), 1);
	close(fd);
	T_ERR(sys_open("f", O_PATH | O_DIRECTORY), ENOTDIR);
	fd = T_OK(sys_open("d", O_PATH | O_DIRECTORY));
	T_ERR(getdents64(fd, buf, sizeof(buf)), EBADF);
	T_EQ(close(T_OK(openat(fd, "..", O_RDONLY))), 0);
	close(fd);
	/* O_PATH ignores O_CREAT and needs no permission on the file itself. */
	T_ERR(sys_open("not-there", O_PATH | O_CREAT, 0600), ENOENT);
	t_touch("secret");
	T_OK(chmod("secret", 0));
	T_AS_USER
	{
		T_ERR(sys_open("secret", O_RDONLY), EACCES);
		T_EQ(close(T_OK(sys_open("secret", O_PATH))), 0);
	}
}

static void tmpfile_flag(void)
{
	struct stat st;
	char path[64], buf[8];
	int fd;

	T_ERR(sys_open(".", O_TMPFILE | O_RDONLY, 0600), EINVAL);
	T_ERR(sys_open(".", O_TMPFILE | O_RDWR | O_CREAT, 0600), EINVAL);
	T_ERR(sys_open("f", O_TMPFILE | O_RDWR, 0600), ENOTDIR);
	T_ERR(sys_open("none", O_TMPFILE | O_RDWR, 0600), ENOENT);
	fd = T_OK(sys_open(".", O_TMPFILE | O_RDWR, 0640));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_mode, S_IFREG | 0640);
	T_EQ(st.st_nlink, 0);
	T_EQ(write(fd, "tmp", 3), 3);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	T_OK(linkat(AT_FDCWD, path, AT_FDCWD, "linked", AT_SYMLINK_FOLLOW));
	T_EQ(t_read_file("linked", buf, 8), 3);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 1);
	close(fd);
	fd = T_OK(sys_open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	T_ERR(linkat(AT_FDCWD, path, AT_FDCWD, "linked2", AT_SYMLINK_FOLLOW), ENOENT);
	close(fd);
}

static void fifo_and_devices(void)
{
	int fd, writer;

	T_OK(mkfifo("fifo", 0600));
	T_ERR(sys_open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
	fd = T_OK(sys_open("fifo", O_RDONLY | O_NONBLOCK));
	writer = T_OK(sys_open("fifo", O_WRONLY | O_NONBLOCK));
	close(writer);
	close(fd);
	fd = T_OK(sys_open("fifo", O_RDWR));
	close(fd);
	/* Without O_NONBLOCK the two ends wait for each other. */
	pid_t pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		_exit(sys_open("fifo", O_WRONLY) < 0);
	}
	fd = T_OK(sys_open("fifo", O_RDONLY));
	T_WAIT(pid, 0);
	close(fd);
	pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		_exit(sys_open("fifo", O_RDONLY) < 0);
	}
	fd = T_OK(sys_open("fifo", O_WRONLY));
	T_WAIT(pid, 0);
	close(fd);
	/* A signal ends the wait. */
	t_count_signal(SIGALRM, 0);
	alarm(1);
	T_ERR(sys_open("fifo", O_RDONLY), EINTR);
	T_EQ(t_signals[SIGALRM], 1);

	T_OK(mknod("sock", S_IFSOCK | 0600, 0));
	T_ERR(sys_open("sock", O_RDWR), ENXIO);
	T_EQ(close(T_OK(sys_open("sock", O_PATH))), 0);
	if (mknod("dev", S_IFCHR | 0600, makedev(511, 77)) == 0)
		T_ERR(sys_open("dev", O_RDWR), ENXIO);
	else
		T_SKIP_ONE("may not make device nodes");
	fd = T_OK(sys_open("/dev/null", O_RDWR | O_TRUNC | O_CREAT, 0600));
	T_EQ(write(fd, "abc", 3), 3);
	close(fd);
}

static void permissions(void)
{
	t_write_file("p", "x", 1);
	T_OK(mkdir("closed", 0755));
	T_OK(chmod("closed", 0555));
	T_OK(mkdir("nosearch", 0700));
	t_touch("nosearch/f");
	T_OK(chmod("nosearch", 0666));
	T_OK(chmod("p", 0));
	T_AS_USER
	{
		T_ERR(sys_open("p", O_RDONLY), EACCES);
		T_ERR(sys_open("p", O_WRONLY), EACCES);
		T_ERR(sys_open("p", O_RDWR), EACCES);
		T_ERR(sys_open("p", 3), EACCES);
		T_ERR(sys_open("p", O_RDONLY | O_TRUNC), EACCES);
		T_ERR(sys_open("closed/new", O_RDWR | O_CREAT, 0666), EACCES);
		T_ERR(sys_open("closed", O_RDWR | O_TMPFILE, 0666), EACCES);
		T_ERR(sys_open("nosearch/f", O_RDONLY), EACCES);
		T_ERR(sys_open("nosearch/none", O_RDONLY), EACCES);
		T_EQ(close(T_OK(sys_open("closed", O_RDONLY))), 0);
	}
	T_EQ(t_size("p"), 1);
	T_OK(chmod("p", 0444));
	T_AS_USER
	{
		T_EQ(close(T_OK(sys_open("p", O_RDONLY))), 0);
		T_ERR(sys_open("p", O_WRONLY), EACCES);
		T_ERR(sys_open("p", O_RDONLY | O_TRUNC), EACCES);
		T_ERR(sys_open("p", O_RDWR | O_CREAT, 0666), EACCES);
	}
}

static void permission_classes(void)
{
	struct stat st;

	if (!t_is_root())
		return;
	/* The class that matches decides, even when another would allow more. */
	T_OK(chown("p", T_UID, 0));
	T_OK(chmod("p", 0066));
	T_AS_USER
	{
		T_ERR(sys_open("p", O_RDONLY), EACCES);
	}
	T_OK(chown("p", 0, T_GID));
	T_OK(chmod("p", 0406));
	T_AS_USER
	{
		T_ERR(sys_open("p", O_RDONLY), EACCES);
		T_ERR(sys_open("/proc/self/mem-none", O_RDONLY), ENOENT);
	}
	T_OK(chmod("p", 0040));
	T_AS_USER
	{
		T_EQ(close(T_OK(sys_open("p", O_RDONLY))), 0);
		/* O_NOATIME is the owner's. */
		T_ERR(sys_open("p", O_RDONLY | O_NOATIME), EPERM);
	}
	T_EQ(close(T_OK(sys_open("p", O_RDONLY | O_NOATIME))), 0);
	/* A set-group-ID directory gives its group. */
	T_OK(mkdir("sgid", 0755));
	T_OK(chown("sgid", 0, 4321));
	T_OK(chmod("sgid", 02755));
	T_EQ(close(T_OK(sys_open("sgid/f", O_RDWR | O_CREAT, 0600))), 0);
	T_OK(stat("sgid/f", &st));
	T_EQ(st.st_gid, 4321);
}

static void limits(void)
{
	char name[20], path[PATH_MAX];
	pid_t pid;
	int fd, i;

	fd = T_OK(sys_open(t_long_name(255), O_RDWR | O_CREAT, 0600));
	close(fd);
	/* The longest path: 4095 bytes. */
	memset(path, '/', sizeof(path));
	memcpy(path, "./", 2);
	path[4094] = 'f';
	path[4095] = '\0';
	T_EQ(close(T_OK(sys_open(path, O_RDONLY))), 0);

	/* Forty symlinks are followed, not forty-one. */
	T_OK(symlink("f", "chain1"));
	for (i = 2; i <= 41; i++) {
		char target[20];

		snprintf(target, sizeof(target), "chain%d", i - 1);
		snprintf(name, sizeof(name), "chain%d", i);
		if (symlink(target, name))
			T_OK(-1);
	}
	T_EQ(close(T_OK(sys_open("chain40", O_RDONLY))), 0);
	T_ERR(sys_open("chain41", O_RDONLY), ELOOP);

	fd = T_OK(sys_open("f", O_RDONLY));
	T_CHILD
	{
		t_limit(RLIMIT_NOFILE, (rlim_t)fd + 1);
		T_ERR(sys_open("f", O_RDONLY), EMFILE);
		T_ERR(sys_open("f2", O_RDWR | O_CREAT, 0600), EMFILE);
		close(fd);
		T_EQ(sys_open("f", O_RDONLY), fd);
		T_ERR(sys_open("f", O_RDONLY), EMFILE);
	}
	T_TRUE(!t_exists("f2"));
	close(fd);

	pid = t_run_copy("prog");
	T_ERR(sys_open("prog", O_WRONLY), ETXTBSY);
	T_ERR(sys_open("prog", O_RDWR), ETXTBSY);
	T_ERR(sys_open("prog", O_RDONLY | O_TRUNC), ETXTBSY);
	T_EQ(close(T_OK(sys_open("prog", O_RDONLY))), 0);
	t_end(pid);
	T_EQ(close(T_OK(sys_open("prog", O_WRONLY))), 0);
}

TEST_MAIN
{
	creation();
	truncation();
	status_flags();
	directories();
	nofollow_and_path();
	tmpfile_flag();
	fifo_and_devices();
	permissions();
	permission_classes();
	limits();
	T_PATH_ERRORS(p, sys_open(p, O_RDONLY));
	T_PATH_ERRORS(p, sys_open(p, O_RDWR | O_CREAT, 0600));
	T_ERR(sys_open("none", O_RDONLY), ENOENT);
	T_ERR(sys_open("pf-loop1", O_RDONLY), ELOOP);
}
