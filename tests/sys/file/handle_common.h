/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

struct handle {
	uint32_t bytes;
	int32_t type;
	unsigned char data[128];
};

#define sys_name_to_handle_at(fd, path, handle, id, flags) \
	((int)syscall(SYS_name_to_handle_at, (long)(fd), path, handle, id, (long)(flags)))
#define sys_open_by_handle_at(fd, handle, flags) \
	((int)syscall(SYS_open_by_handle_at, (long)(fd), handle, (long)(flags)))
