/* mount(2) umount2(2) statfs(2) sync(2) fsync(2). Next: vfs/mount.c, vfs/attr.c. */
#include "sys/syscall.h"
#include "abi/linux/missing.h"
#include <asm/statfs.h>

/* A string that may be missing: NULL then. -EINVAL: too long. */
static long optional_string(uaddr_t s, char **out)
{
	*out = NULL;
	if (!s.v)
		return 0;
	*out = path_string_get(s, true);
	if (!IS_ERR(*out))
		return 0;
	s.v = (unsigned long)*out;
	*out = NULL;
	return (long)s.v == -ENAMETOOLONG ? -EINVAL : (long)s.v;
}

/* The options: a page at most, of which what cannot be read counts as zeros. NULL: none. */
static long mount_data_get(uaddr_t data, char **out)
{
	size_t size = PAGE_SIZE, read;

	*out = NULL;
	if (!data.v)
		return 0;
	if (data.v < USER_END)
		size = MIN(size, USER_END - data.v);
	*out = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!*out)
		return -ENOMEM;
	read = size - arch_copy_in(*out, data, size);
	if (!read) {
		kfree(*out);
		*out = NULL;
		return -EFAULT;
	}
	(*out)[MIN(read, PAGE_SIZE - 1)] = 0;
	return 0;
}

long sys_mount(uaddr_t source, uaddr_t target, uaddr_t type, unsigned long flags, uaddr_t data)
{
	char *type_name = NULL, *source_name = NULL, *options = NULL, *at = NULL;
	long err;

	err = optional_string(type, &type_name);
	if (!err)
		err = optional_string(source, &source_name);
	if (!err)
		err = mount_data_get(data, &options);
	if (!err) {
		at = path_string_get(target, false);
		if (IS_ERR(at)) {
			err = PTR_ERR(at);
			at = NULL;
		}
	}
	if (!err)
		err = vfs_mount(&current->vfs, source_name, at, type_name, flags, options);
	path_string_put(at);
	kfree(options);
	path_string_put(source_name);
	path_string_put(type_name);
	return err;
}

long sys_umount2(uaddr_t target, int flags)
{
	struct user_path up;
	char *name;
	long err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	name = user_path_get(&up, target, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_umount(&current->vfs, name, flags);
	user_path_put(&up);
	return err;
}

/* --- statfs(2) --- */

static long put_statfs(uaddr_t buf, const struct kstatfs *k)
{
	struct statfs st;

	memset(&st, 0, sizeof(st));
	st.f_type = (long)k->type;
	st.f_bsize = (long)k->bsize;
	st.f_blocks = (long)k->blocks;
	st.f_bfree = (long)k->bfree;
	st.f_bavail = (long)k->bavail;
	st.f_files = (long)k->files;
	st.f_ffree = (long)k->ffree;
	st.f_fsid.val[0] = (int)k->fsid;
	st.f_fsid.val[1] = (int)(k->fsid >> 32);
	st.f_namelen = (long)k->namelen;
	st.f_frsize = (long)k->frsize;
	st.f_flags = (long)k->flags;
	return copy_to_user(buf, &st, sizeof(st));
}

long statfs_path(uaddr_t path, struct kstatfs *k)
{
	struct user_path up;
	char *name = user_path_get(&up, path, false);
	struct path p;
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_lookup(&current->vfs, AT_FDCWD, name, LOOKUP_FOLLOW, &p);
	user_path_put(&up);
	if (err)
		return err;
	err = vfs_statfs(&p, k);
	path_put(&p);
	return err;
}

long statfs_fd(int fd, struct kstatfs *k)
{
	struct fdref r = fd_get_any(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = vfs_statfs(&r.file->path, k);
	fd_put(r);
	return err;
}

long sys_statfs(uaddr_t path, uaddr_t buf)
{
	struct kstatfs k;
	long err = statfs_path(path, &k);

	return err ? err : put_statfs(buf, &k);
}

long sys_fstatfs(int fd, uaddr_t buf)
{
	struct kstatfs k;
	long err = statfs_fd(fd, &k);

	return err ? err : put_statfs(buf, &k);
}

/* --- writing back --- */

long sys_sync(void)
{
	vfs_sync_all();
	return 0;
}

long sys_syncfs(int fd)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = vfs_sync_super(r.file->inode->sb);
	fd_put(r);
	return err;
}

static long fsync_fd(int fd, bool data_only)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = vfs_fsync(r.file, data_only);
	fd_put(r);
	return err;
}

long sys_fsync(int fd)
{
	return fsync_fd(fd, false);
}

long sys_fdatasync(int fd)
{
	return fsync_fd(fd, true);
}
