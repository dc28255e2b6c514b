/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

struct file_attr_t {
	uint64_t xflags;
	uint32_t extsize, nextents, projid, cowextsize;
};

#define sys_file_getattr(fd, path, attr, size, flags) \
	((int)syscall(468, (long)(fd), path, attr, (size_t)(size), (unsigned long)(flags)))
#define sys_file_setattr(fd, path, attr, size, flags) \
	((int)syscall(469, (long)(fd), path, attr, (size_t)(size), (unsigned long)(flags)))
