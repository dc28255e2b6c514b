/*
 * System V shared memory: shmget(2), shmop(2), shmctl(2). A segment is an inode in memory that no
 * directory has; each shmat maps it through an open file of its own. How often it is attached is
 * how many areas map it. Called by sys/sysvipc.c.
 */
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/ipc.h"
#include "proc/pid.h"
#include "abi/linux/missing.h"
#include <linux/capability.h>
#include <linux/stat.h>

#define SHMMIN	     1UL
#define SHM_DEST     01000u
#define SHM_LOCKED   02000u
#define SHM_HUGE_ANY 04000 /* SHM_HUGETLB */
#define LIMIT_MAX    (~0UL - (1UL << 24))

struct segment {
	struct ipc_object obj; /* first */
	struct inode *inode;
	size_t size;
	long atime, dtime, ctime;
	int cpid, lpid;
	struct user_account *locker; /* SHM_LOCK: who pays */
	unsigned attaching;	     /* shmat calls between finding it and mapping it */
};

static struct ipc_ids *ids(void)
{
	return &current_ipc()->shm;
}

static struct segment *segment_of(struct ipc_object *o)
{
	return container_of(o, struct segment, obj);
}

static struct ipc_space *space_of(const struct segment *s)
{
	return container_of(s->obj.ids, struct ipc_space, shm);
}

static u64 size_pages(const struct segment *s)
{
	return DIV_ROUND_UP(s->size, PAGE_SIZE);
}

static void segment_free(struct ipc_object *o)
{
	struct segment *s = segment_of(o);

	inode_put(s->inode);
	kfree(s);
}

void shm_init_ns(struct ipc_space *s)
{
	s->shm_max_bytes = s->shm_max_pages = LIMIT_MAX;
	s->shm_max_ids = 4096;
	ipc_ids_init(&s->shm, "shm", &s->shm_max_ids, segment_free);
}

static struct ipc_object *segment_make(const struct ipc_get *g)
{
	u64 pages = DIV_ROUND_UP(g->size, PAGE_SIZE);
	struct ipc_space *ns = current_ipc();
	struct segment *s;

	if (g->size < SHMMIN || g->size > ns->shm_max_bytes)
		return ERR_PTR(-EINVAL);
	if (pages << PAGE_SHIFT < g->size || ns->shm_total_pages + pages > ns->shm_max_pages)
		return ERR_PTR(-ENOSPC);
	if (g->flags & SHM_HUGE_ANY)
		return ERR_PTR(-EINVAL); /* no size of huge pages is known */
	/* What can never be filled, as for mmap(2). */
	if (!(g->flags & SHM_NORESERVE) && pages > nr_page_frames)
		return ERR_PTR(-ENOMEM);
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return ERR_PTR(-ENOMEM);
	s->inode = inode_new_anon(S_IFREG | 0600);
	if (!s->inode) {
		kfree(s);
		return ERR_PTR(-ENOMEM);
	}
	s->inode->nlink = 0;
	s->inode->obj.size_bytes = g->size;
	s->size = g->size;
	s->cpid = current->process->pid;
	s->ctime = ipc_now();
	ns->shm_total_pages += pages;
	return &s->obj;
}

static int segment_fits(const struct ipc_object *o, const struct ipc_get *g)
{
	return g->size > container_of(o, struct segment, obj)->size ? -EINVAL : 0;
}

int shm_get(int key, size_t size, int flags)
{
	struct ipc_get g = {.key = key,
			    .flags = flags,
			    .size = size,
			    .make = segment_make,
			    .fits = segment_fits};
	u64 *total_pages = &current_ipc()->shm_total_pages, before;
	int id;

	mutex_lock(&ids()->lock);
	before = *total_pages;
	id = ipc_get(ids(), &g);
	if (id < 0)
		*total_pages = before;
	else if (*total_pages != before)
		segment_of(ipc_find(ids(), id))->inode->ino = (u64)id;
	mutex_unlock(&ids()->lock);
	return id;
}

