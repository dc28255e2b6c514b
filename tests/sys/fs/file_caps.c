/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities of files at execve(2): capabilities(7). */
#include "mount_common.h"
#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/xattr.h>

#define CHOWN	(1u << CAP_CHOWN)
#define SETPCAP (1u << CAP_SETPCAP)

/* What the program got: effective, permitted, AT_SECURE. */
struct got {
	uint32_t effective, permitted, secure;
};

/* Before the harness starts, in a program run by this one. */
__attribute__((constructor)) static void report(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];
	struct got g;

	if (!getenv("T_REPORT"))
		return;
	syscall(SYS_capget, &h, d);
	g = (struct got){d[0].effective, d[0].permitted, (uint32_t)getauxval(AT_SECURE)};
	_exit(write(77, &g, sizeof(g)) != sizeof(g));
}

static void set_caps(uint32_t permitted, uint32_t inheritable, bool is_effective)
{
	struct vfs_cap_data d = {.magic_etc = VFS_CAP_REVISION_2 | is_effective};

	d.data[0].permitted = permitted;
	d.data[0].inheritable = inheritable;
	T_OK(setxattr("m/prog", "security.capability", &d, sizeof(d), 0));
}

static struct got run_as(int uid, bool no_new_privs)
{
	struct got g = {~0u, ~0u, ~0u};
	int ends[2], child, status;

	T_OK(pipe(ends));
	child = T_OK(fork());
	if (!child) {
		char *argv[] = {"prog", NULL}, *env[] = {"T_REPORT=1", NULL};

		if (dup2(ends[1], 77) < 0 || setgid(T_GID) || setuid((uid_t)uid))
			_exit(1);
		if (no_new_privs)
			prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		execve("m/prog", argv, env);
		_exit(errno);
	}
	close(ends[1]);
	if (read(ends[0], &g, sizeof(g)) != sizeof(g))
		g.secure = 99;
	close(ends[0]);
	waitpid(child, &status, 0);
	if (status)
		g.secure = 100 + (uint32_t)WEXITSTATUS(status);
	return g;
}

TEST_MAIN
{
	static char data[1 << 16];
	struct got g;
	int in, out;
	ssize_t n;

	need_mounts();
	T_NEED(sys_mount("none", "m", "tmpfs", 0, NULL));
	in = T_OK(open("/proc/self/exe", O_RDONLY));
	out = T_OK(open("m/prog", O_WRONLY | O_CREAT, 0755));
	while ((n = read(in, data, sizeof(data))) > 0)
		T_EQ(write(out, data, (size_t)n), n);
	close(in);
	close(out);
	T_OK(chmod("m/prog", 0755));
	g = run_as(T_UID, false);
	T_EQ(g.permitted, 0);
	T_EQ(g.secure, 0);
	set_caps(CHOWN, 0, true);
	g = run_as(T_UID, false);
	T_EQ(g.permitted, CHOWN);
	T_EQ(g.effective, CHOWN);
	T_EQ(g.secure, 1);
	set_caps(CHOWN, 0, false);
	g = run_as(T_UID, false);
	T_EQ(g.permitted, CHOWN);
	T_EQ(g.effective, 0);
	/* Inheritable alone gives what the process could inherit: nothing. */
	set_caps(0, CHOWN, true);
	g = run_as(T_UID, false);
	T_EQ(g.permitted, 0);
	set_caps(CHOWN, 0, true);
	g = run_as(T_UID, true);
	T_EQ(g.permitted, 0);
	/* Root has all of them anyway. */
	g = run_as(0, false);
	T_EQ(g.permitted & (CHOWN | SETPCAP), CHOWN | SETPCAP);
	T_OK(sys_mount("none", "m", NULL, MS_REMOUNT | MS_NOSUID, NULL));
	g = run_as(T_UID, false);
	T_EQ(g.permitted, 0);
	T_OK(sys_umount2("m", 0));
	T_OK(rmdir("m"));
}
