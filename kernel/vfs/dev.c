/* Character devices by number, and the list of nodes that drivers want in /dev. */
#include "vfs/internal.h"

struct chrdev {
	u32 major, first, nr;
	const struct file_ops *ops;
	const char *name;
	struct chrdev *next;
};

static spinlock_t dev_lock = SPINLOCK_INIT(RANK_LEAF, "devices");
static struct chrdev *chrdevs;
static struct devnode *nodes, **nodes_end = &nodes;
static void (*listener)(const struct devnode *n);

int chrdev_register(u32 major, u32 minor_first, u32 nr, const struct file_ops *ops,
		    const char *name)
{
	struct chrdev *c = kzalloc(sizeof(*c), GFP_KERNEL), *o;

	if (!c)
		return -ENOMEM;
	*c = (struct chrdev){major, minor_first, nr, ops, name, NULL};
	spin_lock(&dev_lock);
	for (o = chrdevs; o; o = o->next)
		if (o->major == major && minor_first < o->first + o->nr &&
		    o->first < minor_first + nr)
			break;
	if (!o) {
		c->next = chrdevs;
		chrdevs = c;
	}
	spin_unlock(&dev_lock);
	if (o)
		kfree(c);
	return o ? -EBUSY : 0;
}

const struct file_ops *chrdev_find(u64 rdev)
{
	u32 major = DEV_MAJOR(rdev), minor = DEV_MINOR(rdev);
	const struct file_ops *ops = NULL;

	spin_lock(&dev_lock);
	for (struct chrdev *c = chrdevs; c && !ops; c = c->next)
		if (c->major == major && minor >= c->first && minor - c->first < c->nr)
			ops = c->ops;
	spin_unlock(&dev_lock);
	return ops;
}

/* Ranges are never taken away: the list may be read without the lock. */
void chrdev_for_each(void (*fn)(void *arg, u32 major, const char *name), void *arg)
{
	for (struct chrdev *c = chrdevs; c; c = c->next)
		fn(arg, c->major, c->name);
}

const char *chrdev_name(u32 major)
{
	for (struct chrdev *c = chrdevs; c; c = c->next)
		if (c->major == major)
			return c->name;
	return NULL;
}

static int chr_open(struct inode *i, struct file *f)
{
	const struct file_ops *ops = chrdev_find(i->rdev);

	if (!ops)
		return -ENXIO;
	f->ops = ops;
	return ops->open ? ops->open(i, f) : 0;
}
const struct file_ops chr_ops = {.open = chr_open};

static int no_device_open(struct inode *i, struct file *f)
{
	(void)i;
	(void)f;
	return -ENXIO;
}
const struct file_ops no_device_ops = {.open = no_device_open};

/* --- nodes --- */

int devnode_add(const char *name, u32 mode, u64 rdev)
{
	struct devnode *n = kzalloc(sizeof(*n), GFP_KERNEL);
	void (*tell)(const struct devnode *n);

	if (!n)
		return -ENOMEM;
	n->name = kstrdup(name, GFP_KERNEL);
	if (!n->name) {
		kfree(n);
		return -ENOMEM;
	}
	n->mode = mode;
	n->rdev = rdev;
	spin_lock(&dev_lock);
	*nodes_end = n;
	nodes_end = &n->next;
	tell = listener;
	spin_unlock(&dev_lock);
	if (tell)
		tell(n);
	return 0;
}

void devnode_listen(void (*fn)(const struct devnode *n))
{
	struct devnode *n;

	spin_lock(&dev_lock);
	listener = fn;
	n = nodes;
	spin_unlock(&dev_lock);
	for (; n; n = n->next)
		fn(n);
}