/* --- attaching --- */

static unsigned long nr_attached(struct segment *s)
{
	struct vmobj *o = &s->inode->obj;
	struct list_head *p;
	unsigned long n = s->attaching;

	spin_lock(&o->lock);
	list_for_each (p, &o->vmas)
		n++;
	spin_unlock(&o->lock);
	return n;
}

/* SHM_LOCK: whoever locks pays, RLIMIT_MEMLOCK bounds a user's segments altogether. ids.lock held.
 */
static int charge_lock(struct segment *s, bool is_limited)
{
	struct user_account *u = current->user;
	u64 now = atomic_add(&u->shm_locked_pages, size_pages(s));

	if (is_limited && now > task_rlimit(current, RLIMIT_MEMLOCK) >> PAGE_SHIFT) {
		atomic_sub(&u->shm_locked_pages, size_pages(s));
		return -ENOMEM;
	}
	s->locker = user_account_ref(u);
	s->obj.mode |= SHM_LOCKED;
	return 0;
}

static void uncharge_lock(struct segment *s)
{
	if (!s->locker)
		return;
	atomic_sub(&s->locker->shm_locked_pages, size_pages(s));
	user_account_put(s->locker);
	s->locker = NULL;
	s->obj.mode &= ~SHM_LOCKED;
}

/* ids.lock held: the number goes, and the memory with its last user. */
static void destroy(struct segment *s)
{
	uncharge_lock(s);
	space_of(s)->shm_total_pages -= size_pages(s);
	ipc_remove(&s->obj);
}

static void remove_object(struct ipc_object *o)
{
	destroy(segment_of(o));
}

/* What is attached refers to the namespace, so here nothing is. */
void shm_exit_ns(struct ipc_space *s)
{
	ipc_ids_exit(&s->shm, remove_object);
}

/* shmctl(2), IPC_RMID: "the segment will actually be destroyed only after the last process detaches
 * it". */
static void destroy_if_unused(struct segment *s)
{
	if (s->obj.id >= 0 && (s->obj.mode & SHM_DEST) && !nr_attached(s))
		destroy(s);
}

/* An area that mapped the file is gone, by shmdt, munmap, exec or exit. */
static void shm_unmapped(struct file *f)
{
	struct segment *s = f->private;
	struct ipc_space *ns = space_of(s);

	mutex_lock(&ns->shm.lock);
	s->dtime = ipc_now();
	s->lpid = current->process->pid;
	destroy_if_unused(s);
	mutex_unlock(&ns->shm.lock);
}

static void shm_release(struct file *f)
{
	struct segment *s = f->private;
	struct ipc_space *ns = space_of(s);

	mutex_lock(&ns->shm.lock);
	ipc_unref(&s->obj);
	mutex_unlock(&ns->shm.lock);
	ns_put(&ns->ns.ns);
}

static const struct file_ops shm_ops = {
	.release = shm_release,
	.unmapped = shm_unmapped,
};

/* Find it, and keep it from going away: attaching and a reference. ERR_PTR. */
static struct segment *attach_begin(int id, int flags)
{
	unsigned wanted =
		S_IRUGO | (flags & SHM_RDONLY ? 0 : S_IWUGO) | (flags & SHM_EXEC ? S_IXUGO : 0);
	struct ipc_object *o;
	struct segment *s = NULL;
	int err;

	mutex_lock(&ids()->lock);
	o = ipc_find(ids(), id);
	err = IS_ERR(o) ? (int)PTR_ERR(o) : ipc_permission(o, wanted);
	if (!err) {
		s = segment_of(o);
		s->attaching++;
		o->refs++;
	}
	mutex_unlock(&ids()->lock);
	return err ? ERR_PTR(err) : s;
}

static void attach_end(struct segment *s, bool has_succeeded)
{
	struct ipc_space *ns = space_of(s);

	mutex_lock(&ns->shm.lock);
	s->attaching--;
	if (has_succeeded) {
		s->atime = ipc_now();
		s->lpid = current->process->pid;
	}
	destroy_if_unused(s);
	ipc_unref(&s->obj);
	mutex_unlock(&ns->shm.lock);
}

