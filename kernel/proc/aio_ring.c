/*
 * The context of io_setup(2): a ring of events in memory that kernel and program share. The number
 * of a context is the address of its ring, and its life is that of the mapping. Called by
 * sys/aio.c.
 */
#include "proc/aio.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define RING_MAGIC    0xa10a10a1u
#define RING_COMPAT   1
#define RING_INCOMPAT 0
#define MAX_RING      (0x10000000u / sizeof(struct io_event))

u64 aio_nr, aio_max_nr = 65536;
static spinlock_t contexts_lock = SPINLOCK_INIT(RANK_LEAF, "aio contexts"); /* and aio_nr */
static struct list_head contexts = LIST_INIT(contexts);

/* --- life --- */

static void context_free(struct aio_context *c)
{
	struct aio_poll *p, *next;

	list_for_each_entry_safe (p, next, &c->polls, node) {
		file_put(p->file);
		if (p->event_file)
			file_put(p->event_file);
		kfree(p);
	}
	for (unsigned i = 0; i < c->nr_pages; i++)
		page_put(c->pages[i]);
	spin_lock(&contexts_lock);
	aio_nr -= c->max_requests;
	spin_unlock(&contexts_lock);
	kfree(c);
}

void aio_context_put(struct aio_context *c)
{
	if (ref_put(&c->ref))
		context_free(c);
}

struct aio_context *aio_context_get(unsigned long id)
{
	struct aio_context *c, *found = NULL;

	if (!id)
		return NULL;
	spin_lock(&contexts_lock);
	list_for_each_entry (c, &contexts, node) {
		if (c->id == id && c->mm == current->mm) {
			found = c;
			ref_get(&c->ref);
			break;
		}
	}
	spin_unlock(&contexts_lock);
	return found;
}

/* The ring is not mapped any more: by io_destroy, munmap, exec or exit. */
static void ring_unmapped(struct file *f)
{
	struct aio_context *c = f->private;

	spin_lock(&contexts_lock);
	list_del(&c->node);
	c->id = 0;
	c->is_unmapped = true;
	spin_unlock(&contexts_lock);
	waitq_wake_all(&c->wait);
}

static void ring_release(struct file *f)
{
	if (f->private)
		aio_context_put(f->private);
}

static const struct file_ops ring_ops = {.unmapped = ring_unmapped, .release = ring_release};

static bool charge(unsigned nr)
{
	bool fits;

	spin_lock(&contexts_lock);
	fits = aio_nr + nr <= aio_max_nr && aio_nr + nr >= aio_nr;
	if (fits)
		aio_nr += nr;
	spin_unlock(&contexts_lock);
	return fits;
}

/* --- making one --- */

static struct aio_context *context_alloc(unsigned nr)
{
	size_t bytes = sizeof(struct aio_ring) + ((size_t)nr + 2) * sizeof(struct io_event);
	unsigned pages = (unsigned)DIV_ROUND_UP(bytes, PAGE_SIZE);
	struct aio_context *c = kzalloc(sizeof(*c) + pages * sizeof(c->pages[0]), GFP_KERNEL);

	if (!c)
		return NULL;
	ref_init(&c->ref, 1);
	list_init(&c->node);
	list_init(&c->polls);
	waitq_init(&c->wait);
	mutex_init(&c->lock, RANK_IPC, "aio");
	c->mm = current->mm;
	c->max_requests = nr;
	c->nr = (u32)((pages * PAGE_SIZE - sizeof(struct aio_ring)) / sizeof(struct io_event));
	c->ring_pages = pages;
	return c;
}

/* The ring's pages, which stay. */
static int get_pages(struct aio_context *c, struct vmobj *o)
{
	while (c->nr_pages < c->ring_pages) {
		struct page *p = vmobj_get_page(o, c->nr_pages);

		if (IS_ERR(p))
			return -ENOMEM;
		c->pages[c->nr_pages++] = p;
	}
	c->ring = page_to_virt(c->pages[0]);
	*c->ring = (struct aio_ring){.nr = c->nr,
				     .magic = RING_MAGIC,
				     .compat_features = RING_COMPAT,
				     .incompat_features = RING_INCOMPAT,
				     .header_length = sizeof(struct aio_ring)};
	return 0;
}

