/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static void regular(void)
{
	char buf[5000], want[5000] = {0}, *end;
	struct stat before, after;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	ssize_t n;

	T_EQ(write(fd, "hello", 5), 5);
	T_EQ(write(fd, " world", 6), 6);
	T_EQ(t_size("f"), 11);
	T_EQ(pread(fd, buf, 100, 0), 11);
	T_MEM(buf, "hello world", 11);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(write(fd, "J", 1), 1);
	T_EQ(t_size("f"), 11);

	/* A hole reads as zeros; a write of nothing changes nothing. */
	T_EQ(lseek(fd, 4990, SEEK_SET), 4990);
	T_EQ(write(fd, "", 0), 0);
	T_EQ(write(fd, t_bad_pointer(1), 0), 0);
	T_EQ(t_size("f"), 11);
	T_EQ(write(fd, "0123456789", 10), 10);
	T_EQ(t_size("f"), 5000);
	memcpy(want, "Jello world", 11);
	memcpy(want + 4990, "0123456789", 10);
	T_EQ(pread(fd, buf, 5000, 0), 5000);
	T_MEM(buf, want, 5000);

	/* Times. */
	T_OK(fstat(fd, &before));
	t_sleep_ms(30);
	T_EQ(write(fd, "", 0), 0);
	T_OK(fstat(fd, &after));
	T_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	T_EQ(write(fd, "x", 1), 1);
	T_OK(fstat(fd, &after));
	T_TRUE(after.st_mtim.tv_sec > before.st_mtim.tv_sec ||
	       after.st_mtim.tv_nsec > before.st_mtim.tv_nsec);
	T_EQ(after.st_ctim.tv_nsec, after.st_mtim.tv_nsec);

	/* Bad addresses. */
	T_OK(ftruncate(fd, 0));
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EFAULT_NULL(p, write(fd, p, 10));
	T_EQ(t_size("f"), 0);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	end = t_page_end();
	memcpy(end - 5, "abcde", 5);
	n = write(fd, end - 5, 10);
	T_CMP(n, >, 0);
	T_CMP(n, <=, 5);
	T_EQ(t_size("f"), n);
	T_ERR(write(fd, buf, SIZE_MAX), EFAULT);
	T_ERR(write(fd, buf, SSIZE_MAX), EFAULT);
	close(fd);
}

static void append(void)
{
	char buf[20];
	int a, b;

	t_write_file("a", "12345", 5);
	a = T_OK(open("a", O_RDWR | O_APPEND));
	b = T_OK(open("a", O_WRONLY | O_APPEND));
	T_EQ(lseek(a, 0, SEEK_CUR), 0);
	T_EQ(write(a, "A", 1), 1);
	T_EQ(lseek(a, 0, SEEK_CUR), 6);
	T_EQ(write(b, "B", 1), 1);
	T_EQ(write(a, "C", 1), 1);
	T_EQ(lseek(a, 2, SEEK_SET), 2);
	T_EQ(read(a, buf, 2), 2);
	T_MEM(buf, "34", 2);
	T_EQ(write(a, "D", 1), 1);
	T_EQ(lseek(a, 0, SEEK_CUR), 9);
	T_EQ(pread(a, buf, 20, 0), 9);
	T_MEM(buf, "12345ABCD", 9);
	/* Set and cleared by F_SETFL. */
	T_OK(fcntl(a, F_SETFL, 0));
	T_EQ(lseek(a, 0, SEEK_SET), 0);
	T_EQ(write(a, "x", 1), 1);
	T_EQ(t_size("a"), 9);
	T_OK(fcntl(a, F_SETFL, O_APPEND));
	T_EQ(write(a, "y", 1), 1);
	T_EQ(t_size("a"), 10);
	close(a);
	close(b);
}

static void errors(void)
{
	/* Never read, and with room above it in the address space. */
	void *low = (void *)4096;
	char c = 0;
	int fd;

	T_ERR(write(-1, &c, 1), EBADF);
	T_ERR(write(9999, &c, 1), EBADF);
	T_ERR(write(-1, NULL, 0), EBADF);
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(write(fd, &c, 1), EBADF);
	T_ERR(write(fd, &c, 0), EBADF);
	T_ERR(write(fd, NULL, 1), EBADF);
	close(fd);
	fd = T_OK(open("f", O_PATH | O_WRONLY));
	T_ERR(write(fd, &c, 1), EBADF);
	close(fd);
	fd = T_OK(open("/dev/full", O_WRONLY));
	T_ERR(write(fd, &c, 1), ENOSPC);
	close(fd);
	fd = T_OK(open("/dev/null", O_WRONLY));
	T_EQ(write(fd, &c, 1), 1);
	/* One call moves at most 0x7ffff000 bytes, on every file. */
	T_EQ(write(fd, low, 1UL << 31), 0x7ffff000);
	T_EQ(write(fd, low, 0x7ffff001), 0x7ffff000);
	T_EQ(write(fd, low, 0x7fffefff), 0x7fffefff);
	close(fd);
	fd = T_OK(open("/dev/zero", O_WRONLY));
	T_EQ(write(fd, "abc", 3), 3);
	close(fd);
}

