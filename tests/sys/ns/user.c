/* SPDX-License-Identifier: Apache-2.0 */
/* user_namespaces(7): making one, ids, capabilities, and whose are the other namespaces. */
#include "test.h"
#include "ns_common.h"
#include <linux/capability.h>
#include <grp.h>
#include <sys/prctl.h>
#include <time.h>

static bool has_cap(int cap)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d))
		return false;
	return d[cap / 32].effective >> (cap % 32) & 1;
}

/* A namespace in which the maker is root. */
static int become_root(void)
{
	char text[40];
	unsigned uid = geteuid(), gid = getegid();

	if (sys_unshare(CLONE_NEWUSER))
		return -1;
	snprintf(text, sizeof(text), "0 %u 1", uid);
	if (write_text("/proc/self/uid_map", text) || write_text("/proc/self/setgroups", "deny"))
		return -1;
	snprintf(text, sizeof(text), "0 %u 1\n", gid);
	return write_text("/proc/self/gid_map", text);
}

static void fresh(void)
{
	unsigned long number = ns_number("self", "user");
	unsigned uid = getuid();

	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWUSER));
		T_NE(ns_number("self", "user"), number);
		T_EQ(getuid(), 65534);
		T_EQ(geteuid(), 65534);
		T_EQ(getgid(), 65534);
		T_TRUE(has_cap(CAP_SYS_ADMIN));
		T_TRUE(has_cap(CAP_SETUID));
		T_STR(read_text("/proc/self/uid_map"), "");
		T_STR(read_text("/proc/self/setgroups"), "allow\n");
		T_ERR(setuid(0), EINVAL);
		T_ERR(setreuid(0, 0), EINVAL);
		T_ERR(setgroups(0, NULL), EPERM);
		T_ERR(chown(".", 0, 0), EINVAL);
		/* Without ids no other one can be made in it. */
		T_ERR(sys_unshare(CLONE_NEWUSER), EPERM);
		T_OK(sys_unshare(CLONE_NEWUTS));
	}
	T_EQ(getuid(), uid);
}

static void rooted(void)
{
	char text[64];
	struct stat st;
	unsigned uid = getuid();

	T_OK(mkdir("r", 0755));
	t_touch("r/own");
	T_CHILD
	{
		T_NEED(become_root());
		T_EQ(getuid(), 0);
		T_EQ(getegid(), 0);
		snprintf(text, sizeof(text), "%10u %10u %10u\n", 0, uid, 1);
		T_STR(read_text("/proc/self/uid_map"), text);
		T_STR(read_text("/proc/self/setgroups"), "deny\n");
		T_ERR(write_text("/proc/self/uid_map", "0 0 1"), EPERM);
		T_ERR(write_text("/proc/self/setgroups", "allow"), EPERM);
		T_ERR(setgroups(0, NULL), EPERM);
		T_ERR(setuid(1), EINVAL);
		T_OK(setuid(0));
		T_TRUE(has_cap(CAP_CHOWN));
		T_OK(stat("r/own", &st));
		T_EQ(st.st_uid, 0);
		T_OK(stat("/proc/1", &st));
		T_OK(chmod("r/own", 0600));
		T_ERR(chown("r/own", 7, -1), EINVAL);
		T_OK(chown("r/own", 0, 0));
		T_OK(sys_unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS));
		T_OK(sethostname("mine", 4));
		T_CHILD
		{
			T_EQ(getuid(), 0);
		}
	}
	T_OK(stat("r/own", &st));
	T_EQ(st.st_uid, uid);
	T_OK(unlink("r/own"));
	T_OK(rmdir("r"));
}

