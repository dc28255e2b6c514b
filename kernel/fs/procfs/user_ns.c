/* /proc/PID/uid_map and its kin, /proc/sys/user. user_namespaces(7), namespaces(7). */
#include "proc/ns.h"
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/capability.h>

/* An open map: whose it is, and who opened it. What a more privileged process writes through a
 * descriptor that it was given is not that process's wish. */
struct open_map {
	struct user_ns *u;	   /* reference */
	const struct cred *opener; /* reference */
	enum id_kind kind;
};

static int open_map(struct file *f, const struct proc_who *who, enum id_kind kind)
{
	struct open_map *o = kzalloc(sizeof(*o), GFP_KERNEL);
	struct task *t = proc_task(who);

	if (!o || !t) {
		kfree(o);
		if (t)
			task_put(t);
		return o ? -ESRCH : -ENOMEM;
	}
	o->u = user_ns_of(task_get_ns(t, NS_USER));
	o->opener = cred_get(current->vfs.cred);
	o->kind = kind;
	task_put(t);
	f->private = o;
	return 0;
}

int uid_map_open(struct file *f, const struct proc_who *who)
{
	return open_map(f, who, ID_UID);
}

int gid_map_open(struct file *f, const struct proc_who *who)
{
	return open_map(f, who, ID_GID);
}

int projid_map_open(struct file *f, const struct proc_who *who)
{
	return open_map(f, who, ID_PROJID);
}

void id_map_release(struct file *f)
{
	struct open_map *o = f->private;

	cred_put(o->opener);
	user_ns_put(o->u);
	kfree(o);
}

int setgroups_open(struct file *f, const struct proc_who *who)
{
	struct open_map *o;
	int err = open_map(f, who, ID_GID);

	if (err || !(f->mode & FMODE_WRITE))
		return err;
	o = f->private;
	if (cred_capable_in(o->opener, o->u, CAP_SYS_ADMIN))
		return 0;
	id_map_release(f);
	return -EACCES;
}

static long put_text(struct proc_buf *b, struct iter *it, s64 *pos)
{
	size_t n = 0;

	if (b->is_short) {
		kfree(b->data);
		return -ENOMEM;
	}
	if (*pos >= 0 && (size_t)*pos < b->len)
		n = iter_put(it, b->data + *pos, MIN(it->count, b->len - (size_t)*pos));
	*pos += (s64)n;
	kfree(b->data);
	return (long)n;
}

/* What the ids are in the opener's namespace; in the parent, when the map is his own. */
long id_map_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	const struct open_map *o = f->private;
	const struct id_map *m = &o->u->map[o->kind];
	const struct user_ns *seen_in = o->opener->user_ns;
	struct proc_buf b = {0};
	u32 nr = __atomic_load_n(&m->nr, __ATOMIC_ACQUIRE);

	if (seen_in == o->u && o->u->ns.owner)
		seen_in = o->u->ns.owner;
	for (u32 i = 0; i < nr; i++) {
		const struct id_extent *e = &m->extents[i];

		proc_printf(&b, "%10u %10u %10u\n", e->first,
			    user_ns_id_up(seen_in, o->kind, e->lower), e->count);
	}
	return put_text(&b, it, pos);
}

/* A write of less than a page, from the start. ERR_PTR(-EINVAL, -ENOMEM, -EFAULT). */
static char *take_text(struct iter *it, const s64 *pos, size_t limit)
{
	if (*pos || it->count >= limit)
		return ERR_PTR(-EINVAL);
	return iter_get_text(it, it->count);
}

static long wrote(char *text, int err, size_t n, s64 *pos)
{
	kfree(text);
	if (err)
		return err;
	*pos += (s64)n;
	return (long)n;
}

long id_map_write(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	const struct open_map *o = f->private;
	size_t n = it->count;
	char *text = take_text(it, pos, PAGE_SIZE);

	if (IS_ERR(text))
		return PTR_ERR(text);
	return wrote(text, user_ns_write_map(o->u, o->kind, o->opener, current->real_cred, text), n,
		     pos);
}

long setgroups_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	const struct open_map *o = f->private;
	struct proc_buf b = {0};

	proc_printf(&b, "%s\n", READ_ONCE(o->u->may_setgroups) ? "allow" : "deny");
	return put_text(&b, it, pos);
}

long setgroups_write(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos)
{
	const struct open_map *o = f->private;
	size_t n = it->count, len;
	char *text = take_text(it, pos, 8);
	int err = -EINVAL;

	if (IS_ERR(text))
		return PTR_ERR(text);
	len = strlen(text);
	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		text[--len] = 0;
	if (!strcmp(text, "allow"))
		err = user_ns_set_setgroups(o->u, true);
	else if (!strcmp(text, "deny"))
		err = user_ns_set_setgroups(o->u, false);
	return wrote(text, err, n, pos);
}

/* --- /proc/sys/user: limits of the reader's user namespace, for each of its users --- */

#define LIMIT(what, kind)                                                              \
	static int show_max_##what(struct proc_buf *b, const struct proc_who *who)     \
	{                                                                              \
		proc_printf(b, "%u\n", current->real_cred->user_ns->max_ns[kind]);     \
		return 0;                                                              \
	}                                                                              \
	static long store_max_##what(const struct proc_who *who, char *text, size_t n) \
	{                                                                              \
		return store_limit(kind, text, n);                                     \
	}
#define RW(n, what)                                                         \
	{                                                                   \
		.name = n, .mode = S_IFREG | 0644, .show = show_max_##what, \
		.store = store_max_##what                                   \
	}

static long store_limit(enum ns_kind kind, const char *text, size_t n)
{
	const char *end;
	u64 v;

	if (!task_has_own_cap(CAP_SYS_RESOURCE))
		return -EPERM;
	if (!parse_u64(text, 10, &v, &end) || (*end && *end != '\n') || v > INT32_MAX)
		return -EINVAL;
	WRITE_ONCE(current->real_cred->user_ns->max_ns[kind], (u32)v);
	return (long)n;
}

LIMIT(cgroup, NS_CGROUP)
LIMIT(ipc, NS_IPC)
LIMIT(mnt, NS_MNT)
LIMIT(net, NS_NET)
LIMIT(pid, NS_PID)
LIMIT(user, NS_USER)
LIMIT(uts, NS_UTS)
const struct proc_entry proc_sys_user[] = {
	RW("max_cgroup_namespaces", cgroup), RW("max_ipc_namespaces", ipc),
	RW("max_mnt_namespaces", mnt),	     RW("max_net_namespaces", net),
	RW("max_pid_namespaces", pid),	     RW("max_user_namespaces", user),
	RW("max_uts_namespaces", uts),	     {0}};