static struct file *segment_file(struct segment *s, int flags)
{
	struct file *f;
	char name[40];

	snprintf(name, sizeof(name), "/SYSV%08x (deleted)", (unsigned)s->obj.key);
	f = file_anon(inode_get(s->inode), &shm_ops, flags & SHM_RDONLY ? O_RDONLY : O_RDWR, name);
	if (IS_ERR(f))
		return f;
	mutex_lock(&s->obj.ids->lock);
	s->obj.refs++;
	mutex_unlock(&s->obj.ids->lock);
	ns_get(&space_of(s)->ns.ns);
	f->private = s;
	return f;
}

/* shmat(2)'s address rules, and what mmap(2) would ask. */
static int place(struct map_request *req, unsigned long addr, int flags)
{
	if (!addr)
		return flags & SHM_REMAP ? -EINVAL : 0;
	if (addr & ~PAGE_MASK) {
		if (!(flags & SHM_RND))
			return -EINVAL;
		addr &= PAGE_MASK;
		if (!addr && (flags & SHM_REMAP))
			return -EINVAL;
	}
	req->addr = addr;
	req->is_fixed = true;
	req->is_noreplace = !(flags & SHM_REMAP);
	return addr + req->len < addr ? -EINVAL : 0;
}

static long map_segment(struct segment *s, unsigned long addr, int flags)
{
	struct map_request req = {
		.len = ALIGN_UP(s->size, PAGE_SIZE),
		.vm_flags = VM_READ | VM_MAYREAD | VM_MAYEXEC | VM_SHARED,
		.obj = &s->inode->obj,
		/* an answer of 32 bits must fit */
		.below_4g = arch_in_compat_syscall() && current->mm->task_size > USER32_END,
	};
	long ret;

	if (!(flags & SHM_RDONLY))
		req.vm_flags |= VM_WRITE | VM_MAYWRITE;
	if (flags & SHM_EXEC)
		req.vm_flags |= VM_EXEC;
	ret = place(&req, addr, flags);
	if (!ret && req.is_fixed && req.addr < current->mm->mmap_min &&
	    !task_capable(CAP_SYS_RAWIO))
		ret = -EPERM;
	if (ret)
		return ret;
	req.file = segment_file(s, flags);
	if (IS_ERR(req.file))
		return PTR_ERR(req.file);
	ret = mm_map(current->mm, &req);
	file_put(req.file);
	return ret == -EEXIST ? -EINVAL : ret;
}

long shm_attach(int id, unsigned long addr, int flags)
{
	struct segment *s;
	long ret;

	/* Linux looks at the address before it looks at the segment. */
	if (addr && (addr & ~PAGE_MASK) && !(flags & SHM_RND))
		return -EINVAL;
	if (!(addr & ((flags & SHM_RND) ? PAGE_MASK : ~0UL)) && (flags & SHM_REMAP))
		return -EINVAL;
	s = attach_begin(id, flags);
	if (IS_ERR(s))
		return PTR_ERR(s);
	ret = map_segment(s, addr, flags);
	attach_end(s, ret >= 0);
	return ret;
}

/* The end of what was attached at addr, from the area that begins it: areas of the same file whose
 * place in the segment fits. 0: nothing is attached there. */
static unsigned long attached_end(struct mm *m, unsigned long addr)
{
	unsigned long end = 0;
	struct file *file = NULL;
	struct vma *v;

	down_read(&m->lock);
	for (v = vma_find(m, addr); v; v = vma_next(v)) {
		if (v->start != addr + (v->pgoff << PAGE_SHIFT))
			break;
		if (!file && v->file && v->file->ops == &shm_ops && v->start == addr)
			file = v->file;
		if (!file || v->file != file)
			break;
		end = v->end;
	}
	up_read(&m->lock);
	return end;
}

