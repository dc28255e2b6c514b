/* SPDX-License-Identifier: Apache-2.0 */
/* Shared, slave, private and unbindable mounts: mount_namespaces(7). */
#include "mount_common.h"

/* The optional fields of /proc/self/mountinfo for the last mount at the end of whose path `at` is.
 */
static const char *fields(const char *at)
{
	static char found[256], line[4096];
	FILE *f = fopen("/proc/self/mountinfo", "r");

	strcpy(found, "not mounted");
	while (f && fgets(line, sizeof(line), f)) {
		char point[2048], rest[2048];
		char *end;

		if (sscanf(line, "%*d %*d %*s %*s %2047s %*s %2047[^\n]", point, rest) != 2)
			continue;
		if (strlen(point) < strlen(at) || strcmp(point + strlen(point) - strlen(at), at))
			continue;
		end = strstr(rest, "- ");
		if (end)
			*end = 0;
		snprintf(found, sizeof(found), "%.255s", rest);
	}
	if (f)
		fclose(f);
	return found;
}

static bool has(const char *at, const char *word)
{
	return strstr(fields(at), word) != NULL;
}

static bool is_mounted(const char *at)
{
	return strcmp(fields(at), "not mounted") != 0;
}

static void dir(const char *path)
{
	if (!t_exists(path))
		T_OK(mkdir(path, 0755));
}

static void peers(void)
{
	int group = 0, other = 0;

	T_OK(sys_mount(NULL, "m/a", NULL, MS_SHARED, NULL));
	T_EQ(sscanf(fields("/m/a"), "shared:%d", &group), 1);
	T_OK(sys_mount("m/a", "m/b", NULL, MS_BIND, NULL));
	T_EQ(sscanf(fields("/m/b"), "shared:%d", &other), 1);
	T_EQ(group, other);
	/* What is mounted at one is at both, and shared itself. */
	T_OK(sys_mount("x", "m/a/d", "tmpfs", 0, NULL));
	t_touch("m/a/d/f");
	T_TRUE(t_exists("m/b/d/f"));
	T_TRUE(has("/m/a/d", "shared:"));
	T_TRUE(has("/m/b/d", "shared:"));
	T_OK(sys_umount2("m/b/d", 0));
	T_TRUE(!is_mounted("/m/a/d"));
	T_TRUE(!t_exists("m/a/d/f"));
	T_OK(sys_umount2("m/b", 0));
	T_OK(sys_mount(NULL, "m/a", NULL, MS_PRIVATE, NULL));
	T_TRUE(!has("/m/a", "shared:"));
}

static void slaves(void)
{
	T_OK(sys_mount(NULL, "m/a", NULL, MS_SHARED, NULL));
	T_OK(sys_mount("m/a", "m/b", NULL, MS_BIND, NULL));
	T_OK(sys_mount(NULL, "m/b", NULL, MS_SLAVE, NULL));
	T_TRUE(has("/m/b", "master:"));
	T_TRUE(!has("/m/b", "shared:"));
	T_OK(sys_mount("x", "m/a/d", "tmpfs", 0, NULL));
	T_TRUE(is_mounted("/m/b/d"));
	T_TRUE(has("/m/b/d", "master:"));
	/* Not the other way. */
	T_OK(sys_mount("x", "m/b/e", "tmpfs", 0, NULL));
	T_TRUE(is_mounted("/m/b/e"));
	T_TRUE(!is_mounted("/m/a/e"));
	T_OK(sys_umount2("m/b/e", 0));
	T_OK(sys_umount2("m/a/d", 0));
	T_TRUE(!is_mounted("/m/b/d"));
	/* A slave with peers of its own passes it on. */
	T_OK(sys_mount(NULL, "m/b", NULL, MS_SHARED, NULL));
	T_TRUE(has("/m/b", "master:"));
	T_TRUE(has("/m/b", "shared:"));
	T_OK(sys_mount("m/b", "m/c", NULL, MS_BIND, NULL));
	T_OK(sys_mount("x", "m/a/d", "tmpfs", 0, NULL));
	T_TRUE(is_mounted("/m/b/d"));
	T_TRUE(is_mounted("/m/c/d"));
	T_OK(sys_umount2("m/c/d", 0));
	T_TRUE(is_mounted("/m/a/d"));
	T_TRUE(!is_mounted("/m/b/d"));
	T_OK(sys_umount2("m/a/d", 0));
	T_OK(sys_umount2("m/c", 0));
	T_OK(sys_umount2("m/b", 0));
	T_OK(sys_mount(NULL, "m/a", NULL, MS_PRIVATE, NULL));
}