/* All that is the machine's stays out of reach. */
static void refused(int parent_uts, int parent_user)
{
	T_CHILD
	{
		struct rlimit l = {RLIM_INFINITY, RLIM_INFINITY};
		struct timespec ts = {1, 0};

		T_OK(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}));
		T_NEED(become_root());
		T_ERR(sethostname("x", 1), EPERM);
		T_ERR(sys_setns(parent_uts, CLONE_NEWUTS), EPERM);
		T_ERR(sys_setns(parent_user, CLONE_NEWUSER), EPERM);
		T_ERR(setrlimit(RLIMIT_CORE, &l), EPERM);
		T_ERR(clock_settime(CLOCK_REALTIME, &ts), EPERM);
		T_ERR(mknod("dev", S_IFCHR | 0600, 0x101), EPERM);
		T_ERR(kill(1, 0), EPERM);
		T_ERR(syscall(SYS_syslog, 5, 0, 0), EPERM);
		T_ERR(syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0), EPERM);
		T_ERR(syscall(SYS_swapon, "dev", 0), EPERM);
		T_ERR(syscall(SYS_ptrace, 16 /* ATTACH */, 1, 0, 0), EPERM);
		T_OK(chroot("/"));
	}
}

static void maps(void)
{
	char name[40], text[40];
	int child, go[2];

	T_OK(pipe(go));
	child = T_OK(sys_clone(CLONE_NEWUSER));
	if (!child) {
		char c;

		close(go[1]);
		_exit(read(go[0], &c, 1) ? 1 : getuid() == 5 && getgid() == 6 ? 0 : 2);
	}
	snprintf(name, sizeof(name), "/proc/%d/uid_map", child);
	T_ERR(write_text(name, ""), EINVAL);
	T_ERR(write_text(name, "x 0 1"), EINVAL);
	T_ERR(write_text(name, "0 0"), EINVAL);
	T_ERR(write_text(name, "0 0 1 1"), EINVAL);
	T_ERR(write_text(name, "0 0 0"), EINVAL);
	T_ERR(write_text(name, "0 4294967295 1"), EINVAL);
	T_ERR(write_text(name, "0 0 2\n1 5 1"), EINVAL);
	if (t_is_root()) {
		T_OK(write_text(name, "0 100 3\n5 0 1\n"));
		T_STR(read_text(name), "         0        100          3\n"
				       "         5          0          1\n");
		T_ERR(write_text(name, "0 100 3\n"), EPERM);
		snprintf(name, sizeof(name), "/proc/%d/gid_map", child);
		T_OK(write_text(name, "6 0 1\n"));
	} else {
		snprintf(text, sizeof(text), "5 %u 2", getuid());
		T_ERR(write_text(name, text), EPERM);
		T_ERR(write_text(name, "5 0 1"), EPERM);
		snprintf(text, sizeof(text), "5 %u 1", getuid());
		T_OK(write_text(name, text));
		snprintf(name, sizeof(name), "/proc/%d/gid_map", child);
		snprintf(text, sizeof(text), "6 %u 1", getgid());
		T_ERR(write_text(name, text), EPERM);
		snprintf(name, sizeof(name), "/proc/%d/setgroups", child);
		T_ERR(write_text(name, "denied"), EINVAL);
		T_OK(write_text(name, "deny\n"));
		snprintf(name, sizeof(name), "/proc/%d/gid_map", child);
		T_OK(write_text(name, text));
	}
	close(go[1]);
	close(go[0]);
	T_WAIT(child, 0);
}

static void owners(void)
{
	T_CHILD
	{
		unsigned uid = 9;
		unsigned me = geteuid();
		int outer = T_OK(ns_open("self", "user")), inner, uts, fd;

		T_OK(sys_unshare(CLONE_NEWUSER | CLONE_NEWUTS));
		inner = T_OK(ns_open("self", "user"));
		uts = T_OK(ns_open("self", "uts"));
		fd = T_OK(ioctl(uts, NS_GET_USERNS));
		T_EQ(fd_number(fd), fd_number(inner));
		T_EQ(ioctl(inner, NS_GET_NSTYPE), CLONE_NEWUSER);
		/* The parent is out of its members' sight. */
		T_ERR(ioctl(inner, NS_GET_PARENT), EPERM);
		T_ERR(ioctl(inner, NS_GET_USERNS), EPERM);
		T_OK(ioctl(inner, NS_GET_OWNER_UID, &uid));
		T_EQ(uid, 65534);
		T_ERR(ioctl(outer, NS_GET_PARENT), EPERM);
		T_ERR(sys_setns(inner, CLONE_NEWUSER), EINVAL);
		T_ERR(sys_setns(outer, CLONE_NEWUSER), EPERM);
		(void)me;
	}
	T_ERR(sys_clone(CLONE_NEWUSER | CLONE_FS), EINVAL);
}

