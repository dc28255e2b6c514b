/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sched.h>
#include <sys/mount.h>

#define sys_setns(fd, type) ((int)syscall(SYS_setns, (long)(fd), (long)(type)))

static int exit_of(int child)
{
	int status = -1;

	waitpid(child, &status, 0);
	return status;
}

TEST_MAIN
{
	struct stat mine, other;
	char name[64], text[64];
	int ns, file, ready[2], go[2], child, sharer;

	ns = T_OK(open("/proc/self/ns/mnt", O_RDONLY));
	T_OK(fstat(ns, &mine));
	T_CMP(readlink("/proc/self/ns/mnt", text, sizeof(text)), >, 5);
	T_MEM(text, "mnt:[", 5);
	T_EQ(strtoul(text + 5, NULL, 10), mine.st_ino);
	T_ERR(sys_setns(-1, 0), EBADF);
	t_touch("f");
	file = T_OK(open("f", O_RDONLY));
	T_ERR(sys_setns(file, 0), EINVAL);
	T_ERR(sys_setns(ns, CLONE_NEWUTS), EINVAL);
	T_NEED_ROOT();
	T_AS_USER
	{
		T_ERR(sys_setns(ns, CLONE_NEWNS), EPERM);
	}
	T_OK(pipe(ready));
	T_OK(pipe(go));
	T_OK(mkdir("/tmp/t-setns", 0755));
	child = T_OK(fork());
	if (!child) {
		char c = 'r';

		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("x", "/tmp/t-setns", "tmpfs", 0, NULL) || mkdir("/tmp/t-setns/in", 0755))
			c = 'x';
		if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	T_EQ(read(ready[0], text, 1), 1);
	T_EQ(text[0], 'r');
	snprintf(name, sizeof(name), "/proc/%d/ns/mnt", child);
	file = T_OK(open(name, O_RDONLY));
	T_OK(fstat(file, &other));
	T_NE(other.st_ino, mine.st_ino);
	T_TRUE(!t_exists("/tmp/t-setns/in"));
	T_CHILD
	{
		T_OK(sys_setns(file, CLONE_NEWNS));
		T_TRUE(t_exists("/tmp/t-setns/in"));
		T_OK(sys_setns(ns, 0));
		T_TRUE(!t_exists("/tmp/t-setns/in"));
	}
	/* Not while root and current directory are shared. */
	sharer = (int)T_OK(syscall(SYS_clone, CLONE_FS | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
	if (!sharer) {
		T_ERR(sys_setns(file, CLONE_NEWNS), EINVAL);
		_exit(0);
	}
	T_EQ(exit_of(sharer), 0);
	T_EQ(write(go[1], "g", 1), 1);
	T_EQ(exit_of(child), 0);
	/* The descriptor keeps the namespace. */
	T_CHILD
	{
		T_OK(sys_setns(file, 0));
		T_TRUE(t_exists("/tmp/t-setns/in"));
	}
	close(file);
	T_OK(rmdir("/tmp/t-setns"));
}
