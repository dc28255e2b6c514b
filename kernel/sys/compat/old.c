/* SPDX-License-Identifier: Apache-2.0 */
/* The first forms of stat, uname and readdir, which only i386 has: see stat(2), uname(2),
 * readdir(2). */
#include "sys/syscall.h"
#include "sys/ids.h"
#include "vfs/vfs.h"
#include "gen/syscalls_i386.h"
#include <linux/utsname.h>

/* --- struct __old_kernel_stat --- */

struct oldstat {
	u16 dev, ino, mode, nlink, uid, gid, rdev, pad;
	u32 size, atime, mtime, ctime;
};
_Static_assert(sizeof(struct oldstat) == 32, "Linux's layout");

static u16 short_dev(u64 dev)
{
	return (u16)((DEV_MAJOR(dev) & 0xff) << 8 | (DEV_MINOR(dev) & 0xff));
}

static u16 short_id(u32 id)
{
	return id > 0xffff ? 0xfffe : (u16)id;
}

static long put_oldstat(uaddr_t to, const struct kstat *k)
{
	struct oldstat st;

	if (k->ino > 0xffff || k->nlink > 0xffff)
		return -EOVERFLOW;
	memset(&st, 0, sizeof(st));
	st.dev = short_dev(k->dev);
	st.ino = (u16)k->ino;
	st.mode = (u16)k->mode;
	st.nlink = (u16)k->nlink;
	st.uid = short_id(uid_seen(k->uid));
	st.gid = short_id(gid_seen(k->gid));
	st.rdev = short_dev(k->rdev);
	st.size = (u32)k->size;
	st.atime = (u32)k->atime.sec;
	st.mtime = (u32)k->mtime.sec;
	st.ctime = (u32)k->ctime.sec;
	return copy_to_user(to, &st, sizeof(st));
}

static long oldstat_at(const struct compat_args *a, int flags)
{
	struct kstat k;
	long err = stat_path(AT_FDCWD, uaddr(a->v[0]), flags, &k);

	return err ? err : put_oldstat(uaddr(a->v[1]), &k);
}

long sys_compat_oldstat(const struct compat_args *a)
{
	return oldstat_at(a, 0);
}

long sys_compat_oldlstat(const struct compat_args *a)
{
	return oldstat_at(a, AT_SYMLINK_NOFOLLOW);
}

long sys_compat_oldfstat(const struct compat_args *a)
{
	struct kstat k;
	long err = stat_fd((int)a->v[0], &k);

	return err ? err : put_oldstat(uaddr(a->v[1]), &k);
}

/* --- uname: five names of 65 bytes, and of 9 --- */

long sys_compat_olduname(const struct compat_args *a)
{
	struct new_utsname u;

	uname_get(&u);
	return copy_to_user(uaddr(a->v[0]), &u, sizeof(struct old_utsname));
}

long sys_compat_oldolduname(const struct compat_args *a)
{
	struct oldold_utsname old;
	struct new_utsname u;

	uname_get(&u);
	memset(&old, 0, sizeof(old));
	memcpy(old.sysname, u.sysname, __OLD_UTS_LEN);
	memcpy(old.nodename, u.nodename, __OLD_UTS_LEN);
	memcpy(old.release, u.release, __OLD_UTS_LEN);
	memcpy(old.version, u.version, __OLD_UTS_LEN);
	memcpy(old.machine, u.machine, __OLD_UTS_LEN);
	return copy_to_user(uaddr(a->v[0]), &old, sizeof(old));
}

/* --- readdir(2): one entry, whatever count says; 1, or 0 at the end --- */

struct old_dirent {
	u32 ino, offset;
	u16 namlen;
	char name[256];
};

struct readdir {
	struct dir_context ctx;
	uaddr_t to;
	long result;
};

static bool take_one(struct dir_context *ctx, const char *name, size_t len, u64 ino, unsigned type,
		     s64 next_pos)
{
	struct readdir *r = container_of(ctx, struct readdir, ctx);
	struct old_dirent d;

	(void)type;
	(void)next_pos;
	if (r->result)
		return false;
	if (len > 255) {
		r->result = -EIO;
		return false;
	}
	if (ino > UINT32_MAX) {
		r->result = -EOVERFLOW;
		return false;
	}
	d.ino = (u32)ino;
	d.offset = (u32)ctx->pos;
	d.namlen = (u16)len;
	memcpy(d.name, name, len);
	d.name[len] = '\0';
	if (copy_to_user(r->to, &d, offsetof(struct old_dirent, name) + len + 1)) {
		r->result = -EFAULT;
		return false;
	}
	r->result = 1;
	return true;
}

long sys_compat_readdir(const struct compat_args *a)
{
	struct readdir r = {.ctx = {.emit = take_one}, .to = uaddr(a->v[1])};
	struct fdref f = fd_get(current->vfs.files, a->v[0]);
	long err;

	if (!f.file)
		return -EBADF;
	err = dir_iterate(f.file, &r.ctx);
	fd_put(f);
	return r.result ? r.result : err;
}
