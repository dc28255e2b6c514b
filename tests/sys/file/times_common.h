/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that the calls which set file times share. */
#include "test.h"
#include <time.h>

static void expect_times(const char *path, long atime_s, long atime_ns, long mtime_s, long mtime_ns)
{
	struct stat st;

	T_OK(lstat(path, &st));
	T_EQ(st.st_atim.tv_sec, atime_s);
	T_EQ(st.st_atim.tv_nsec, atime_ns);
	T_EQ(st.st_mtim.tv_sec, mtime_s);
	T_EQ(st.st_mtim.tv_nsec, mtime_ns);
}

/* Both times and the change time are of the last seconds. */
static void expect_now(const char *path)
{
	struct timespec now;
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &now);
	T_OK(lstat(path, &st));
	T_CMP(now.tv_sec - st.st_atim.tv_sec, <=, 5);
	T_CMP(now.tv_sec - st.st_mtim.tv_sec, <=, 5);
	T_CMP(now.tv_sec - st.st_ctim.tv_sec, <=, 5);
	T_CMP(st.st_mtim.tv_sec, <=, now.tv_sec);
}

/*
 * "rw" belongs to someone else but may be written, "ro" may not; only the owner sets given times,
 * who may write may set them to now. Needs root; `set` and `set_now` are calls on a path.
 */
#define TIMES_PERMISSIONS(set, set_now)               \
	do {                                          \
		if (!t_is_root()) {                   \
			T_SKIP_ONE("needs root");     \
			break;                        \
		}                                     \
		t_touch("rw");                        \
		T_OK(chmod("rw", 0666));              \
		t_touch("ro");                        \
		t_touch("own");                       \
		T_OK(chown("own", T_UID, T_GID));     \
		T_OK(chmod("own", 0));                \
		T_AS_USER                             \
		{                                     \
			T_ERR(set("rw"), EPERM);      \
			T_OK(set_now("rw"));          \
			T_ERR(set("ro"), EPERM);      \
			T_ERR(set_now("ro"), EACCES); \
			T_OK(set("own"));             \
			T_OK(set_now("own"));         \
		}                                     \
	} while (0)
