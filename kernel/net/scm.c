/* Open files that travel in messages: SCM_RIGHTS of unix(7). Called by sys/sock_control.c. */
#include "net/socket.h"
#include "mm/kmalloc.h"

static spinlock_t drop_lock = SPINLOCK_INIT(RANK_LEAF, "scm_drop");
static struct scm_files *dropped; /* drop_lock */
static bool is_dropping;	  /* drop_lock: somebody works on it */

static struct scm_files *room_for(struct scm_files *old, u32 nr)
{
	struct scm_files *f;

	if (!old) {
		f = kzalloc(sizeof(*f) + nr * sizeof(f->file[0]), GFP_KERNEL);
		return f;
	}
	return krealloc(old, sizeof(*f) + (old->nr + nr) * sizeof(f->file[0]), GFP_KERNEL);
}

int scm_take(const struct vfs_ctx *ctx, const int *fds, u32 nr, struct scm_files **files)
{
	struct scm_files *f = *files;

	if (!nr)
		return 0;
	if (nr > SCM_FILES_MAX || (f && f->nr + nr > SCM_FILES_MAX))
		return -EINVAL;
	f = room_for(f, nr);
	if (!f)
		return -ENOMEM;
	*files = f;
	for (u32 i = 0; i < nr; i++) {
		struct fdref r = fd_get_any(ctx->files, (unsigned)fds[i]);

		if (fds[i] < 0 || !r.file)
			return -EBADF;
		f->file[f->nr++] = file_get(r.file);
		fd_put(r);
	}
	return 0;
}

struct scm_files *scm_copy(const struct scm_files *f)
{
	struct scm_files *n = kmalloc(sizeof(*n) + f->nr * sizeof(n->file[0]), GFP_KERNEL);

	if (!n)
		return NULL;
	*n = (struct scm_files){.nr = f->nr};
	for (u32 i = 0; i < f->nr; i++)
		n->file[i] = file_get(f->file[i]);
	return n;
}

/*
 * The last reference on a socket frees the descriptors in its queue, and so on: a chain that a
 * program can make as long as it likes. So one thread at a time works through a list, and what its
 * own file_put() drops is added to that list.
 */
void scm_drop(struct scm_files *files)
{
	struct scm_files *f;

	if (!files)
		return;
	spin_lock(&drop_lock);
	files->next = dropped;
	dropped = files;
	if (is_dropping) {
		spin_unlock(&drop_lock);
		return;
	}
	is_dropping = true;
	while ((f = dropped)) {
		dropped = f->next;
		spin_unlock(&drop_lock);
		for (u32 i = 0; i < f->nr; i++)
			file_put(f->file[i]);
		kfree(f);
		cond_resched();
		spin_lock(&drop_lock);
	}
	is_dropping = false;
	spin_unlock(&drop_lock);
}
