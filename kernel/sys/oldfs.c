/* Calls that few use any more: ustat(2), sysfs(2); and swapon(2), as a kernel has it
 * that never swaps. */
#include "sys/syscall.h"
#include <linux/capability.h>
#include <linux/fs.h>

/* --- ustat --- */

struct ustat_k { /* <ustat.h> */
	s32 f_tfree;
	u64 f_tinode;
	char f_fname[6], f_fpack[6];
};
struct ustat32 {
	s32 f_tfree;
	u32 f_tinode;
	char f_fname[6], f_fpack[6];
};

/* dev as stat(2) encodes it, in 32 bits. */
long sys_ustat(unsigned int dev, uaddr_t buf)
{
	u64 id = MKDEV((dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00));
	struct ustat_k u;
	struct ustat32 u32_;
	struct kstatfs s;
	int err = vfs_statfs_dev(id, &s);

	if (err)
		return err;
	memset(&u, 0, sizeof(u));
	u.f_tfree = (s32)s.bfree;
	u.f_tinode = s.ffree;
	u32_ = (struct ustat32){.f_tfree = u.f_tfree, .f_tinode = (u32)u.f_tinode};
	return arch_in_compat_syscall() ? copy_to_user(buf, &u32_, sizeof(u32_))
					: copy_to_user(buf, &u, sizeof(u));
}

/* --- sysfs --- */

struct type_search {
	const char *name; /* NULL: by index */
	int index, found; /* found: -1 */
	const char *found_name;
	int seen;
};

static void look_at_type(void *arg, const struct fs_type *t)
{
	struct type_search *s = arg;

	if (s->name ? !strcmp(s->name, t->name) : s->seen == s->index) {
		s->found = s->seen;
		s->found_name = t->name;
	}
	s->seen++;
}

static long type_index(uaddr_t name)
{
	struct type_search s = {.found = -1};
	struct user_path up;
	char *n = user_path_get(&up, name, true);

	if (IS_ERR(n))
		return PTR_ERR(n);
	s.name = n;
	fs_for_each_type(look_at_type, &s);
	user_path_put(&up);
	return s.found >= 0 ? s.found : -EINVAL;
}

long sys_sysfs(int option, unsigned long arg1, unsigned long arg2)
{
	struct type_search s = {.index = (int)arg1, .found = -1};

	switch (option) {
	case 1:
		return type_index(uaddr(arg1));
	case 2:
		if (arg1 > 0x7fffffff)
			return -EINVAL;
		fs_for_each_type(look_at_type, &s);
		if (s.found < 0)
			return -EINVAL;
		return copy_to_user(uaddr(arg2), s.found_name, strlen(s.found_name) + 1);
	case 3:
		s.index = -1;
		fs_for_each_type(look_at_type, &s);
		return s.seen;
	}
	return -EINVAL;
}

/* --- swap --- */

#define SWAP_FLAGS_VALID 0x7ffff /* priority, prefer, discard and its two kinds */

/* What open(2) says of the path, for a file that could hold swap: -EINVAL in the end. */
static long refuse_swap_file(uaddr_t path, int o_flags)
{
	struct user_path up;
	char *name = user_path_get(&up, path, false);
	struct file *f;
	long err = -EINVAL;

	if (IS_ERR(name))
		return PTR_ERR(name);
	f = vfs_open(&current->vfs, AT_FDCWD, name, (u32)o_flags | O_LARGEFILE, 0, 0);
	user_path_put(&up);
	if (IS_ERR(f))
		err = PTR_ERR(f);
	else
		file_put(f);
	return err;
}

long sys_swapon(uaddr_t path, int flags)
{
	if (flags & ~SWAP_FLAGS_VALID)
		return -EINVAL;
	if (!task_capable(CAP_SYS_ADMIN))
		return -EPERM;
	return refuse_swap_file(path, O_RDWR | O_EXCL);
}

long sys_swapoff(uaddr_t path)
{
	if (!task_capable(CAP_SYS_ADMIN))
		return -EPERM;
	return refuse_swap_file(path, O_RDWR);
}
