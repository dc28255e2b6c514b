/* eventfd(2). */
#ifndef VFS_EVENTFD_H
#define VFS_EVENTFD_H

#include "vfs/file.h"

/* o_flags: O_NONBLOCK or 0. ERR_PTR(-ENOMEM). */
struct file *eventfd_file(u32 count, bool is_semaphore, u32 o_flags);

#endif
