/*
 * epoll(7): what is watched. An item hangs in the set's tree, on its file's list of watchers, and
 * with hooks on the file's wait queues. Called by sys/epoll.c; next is epoll_wait.c.
 */
#include "vfs/epoll_internal.h"
#include "vfs/internal.h"

#define MAX_NESTING 5 /* sets above each other: epoll_ctl(2), ELOOP */

/* Lists of watchers of all files. */
static spinlock_t watch_lock = SPINLOCK_INIT(RANK_LEAF, "epoll watchers");
/* Sets that come to watch sets, one at a time, so that no two make a ring together. */
static struct mutex nest_mutex;
static u64 nest_walk; /* nest_mutex */

static const struct file_ops epoll_ops;

struct epoll *epoll_of(struct file *f)
{
	return f->ops == &epoll_ops ? f->private : NULL;
}

static void epoll_put(struct epoll *ep)
{
	if (ref_put(&ep->ref))
		kfree(ep);
}

/* --- items; ep->mutex held --- */

static int compare(const struct epoll_item *item, const struct file *file, int fd)
{
	if (item->file != file)
		return file < item->file ? -1 : 1;
	return fd < item->fd ? -1 : fd > item->fd;
}

/* The item, or NULL and where it would hang. */
static struct epoll_item *find_item(struct epoll *ep, const struct file *file, int fd,
				    struct rb_node **parent, struct rb_node ***link)
{
	struct rb_node **l = &ep->items.node;

	*parent = NULL;
	while (*l) {
		struct epoll_item *item = rb_entry(*l, struct epoll_item, node);
		int order = compare(item, file, fd);

		if (!order)
			return item;
		*parent = *l;
		l = order < 0 ? &(*l)->left : &(*l)->right;
	}
	*link = l;
	return NULL;
}

const struct file *epoll_target(struct epoll *ep, int fd, unsigned nth)
{
	const struct file *found = NULL;
	struct rb_node *n;

	mutex_lock(&ep->mutex);
	for (n = rb_first(&ep->items); n && !found; n = rb_next(n)) {
		struct epoll_item *item = rb_entry(n, struct epoll_item, node);

		if (item->fd == fd && !nth--)
			found = item->file;
	}
	mutex_unlock(&ep->mutex);
	return found;
}

static void unwatch(struct epoll_item *item)
{
	struct epoll_item **link;

	spin_lock(&watch_lock);
	for (link = &item->file->watchers; *link != item; link = &(*link)->next_watcher)
		;
	WRITE_ONCE(*link, item->next_watcher);
	spin_unlock(&watch_lock);
}

/* First the hooks: as long as one is there, the file waits for us before it goes. */
static void remove_item(struct epoll *ep, struct epoll_item *item)
{
	struct epoll_hook *h, *next;
	unsigned long flags;

	for (h = item->hooks; h; h = next) {
		next = h->next;
		waitq_remove(h->q, &h->w);
		if (h != &item->first)
			kfree(h);
	}
	rb_erase(&item->node, &ep->items);
	flags = spin_lock_irqsave(&ep->lock);
	if (item->is_queued)
		list_del(&item->ready_node);
	spin_unlock_irqrestore(&ep->lock, flags);
	unwatch(item);
	kfree(item);
}

struct item_table {
	struct poll_table pt;
	struct epoll_item *item;
	bool is_out_of_memory;
};

static void hook_queue(struct poll_table *pt, struct waitq *q)
{
	struct item_table *it = container_of(pt, struct item_table, pt);
	struct epoll_item *item = it->item;
	struct epoll_hook *h = &item->first;

	if (item->hooks)
		h = kmalloc(sizeof(*h), GFP_KERNEL);
	if (!h) {
		it->is_out_of_memory = true;
		return;
	}
	*h = (struct epoll_hook){.w = {.func = epoll_hook_woken,
				       .is_exclusive = item->events & EPOLLEXCLUSIVE},
				 .q = q,
				 .item = item,
				 .next = item->hooks};
	list_init(&h->w.node);
	item->hooks = h;
	waitq_add(q, &h->w);
}

