/* eventfd(2). */
#ifndef VFS_EVENTFD_H
#define VFS_EVENTFD_H

#include "vfs/file.h"

bool file_is_eventfd(const struct file *f);
/* One more, from inside the kernel; lost when the counter is full. May not sleep. */
void eventfd_signal(struct file *f);
/* o_flags: O_NONBLOCK or 0. ERR_PTR(-ENOMEM). */
struct file *eventfd_file(u32 count, bool is_semaphore, u32 o_flags);

#endif
