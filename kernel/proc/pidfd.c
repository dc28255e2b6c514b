/* Files that stand for a process: they become readable when it ends. pidfd_open(2). */
#include "proc/pidfd.h"
#include "lib/err.h"
#include "vfs/poll.h"

static unsigned pidfd_poll(struct file *f, struct poll_table *pt)
{
	struct process *p = f->private;

	poll_wait(pt, &p->exit_wait);
	return READ_ONCE(p->is_zombie) ? EPOLLIN | EPOLLRDNORM : 0;
}

static void pidfd_release(struct file *f)
{
	process_put(f->private);
}

static const struct file_ops pidfd_ops = {.poll = pidfd_poll, .release = pidfd_release};

struct file *pidfd_file(struct process *p, u32 o_flags)
{
	struct inode *inode = inode_new_anon(S_IRUSR | S_IWUSR);
	struct file *f;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	f = file_anon(inode, &pidfd_ops, o_flags, "anon_inode:[pidfd]");
	if (IS_ERR(f))
		return f;
	ref_get(&p->ref);
	f->private = p;
	f->mode |= FMODE_STREAM | FMODE_OPENED;
	return f;
}

struct process *pidfd_process(struct file *f)
{
	return f->ops == &pidfd_ops ? f->private : NULL;
}

struct process *pidfd_find(int fd, u32 *f_flags)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct process *p;

	if (!r.file)
		return ERR_PTR(-EBADF);
	p = pidfd_process(r.file);
	if (p) {
		ref_get(&p->ref);
		*f_flags = r.file->flags;
	}
	fd_put(r);
	return p ? p : ERR_PTR(-EBADF);
}

struct process *(*pidfd_of_directory)(struct file *f);

struct process *pidfd_find_any(int fd, u32 *f_flags)
{
	struct process *p = pidfd_find(fd, f_flags);
	struct fdref r;

	if (!IS_ERR(p) || !pidfd_of_directory)
		return p;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return p;
	*f_flags = r.file->flags;
	p = pidfd_of_directory(r.file);
	fd_put(r);
	return p ? p : ERR_PTR(-EBADF);
}
