/* SPDX-License-Identifier: Apache-2.0 */
/* mount_namespaces(7), "Restrictions on mount namespaces"; and files that change ids. */
#include "test.h"
#include "ns_common.h"
#include <sys/mount.h>
#include <sys/prctl.h>

static void map_self(void)
{
	char text[40];
	unsigned uid = geteuid(), gid = getegid();

	T_NEED(sys_unshare(CLONE_NEWUSER | CLONE_NEWNS));
	snprintf(text, sizeof(text), "0 %u 1", uid);
	T_NEED(write_text("/proc/self/uid_map", text));
	T_NEED(write_text("/proc/self/setgroups", "deny"));
	snprintf(text, sizeof(text), "0 %u 1", gid);
	T_NEED(write_text("/proc/self/gid_map", text));
}

static int run(const char *program, const char *arg)
{
	int child = fork(), status = -1;

	if (!child) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		execl(program, program, arg, NULL);
		_exit(126);
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

/* What the more privileged have mounted stays together, and as it is. */
static void locked(void)
{
	struct stat st;

	map_self();
	T_ERR(umount("outer/inner"), EINVAL);
	T_ERR(umount2("outer/inner", MNT_DETACH), EINVAL);
	T_ERR(umount("outer"), EINVAL);
	T_ERR(mount("outer", "place", NULL, MS_BIND, NULL), EINVAL);
	T_ERR(mount("outer/inner", "place", NULL, MS_MOVE, NULL), EINVAL);
	T_OK(mount("outer", "place", NULL, MS_BIND | MS_REC, NULL));
	T_TRUE(t_exists("place/inner/secret"));
	T_ERR(umount("place/inner"), EINVAL);
	T_ERR(mount(NULL, "outer", NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
	T_ERR(mount(NULL, "outer", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL), EPERM);
	T_ERR(mount(NULL, "outer", NULL, MS_REMOUNT, "size=1m"), EPERM);
	T_OK(umount2("place", MNT_DETACH));

	T_OK(mount("x", "place", "tmpfs", 0, "mode=700"));
	T_OK(stat("place", &st));
	T_EQ(st.st_uid, 0);
	T_OK(mount(NULL, "place", NULL, MS_REMOUNT, "size=1m"));
	T_ERR(mount("x", "place", "tmpfs", 0, "uid=77"), EINVAL);
	T_ERR(mknod("place/null", S_IFCHR | 0666, 0x103), EPERM);
	T_OK(mount(NULL, "place", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	T_OK(mount(NULL, "place", NULL, MS_REMOUNT | MS_BIND, NULL));
	T_OK(umount("place"));
	T_ERR(mount("x", "place", "proc", 0, NULL), EPERM);
	T_ERR(mount("x", "place", "sysfs", 0, NULL), EPERM);
	T_OK(mount("outer/inner", "place", NULL, MS_BIND, NULL));
	T_OK(umount("place"));
}

/* Pseudo-terminals of one's own. */
static void terminals(void)
{
	char path[40];
	int master, slave, number = -1, off = 0;

	map_self();
	T_OK(mount("x", "place", "devpts", 0, "ptmxmode=666"));
	master = T_OK(open("place/ptmx", O_RDWR | O_NOCTTY));
	T_OK(ioctl(master, TIOCGPTN, &number));
	T_OK(ioctl(master, TIOCSPTLCK, &off));
	snprintf(path, sizeof(path), "place/%d", number);
	slave = T_OK(open(path, O_RDWR | O_NOCTTY));
	T_EQ(write(slave, "x", 1), 1);
	T_EQ(read(master, path + 39, 1), 1);
	close(slave);
	close(master);
	T_TRUE(!t_exists(path));
	T_ERR(mount("x", "place", "devpts", 0, "gid=77"), EINVAL);
	T_OK(umount("place"));
}

/* What is mounted outside comes in as a slave's copy, and is locked too. */
static void propagated(void)
{
	int go[2], ready[2], child;
	char c;

	T_OK(mount(NULL, "outer", NULL, MS_SHARED, NULL));
	T_OK(pipe(go));
	T_OK(pipe(ready));
	child = T_OK(fork());
	if (!child) {
		T_OK(setresgid(T_GID, T_GID, T_GID));
		T_OK(setresuid(T_UID, T_UID, T_UID));
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		map_self();
		T_OK(mount("x", "outer/late", "tmpfs", 0, NULL));
		T_EQ(write(ready[1], "r", 1), 1);
		T_EQ(read(go[0], &c, 1), 1);
		T_TRUE(t_exists("outer/more/new"));
		T_OK(umount("outer/late"));
		_exit(0);
	}
	T_EQ(read(ready[0], &c, 1), 1);
	/* And not the other way. */
	T_OK(mkdir("outer/late/seen", 0755));
	T_OK(rmdir("outer/late/seen"));
	T_OK(mount("y", "outer/more", "tmpfs", 0, NULL));
	T_OK(mkdir("outer/more/new", 0755));
	T_EQ(write(go[1], "g", 1), 1);
	T_WAIT(child, 0);
}

static void set_ids(void)
{
	T_EQ(run("./cat", "only-roots"), 0);
	T_CHILD
	{
		map_self();
		/* Root's number means nobody here. */
		T_EQ(run("./cat", "only-roots"), 1);
		T_EQ(run("./cat", "all-may"), 0);
		T_ERR(open("only-roots", O_RDONLY), EACCES);
		T_ERR(chmod("all-may", 0600), EPERM);
		T_ERR(unlink("only-roots"), EACCES);
	}
}

TEST_MAIN
{
	int status;

	T_NEED_ROOT();
	T_NEED_UNSHARE(CLONE_NEWUSER | CLONE_NEWNS);
	T_NEED(sys_unshare(CLONE_NEWNS));
	T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	T_OK(mkdir("outer", 0755));
	T_OK(mkdir("place", 0777));
	T_OK(mount("x", "outer", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	T_OK(mkdir("outer/inner", 0755));
	T_OK(mkdir("outer/late", 0777));
	T_OK(mkdir("outer/more", 0777));
	T_OK(mount("x", "outer/inner", "tmpfs", 0, NULL));
	t_touch("outer/inner/secret");
	T_AS_USER
	{
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		locked();
	}
	T_AS_USER
	{
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		terminals();
	}
	propagated();

	t_write_file("only-roots", "x", 1);
	T_OK(chmod("only-roots", 0600));
	t_write_file("all-may", "x", 1);
	status = system("cp /bin/cat cat && chmod 4755 cat");
	T_EQ(status, 0);
	T_AS_USER
	{
		T_OK(prctl(PR_SET_DUMPABLE, 1));
		set_ids();
	}
	T_OK(umount2("outer", MNT_DETACH));
}