static void size_limit(void)
{
	char buf[200];
	int fd = T_OK(open("limited", O_RDWR | O_CREAT, 0600));

	memset(buf, 'x', sizeof(buf));
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 100);
		T_EQ(write(fd, buf, 60), 60);
		T_EQ(write(fd, buf, 60), 40);
		T_EQ(t_signals[SIGXFSZ], 0);
		T_ERR(write(fd, buf, 1), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
		T_EQ(write(fd, buf, 0), 0);
		T_EQ(lseek(fd, 50, SEEK_SET), 50);
		T_EQ(write(fd, buf, 200), 50);
		T_EQ(lseek(fd, 5000, SEEK_SET), 5000);
		T_ERR(write(fd, buf, 1), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 2);
		T_EQ(t_size("limited"), 100);
		/* The limit is for regular files. */
		int p[2];
		T_OK(pipe(p));
		T_EQ(write(p[1], buf, 200), 200);
	}
	T_CHILD_STATUS(SIGXFSZ)
	{
		t_limit(RLIMIT_CORE, 0);
		t_limit(RLIMIT_FSIZE, 100);
		lseek(fd, 100, SEEK_SET);
		write(fd, buf, 1);
	}
	close(fd);
}

static void pipes(void)
{
	static char big[70000], back[70000];
	int p[2], i;
	ssize_t n, total = 0;
	pid_t pid;

	for (i = 0; i < (int)sizeof(big); i++)
		big[i] = (char)(i * 7);
	T_OK(pipe2(p, O_NONBLOCK));
	T_EQ(write(p[1], "", 0), 0);
	T_EFAULT_NULL(q, write(p[1], q, 10));
	T_ERR(read(p[0], back, 10), EAGAIN);
	T_EQ(write(p[1], big, 70000), 65536);
	T_ERR(write(p[1], big, 1), EAGAIN);
	T_EQ(read(p[0], back, 4096), 4096);
	T_EQ(write(p[1], big, 4096), 4096);
	T_ERR(write(p[1], big, 1), EAGAIN);
	T_EQ(read(p[0], back, 100), 100);
	/* At most PIPE_BUF bytes go whole or not at all. */
	T_ERR(write(p[1], big, 4096), EAGAIN);
	while ((n = read(p[0], back, sizeof(back))) > 0)
		;
	T_OK(fcntl(p[1], F_SETFL, 0));
	T_OK(fcntl(p[0], F_SETFL, 0));
	pid = fork();
	if (!pid) {
		close(p[0]);
		_exit(write(p[1], big, 70000) != 70000);
	}
	while (total < 70000 && (n = read(p[0], back + total, (size_t)(70000 - total))) > 0)
		total += n;
	T_EQ(total, 70000);
	T_MEM(back, big, 70000);
	T_WAIT(pid, 0);
	T_ERR(write(p[0], "x", 1), EBADF);
	close(p[0]);
	t_count_signal(SIGPIPE, 0);
	T_ERR(write(p[1], "x", 1), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
	signal(SIGPIPE, SIG_IGN);
	T_ERR(write(p[1], "x", 1), EPIPE);
	T_CHILD_STATUS(SIGPIPE)
	{
		signal(SIGPIPE, SIG_DFL);
		write(p[1], "x", 1);
	}
	close(p[1]);
}

static void interrupted(void)
{
	static char big[100000];
	int p[2];

	T_OK(pipe(p));
	t_count_signal(SIGALRM, 0);
	alarm(1);
	/* What has been written counts; with nothing written it is EINTR. */
	T_EQ(write(p[1], big, 100000), 65536);
	T_EQ(t_signals[SIGALRM], 1);
	alarm(1);
	T_ERR(write(p[1], big, 1), EINTR);
	close(p[0]);
	close(p[1]);
}

static void privilege_bits(void)
{
	int fd;

	t_write_file("suid", "x", 1);
	if (t_is_root())
		T_OK(chown("suid", T_UID, T_GID));
	T_OK(chmod("suid", 06777));
	if (t_is_root()) {
		fd = T_OK(open("suid", O_WRONLY));
		T_EQ(write(fd, "y", 1), 1);
		T_EQ(t_mode("suid") & 07777, 06777);
		close(fd);
	}
	fd = T_OK(open("suid", O_WRONLY));
	T_AS_USER
	{
		T_EQ(write(fd, "", 0), 0);
		T_EQ(t_mode("suid") & 07777, 06777);
		T_EQ(write(fd, "z", 1), 1);
	}
	T_EQ(t_mode("suid") & 07777, 0777);
	close(fd);
	/* Without group execute, set-group-ID is a locking mark and stays. */
	T_OK(chmod("suid", 06767));
	fd = T_OK(open("suid", O_WRONLY));
	T_AS_USER
	{
		T_EQ(write(fd, "z", 1), 1);
	}
	T_EQ(t_mode("suid") & 04777, 0767);
	close(fd);
}

TEST_MAIN
{
	regular();
	append();
	errors();
	size_limit();
	pipes();
	interrupted();
	privilege_bits();
}