static void entered(void)
{
	int go[2], ready[2], child, fd;
	char name[24], c;

	T_OK(pipe(go));
	T_OK(pipe(ready));
	child = T_OK(fork());
	if (!child) {
		close(go[1]);
		if (become_root() || sys_unshare(CLONE_NEWUTS) || sethostname("deep", 4) ||
		    write(ready[1], "r", 1) != 1)
			_exit(1);
		_exit(read(go[0], &c, 1) ? 2 : 0);
	}
	close(ready[1]);
	T_EQ(read(ready[0], &c, 1), 1);
	snprintf(name, sizeof(name), "%d", child);
	fd = T_OK(ns_open(name, "user"));
	/* Who made it has all capabilities in it. */
	T_CHILD
	{
		int uts = T_OK(ns_open(name, "uts"));

		if (!t_is_root())
			T_ERR(sys_setns(uts, CLONE_NEWUTS), EPERM);
		T_OK(sys_setns(fd, CLONE_NEWUSER));
		T_EQ(getuid(), 0);
		T_TRUE(has_cap(CAP_SYS_ADMIN));
		T_OK(sys_setns(uts, CLONE_NEWUTS));
		T_OK(sethostname("deeper", 6));
	}
	T_CHILD
	{
		int pidfd = (int)syscall(SYS_pidfd_open, child, 0);

		T_ERR(sys_setns(pidfd, 0), EINVAL);
		T_OK(sys_setns(pidfd, CLONE_NEWUSER | CLONE_NEWUTS));
		T_EQ(getuid(), 0);
	}
	close(go[1]);
	close(go[0]);
	T_WAIT(child, 0);
	close(fd);
}

static void deep(void)
{
	T_CHILD
	{
		int n = 0;

		while (n < 40 && !become_root())
			n++;
		T_CMP(n, >=, 30);
		T_CMP(n, <=, 33);
		T_ERR(sys_unshare(CLONE_NEWUSER), ENOSPC);
		T_EQ(getuid(), 0);
	}
}

static void limited(void)
{
	T_CHILD
	{
		T_OK(sys_unshare(CLONE_NEWUSER));
		T_OK(write_text("/proc/self/uid_map", "0 0 1"));
		T_OK(sys_unshare(CLONE_NEWNS));
		if (write_text("/proc/sys/user/max_uts_namespaces", "1")) {
			T_SKIP_ONE("/proc/sys is read-only here");
			return;
		}
		T_OK(sys_unshare(CLONE_NEWUTS));
		T_ERR(sys_unshare(CLONE_NEWUTS), ENOSPC);
	}
}

TEST_MAIN
{
	int uts = T_OK(ns_open("self", "uts")), user = T_OK(ns_open("self", "user"));

	T_NEED_UNSHARE(CLONE_NEWUSER);
	fresh();
	rooted();
	maps();
	owners();
	entered();
	deep();
	if (t_is_root())
		limited();
	T_AS_USER
	{
		/* After the change of ids /proc/self is root's. */
		T_ERR(become_root(), EACCES);
	}
	T_AS_USER
	{
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		T_OK(mkdir("/tmp/t-ns-user", 0755));
		T_OK(chdir("/tmp/t-ns-user"));
		fresh();
		rooted();
		maps();
		owners();
		entered();
		deep();
		refused(uts, user);
		T_OK(rmdir("/tmp/t-ns-user"));
	}
}