static void unbindable(void)
{
	T_OK(sys_mount(NULL, "m/a", NULL, MS_UNBINDABLE, NULL));
	T_TRUE(has("/m/a", "unbindable"));
	T_ERR(sys_mount("m/a", "m/b", NULL, MS_BIND, NULL), EINVAL);
	T_OK(sys_mount("m", "n", NULL, MS_BIND | MS_REC, NULL));
	T_TRUE(!is_mounted("/n/a"));
	T_OK(sys_umount2("n", MNT_DETACH));
	T_OK(sys_mount(NULL, "m/a", NULL, MS_PRIVATE, NULL));
	T_OK(sys_mount("m/a", "m/b", NULL, MS_BIND, NULL));
	T_OK(sys_umount2("m/b", 0));
}

static void recursive(void)
{
	T_OK(sys_mount("x", "m/a/d", "tmpfs", 0, NULL));
	T_OK(sys_mount(NULL, "m/a", NULL, MS_SHARED | MS_REC, NULL));
	T_TRUE(has("/m/a", "shared:"));
	T_TRUE(has("/m/a/d", "shared:"));
	T_OK(sys_mount("m/a", "m/b", NULL, MS_BIND | MS_REC, NULL));
	T_TRUE(is_mounted("/m/b/d"));
	dir("m/a/d/in");
	T_OK(sys_mount("y", "m/a/d/in", "tmpfs", 0, NULL));
	T_TRUE(is_mounted("/m/b/d/in"));
	/* What lies on something shared is not moved away. */
	T_ERR(sys_mount("m/a/d/in", "m/c", NULL, MS_MOVE, NULL), EINVAL);
	T_OK(sys_umount2("m/a/d", MNT_DETACH));
	T_TRUE(!is_mounted("/m/b/d"));
	T_OK(sys_umount2("m/b", MNT_DETACH));
	T_OK(sys_mount(NULL, "m/a", NULL, MS_PRIVATE | MS_REC, NULL));
	/* Moved onto something shared, a tree is at the peers, too. */
	T_OK(sys_mount(NULL, "m/a", NULL, MS_SHARED, NULL));
	T_OK(sys_mount("m/a", "m/b", NULL, MS_BIND, NULL));
	T_OK(sys_mount("z", "m/c", "tmpfs", 0, NULL));
	T_OK(sys_mount("m/c", "m/a/d", NULL, MS_MOVE, NULL));
	T_TRUE(is_mounted("/m/b/d"));
	T_TRUE(!is_mounted("/m/c"));
	T_OK(sys_umount2("m/a/d", 0));
	T_OK(sys_umount2("m/b", 0));
	T_OK(sys_mount(NULL, "m/a", NULL, MS_PRIVATE, NULL));
}

static void errors(void)
{
	T_ERR(sys_mount(NULL, "m/a", NULL, MS_SHARED | MS_SLAVE, NULL), EINVAL);
	T_ERR(sys_mount(NULL, "m/a/d", NULL, MS_SHARED, NULL), EINVAL);
	T_ERR(sys_mount(NULL, "m/a", NULL, MS_SHARED | MS_NODEV, NULL), EINVAL);
	T_AS_USER
	{
		T_ERR(sys_mount(NULL, "m/a", NULL, MS_SHARED, NULL), EPERM);
	}
}

TEST_MAIN
{
	need_mounts();
	T_NEED(sys_mount("base", "m", "tmpfs", 0, NULL));
	T_NEED(sys_mount(NULL, "m", NULL, MS_PRIVATE, NULL));
	dir("n");
	dir("m/a");
	dir("m/b");
	dir("m/c");
	T_NEED(sys_mount("a", "m/a", "tmpfs", 0, NULL));
	dir("m/a/d");
	dir("m/a/e");
	peers();
	slaves();
	unbindable();
	recursive();
	errors();
	T_OK(sys_umount2("m", MNT_DETACH));
	T_OK(rmdir("n"));
}
