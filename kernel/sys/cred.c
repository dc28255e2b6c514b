/* User and group ids, capabilities. credentials(7), setuid(2) and its family, capabilities(7). */
#include "sys/syscall.h"
#include "sys/ids.h"
#include <linux/capability.h>

#define NO_ID	   NO_KID
#define NGROUPS_MX 65536

long sys_getuid(void)
{
	return uid_seen(current->real_cred->uid);
}

long sys_geteuid(void)
{
	return uid_seen(current->real_cred->euid);
}

long sys_getgid(void)
{
	return gid_seen(current->real_cred->gid);
}

long sys_getegid(void)
{
	return gid_seen(current->real_cred->egid);
}

static int put_three(uaddr_t a, uaddr_t b, uaddr_t c, u32 va, u32 vb, u32 vc)
{
	return arch_put_user32(a, va) || arch_put_user32(b, vb) || arch_put_user32(c, vc) ? -EFAULT
											  : 0;
}

long sys_getresuid(uaddr_t ruid, uaddr_t euid, uaddr_t suid)
{
	const struct cred *c = current->real_cred;

	return put_three(ruid, euid, suid, uid_seen(c->uid), uid_seen(c->euid), uid_seen(c->suid));
}

long sys_getresgid(uaddr_t rgid, uaddr_t egid, uaddr_t sgid)
{
	const struct cred *c = current->real_cred;

	return put_three(rgid, egid, sgid, gid_seen(c->gid), gid_seen(c->egid), gid_seen(c->sgid));
}

/* A copy to change; NULL when out of memory. */
static struct cred *begin(void)
{
	return cred_dup(current->real_cred);
}

static long commit(struct cred *c, bool changes_uids)
{
	if (changes_uids)
		cred_fix_uids(c, current->real_cred);
	task_set_cred(current, c);
	return 0;
}

static long refuse(struct cred *c, long err)
{
	cred_put(c);
	return err;
}

/* -1 stays: the id is not changed. False: a number of nobody. */
static bool take_uid(unsigned *id)
{
	if (*id == NO_ID)
		return true;
	*id = uid_given(*id);
	return *id != NO_ID;
}

static bool take_gid(unsigned *id)
{
	if (*id == NO_ID)
		return true;
	*id = gid_given(*id);
	return *id != NO_ID;
}

long sys_setuid(unsigned int uid)
{
	const struct cred *old = current->real_cred;
	struct cred *c;

	uid = uid_given(uid);
	if (uid == NO_ID)
		return -EINVAL;
	c = begin();
	if (!c)
		return -ENOMEM;
	if (task_has_own_cap(CAP_SETUID))
		c->uid = c->suid = uid;
	else if (uid != old->uid && uid != old->suid)
		return refuse(c, -EPERM);
	c->euid = c->fsuid = uid;
	return commit(c, true);
}

long sys_setgid(unsigned int gid)
{
	const struct cred *old = current->real_cred;
	struct cred *c;

	gid = gid_given(gid);
	if (gid == NO_ID)
		return -EINVAL;
	c = begin();
	if (!c)
		return -ENOMEM;
	if (task_has_own_cap(CAP_SETGID))
		c->gid = c->sgid = gid;
	else if (gid != old->gid && gid != old->sgid)
		return refuse(c, -EPERM);
	c->egid = c->fsgid = gid;
	return commit(c, false);
}

long sys_setreuid(unsigned int ruid, unsigned int euid)
{
	const struct cred *old = current->real_cred;
	bool is_capable = task_has_own_cap(CAP_SETUID);
	struct cred *c;

	if (!take_uid(&ruid) || !take_uid(&euid))
		return -EINVAL;
	c = begin();
	if (!c)
		return -ENOMEM;
	if (ruid != NO_ID) {
		c->uid = ruid;
		if (!is_capable && ruid != old->uid && ruid != old->euid)
			return refuse(c, -EPERM);
	}
	if (euid != NO_ID) {
		c->euid = euid;
		if (!is_capable && euid != old->uid && euid != old->euid && euid != old->suid)
			return refuse(c, -EPERM);
	}
	if (ruid != NO_ID || (euid != NO_ID && euid != old->uid))
		c->suid = c->euid;
	c->fsuid = c->euid;
	return commit(c, true);
}

long sys_setregid(unsigned int rgid, unsigned int egid)
{
	const struct cred *old = current->real_cred;
	bool is_capable = task_has_own_cap(CAP_SETGID);
	struct cred *c;

	if (!take_gid(&rgid) || !take_gid(&egid))
		return -EINVAL;
	c = begin();
	if (!c)
		return -ENOMEM;
	if (rgid != NO_ID) {
		c->gid = rgid;
		if (!is_capable && rgid != old->gid && rgid != old->egid)
			return refuse(c, -EPERM);
	}
	if (egid != NO_ID) {
		c->egid = egid;
		if (!is_capable && egid != old->gid && egid != old->egid && egid != old->sgid)
			return refuse(c, -EPERM);
	}
	if (rgid != NO_ID || (egid != NO_ID && egid != old->gid))
		c->sgid = c->egid;
	c->fsgid = c->egid;
	return commit(c, false);
}