int shm_detach(unsigned long addr)
{
	unsigned long end;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	end = attached_end(current->mm, addr);
	return end ? mm_unmap(current->mm, addr, end - addr) : -EINVAL;
}

/* --- shmctl --- */

static void stat_segment(struct segment *s, struct shmid64_ds *ds)
{
	*ds = (struct shmid64_ds){.shm_segsz = s->size,
				  .shm_atime = s->atime,
				  .shm_dtime = s->dtime,
				  .shm_ctime = s->ctime,
				  .shm_cpid = pid_seen(s->cpid),
				  .shm_lpid = pid_seen(s->lpid),
				  .shm_nattch = nr_attached(s)};
	ipc_stat(&s->obj, &ds->shm_perm);
}

int shm_stat(int id, bool by_index, bool may_all, struct shmid64_ds *ds)
{
	struct ipc_object *o = ipc_lock_to_stat(ids(), id, by_index, may_all);
	int ret = IS_ERR(o) ? (int)PTR_ERR(o) : by_index ? o->id : 0;

	if (ret >= 0)
		stat_segment(segment_of(o), ds);
	mutex_unlock(&ids()->lock);
	return ret;
}

int shm_set(int id, const struct shmid64_ds *ds)
{
	struct ipc_object *o = ipc_lock_to_change(ids(), id);
	int err = IS_ERR(o) ? (int)PTR_ERR(o) : 0;

	if (!err)
		err = ipc_set(o, &ds->shm_perm);
	if (!err)
		segment_of(o)->ctime = ipc_now();
	mutex_unlock(&ids()->lock);
	return err;
}

int shm_remove(int id)
{
	struct ipc_object *o = ipc_lock_to_change(ids(), id);
	int err = IS_ERR(o) ? (int)PTR_ERR(o) : 0;

	if (!err) {
		o->mode |= SHM_DEST;
		o->key = IPC_PRIVATE; /* nobody finds it any more */
		destroy_if_unused(segment_of(o));
	}
	mutex_unlock(&ids()->lock);
	return err;
}

/* SHM_LOCK, SHM_UNLOCK. Nothing is ever swapped: the flag and the account are all there is to it.
 */
int shm_set_locked(int id, bool lock)
{
	const struct cred *c = current->vfs.cred;
	bool is_limited = !task_capable_in(current_ipc()->ns.ns.owner, CAP_IPC_LOCK);
	struct ipc_object *o;
	int err = 0;

	mutex_lock(&ids()->lock);
	o = ipc_find(ids(), id);
	if (IS_ERR(o)) {
		err = (int)PTR_ERR(o);
	} else if (is_limited) {
		if (c->euid != o->uid && c->euid != o->cuid)
			err = -EPERM;
		else if (lock && !task_rlimit(current, RLIMIT_MEMLOCK))
			err = -EPERM;
	}
	if (!err && !lock)
		uncharge_lock(segment_of(o));
	else if (!err && !segment_of(o)->locker)
		err = charge_lock(segment_of(o), is_limited);
	mutex_unlock(&ids()->lock);
	return err;
}

int shm_totals(struct shm_totals *t)
{
	int max;

	mutex_lock(&ids()->lock);
	*t = (struct shm_totals){.used_ids = ids()->in_use,
				 .total_pages = current_ipc()->shm_total_pages};
	for (int i = 0; i <= ids()->max_idx; i++)
		if (ids()->slots[i])
			t->rss_pages += segment_of(ids()->slots[i])->inode->obj.nr_pages;
	max = ipc_top_index(ids());
	mutex_unlock(&ids()->lock);
	return max;
}

int shm_next(int *idx, struct shmid64_ds *ds, u64 *rss_pages)
{
	struct ipc_object *o;
	int id = -1;

	mutex_lock(&ids()->lock);
	o = ipc_next(ids(), idx);
	if (o) {
		stat_segment(segment_of(o), ds);
		*rss_pages = segment_of(o)->inode->obj.nr_pages;
		id = o->id;
	}
	mutex_unlock(&ids()->lock);
	return id;
}