static int add_item(struct epoll *ep, struct file *file, int fd, const struct epoll_event *event)
{
	struct item_table it = {.pt = {.queue = hook_queue}};
	struct rb_node *parent, **link;
	struct epoll_item *item;

	if (find_item(ep, file, fd, &parent, &link))
		return -EEXIST;
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	if (!item)
		return -ENOMEM;
	item->ep = ep;
	item->file = file;
	item->fd = fd;
	item->events = event->events;
	item->data = event->data;
	rb_link_node(&item->node, parent, link);
	rb_insert_color(&item->node, &ep->items);
	spin_lock(&watch_lock);
	item->next_watcher = file->watchers;
	WRITE_ONCE(file->watchers, item);
	spin_unlock(&watch_lock);
	it.item = item;
	if (epoll_item_poll(item, &it.pt))
		epoll_queue_item(item);
	if (it.is_out_of_memory) {
		remove_item(ep, item);
		return -ENOMEM;
	}
	return 0;
}

static int modify_item(struct epoll_item *item, const struct epoll_event *event)
{
	unsigned long flags;

	if (item->events & EPOLLEXCLUSIVE)
		return -EINVAL;
	flags = spin_lock_irqsave(&item->ep->lock);
	WRITE_ONCE(item->events, event->events);
	item->data = event->data;
	spin_unlock_irqrestore(&item->ep->lock, flags);
	smp_mb(); /* a wake-up now sees the new events, or the poll below sees what it was for */
	if (epoll_item_poll(item, NULL))
		epoll_queue_item(item);
	return 0;
}

/* --- nesting; nest_mutex held --- */

/* How many sets hang below each other under `ep`; a ring, or `top` among them: too many. */
static int depth_below(struct epoll *ep, const struct epoll *top)
{
	struct rb_node *n;
	int depth = 0;

	if (ep == top)
		return MAX_NESTING;
	if (ep->below_walk == nest_walk)
		return ep->below;
	mutex_lock(&ep->mutex);
	for (n = rb_first(&ep->items); n; n = rb_next(n)) {
		struct epoll *sub = epoll_of(rb_entry(n, struct epoll_item, node)->file);

		if (sub)
			depth = MAX(depth, 1 + depth_below(sub, top));
	}
	mutex_unlock(&ep->mutex);
	ep->below_walk = nest_walk;
	ep->below = depth;
	return depth;
}

/* How many sets watch each other above `ep`; watch_lock held. */
static int depth_above(struct epoll *ep)
{
	struct epoll_item *item;
	int depth = 0;

	if (ep->above_walk == nest_walk)
		return ep->above;
	for (item = ep->file->watchers; item; item = item->next_watcher)
		depth = MAX(depth, 1 + depth_above(item->ep));
	ep->above_walk = nest_walk;
	ep->above = depth;
	return depth;
}

static int add_nested(struct epoll *ep, struct epoll *sub, int fd, const struct epoll_event *event)
{
	int depth, err = -ELOOP;

	mutex_lock(&nest_mutex);
	nest_walk++;
	depth = depth_below(sub, ep) + 2;
	spin_lock(&watch_lock);
	depth += depth_above(ep);
	spin_unlock(&watch_lock);
	if (depth <= MAX_NESTING) {
		mutex_lock(&ep->mutex);
		err = add_item(ep, sub->file, fd, event);
		mutex_unlock(&ep->mutex);
	}
	mutex_unlock(&nest_mutex);
	return err;
}

/* --- from above --- */

#define EXCLUSIVE_OK_BITS \
	((u32)(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE))

static int check_exclusive(int op, u32 events, struct file *target)
{
	if (op == EPOLL_CTL_DEL || !(events & EPOLLEXCLUSIVE))
		return 0;
	if (op == EPOLL_CTL_MOD)
		return -EINVAL;
	return epoll_of(target) || (events & ~EXCLUSIVE_OK_BITS) ? -EINVAL : 0;
}

