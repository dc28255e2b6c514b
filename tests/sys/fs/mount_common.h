/* SPDX-License-Identifier: Apache-2.0 */
/* Mounting in a namespace of the test's own, where there are namespaces. */
#ifndef TESTS_SYS_FS_MOUNT_COMMON_H
#define TESTS_SYS_FS_MOUNT_COMMON_H

#include "test.h"
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#define sys_mount(src, dir, type, flags, data) \
	((int)syscall(SYS_mount, src, dir, type, (unsigned long)(flags), data))
#define sys_umount2(dir, flags) ((int)syscall(SYS_umount2, dir, (long)(flags)))

/* Skips the program when it may not mount. */
static inline void need_mounts(void)
{
	T_NEED_ROOT();
	if (unshare(CLONE_NEWNS) == 0)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	T_NEED(mkdir("m", 0755));
	if (mount("none", "m", "tmpfs", 0, NULL) < 0) {
		if (errno == EPERM || errno == EACCES)
			T_SKIP("may not mount");
		T_OK(-1);
		t_give_up();
	}
	T_NEED(umount2("m", 0));
}

#endif
