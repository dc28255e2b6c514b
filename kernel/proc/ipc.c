/* Numbers, keys and permissions of System V IPC objects. Called by shm.c, sem.c, msg.c. */
#include "proc/ipc.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/task.h"
#include "vfs/user_ns.h"
#include <linux/capability.h>
#include <linux/stat.h>

#define IDX_BITS  15
#define IDX_LIMIT (1 << IDX_BITS) /* Linux's IPCMNI */
#define SEQ_LIMIT 0x10000u
#define MIN_CYCLE 64

long ipc_now(void)
{
	return (long)(now_real_ns() / NSEC_PER_SEC);
}

void ipc_ids_init(struct ipc_ids *ids, const char *name, int *limit,
		  void (*free)(struct ipc_object *o))
{
	mutex_init(&ids->lock, RANK_IPC, name);
	ids->last_idx = ids->max_idx = -1;
	ids->limit = limit;
	ids->free = free;
}

void ipc_ids_exit(struct ipc_ids *ids, void (*remove)(struct ipc_object *o))
{
	mutex_lock(&ids->lock);
	while (ids->max_idx >= 0)
		remove(ids->slots[ids->max_idx]);
	mutex_unlock(&ids->lock);
	kfree(ids->slots);
}

/* --- slots --- */

static int grow(struct ipc_ids *ids, int want)
{
	int n = MAX(want, MAX(16, ids->nr_slots * 2));
	struct ipc_object **s;

	if (want <= ids->nr_slots)
		return 0;
	s = kcalloc((size_t)n, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	if (ids->nr_slots)
		memcpy(s, ids->slots, (size_t)ids->nr_slots * sizeof(*s));
	kfree(ids->slots);
	ids->slots = s;
	ids->nr_slots = n;
	return 0;
}

/* Round and round through the slots, so that a number comes back late: after the last one used, or
 * from the start. */
static int free_idx(struct ipc_ids *ids)
{
	int cycle = MIN(MAX(ids->in_use * 3 / 2, MIN_CYCLE), MIN(*ids->limit, IDX_LIMIT));

	cycle = MAX(cycle, ids->in_use + 1);
	for (int i = 0, idx = ids->last_idx; i < cycle; i++) {
		idx = idx + 1 < cycle ? idx + 1 : 0;
		if (idx >= ids->nr_slots || !ids->slots[idx])
			return idx;
	}
	return -1;
}

static int add(struct ipc_ids *ids, struct ipc_object *o)
{
	int idx = free_idx(ids), err;

	if (idx < 0 || idx >= IDX_LIMIT)
		return -ENOSPC;
	err = grow(ids, idx + 1);
	if (err)
		return err;
	if (idx <= ids->last_idx)
		ids->seq = (ids->seq + 1) % SEQ_LIMIT;
	ids->last_idx = idx;
	ids->slots[idx] = o;
	ids->in_use++;
	ids->max_idx = MAX(ids->max_idx, idx);
	o->ids = ids;
	o->id = (int)(ids->seq << IDX_BITS) + idx;
	o->refs = 1;
	return o->id;
}

void ipc_unref(struct ipc_object *o)
{
	if (!--o->refs)
		o->ids->free(o);
}

void ipc_remove(struct ipc_object *o)
{
	struct ipc_ids *ids = o->ids;
	int idx = o->id % IDX_LIMIT;

	ids->slots[idx] = NULL;
	ids->in_use--;
	while (ids->max_idx >= 0 && !ids->slots[ids->max_idx])
		ids->max_idx--;
	o->id = -1;
	ipc_unref(o);
}

struct ipc_object *ipc_find(struct ipc_ids *ids, int id)
{
	int idx = id % IDX_LIMIT;
	struct ipc_object *o;

	if (id < 0)
		return ERR_PTR(-EINVAL);
	o = idx < ids->nr_slots ? ids->slots[idx] : NULL;
	if (!o)
		return ERR_PTR(-EINVAL);
	return o->id == id ? o : ERR_PTR(-EIDRM);
}

struct ipc_object *ipc_at(struct ipc_ids *ids, int idx)
{
	if (idx < 0)
		return ERR_PTR(-EINVAL);
	idx %= IDX_LIMIT;
	return idx < ids->nr_slots && ids->slots[idx] ? ids->slots[idx] : ERR_PTR(-EINVAL);
}

/* --- permission: sysvipc(7) --- */

int ipc_permission(const struct ipc_object *o, unsigned flags)
{
	const struct cred *c = current->vfs.cred;
	unsigned wanted = (flags >> 6) | (flags >> 3) | flags, granted = o->mode;

	if (c->euid == o->uid || c->euid == o->cuid)
		granted >>= 6;
	else if (cred_in_group(c, o->gid) || cred_in_group(c, o->cgid))
		granted >>= 3;
	if (!(wanted & ~granted & 7))
		return 0;
	return task_capable_in(current_ipc()->ns.ns.owner, CAP_IPC_OWNER) ? 0 : -EACCES;
}

int ipc_may_change(const struct ipc_object *o)
{
	const struct cred *c = current->vfs.cred;

	if (c->euid == o->uid || c->euid == o->cuid ||
	    task_capable_in(current_ipc()->ns.ns.owner, CAP_SYS_ADMIN))
		return 0;
	return -EPERM;
}

/* The object, or why the caller may not have it. */
static struct ipc_object *object_or(struct ipc_object *o, int err)
{
	return err ? ERR_PTR(err) : o;
}

struct ipc_object *ipc_lock_to_use(struct ipc_ids *ids, int id, unsigned flags)
{
	struct ipc_object *o;

	mutex_lock(&ids->lock);
	o = ipc_find(ids, id);
	return IS_ERR(o) ? o : object_or(o, ipc_permission(o, flags));
}

struct ipc_object *ipc_lock_to_change(struct ipc_ids *ids, int id)
{
	struct ipc_object *o;

	mutex_lock(&ids->lock);
	o = ipc_find(ids, id);
	return IS_ERR(o) ? o : object_or(o, ipc_may_change(o));
}

struct ipc_object *ipc_lock_to_stat(struct ipc_ids *ids, int id, bool by_index, bool may_all)
{
	struct ipc_object *o;

	mutex_lock(&ids->lock);
	o = by_index ? ipc_at(ids, id) : ipc_find(ids, id);
	return IS_ERR(o) || may_all ? o : object_or(o, ipc_permission(o, S_IRUGO));
}

struct ipc_object *ipc_next(const struct ipc_ids *ids, int *idx)
{
	struct ipc_object *o = NULL;

	while (!o && *idx <= ids->max_idx)
		o = ids->slots[(*idx)++];
	return o;
}

int ipc_set(struct ipc_object *o, const struct ipc64_perm *p)
{
	const struct user_ns *u = current->real_cred->user_ns;
	u32 uid = make_kuid(u, p->uid), gid = make_kgid(u, p->gid);

	if (uid == NO_KID || gid == NO_KID)
		return -EINVAL;
	o->uid = uid;
	o->gid = gid;
	o->mode = (o->mode & ~(u32)S_IRWXUGO) | (p->mode & S_IRWXUGO);
	return 0;
}

void ipc_stat(const struct ipc_object *o, struct ipc64_perm *p)
{
	const struct user_ns *u = current->real_cred->user_ns;

	*p = (struct ipc64_perm){.key = o->key,
				 .uid = from_kuid_munged(u, o->uid),
				 .gid = from_kgid_munged(u, o->gid),
				 .cuid = from_kuid_munged(u, o->cuid),
				 .cgid = from_kgid_munged(u, o->cgid),
				 .mode = o->mode,
				 .seq = (unsigned short)(o->id >> IDX_BITS)};
}

/* --- keys --- */

static struct ipc_object *find_key(struct ipc_ids *ids, int key)
{
	for (int i = 0; i <= ids->max_idx; i++)
		if (ids->slots[i] && ids->slots[i]->key == key)
			return ids->slots[i];
	return NULL;
}

static int make_new(struct ipc_ids *ids, const struct ipc_get *g)
{
	const struct cred *c = current->vfs.cred;
	struct ipc_object *o;
	int id;

	if (ids->in_use >= *ids->limit)
		return -ENOSPC;
	o = g->make(g);
	if (IS_ERR(o))
		return (int)PTR_ERR(o);
	o->key = g->key;
	o->mode |= (u32)g->flags & S_IRWXUGO;
	o->uid = o->cuid = c->euid;
	o->gid = o->cgid = c->egid;
	id = add(ids, o);
	if (id < 0) {
		o->ids = ids;
		o->id = -1;
		ids->free(o);
	}
	return id;
}

int ipc_get(struct ipc_ids *ids, const struct ipc_get *g)
{
	struct ipc_object *o = g->key == IPC_PRIVATE ? NULL : find_key(ids, g->key);
	int err;

	if (!o) {
		if (g->key != IPC_PRIVATE && !(g->flags & IPC_CREAT))
			return -ENOENT;
		return make_new(ids, g);
	}
	if ((g->flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL))
		return -EEXIST;
	err = g->fits ? g->fits(o, g) : 0;
	if (!err)
		err = ipc_permission(o, (unsigned)g->flags);
	return err ? err : o->id;
}