static bool is_one_of(u32 id, u32 a, u32 b, u32 c)
{
	return id == NO_ID || id == a || id == b || id == c;
}

long sys_setresuid(unsigned int ruid, unsigned int euid, unsigned int suid)
{
	const struct cred *o = current->real_cred;
	struct cred *c;

	if (!take_uid(&ruid) || !take_uid(&euid) || !take_uid(&suid))
		return -EINVAL;
	if (!task_has_own_cap(CAP_SETUID) && (!is_one_of(ruid, o->uid, o->euid, o->suid) ||
					      !is_one_of(euid, o->uid, o->euid, o->suid) ||
					      !is_one_of(suid, o->uid, o->euid, o->suid)))
		return -EPERM;
	c = begin();
	if (!c)
		return -ENOMEM;
	if (ruid != NO_ID)
		c->uid = ruid;
	if (euid != NO_ID)
		c->euid = euid;
	if (suid != NO_ID)
		c->suid = suid;
	c->fsuid = c->euid;
	return commit(c, true);
}

long sys_setresgid(unsigned int rgid, unsigned int egid, unsigned int sgid)
{
	const struct cred *o = current->real_cred;
	struct cred *c;

	if (!take_gid(&rgid) || !take_gid(&egid) || !take_gid(&sgid))
		return -EINVAL;
	if (!task_has_own_cap(CAP_SETGID) && (!is_one_of(rgid, o->gid, o->egid, o->sgid) ||
					      !is_one_of(egid, o->gid, o->egid, o->sgid) ||
					      !is_one_of(sgid, o->gid, o->egid, o->sgid)))
		return -EPERM;
	c = begin();
	if (!c)
		return -ENOMEM;
	if (rgid != NO_ID)
		c->gid = rgid;
	if (egid != NO_ID)
		c->egid = egid;
	if (sgid != NO_ID)
		c->sgid = sgid;
	c->fsgid = c->egid;
	return commit(c, false);
}

/* Both answer the old id, whether or not they changed it. */
long sys_setfsuid(unsigned int uid)
{
	const struct cred *o = current->real_cred;
	u32 old = uid_seen(o->fsuid);
	struct cred *c;

	uid = uid_given(uid);
	if (uid == NO_ID || uid == o->fsuid ||
	    !(uid == o->uid || uid == o->euid || uid == o->suid || task_has_own_cap(CAP_SETUID)))
		return old;
	c = begin();
	if (!c)
		return old;
	c->fsuid = uid;
	cred_fix_fsuid(c, o);
	task_set_cred(current, c);
	return old;
}

long sys_setfsgid(unsigned int gid)
{
	const struct cred *o = current->real_cred;
	u32 old = gid_seen(o->fsgid);
	struct cred *c;

	gid = gid_given(gid);
	if (gid == NO_ID || gid == o->fsgid ||
	    !(gid == o->gid || gid == o->egid || gid == o->sgid || task_has_own_cap(CAP_SETGID)))
		return old;
	c = begin();
	if (!c)
		return old;
	c->fsgid = gid;
	task_set_cred(current, c);
	return old;
}

long sys_getgroups(int size, uaddr_t list)
{
	const struct cred *c = current->real_cred;

	if (size < 0)
		return -EINVAL;
	if (size) {
		if ((u32)size < c->nr_groups)
			return -EINVAL;
		for (u32 i = 0; i < c->nr_groups; i++)
			if (arch_put_user32(uaddr_add(list, i * sizeof(u32)),
					    gid_seen(c->groups[i])))
				return -EFAULT;
	}
	return c->nr_groups;
}

static void sift_down(u32 *g, size_t i, size_t n)
{
	for (;;) {
		size_t child = 2 * i + 1;
		u32 t;

		if (child >= n)
			return;
		if (child + 1 < n && g[child + 1] > g[child])
			child++;
		if (g[i] >= g[child])
			return;
		t = g[i];
		g[i] = g[child];
		g[child] = t;
		i = child;
	}
}

static void sort_groups(u32 *g, size_t n)
{
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift_down(g, i, n);
	for (i = n; i-- > 1;) {
		u32 t = g[0];

		g[0] = g[i];
		g[i] = t;
		sift_down(g, 0, i);
	}
}

/* i386's first setgroups has ids of 16 bits. */
static int get_groups(u32 *to, uaddr_t list, int n, bool is_16bit)
{
	u16 id;

	if (!is_16bit)
		return copy_from_user(to, list, (size_t)n * sizeof(u32));
	for (int i = 0; i < n; i++) {
		if (copy_from_user(&id, uaddr_add(list, (unsigned)i * sizeof(id)), sizeof(id)))
			return -EFAULT;
		to[i] = id;
	}
	return 0;
}

