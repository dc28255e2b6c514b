/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the newer mount interface. */
#ifndef TESTS_SYS_FS_MOUNT_API_H
#define TESTS_SYS_FS_MOUNT_API_H

#include "mount_common.h"

/* <linux/mount.h> and <sys/mount.h> do not go together everywhere. */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x4
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

#define sys_open_tree(fd, path, flags) \
	((int)syscall(SYS_open_tree, (long)(fd), path, (unsigned long)(flags)))
#define sys_move_mount(ffd, from, tfd, to, flags) \
	((int)syscall(SYS_move_mount, (long)(ffd), from, (long)(tfd), to, (unsigned long)(flags)))
#define sys_fsopen(name, flags) ((int)syscall(SYS_fsopen, name, (unsigned long)(flags)))
#define sys_fsconfig(fd, cmd, key, value, aux) \
	((int)syscall(SYS_fsconfig, (long)(fd), (long)(cmd), key, value, (long)(aux)))
#define sys_fsmount(fd, flags, attr) \
	((int)syscall(SYS_fsmount, (long)(fd), (unsigned long)(flags), (unsigned long)(attr)))
#define sys_fspick(fd, path, flags) \
	((int)syscall(SYS_fspick, (long)(fd), path, (unsigned long)(flags)))
#define sys_mount_setattr(fd, path, flags, attr, size) \
	((int)syscall(SYS_mount_setattr, (long)(fd), path, (long)(flags), attr, (size_t)(size)))

enum { SET_FLAG, SET_STRING, SET_BINARY, SET_PATH, SET_PATH_EMPTY, SET_FD, CREATE, RECONFIGURE };

/* A memory file system that is made and not mounted. */
static inline int made_tmpfs(void)
{
	int fd = T_NEED(sys_fsopen("tmpfs", 0));

	T_NEED(sys_fsconfig(fd, CREATE, NULL, NULL, 0));
	return fd;
}

#endif
