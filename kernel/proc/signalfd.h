/* signalfd(2). */
#ifndef PROC_SIGNALFD_H
#define PROC_SIGNALFD_H

#include "proc/task.h"

struct file *signalfd_file(u64 mask, u32 o_flags); /* ERR_PTR(-ENOMEM) */
int signalfd_set_mask(struct file *f, u64 mask);   /* -EINVAL: not one */

#endif
