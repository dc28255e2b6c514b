/* SPDX-License-Identifier: Apache-2.0 */
#include "inotify_common.h"

/* Limits per user. */
static int limit_of(const char *name)
{
	char path[100], text[20];

	snprintf(path, sizeof(path), "/proc/sys/fs/inotify/%s", name);
	text[T_OK(t_read_file(path, text, sizeof(text) - 1))] = 0;
	return atoi(text);
}

TEST_MAIN
{
	struct inotify_event e;
	int fd, n;
	char c;

	fd = T_OK(inotify_init1(0));
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_EQ(fcntl(fd, F_GETFL), O_RDONLY);
	close(fd);
	fd = T_OK(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(fd, F_GETFL), O_RDONLY | O_NONBLOCK);
	T_ERR(read(fd, &e, sizeof(e)), EAGAIN);
	T_ERR(write(fd, &e, sizeof(e)), EBADF);
	T_OK(ioctl(fd, FIONREAD, &n));
	T_EQ(n, 0);
	T_ERR(pread(fd, &c, 1, 0), ESPIPE);
	T_ERR(inotify_init1(1), EINVAL);
	T_ERR(inotify_init1(-1), EINVAL);
	T_CMP(limit_of("max_user_instances"), >=, 1);
	T_CMP(limit_of("max_user_watches"), >=, 8192);
	T_CMP(limit_of("max_queued_events"), >=, 1);
	T_AS_USER
	{
		int most = limit_of("max_user_instances"), i;

		t_limit(RLIMIT_NOFILE, (rlim_t)most + 20);
		for (i = 0; i < most && inotify_init1(0) >= 0; i++)
			;
		T_EQ(i, most);
		T_ERR(inotify_init1(0), EMFILE);
	}
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(inotify_init1(0), EMFILE);
}
