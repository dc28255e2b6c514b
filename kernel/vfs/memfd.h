/* memfd_create(2) and the seals of F_ADD_SEALS: fcntl(2). */
#ifndef VFS_MEMFD_H
#define VFS_MEMFD_H

#include "vfs/file.h"

#define F_SEAL_EXEC_K 0x20 /* since Linux 6.3 */

/* A file in memory without a directory entry; `name` as the program gave it. ERR_PTR(-ENOMEM). */
struct file *memfd_file(const char *name, u32 permissions, u32 seals);
/* memfd_secret(2): reached through mappings only, by the processes that map it. */
struct file *memfd_secret_file(void);
/* -EPERM -EINVAL -EBUSY. */
long memfd_add_seals(struct file *f, unsigned seals);
long memfd_get_seals(struct file *f); /* -EINVAL: a file that cannot be sealed */
/* i_rwsem held exclusively: may fallocate(2) do this, with `end` the end of its range? 0, -EPERM.
 */
int memfd_may_allocate(const struct inode *i, int mode, u64 end);

#endif
