/* name_to_handle_at(2), open_by_handle_at(2), file_getattr(2), file_setattr(2). Next: vfs/handle.c.
 */
#include "abi/linux/missing.h"
#include "sys/syscall.h"
#include <linux/capability.h>
#include <linux/fs.h>

#define HANDLE_BYTES_MAX	  128
#define AT_HANDLE_FID_K		  0x200
#define AT_HANDLE_MNT_ID_UNIQUE_K 1

struct handle_head {
	u32 bytes;
	s32 type;
};

/* The mount's number goes out also when the handle does not fit. */
static long put_handle(const struct path *p, uaddr_t handle, uaddr_t mount_id, int flags)
{
	bool is_unique = flags & AT_HANDLE_MNT_ID_UNIQUE_K;
	struct handle_head h;
	u32 words[3];
	s32 type;
	u64 id = is_unique ? p->mnt->unique_id : (u64)p->mnt->id;
	long n, err = 0;

	if (copy_from_user(&h, handle, sizeof(h)))
		return -EFAULT;
	if (h.bytes > HANDLE_BYTES_MAX)
		return -EINVAL;
	n = vfs_encode_handle(p, flags & AT_HANDLE_FID_K, words, &type);
	if (n < 0)
		return n;
	if (h.bytes < (u32)n)
		err = -EOVERFLOW;
	h = (struct handle_head){(u32)n, type};
	if (copy_to_user(mount_id, &id, is_unique ? sizeof(u64) : sizeof(u32)) ||
	    copy_to_user(handle, &h, sizeof(h)))
		return -EFAULT;
	if (!err && copy_to_user(uaddr_add(handle, sizeof(h)), words, (size_t)n))
		return -EFAULT;
	return err;
}

long sys_name_to_handle_at(int dirfd, uaddr_t path, uaddr_t handle, uaddr_t mount_id, int flags)
{
	struct path p;
	long err;

	if (flags &
	    ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | AT_HANDLE_FID_K | AT_HANDLE_MNT_ID_UNIQUE_K))
		return -EINVAL;
	err = user_lookup(dirfd, path,
			  (flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0) |
				  (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			  &p);
	if (err)
		return err;
	err = put_handle(&p, handle, mount_id, flags);
	path_put(&p);
	return err;
}

static long base_of(int fd, struct path *out)
{
	struct fdref r;

	if (fd == AT_FDCWD) {
		fs_get_cwd(current->vfs.fs, out);
		return 0;
	}
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	*out = r.file->path;
	path_get(out);
	fd_put(r);
	return 0;
}

static long open_path(const struct path *p, int flags)
{
	u32 known = (u32)flags & ~(u32)(O_CREAT | O_EXCL);

	return file_install(vfs_open_path(&current->vfs, p, known | O_LARGEFILE),
			    flags & O_CLOEXEC);
}

long sys_open_by_handle_at(int mount_fd, uaddr_t handle, int flags)
{
	struct path base, p;
	struct handle_head h;
	u32 words[3];
	long ret;

	if (!task_capable(CAP_DAC_READ_SEARCH))
		return -EPERM;
	ret = base_of(mount_fd, &base);
	if (ret)
		return ret;
	if (copy_from_user(&h, handle, sizeof(h)))
		ret = -EFAULT;
	else if (!h.bytes || h.bytes > HANDLE_BYTES_MAX)
		ret = -EINVAL;
	else if (h.bytes != sizeof(words))
		ret = -ESTALE;
	else if (copy_from_user(words, uaddr_add(handle, sizeof(h)), sizeof(words)))
		ret = -EFAULT;
	if (!ret)
		ret = vfs_decode_handle(&current->vfs, &base, h.type, words, &p);
	if (!ret) {
		ret = open_path(&p, flags);
		path_put(&p);
	}
	path_put(&base);
	return ret;
}

/* --- file_getattr(2): Linux 6.17's file attributes --- */

static long attr_target(int dirfd, uaddr_t path, unsigned at_flags, struct path *p)
{
	if (at_flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return user_lookup(dirfd, path,
			   (at_flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
				   (at_flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			   p);
}

/* FS_XFLAG_* and FS_*_FL are the same flags, numbered differently. */
static const struct {
	u32 flag, xflag;
} pairs[] = {
	{FS_IMMUTABLE_FL, FS_XFLAG_IMMUTABLE},
	{FS_APPEND_FL, FS_XFLAG_APPEND},
	{FS_NODUMP_FL, FS_XFLAG_NODUMP},
	{FS_NOATIME_FL, FS_XFLAG_NOATIME},
};

u64 xflags_of(u32 flags)
{
	u64 xflags = 0;

	for (size_t k = 0; k < ARRAY_SIZE(pairs); k++)
		if (flags & pairs[k].flag)
			xflags |= pairs[k].xflag;
	return xflags;
}

bool flags_of_xflags(u64 xflags, u32 *flags)
{
	*flags = 0;
	for (size_t k = 0; k < ARRAY_SIZE(pairs); k++) {
		if (xflags & pairs[k].xflag)
			*flags |= pairs[k].flag;
		xflags &= ~(u64)pairs[k].xflag;
	}
	return !xflags;
}

/* file_getattr(2): what the structure may grow to, and what it began as. */
static int check_attr_size(size_t size)
{
	if (size > PAGE_SIZE)
		return -E2BIG;
	return size < sizeof(struct file_attr_k) ? -EINVAL : 0;
}

long sys_file_getattr(int dirfd, uaddr_t path, uaddr_t attr, size_t size, unsigned int at_flags)
{
	struct file_attr_k a = {0};
	struct path p;
	u32 flags;
	long err = check_attr_size(size);

	if (err)
		return err;
	err = attr_target(dirfd, path, at_flags, &p);
	if (err)
		return err;
	err = vfs_get_flags(&p, &flags);
	path_put(&p);
	if (err)
		return err == -ENOTTY ? -EOPNOTSUPP : err;
	a.fa_xflags = xflags_of(flags);
	return copy_to_user(attr, &a, sizeof(a));
}

long sys_file_setattr(int dirfd, uaddr_t path, uaddr_t attr, size_t size, unsigned int at_flags)
{
	struct file_attr_k a;
	struct path p;
	u32 flags;
	long err = check_attr_size(size);

	if (err)
		return err;
	err = copy_struct_from_user(&a, sizeof(a), attr, size);
	if (err)
		return err;
	if (!flags_of_xflags(a.fa_xflags, &flags) || a.fa_extsize || a.fa_projid || a.fa_cowextsize)
		return -EINVAL;
	err = attr_target(dirfd, path, at_flags, &p);
	if (err)
		return err;
	err = vfs_set_flags(&p, current->vfs.cred, flags);
	path_put(&p);
	return err == -ENOTTY ? -EOPNOTSUPP : err;
}
