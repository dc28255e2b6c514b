/* Arguments from user space that several calls take: path names and iovec arrays. */
#include "sys/syscall.h"

#define MAX_RW_BYTES 0x7ffff000UL
#define UIO_MAX_IOV  1024

/* Bytes from user space become a path at the door and are freed on the way out. */
char *path_string_get(uaddr_t s, bool allow_empty)
{
	char *buf = kmalloc(PATH_MAX_K, GFP_KERNEL);
	long n;

	if (!buf)
		return ERR_PTR(-ENOMEM);
	n = arch_strncpy_in(buf, s, PATH_MAX_K);
	if (likely(n > 0 && n < PATH_MAX_K) || (!n && allow_empty))
		return buf;
	kfree(buf);
	if (n < 0)
		return ERR_PTR(n);
	return ERR_PTR(n ? -ENAMETOOLONG : -ENOENT);
}

void path_string_put(char *s)
{
	kfree(s);
}

char *user_path_get(struct user_path *p, uaddr_t s, bool allow_empty)
{
	long n = arch_strncpy_in(p->small, s, sizeof(p->small));

	p->name = p->small;
	if (likely(n > 0 && n < (long)sizeof(p->small)))
		return p->name;
	if (n < 0)
		return ERR_PTR(n);
	if (!n)
		return allow_empty ? p->name : ERR_PTR(-ENOENT);
	p->name = path_string_get(s, allow_empty);
	return p->name;
}

long user_lookup(int dirfd, uaddr_t upath, unsigned flags, struct path *p)
{
	struct user_path up;
	char *name = user_path_get(&up, upath, flags & LOOKUP_EMPTY);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_lookup(&current->vfs, dirfd, name, flags, p);
	user_path_put(&up);
	return err;
}

/* readv(2): EINVAL for more than IOV_MAX segments or a length beyond ssize_t. The sum is cut to
 * what one call may move. */
static long check_segments(struct iter_seg *seg, unsigned long nr)
{
	size_t total = 0;

	for (unsigned long i = 0; i < nr; i++) {
		if ((long)seg[i].len < 0)
			return -EINVAL;
		if (!arch_access_ok(uaddr(seg[i].base), seg[i].len))
			return -EFAULT;
		if (seg[i].len > MAX_RW_BYTES - total)
			seg[i].len = MAX_RW_BYTES - total;
		total += seg[i].len;
	}
	return (long)total;
}

static long get_segments32(struct iter_seg *seg, uaddr_t vec, unsigned long nr)
{
	u32 words[2];

	for (unsigned long i = 0; i < nr; i++) {
		if (copy_from_user(words, uaddr_add(vec, i * sizeof(words)), sizeof(words)))
			return -EFAULT;
		if ((s32)words[1] < 0)
			return -EINVAL;
		seg[i] = (struct iter_seg){words[0], words[1]};
	}
	return 0;
}

long iovec_get(uaddr_t vec, unsigned long nr, struct iter_seg *fast, struct iter_seg **out)
{
	struct iter_seg *seg = fast;
	long total;

	*out = fast;
	if (!nr)
		return 0;
	if (nr > UIO_MAX_IOV)
		return -EINVAL;
	if (nr > 8) {
		seg = kmalloc(nr * sizeof(*seg), GFP_KERNEL);
		if (!seg)
			return -ENOMEM;
	}
	/* struct iovec has the very layout of struct iter_seg */
	total = arch_in_compat_syscall() ? get_segments32(seg, vec, nr)
					 : copy_from_user(seg, vec, nr * sizeof(*seg));
	if (!total)
		total = check_segments(seg, nr);
	if (total < 0 && seg != fast)
		kfree(seg);
	else
		*out = seg;
	return total;
}

/* i386's: value, signo, notify, tid. */
int sigevent_get(struct sigevent *ev, uaddr_t from)
{
	u32 words[4];

	if (!arch_in_compat_syscall())
		return copy_from_user(ev, from, sizeof(*ev));
	if (copy_from_user(words, from, sizeof(words)))
		return -EFAULT;
	memset(ev, 0, sizeof(*ev));
	ev->sigev_value.sival_int = (int)words[0];
	ev->sigev_signo = (int)words[1];
	ev->sigev_notify = (int)words[2];
	ev->_sigev_un._tid = (int)words[3];
	return 0;
}

long file_install(struct file *f, bool cloexec)
{
	const struct vfs_ctx *ctx = &current->vfs;
	int fd;

	if (IS_ERR(f))
		return PTR_ERR(f);
	fd = fd_alloc(ctx->files, 0, ctx->limit_nofile, cloexec);
	if (fd < 0)
		file_put(f);
	else
		fd_install(ctx->files, (unsigned)fd, f);
	return fd;
}

/* What openat2(2) says of its structure: longer than ours is good if what we do not know is zero.
 */
int copy_struct_from_user(void *to, size_t known, uaddr_t from, size_t size)
{
	u8 byte;

	if (size > PAGE_SIZE)
		return -E2BIG;
	memset(to, 0, known);
	if (copy_from_user(to, from, MIN(known, size)))
		return -EFAULT;
	for (size_t at = known; at < size; at++) {
		if (copy_from_user(&byte, uaddr_add(from, at), 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return 0;
}
