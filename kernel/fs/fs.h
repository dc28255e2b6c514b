/* One init function per file system; main.c calls them in order. */
#ifndef FS_FS_H
#define FS_FS_H

int tmpfs_init(void);
int procfs_init(void);
int devfs_init(void);
int devpts_init(void);
int sysfs_init(void);
int p9_init(void);
int overlay_init(void);
/* Unpack a cpio archive into the tree at vfs_root; -EINVAL when damaged. Its whole pages become
 * free memory. */
int initramfs_unpack(const void *archive, unsigned long size_bytes);

#endif
