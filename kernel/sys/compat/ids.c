/* SPDX-License-Identifier: Apache-2.0 */
/* Calls whose user and group ids have 16 bits: 65535 stands for -1, and ids that do not fit are
 * shown as 65534. */
#include "sys/syscall.h"
#include "sys/ids.h"
#include "gen/syscalls_i386.h"

static u32 wide(u32 id)
{
	return (u16)id == 0xffff ? ~0u : (u16)id;
}
static long narrow(u32 id)
{
	return id > 0xffff ? OVERFLOW_ID : (long)id;
}
static int put_id(u32 to, u32 id)
{
	u16 v = (u16)narrow(id);

	return copy_to_user(uaddr(to), &v, sizeof(v));
}

long sys_compat_chown16(const struct compat_args *a)
{
	return sys_chown(uaddr(a->v[0]), wide(a->v[1]), wide(a->v[2]));
}

long sys_compat_lchown16(const struct compat_args *a)
{
	return sys_lchown(uaddr(a->v[0]), wide(a->v[1]), wide(a->v[2]));
}

long sys_compat_fchown16(const struct compat_args *a)
{
	return sys_fchown((int)a->v[0], wide(a->v[1]), wide(a->v[2]));
}

long sys_compat_setuid16(const struct compat_args *a)
{
	return sys_setuid(wide(a->v[0]));
}

long sys_compat_setgid16(const struct compat_args *a)
{
	return sys_setgid(wide(a->v[0]));
}

long sys_compat_setreuid16(const struct compat_args *a)
{
	return sys_setreuid(wide(a->v[0]), wide(a->v[1]));
}

long sys_compat_setregid16(const struct compat_args *a)
{
	return sys_setregid(wide(a->v[0]), wide(a->v[1]));
}

long sys_compat_setresuid16(const struct compat_args *a)
{
	return sys_setresuid(wide(a->v[0]), wide(a->v[1]), wide(a->v[2]));
}

long sys_compat_setresgid16(const struct compat_args *a)
{
	return sys_setresgid(wide(a->v[0]), wide(a->v[1]), wide(a->v[2]));
}

long sys_compat_setfsuid16(const struct compat_args *a)
{
	return narrow((u32)sys_setfsuid(wide(a->v[0])));
}

long sys_compat_setfsgid16(const struct compat_args *a)
{
	return narrow((u32)sys_setfsgid(wide(a->v[0])));
}

long sys_compat_getuid16(const struct compat_args *a)
{
	(void)a;
	return narrow((u32)sys_getuid());
}

long sys_compat_getgid16(const struct compat_args *a)
{
	(void)a;
	return narrow((u32)sys_getgid());
}

long sys_compat_geteuid16(const struct compat_args *a)
{
	(void)a;
	return narrow((u32)sys_geteuid());
}

long sys_compat_getegid16(const struct compat_args *a)
{
	(void)a;
	return narrow((u32)sys_getegid());
}

long sys_compat_getresuid16(const struct compat_args *a)
{
	const struct cred *c = current->real_cred;

	if (put_id(a->v[0], uid_seen(c->uid)) || put_id(a->v[1], uid_seen(c->euid)) ||
	    put_id(a->v[2], uid_seen(c->suid)))
		return -EFAULT;
	return 0;
}

long sys_compat_getresgid16(const struct compat_args *a)
{
	const struct cred *c = current->real_cred;

	if (put_id(a->v[0], gid_seen(c->gid)) || put_id(a->v[1], gid_seen(c->egid)) ||
	    put_id(a->v[2], gid_seen(c->sgid)))
		return -EFAULT;
	return 0;
}

long sys_compat_getgroups16(const struct compat_args *a)
{
	const struct cred *c = current->real_cred;
	int size = (int)a->v[0];

	if (size < 0)
		return -EINVAL;
	if (!size)
		return c->nr_groups;
	if ((u32)size < c->nr_groups)
		return -EINVAL;
	for (u32 i = 0; i < c->nr_groups; i++)
		if (put_id(a->v[1] + 2 * i, gid_seen(c->groups[i])))
			return -EFAULT;
	return c->nr_groups;
}

long sys_compat_setgroups16(const struct compat_args *a)
{
	return set_groups((int)a->v[0], uaddr(a->v[1]), true);
}
