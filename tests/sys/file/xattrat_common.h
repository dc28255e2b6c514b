/* SPDX-License-Identifier: Apache-2.0 */
/* The calls on extended attributes that take a directory: Linux 6.13. */
#include "xattr_common.h"

struct xattr_args_t {
	uint64_t value;
	uint32_t size, flags;
};

struct args_longer {
	struct xattr_args_t args;
	uint64_t more;
};

#define sys_setxattrat(fd, path, at, name, args, size) \
	((int)syscall(463, (long)(fd), path, (long)(at), name, args, (size_t)(size)))
#define sys_getxattrat(fd, path, at, name, args, size) \
	((int)syscall(464, (long)(fd), path, (long)(at), name, args, (size_t)(size)))
#define sys_listxattrat(fd, path, at, list, size) \
	((int)syscall(465, (long)(fd), path, (long)(at), list, (size_t)(size)))
#define sys_removexattrat(fd, path, at, name) \
	((int)syscall(466, (long)(fd), path, (long)(at), name))

/* An older kernel has no such call. */
#define need_call(expr)                                         \
	do {                                                    \
		if ((expr) == -1 && errno == ENOSYS)            \
			T_SKIP("this kernel has no such call"); \
	} while (0)
