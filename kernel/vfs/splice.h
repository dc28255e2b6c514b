/*
 * Moving data between a pipe and something else without a buffer of the program's: splice(2),
 * tee(2), vmsplice(2). Pages travel by reference where they can. flags: SPLICE_F_NONBLOCK. All
 * return bytes moved, 0 at the end of the data, or an error; a pipe without readers is -EPIPE, with
 * SIGPIPE.
 */
#ifndef VFS_SPLICE_H
#define VFS_SPLICE_H

#include "vfs/vfs.h"

/* *pos: where `in` is read from; advanced. -EINVAL: not a kind of file this is possible with. */
long splice_file_to_pipe(const struct vfs_ctx *ctx, struct file *in, s64 *pos, struct file *pipe,
			 size_t len, unsigned flags);
/* *pos: where `out` is written to; NULL: it has no position. */
long splice_pipe_to_file(const struct vfs_ctx *ctx, struct file *pipe, struct file *out, s64 *pos,
			 size_t len, unsigned flags);
/* is_tee: the data stays in `in`, too. They are two pipes. */
long splice_pipe_to_pipe(const struct vfs_ctx *ctx, struct file *in, struct file *out, size_t len,
			 unsigned flags, bool is_tee);
/* vmsplice(2), both ways. */
long splice_iter_to_pipe(const struct vfs_ctx *ctx, struct iter *it, struct file *pipe,
			 unsigned flags);
long splice_pipe_to_iter(struct file *pipe, struct iter *it, unsigned flags);
bool file_is_pipe(const struct file *f);
bool files_are_one_pipe(const struct file *a, const struct file *b);

#endif
