/* SPDX-License-Identifier: Apache-2.0 */
/* proc(5): protected_symlinks and protected_hardlinks. */
#include "test.h"

/* The setting; `value` is written first where it is another and may be. */
static char set(const char *path, char value)
{
	char is = '0';
	int fd = open(path, O_RDWR);

	t_read_file(path, &is, 1);
	if (fd >= 0 && is != value && write(fd, &value, 1) == 1)
		is = value;
	close(fd);
	return is;
}

static char get(const char *path)
{
	char is = '0';

	T_EQ(t_read_file(path, &is, 1), 1);
	return is;
}

#define HARD "/proc/sys/fs/protected_hardlinks"
#define SOFT "/proc/sys/fs/protected_symlinks"

static void hard(bool is_on)
{
	T_AS_USER
	{
		if (is_on) {
			T_ERR(link("readable", "open/x"), EPERM);
			T_ERR(link("suid", "open/x"), EPERM);
			T_ERR(link("fifo", "open/x"), EPERM);
		} else {
			T_OK(link("readable", "open/x"));
			T_OK(unlink("open/x"));
		}
		T_OK(link("writable", "open/x"));
		T_OK(unlink("open/x"));
	}
	T_OK(link("readable", "open/x"));
	T_OK(unlink("open/x"));
}

static void soft(bool is_on)
{
	struct stat st;

	/* Root follows only its own and those of the directory's owner, too. */
	if (is_on) {
		T_ERR(stat("sticky/users", &st), EACCES);
		T_ERR(open("sticky/users", O_RDONLY), EACCES);
	} else {
		T_OK(stat("sticky/users", &st));
	}
	T_OK(lstat("sticky/users", &st));
	T_OK(stat("open/users", &st));
	T_OK(stat("sticky/todir/readable", &st)); /* not the last of the path */
	T_AS_USER
	{
		T_OK(stat("sticky/users", &st));
		T_OK(stat("sticky/roots", &st));
	}
}

TEST_MAIN
{
	char hard_was, soft_was;

	T_NEED_ROOT();
	umask(0);
	T_OK(mkdir("open", 0777));
	T_OK(mkdir("sticky", 01777));
	T_OK(chmod("sticky", 01777));
	t_touch("readable");
	T_OK(chmod("readable", 0644));
	t_touch("writable");
	T_OK(chmod("writable", 0666));
	t_touch("suid");
	T_OK(chmod("suid", 04666));
	T_OK(mkfifo("fifo", 0666));
	T_OK(symlink("../readable", "sticky/roots"));
	T_OK(symlink("../readable", "sticky/users"));
	T_OK(symlink("..", "sticky/todir"));
	T_OK(symlink("../readable", "open/users"));
	T_OK(lchown("sticky/users", T_UID, T_GID));
	T_OK(lchown("sticky/todir", T_UID, T_GID));
	T_OK(lchown("open/users", T_UID, T_GID));
	hard_was = get(HARD);
	soft_was = get(SOFT);
	hard(hard_was == '1');
	soft(soft_was == '1');
	hard(set(HARD, '1') == '1');
	soft(set(SOFT, '1') == '1');
	set(HARD, hard_was);
	set(SOFT, soft_was);
}
