/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/capability.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/xattr.h>

/* Capabilities that a program's file grants. capabilities(7). */
#define BITS(cap) (1UL << (cap))

static unsigned long field(const char *name)
{
	char text[8192] = {0}, *at;

	t_read_file("/proc/self/status", text, sizeof(text) - 1);
	at = strstr(text, name);
	return at ? strtoul(at + strlen(name), NULL, 16) : ~0UL;
}

static int grant(const char *path, uint64_t permitted, uint64_t inheritable, bool is_effective)
{
	struct vfs_cap_data d = {.magic_etc = VFS_CAP_REVISION_2 |
					      (is_effective ? VFS_CAP_FLAGS_EFFECTIVE : 0)};

	for (int i = 0; i < 2; i++) {
		d.data[i].permitted = (uint32_t)(permitted >> 32 * i);
		d.data[i].inheritable = (uint32_t)(inheritable >> 32 * i);
	}
	return setxattr(path, "security.capability", &d, sizeof(d), 0);
}

/* `sh -c` in the program's place: prints what it has into the file "out". */
static unsigned long effective_of(const char *path)
{
	unsigned long value = ~0UL;
	char text[64] = {0};
	int status = 0;
	pid_t pid;

	unlink("out");
	pid = T_NEED(fork());
	if (!pid) {
		int fd = open("out", O_WRONLY | O_CREAT, 0666);

		fchmod(fd, 0666);
		dup2(fd, 1);
		setgroups(0, NULL);
		setresgid(T_GID, T_GID, T_GID);
		setresuid(T_UID, T_UID, T_UID);
		execl(path, "grep", "^CapEff", "/proc/self/status", NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EPERM)
		return ~0UL;
	t_read_file("out", text, sizeof(text) - 1);
	sscanf(text, "CapEff: %lx", &value);
	return value;
}

static bool copy_program(const char *from, const char *to)
{
	static char data[4 << 20];
	ssize_t n = -1;
	int fd = open(from, O_RDONLY);

	if (fd >= 0)
		n = read(fd, data, sizeof(data));
	close(fd);
	if (n <= 0)
		return false;
	t_write_file(to, data, (size_t)n);
	return !chmod(to, 0755);
}

TEST_MAIN
{
	T_NEED_ROOT();
	if (!copy_program("/bin/grep", "prog") || grant("prog", BITS(CAP_CHOWN), 0, true))
		T_SKIP("no file capabilities here");
	T_OK(chmod(".", 0755));
	T_EQ(effective_of("prog"), BITS(CAP_CHOWN));
	T_OK(grant("prog", BITS(CAP_CHOWN) | BITS(CAP_KILL), 0, true));
	T_EQ(effective_of("prog"), BITS(CAP_CHOWN) | BITS(CAP_KILL));
	T_OK(grant("prog", BITS(CAP_CHOWN), 0, false));
	T_EQ(effective_of("prog"), 0);
	/* More than the bounding set leaves: refused. */
	T_OK(grant("prog", BITS(CAP_CHOWN), 0, true));
	T_CHILD
	{
		T_OK(prctl(PR_CAPBSET_DROP, CAP_CHOWN, 0, 0, 0));
		T_EQ(effective_of("prog"), ~0UL);
	}
	T_CHILD
	{
		T_OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		T_EQ(effective_of("prog"), 0);
	}
	/* Root keeps what it has. */
	T_CMP(field("CapEff:\t"), !=, 0);
	T_OK(removexattr("prog", "security.capability"));
	T_EQ(effective_of("prog"), 0);
}
