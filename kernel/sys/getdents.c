/* getdents(2): directory entries in the two layouts there are. Next: vfs_readdir(). */
#include "sys/syscall.h"

struct dirent_old { /* struct linux_dirent; the type is the record's last byte */
	u64 ino, off;
	u16 reclen;
	char name[];
};
struct dirent_new { /* struct linux_dirent64 */
	u64 ino;
	s64 off;
	u16 reclen;
	u8 type;
	char name[];
} __packed;

struct getdents {
	struct dir_context ctx;
	uaddr_t to;
	size_t left, done;
	int err;
	bool is_old;
};

#define RECORD_MAX (24 + 256 + 8)

static size_t build_old(char *rec, const char *name, size_t len, u64 ino, unsigned type, s64 next)
{
	size_t size = ALIGN_UP(offsetof(struct dirent_old, name) + len + 2, sizeof(long));
	struct dirent_old *d = (void *)rec;

	memset(rec, 0, size);
	d->ino = ino;
	d->off = (u64)next;
	d->reclen = (u16)size;
	memcpy(d->name, name, len);
	rec[size - 1] = (char)type;
	return size;
}

/* i386's struct linux_dirent. */
static size_t build_old32(char *rec, const char *name, size_t len, u64 ino, unsigned type, s64 next)
{
	size_t size = ALIGN_UP(10 + len + 2, sizeof(u32));
	u16 reclen = (u16)size;

	memset(rec, 0, size);
	memcpy(rec, &(u32){(u32)ino}, 4);
	memcpy(rec + 4, &(u32){(u32)next}, 4);
	memcpy(rec + 8, &reclen, 2);
	memcpy(rec + 10, name, len);
	rec[size - 1] = (char)type;
	return size;
}

static size_t build_new(char *rec, const char *name, size_t len, u64 ino, unsigned type, s64 next)
{
	size_t size = ALIGN_UP(offsetof(struct dirent_new, name) + len + 1, sizeof(long));
	struct dirent_new *d = (void *)rec;

	*(u64 *)(void *)(rec + size - sizeof(u64)) =
		0; /* what is behind the name; first, it may overlap */
	d->ino = ino;
	d->off = next;
	d->reclen = (u16)size;
	d->type = (u8)type;
	memcpy(d->name, name, len);
	return size;
}

static bool emit(struct dir_context *ctx, const char *name, size_t len, u64 ino, unsigned type,
		 s64 next_pos)
{
	struct getdents *g = container_of(ctx, struct getdents, ctx);
	char rec[RECORD_MAX] __aligned(8);
	size_t size;

	if (len > 255) {
		g->err = -EIO;
		return false;
	}
	if (g->is_old && arch_in_compat_syscall()) {
		if (ino > UINT32_MAX || next_pos > INT32_MAX) {
			g->err = -EOVERFLOW;
			return false;
		}
		size = build_old32(rec, name, len, ino, type, next_pos);
	} else {
		size = (g->is_old ? build_old : build_new)(rec, name, len, ino, type, next_pos);
	}
	if (size > g->left) {
		g->err = -EINVAL; /* of use only when nothing fit */
		return false;
	}
	if (thread_signal_pending() && g->done) {
		g->err = -EINTR;
		return false;
	}
	if (copy_to_user(uaddr_add(g->to, g->done), rec, size)) {
		g->err = -EFAULT;
		return false;
	}
	g->done += size;
	g->left -= size;
	return true;
}

long dir_iterate(struct file *f, struct dir_context *ctx)
{
	bool is_shared = ref_read(&f->ref) > 1;
	int err;

	if (is_shared)
		mutex_lock(&f->pos_lock);
	ctx->pos = f->pos;
	err = vfs_readdir(f, ctx);
	f->pos = ctx->pos;
	if (is_shared)
		mutex_unlock(&f->pos_lock);
	return err;
}

static long getdents_from(struct file *f, struct getdents *g)
{
	long err = dir_iterate(f, &g->ctx);

	if (g->done)
		return (long)g->done;
	return err ? err : g->err;
}

static long do_getdents(int fd, uaddr_t dirp, unsigned count, bool is_old)
{
	struct getdents g = {.ctx = {.emit = emit}, .to = dirp, .left = count, .is_old = is_old};
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long n;

	if (!r.file)
		return -EBADF;
	n = getdents_from(r.file, &g);
	fd_put(r);
	return n;
}

long sys_getdents(int fd, uaddr_t dirp, unsigned int count)
{
	return do_getdents(fd, dirp, count, true);
}

long sys_getdents64(int fd, uaddr_t dirp, unsigned int count)
{
	return do_getdents(fd, dirp, count, false);
}
