/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extended attributes. Not every file system keeps them: then set and remove give EOPNOTSUPP, get
 * the same or ENODATA, and lists are empty.
 */
#include "test.h"
#include <sys/xattr.h>

static int xattr_set(const char *path, const char *name, const void *value, size_t n, int flags)
{
	return (int)syscall(SYS_setxattr, path, name, value, n, (long)flags);
}

/* Does this file system keep user.*? */
static bool keeps_xattrs(const char *path)
{
	return xattr_set(path, "user.t-probe", "1", 1, 0) == 0;
}

static inline const char *long_xattr_name(void)
{
	static char name[300];

	memset(name, 'n', sizeof(name) - 1);
	memcpy(name, "user.", 5);
	return name;
}
