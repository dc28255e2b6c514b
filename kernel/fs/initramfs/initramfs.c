/*
 * Unpack a cpio archive into the root file system, through the VFS as root. The archive's pages are
 * given back on the way, so that a small machine never holds all of both.
 */
#include "core/log.h"
#include "fs/fs.h"
#include "lib/cpio.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/page.h"
#include "vfs/vfs.h"

#define PIECE_BYTES 65536UL /* written, then given back */

/* The first name of a file with several: later entries of the same number are links to it. */
struct seen {
	u32 ino;
	char *name;
	struct seen *next;
};

struct unpack {
	struct vfs_ctx ctx;
	struct cred cred;
	struct seen *seen;
	unsigned long kept; /* the archive up to here has been given back: physical, page aligned */
};

/* Nothing of the archive before `until` is looked at again. */
static void give_back(struct unpack *u, const void *until)
{
	unsigned long end = ALIGN_DOWN(virt_to_phys(until), PAGE_SIZE);

	if (end > u->kept) {
		pages_free_region(u->kept, end);
		u->kept = end;
	}
}

static void no_signal(int signo)
{
	(void)signo;
}

static int unpack_start(struct unpack *u)
{
	memset(u, 0, sizeof(*u));
	ref_init(&u->cred.ref, 1);
	u->cred.cap_effective = ~0UL;
	u->ctx.cred = &u->cred;
	u->ctx.limit_fsize = u->ctx.limit_nofile = ~0UL;
	u->ctx.send_signal = no_signal;
	u->ctx.fs = fs_struct_new(&vfs_root);
	if (!u->ctx.fs)
		return -ENOMEM;
	u->ctx.fs->umask = 0;
	return 0;
}

static void unpack_end(struct unpack *u)
{
	while (u->seen) {
		struct seen *s = u->seen;

		u->seen = s->next;
		kfree(s->name);
		kfree(s);
	}
	fs_struct_put(u->ctx.fs);
}

static const char *first_name(struct unpack *u, const struct cpio_entry *e)
{
	for (struct seen *s = u->seen; s; s = s->next)
		if (s->ino == e->ino)
			return s->name;
	return NULL;
}

static int remember(struct unpack *u, const struct cpio_entry *e)
{
	struct seen *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	*s = (struct seen){e->ino, kstrdup(e->name, GFP_KERNEL), u->seen};
	if (!s->name) {
		kfree(s);
		return -ENOMEM;
	}
	u->seen = s;
	return 0;
}

static int put_data(struct unpack *u, struct file *f, const struct cpio_entry *e)
{
	const char *data = e->data;

	for (u64 done = 0; done < e->size_bytes;) {
		size_t want = MIN(e->size_bytes - done, PIECE_BYTES);
		long n = kernel_write(&u->ctx, f, data + done, want, (s64)done);

		if (n < 0)
			return (int)n;
		if ((size_t)n != want)
			return -ENOSPC;
		done += want;
		if (e->size_bytes > PIECE_BYTES)
			give_back(u, data + done);
	}
	f->inode->mtime = (struct ktime_ts){.sec = e->mtime_s};
	return 0;
}

static int put_file(struct unpack *u, const struct cpio_entry *e)
{
	const char *first = e->nlink > 1 ? first_name(u, e) : NULL;
	struct file *f;
	int err = 0;

	if (first)
		err = vfs_link(&u->ctx, AT_FDCWD, first, AT_FDCWD, e->name, 0);
	else if (e->nlink > 1)
		err = remember(u, e);
	if (err || (first && !e->size_bytes))
		return err;
	f = vfs_open(&u->ctx, AT_FDCWD, e->name, O_WRONLY | O_CREAT | O_TRUNC, e->mode & 07777, 0);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	err = put_data(u, f, e);
	file_put(f);
	return err;
}

static int put_symlink(struct unpack *u, const struct cpio_entry *e)
{
	char *target = kmemdup_nul(e->data, e->size_bytes, GFP_KERNEL);
	int err;

	if (!target)
		return -ENOMEM;
	err = vfs_symlink(&u->ctx, target, AT_FDCWD, e->name);
	kfree(target);
	return err;
}

/* Directories that the archive does not list. */
static int make_parents(struct unpack *u, const char *name)
{
	char *copy = kstrdup(name, GFP_KERNEL), *slash;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	for (slash = strchr(copy, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (*copy)
			err = vfs_mkdir(&u->ctx, AT_FDCWD, copy, 0755);
		if (err == -EEXIST)
			err = 0;
		*slash = '/';
	}
	kfree(copy);
	return err;
}

static int put_node(struct unpack *u, const struct cpio_entry *e)
{
	int err;

	switch (e->mode & S_IFMT) {
	case S_IFDIR:
		err = vfs_mkdir(&u->ctx, AT_FDCWD, e->name, e->mode & 07777);
		return err == -EEXIST ? 0 : err;
	case S_IFLNK:
		return put_symlink(u, e);
	case S_IFREG:
		return put_file(u, e);
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return vfs_mknod(&u->ctx, AT_FDCWD, e->name, e->mode,
				 MKDEV(e->rdev_major, e->rdev_minor));
	}
	return -EINVAL;
}

static int set_owner(struct unpack *u, const struct cpio_entry *e)
{
	struct path p;
	int err;

	if (!e->uid && !e->gid && S_ISREG(e->mode))
		return 0;
	err = vfs_lookup(&u->ctx, AT_FDCWD, e->name, 0, &p);
	if (err)
		return err;
	p.dentry->inode->uid = e->uid;
	p.dentry->inode->gid = e->gid;
	if (!S_ISLNK(e->mode))
		p.dentry->inode->mode = (p.dentry->inode->mode & S_IFMT) | (e->mode & 07777);
	path_put(&p);
	return 0;
}

static int put_entry(struct unpack *u, struct cpio_entry *e)
{
	int err;

	if (!*e->name || !strcmp(e->name, "."))
		return 0;
	err = put_node(u, e);
	if (err == -ENOENT) {
		err = make_parents(u, e->name);
		if (!err)
			err = put_node(u, e);
	}
	return err ? err : set_owner(u, e);
}

/* The name of a large file is wanted after its data, and the pages before, are gone. */
static int put_large(struct unpack *u, struct cpio_entry *e)
{
	char *name = kstrdup(e->name, GFP_KERNEL);
	int err;

	if (!name)
		return -ENOMEM;
	e->name = name;
	err = put_entry(u, e);
	e->name = "a large file";
	kfree(name);
	return err;
}

int initramfs_unpack(const void *archive, unsigned long size_bytes)
{
	struct cpio_reader r;
	struct cpio_entry e;
	struct unpack u;
	int err = unpack_start(&u), more = 0;

	if (err)
		return err;
	u.kept = ALIGN_UP(virt_to_phys(archive), PAGE_SIZE);
	cpio_open(&r, archive, size_bytes);
	while (!err && (more = cpio_next(&r, &e)) > 0) {
		err = (e.size_bytes > PIECE_BYTES ? put_large : put_entry)(&u, &e);
		if (err)
			log_err("initramfs: %s: error %d", e.name, err);
		give_back(&u, (const char *)e.data + e.size_bytes);
	}
	unpack_end(&u);
	return err ? err : more;
}
