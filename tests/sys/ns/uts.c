/* SPDX-License-Identifier: Apache-2.0 */
/* uts_namespaces(7): names of one's own. */
#include "test.h"
#include "ns_common.h"
#include <sys/mount.h>
#include <sys/utsname.h>

static const char *host(void)
{
	static struct utsname u;

	uname(&u);
	return u.nodename;
}

static void unshared(const char *before)
{
	unsigned long number = ns_number("self", "uts");

	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWUTS));
		T_NE(ns_number("self", "uts"), number);
		T_STR(host(), before);
		T_OK(sethostname("other", 5));
		T_OK(setdomainname("domain", 6));
		T_STR(host(), "other");
		T_STR(read_text("/proc/sys/kernel/hostname"), "other\n");
		T_STR(read_text("/proc/sys/kernel/domainname"), "domain\n");
		T_CHILD
		{
			T_STR(host(), "other");
		}
	}
	T_STR(host(), before);
	T_EQ(ns_number("self", "uts"), number);
}

/* A file set by the name under /proc/sys changes the writer's names alone. */
static void written(const char *before)
{
	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWUTS));
		if (write_text("/proc/sys/kernel/hostname", "third\n"))
			T_SKIP_ONE("/proc/sys is read-only here");
		else
			T_STR(host(), "third");
	}
	T_STR(host(), before);
}

static void entered(const char *before)
{
	int own = T_OK(ns_open("self", "uts")), go[2], ready[2], fd, child;
	char name[24], c = 0;

	T_OK(pipe(go));
	T_OK(pipe(ready));
	child = T_OK(sys_clone(CLONE_NEWUTS));
	if (!child) {
		close(go[1]);
		if (sethostname("inside", 6) || write(ready[1], "r", 1) != 1)
			_exit(1);
		_exit(read(go[0], &c, 1) ? 2 : 0);
	}
	T_EQ(read(ready[0], &c, 1), 1);
	snprintf(name, sizeof(name), "%d", child);
	fd = T_OK(ns_open(name, "uts"));
	T_EQ(fd_number(fd), ns_number(name, "uts"));
	T_NE(fd_number(fd), fd_number(own));
	close(go[1]);
	T_WAIT(child, 0);
	/* The descriptor keeps it. */
	T_CHILD
	{
		T_ERR(sys_setns(fd, CLONE_NEWIPC), EINVAL);
		T_OK(sys_setns(fd, CLONE_NEWUTS));
		T_STR(host(), "inside");
		T_OK(sys_setns(own, 0));
		T_STR(host(), before);
	}
	/* A mount does, too. */
	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWNS));
		T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		t_touch("kept");
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		T_OK(mount(name, "kept", NULL, MS_BIND, NULL));
		close(fd);
		fd = T_OK(open("kept", O_RDONLY));
		T_OK(sys_setns(fd, CLONE_NEWUTS));
		T_STR(host(), "inside");
		close(fd);
		T_OK(umount("kept"));
	}
	T_AS_USER
	{
		T_ERR(sys_setns(fd, CLONE_NEWUTS), EPERM);
	}
	close(fd);
	close(own);
}

static void requests(void)
{
	int fd = T_OK(ns_open("self", "uts")), user, parent;
	unsigned uid = 7;

	T_EQ(ioctl(fd, NS_GET_NSTYPE), CLONE_NEWUTS);
	T_ERR(ioctl(fd, NS_GET_PARENT), EINVAL);
	T_ERR(ioctl(fd, NS_GET_OWNER_UID, &uid), EINVAL);
	T_ERR(ioctl(fd, _IO(NSIO, 0x7f)), ENOTTY);
	user = T_OK(ioctl(fd, NS_GET_USERNS));
	T_EQ(fcntl(user, F_GETFD), FD_CLOEXEC);
	T_EQ(ioctl(user, NS_GET_NSTYPE), CLONE_NEWUSER);
	T_EQ(fd_number(user), ns_number("self", "user"));
	parent = ns_open("self", "mnt");
	T_EQ(ioctl(parent, NS_GET_NSTYPE), CLONE_NEWNS);
	close(parent);
	close(user);
	close(fd);
}

TEST_MAIN
{
	char before[70];

	requests();
	T_NEED_ROOT();
	T_NEED_UNSHARE(CLONE_NEWUTS);
	snprintf(before, sizeof(before), "%s", host());
	unshared(before);
	written(before);
	entered(before);
	T_CHILD
	{
		T_OK(sys_unshare(CLONE_NEWCGROUP));
		T_STR(host(), before);
	}
	T_AS_USER
	{
		T_ERR(sys_unshare(CLONE_NEWUTS), EPERM);
		T_ERR(sys_clone(CLONE_NEWUTS), EPERM);
		T_ERR(sys_unshare(CLONE_NEWCGROUP), EPERM);
		T_ERR(sethostname("x", 1), EPERM);
	}
}
