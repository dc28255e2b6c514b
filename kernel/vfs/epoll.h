/* epoll(7): sets of watched files. sys/epoll.c has the calls. */
#ifndef VFS_EPOLL_H
#define VFS_EPOLL_H

#include "vfs/file.h"
#include "vfs/poll.h"

struct epoll;

struct file *epoll_file(void);		/* a new, empty set; ERR_PTR(-ENOMEM) */
struct epoll *epoll_of(struct file *f); /* NULL: f is no epoll file */
/* EPOLL_CTL_*: errors of epoll_ctl(2). `event` is not looked at by EPOLL_CTL_DEL. */
int epoll_change(struct epoll *ep, int op, struct file *target, int fd,
		 const struct epoll_event *event);
/* What `ep` watches as descriptor fd: the nth of those, when that was closed and used again
 * (kcmp(2), KCMP_EPOLL_TFD). Not a reference; NULL. */
const struct file *epoll_target(struct epoll *ep, int fd, unsigned nth);
/* Up to max events into `to`; how many, 0 at deadline_ns (monotonic; 0 = none, 1 = do not sleep),
 * -EINTR, -EFAULT. */
long epoll_wait(struct epoll *ep, struct iter *to, unsigned max, u64 deadline_ns);
/* The last descriptor of `f` is closed: nobody watches it any more. From file_put(). */
void epoll_release_watched(struct file *f);

#endif