int epoll_change(struct epoll *ep, int op, struct file *target, int fd,
		 const struct epoll_event *event)
{
	struct rb_node *parent, **link;
	struct epoll_event e = {0};
	struct epoll_item *item;
	int err = 0;

	if (op != EPOLL_CTL_DEL)
		e = (struct epoll_event){event->events | EPOLLERR | EPOLLHUP, event->data};
	err = check_exclusive(op, e.events, target);
	if (err)
		return err;
	if (op == EPOLL_CTL_ADD && epoll_of(target))
		return add_nested(ep, epoll_of(target), fd, &e);
	mutex_lock(&ep->mutex);
	item = find_item(ep, target, fd, &parent, &link);
	switch (op) {
	case EPOLL_CTL_ADD:
		err = add_item(ep, target, fd, &e);
		break;
	case EPOLL_CTL_MOD:
		err = item ? modify_item(item, &e) : -ENOENT;
		break;
	case EPOLL_CTL_DEL:
		err = item ? 0 : -ENOENT;
		if (item)
			remove_item(ep, item);
		break;
	default:
		err = -EINVAL;
	}
	mutex_unlock(&ep->mutex);
	return err;
}

/* Remove what `ep` watches of `f`. ep->mutex held: only under it do items of ep come and go. */
static void remove_watchers(struct epoll *ep, struct file *f)
{
	struct epoll_item *item;

	for (;;) {
		spin_lock(&watch_lock);
		for (item = f->watchers; item && item->ep != ep; item = item->next_watcher)
			;
		spin_unlock(&watch_lock);
		if (!item)
			return;
		remove_item(ep, item);
	}
}

void epoll_release_watched(struct file *f)
{
	for (;;) {
		struct epoll *ep = NULL;

		spin_lock(&watch_lock);
		if (f->watchers) {
			ep = f->watchers->ep;
			ref_get(&ep->ref);
		}
		spin_unlock(&watch_lock);
		if (!ep)
			return;
		mutex_lock(&ep->mutex);
		remove_watchers(ep, f);
		mutex_unlock(&ep->mutex);
		epoll_put(ep);
	}
}

static void epoll_release(struct file *f)
{
	struct epoll *ep = f->private;
	struct rb_node *n;

	mutex_lock(&ep->mutex);
	while ((n = rb_first(&ep->items)))
		remove_item(ep, rb_entry(n, struct epoll_item, node));
	mutex_unlock(&ep->mutex);
	epoll_put(ep);
}

static s64 no_position(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	return f->pos;
}

static void epoll_show(struct file *f, void (*emit)(void *arg, const char *line), void *arg)
{
	struct epoll *ep = f->private;
	char line[128];

	mutex_lock(&ep->mutex);
	for (struct rb_node *n = rb_first(&ep->items); n; n = rb_next(n)) {
		const struct epoll_item *i = rb_entry(n, struct epoll_item, node);
		const struct inode *inode = i->file->inode;

		scnprintf(line, sizeof(line),
			  "tfd: %8d events: %8x data: %16llx  pos:%lli ino:%lx sdev:%x\n", i->fd,
			  i->events, (unsigned long long)i->data, (long long)i->file->pos,
			  (unsigned long)inode->ino,
			  DEV_MAJOR(inode->sb->dev) << 20 | DEV_MINOR(inode->sb->dev));
		emit(arg, line);
	}
	mutex_unlock(&ep->mutex);
}

static const struct file_ops epoll_ops = {
	.show_fdinfo = epoll_show,
	.poll = epoll_poll,
	.release = epoll_release,
	.llseek = no_position,
};

struct file *epoll_file(void)
{
	struct inode *inode = inode_new_anon(S_IRUSR | S_IWUSR);
	struct epoll *ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	struct file *f;

	if (!inode || !ep) {
		kfree(ep);
		if (inode)
			inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	f = file_anon(inode, &epoll_ops, O_RDWR, "anon_inode:[eventpoll]");
	if (IS_ERR(f)) {
		kfree(ep);
		return f;
	}
	ref_init(&ep->ref, 1);
	ep->file = f;
	mutex_init(&ep->mutex, RANK_EPOLL, "epoll");
	spin_init(&ep->lock, RANK_LEAF, "epoll ready");
	list_init(&ep->ready);
	waitq_init(&ep->wait);
	waitq_init(&ep->poll_wait);
	f->private = ep;
	f->mode |= FMODE_STREAM;
	return f;
}

void epoll_init(void)
{
	mutex_init(&nest_mutex, RANK_EPOLL, "epoll nesting");
}