long set_groups(int size, uaddr_t list, bool is_16bit)
{
	u32 *groups = NULL;
	struct cred *c;
	int i;

	if (!task_has_own_cap(CAP_SETGID) || !user_ns_may_setgroups(current->real_cred->user_ns))
		return -EPERM;
	if (size < 0 || size > NGROUPS_MX)
		return -EINVAL;
	if (size) {
		groups = kmalloc((size_t)size * sizeof(u32), GFP_KERNEL);
		if (!groups)
			return -ENOMEM;
		if (get_groups(groups, list, size, is_16bit)) {
			kfree(groups);
			return -EFAULT;
		}
		for (i = 0; i < size; i++) {
			groups[i] = gid_given(groups[i]);
			if (groups[i] == NO_ID) {
				kfree(groups);
				return -EINVAL;
			}
		}
		sort_groups(groups, (size_t)size);
	}
	c = begin();
	if (!c) {
		kfree(groups);
		return -ENOMEM;
	}
	kfree(c->groups);
	c->groups = groups;
	c->nr_groups = (u32)size;
	task_set_cred(current, c);
	return 0;
}

long sys_setgroups(int size, uaddr_t list)
{
	return set_groups(size, list, false);
}

/* --- capabilities --- */

/* Number of 32-bit words per set, or an error; an unknown version is answered with ours. */
static int cap_words(uaddr_t header, int *pid)
{
	struct __user_cap_header_struct h;

	if (copy_from_user(&h, header, sizeof(h)))
		return -EFAULT;
	*pid = h.pid;
	switch (h.version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return 1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return 2;
	}
	if (arch_put_user32(header, _LINUX_CAPABILITY_VERSION_3))
		return -EFAULT;
	return -EINVAL;
}

long sys_capget(uaddr_t header, uaddr_t data)
{
	struct __user_cap_data_struct d[2];
	const struct cred *c;
	struct task *t;
	int words, pid = 0, i;

	words = cap_words(header, &pid);
	/* With no data the question was which version is known. */
	if (words < 0)
		return words == -EINVAL && !data.v ? 0 : words;
	if (pid < 0)
		return -EINVAL;
	t = pid ? task_find(pid) : NULL;
	if (pid && !t)
		return -ESRCH;
	c = task_get_cred(t ? t : current);
	for (i = 0; i < 2; i++) {
		d[i].effective = (u32)(c->cap_effective >> (32 * i));
		d[i].permitted = (u32)(c->cap_permitted >> (32 * i));
		d[i].inheritable = (u32)(c->cap_inheritable >> (32 * i));
	}
	cred_put(c);
	if (t)
		task_put(t);
	if (!data.v)
		return 0;
	return copy_to_user(data, d, (size_t)words * sizeof(d[0]));
}

static u64 join_words(u32 low, u32 high, int words)
{
	u64 all = BIT(CAP_LAST_CAP + 1) - 1;

	return (words > 1 ? (u64)high << 32 | low : low) & all;
}

static bool is_subset(u64 a, u64 b)
{
	return !(a & ~b);
}

/* capset(2): the three rules of capabilities(7), "Programmatically adjusting capability sets". */
static int set_caps(struct cred *c, u64 effective, u64 permitted, u64 inheritable)
{
	if (!cred_has_own_cap(c, CAP_SETPCAP) &&
	    !is_subset(inheritable, c->cap_inheritable | c->cap_permitted))
		return -EPERM;
	if (!is_subset(inheritable, c->cap_inheritable | c->cap_bounding) ||
	    !is_subset(permitted, c->cap_permitted) || !is_subset(effective, permitted))
		return -EPERM;
	c->cap_effective = effective;
	c->cap_permitted = permitted;
	c->cap_inheritable = inheritable;
	c->cap_ambient &= permitted & inheritable;
	return 0;
}

long sys_capset(uaddr_t header, uaddr_t data)
{
	struct __user_cap_data_struct d[2];
	int words, pid = 0, err;
	struct cred *c;

	words = cap_words(header, &pid);
	if (words < 0)
		return words;
	if (pid && pid != current->vtid)
		return fail(EPERM, "capabilities of others cannot be set");
	memset(d, 0, sizeof(d));
	if (copy_from_user(d, data, (size_t)words * sizeof(d[0])))
		return -EFAULT;
	c = begin();
	if (!c)
		return -ENOMEM;
	err = set_caps(c, join_words(d[0].effective, d[1].effective, words),
		       join_words(d[0].permitted, d[1].permitted, words),
		       join_words(d[0].inheritable, d[1].inheritable, words));
	return err ? refuse(c, err) : commit(c, false);
}
