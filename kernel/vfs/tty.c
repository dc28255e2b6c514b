/* Where processes and terminals find each other. */
#include "vfs/tty.h"

const struct tty_proc_ops *tty_proc_ops;
const struct tty_driver_ops *tty_driver_ops;
const struct pts_ops *pts_ops;
int pts_max = 1024, pts_count;
