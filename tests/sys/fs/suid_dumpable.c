/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/sys/fs/suid_dumpable, proc(5): what a change of user ids makes of PR_GET_DUMPABLE, core(5).
 */
#include "test.h"

#include <sys/prctl.h>

#define SETTING "/proc/sys/fs/suid_dumpable"

static char before[8];

static void change(const char *to)
{
	int fd = T_NEED(open(SETTING, O_WRONLY));

	T_EQ(write(fd, to, strlen(to)), strlen(to));
	close(fd);
}

static void test_setting(int value)
{
	char text[4] = {(char)('0' + value), '\n'}, again[8] = {0};
	int status;
	pid_t pid;

	change(text);
	t_read_file(SETTING, again, sizeof(again) - 1);
	T_STR(again, text);
	T_CHILD
	{
		T_EQ(prctl(PR_GET_DUMPABLE), 1);
		T_OK(setresuid(T_UID, T_UID, T_UID));
		T_EQ(prctl(PR_GET_DUMPABLE), value);
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		T_EQ(prctl(PR_GET_DUMPABLE), 1);
		T_ERR(prctl(PR_SET_DUMPABLE, 2), EINVAL);
	}
	/* With 2 the file belongs to root, and must have an absolute name; with 0 there is none. */
	T_OK(chmod(".", 0777));
	pid = T_NEED(fork());
	if (!pid) {
		t_limit(RLIMIT_CORE, RLIM_INFINITY);
		if (setresuid(T_UID, T_UID, T_UID))
			_exit(1);
		abort();
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, value == 1 ? SIGABRT | 0x80 : SIGABRT);
	unlink("core");
}

TEST_MAIN
{
	char pattern[16] = {0}, uses_pid[8] = {0};
	int fd;

	T_NEED_ROOT();
	t_read_file("/proc/sys/kernel/core_pattern", pattern, sizeof(pattern) - 1);
	t_read_file("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof(uses_pid) - 1);
	if (strcmp(pattern, "core\n") || uses_pid[0] != '0')
		T_SKIP("core files go elsewhere here");
	fd = open(SETTING, O_RDWR);
	if (fd < 0)
		T_SKIP("the setting cannot be changed here");
	T_CMP(read(fd, before, sizeof(before) - 1), >, 0);
	T_ERR(pwrite(fd, "3\n", 2, 0), EINVAL);
	T_ERR(pwrite(fd, "-1\n", 3, 0), EINVAL);
	close(fd);
	for (int value = 0; value <= 2; value++)
		test_setting(value);
	change(before);
}
