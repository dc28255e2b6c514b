/* /proc/PID/fd and fdinfo: the open files of a process. */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* The file of a descriptor, referenced; NULL. */
static struct file *file_of(const struct proc_who *who, unsigned fd, u32 *o_flags)
{
	struct task *t = proc_task(who);
	struct fdtable *ft = t ? task_get_files(t) : NULL;
	struct file *f = NULL;

	if (t)
		task_put(t);
	if (!ft)
		return NULL;
	spin_lock(&ft->lock);
	if (fd < ft->size && ft->files[fd]) {
		f = file_get(ft->files[fd]);
		if (o_flags)
			*o_flags = f->flags |
				   (ft->cloexec_bits[fd / 64] >> (fd % 64) & 1 ? O_CLOEXEC : 0);
	}
	spin_unlock(&ft->lock);
	fdtable_put(ft);
	return f;
}

static int fd_readlink(const struct proc_who *who, char *buf, size_t size)
{
	struct file *f = file_of(who, (unsigned)who->fd, NULL);
	int n;

	if (!f)
		return -ENOENT;
	n = proc_path_text(&f->path, buf, size);
	file_put(f);
	return n;
}

static int fd_follow(const struct proc_who *who, struct path *out)
{
	struct file *f = file_of(who, (unsigned)who->fd, NULL);

	if (!f)
		return -ENOENT;
	*out = f->path;
	if (out->dentry)
		path_get(out);
	file_put(f);
	return out->dentry ? 0 : -ENXIO;
}

static void add_line(void *arg, const char *line)
{
	proc_write(arg, line, strlen(line));
}

static int show_fdinfo(struct proc_buf *b, const struct proc_who *who)
{
	u32 flags;
	struct file *f = file_of(who, (unsigned)who->fd, &flags);

	if (!f)
		return -ENOENT;
	proc_printf(b, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%d\nino:\t%lu\n", f->pos, flags,
		    f->path.mnt ? f->path.mnt->id : 0, f->inode ? f->inode->ino : 0);
	if (f->ops && f->ops->show_fdinfo)
		f->ops->show_fdinfo(f, add_line, b);
	file_put(f);
	return 0;
}

/* proc(5): the owner's bits say how the file is open. */
#define FD_LINK(bits)                                                                   \
	{                                                                               \
		.name = "FD", .mode = S_IFLNK | (bits) | 0100, .readlink = fd_readlink, \
		.follow = fd_follow, .needs_owner = true                                \
	}
static const struct proc_entry fd_links[] = {FD_LINK(0), FD_LINK(0400), FD_LINK(0200),
					     FD_LINK(0600)};
static const struct proc_entry fdinfo_file = {.name = "FD",
					      .mode = S_IFREG | 0444,
					      .show = show_fdinfo,
					      .needs_owner = true};

/* `kind` NULL: a link that says how the file is open. */
static const struct proc_entry *find(const struct proc_who *who, const char *name,
				     struct proc_who *child, const struct proc_entry *kind)
{
	struct file *f;
	u64 fd;

	if ((name[0] == '0' && name[1]) || !parse_u64(name, 10, &fd, NULL) || fd > 0x7fffffff)
		return NULL;
	*child = *who;
	child->fd = (int)fd;
	f = file_of(who, (unsigned)fd, NULL);
	if (!f)
		return NULL;
	if (!kind)
		kind = &fd_links[f->mode & (FMODE_READ | FMODE_WRITE)];
	file_put(f);
	return kind;
}

const struct proc_entry *fd_find(const struct proc_who *who, const char *name,
				 struct proc_who *child)
{
	return find(who, name, child, NULL);
}

const struct proc_entry *fdinfo_find(const struct proc_who *who, const char *name,
				     struct proc_who *child)
{
	return find(who, name, child, &fdinfo_file);
}

/* The cookie is the next descriptor to look at. */
bool fd_list(const struct proc_who *who, u64 *cookie, char *name, size_t size, unsigned *dtype,
	     u64 *ino)
{
	struct task *t = proc_task(who);
	struct fdtable *ft = t ? task_get_files(t) : NULL;
	bool found = false;
	u64 fd;

	if (t)
		task_put(t);
	if (!ft)
		return false;
	spin_lock(&ft->lock);
	for (fd = *cookie; fd < ft->size && !found; fd++)
		found = ft->files[fd] != NULL;
	spin_unlock(&ft->lock);
	fdtable_put(ft);
	if (!found)
		return false;
	*cookie = fd;
	snprintf(name, size, "%lu", fd - 1);
	*ino = 0x400000000ul + ((u64)(u32)who->pid << 20) + fd;
	*dtype = 10;
	return true;
}