static long map_ring(struct aio_context *c, struct file *f)
{
	struct map_request req = {
		.len = c->ring_pages * PAGE_SIZE,
		.vm_flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SHARED | VM_DONTCOPY,
		.file = f,
		.obj = &f->inode->obj,
		.below_4g = arch_in_compat_syscall() && current->mm->task_size > USER32_END,
	};

	return mm_map(current->mm, &req);
}

/* f takes c over when it has been made. */
static struct file *ring_file(struct aio_context *c)
{
	struct inode *i = inode_new_anon(S_IFREG | 0600);
	struct file *f;

	if (!i)
		return ERR_PTR(-ENOMEM);
	i->nlink = 0;
	i->obj.size_bytes = c->ring_pages * PAGE_SIZE;
	f = file_anon(i, &ring_ops, O_RDWR, "/[aio] (deleted)");
	if (!IS_ERR(f))
		f->private = c;
	return f;
}

struct aio_context *aio_context_new(unsigned nr)
{
	struct aio_context *c;
	struct file *f;
	long at;

	if (nr > MAX_RING)
		return ERR_PTR(-EINVAL);
	if (!charge(nr))
		return ERR_PTR(-EAGAIN);
	c = context_alloc(nr);
	if (!c) {
		spin_lock(&contexts_lock);
		aio_nr -= nr;
		spin_unlock(&contexts_lock);
		return ERR_PTR(-ENOMEM);
	}
	f = ring_file(c);
	if (IS_ERR(f)) {
		aio_context_put(c);
		return ERR_PTR(PTR_ERR(f));
	}
	c->file = f;
	at = get_pages(c, &f->inode->obj);
	if (!at)
		at = map_ring(c, f);
	if (at > 0) {
		spin_lock(&contexts_lock);
		if (!c->is_unmapped) { /* another thread may have been at it already */
			c->id = (unsigned long)at;
			list_add(&c->node, &contexts);
		}
		spin_unlock(&contexts_lock);
	}
	/* From here on the mapping keeps the file, and the file the context. */
	ref_get(&c->ref);
	file_put(f);
	if (at > 0)
		return c;
	aio_context_put(c);
	return ERR_PTR(at);
}

int aio_context_destroy(unsigned long id)
{
	struct aio_context *c = aio_context_get(id);
	size_t len;

	if (!c)
		return -EINVAL;
	len = c->ring_pages * PAGE_SIZE;
	aio_context_put(c);
	return mm_unmap(current->mm, id, len);
}

/* --- events; c->lock held --- */

/* An event is as large as the header, and a page holds a whole number of them. */
static struct io_event *event_at(struct aio_context *c, u32 i)
{
	const u32 per_page = PAGE_SIZE / sizeof(struct io_event);
	struct io_event *page = page_to_virt(c->pages[(i + 1) / per_page]);

	return &page[(i + 1) % per_page];
}
_Static_assert(sizeof(struct aio_ring) == sizeof(struct io_event), "slot 0 is the header");

/* The program may write anything there. */
static u32 head_of(const struct aio_context *c)
{
	return READ_ONCE(c->ring->head) % c->nr;
}

unsigned aio_nr_ready(struct aio_context *c)
{
	u32 head = head_of(c);

	return c->tail >= head ? c->tail - head : c->nr - head + c->tail;
}

bool aio_has_room(struct aio_context *c)
{
	return aio_nr_ready(c) + c->nr_polls + 1 < c->nr;
}

void aio_complete(struct aio_context *c, u64 obj, u64 data, s64 res)
{
	*event_at(c, c->tail) = (struct io_event){.data = data, .obj = obj, .res = res};
	c->tail = c->tail + 1 < c->nr ? c->tail + 1 : 0;
	smp_mb();
	WRITE_ONCE(c->ring->tail, c->tail);
	waitq_wake_all(&c->wait);
}

struct io_event *aio_first(struct aio_context *c)
{
	return event_at(c, head_of(c));
}

void aio_taken(struct aio_context *c)
{
	u32 head = head_of(c) + 1;

	WRITE_ONCE(c->ring->head, head < c->nr ? head : 0);
}
