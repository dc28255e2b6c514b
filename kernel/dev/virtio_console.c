/*
 * virtio-console with MULTIPORT (VIRTIO 1.1, 5.3): each port is a byte stream between a host socket
 * and /dev/vport0pN.
 *
 * Receive: a port owns a few buffers; the device fills them in order, read() empties them in order
 * and hands them back, so a reader that is slow makes the host wait. Transmit: write() copies into
 * free buffers and sleeps when there are none.
 */
#include "core/log.h"
#include "core/wait.h"
#include "core/time.h"
#include "dev/dev.h"
#include "dev/virtio.h"
#include "dev/vport.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "mm/iter.h"
#include "mm/kmalloc.h"
#include "vfs/poll.h"
#include "vfs/vfs.h"

#define FEATURE_MULTIPORT   BIT(1)
#define VPORT_MAJOR	    240
#define NR_BUFS		    8
#define BUF_ORDER	    2
#define BUF_SIZE	    (PAGE_SIZE << BUF_ORDER)
#define CTL_BUFS	    16
#define ANNOUNCE_TIMEOUT_NS (2 * NSEC_PER_SEC)

enum {
	EV_DEVICE_READY,
	EV_PORT_ADD,
	EV_PORT_REMOVE,
	EV_PORT_READY,
	EV_CONSOLE_PORT,
	EV_RESIZE,
	EV_PORT_OPEN,
	EV_PORT_NAME
};

struct ctl_msg {
	u32 id;
	u16 event, value;
};

struct port_buf {
	u8 *data;
	u32 len, off;
	struct port_buf *next;
};

struct port {
	unsigned nr;
	struct virtq *rx, *tx;
	struct waitq rx_wait, tx_wait;
	bool is_present; /* the host announced it */
	bool is_host_open, was_host_open;
	struct mutex read_lock, write_lock; /* one reader, one writer at a time */
	/* rx->lock */
	struct port_buf *filled, **filled_tail;
	bool has_rx_bufs;
	/* tx->lock */
	struct port_buf *free_tx;
	unsigned nr_tx_bufs, nr_tx_busy;
};

static struct port *ports[VPORT_MAX];
static struct virtio_dev *console_dev;
static struct virtq *ctl_rx, *ctl_tx;
static struct ctl_msg ctl_out[CTL_BUFS];
static unsigned ctl_out_next;
static struct waitq announce_wait;

static void send_control(unsigned id, u16 event, u16 value)
{
	unsigned long f = spin_lock_irqsave(&ctl_tx->lock);
	struct ctl_msg *m = &ctl_out[ctl_out_next++ % CTL_BUFS];
	struct msg_vec v = {m, sizeof(*m)};

	while (virtq_pop(ctl_tx, NULL))
		;
	*m = (struct ctl_msg){id, event, value};
	if (virtq_add(ctl_tx, &v, 1, NULL, 0, m))
		log_err("virtio-console: control queue is full");
	virtq_kick(ctl_tx);
	spin_unlock_irqrestore(&ctl_tx->lock, f);
}

static void handle_control(const struct ctl_msg *m)
{
	struct port *p = m->id < VPORT_MAX ? ports[m->id] : NULL;

	if (!p)
		return;
	switch (m->event) {
	case EV_PORT_ADD:
		send_control(m->id, EV_PORT_READY, 1);
		send_control(m->id, EV_PORT_OPEN, 1);
		WRITE_ONCE(p->is_present, true);
		break;
	case EV_PORT_OPEN:
		WRITE_ONCE(p->is_host_open, m->value != 0);
		if (m->value)
			WRITE_ONCE(p->was_host_open, true);
		waitq_wake_all(&p->rx_wait);
		waitq_wake_all(&p->tx_wait);
		break;
	case EV_PORT_REMOVE:
		WRITE_ONCE(p->is_host_open, false);
		waitq_wake_all(&p->rx_wait);
		waitq_wake_all(&p->tx_wait);
		break;
	default: /* names and sizes come by other ways */
		break;
	}
	waitq_wake_all(&announce_wait);
}

/* rx->lock held: move what the device filled to the port's list. True when there was something. */
static bool collect_rx(struct port *p)
{
	struct port_buf *b;
	bool any = false;
	u32 len;

	while ((b = virtq_pop(p->rx, &len))) {
		b->len = MIN(len, (u32)BUF_SIZE);
		b->off = 0;
		b->next = NULL;
		*p->filled_tail = b;
		p->filled_tail = &b->next;
		any = true;
	}
	return any;
}

/* tx->lock held: take back what the device has sent. */
static bool collect_tx(struct port *p)
{
	struct port_buf *b;
	bool any = false;

	while ((b = virtq_pop(p->tx, NULL))) {
		b->next = p->free_tx;
		p->free_tx = b;
		p->nr_tx_busy--;
		any = true;
	}
	return any;
}

static void console_interrupt(struct virtio_dev *d)
{
	struct ctl_msg *m;
	unsigned long f;

	for (unsigned i = 1; i < VPORT_MAX; i++) {
		struct port *p = ports[i];
		bool wake;

		if (!p || !p->is_present)
			continue;
		f = spin_lock_irqsave(&p->rx->lock);
		wake = collect_rx(p);
		spin_unlock_irqrestore(&p->rx->lock, f);
		if (wake)
			waitq_wake_all(&p->rx_wait);
		f = spin_lock_irqsave(&p->tx->lock);
		wake = collect_tx(p);
		spin_unlock_irqrestore(&p->tx->lock, f);
		if (wake)
			waitq_wake_all(&p->tx_wait);
	}
	for (;;) {
		struct msg_vec v;

		f = spin_lock_irqsave(&ctl_rx->lock);
		m = virtq_pop(ctl_rx, NULL);
		spin_unlock_irqrestore(&ctl_rx->lock, f);
		if (!m)
			break;
		handle_control(m);
		v = (struct msg_vec){m, 64};
		f = spin_lock_irqsave(&ctl_rx->lock);
		virtq_add(ctl_rx, NULL, 0, &v, 1, m);
		virtq_kick(ctl_rx);
		spin_unlock_irqrestore(&ctl_rx->lock, f);
	}
	(void)d;
}

static struct port_buf *new_buf(void)
{
	struct port_buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	struct page *p = b ? alloc_pages(BUF_ORDER, GFP_KERNEL) : NULL;

	if (!p) {
		kfree(b);
		return NULL;
	}
	b->data = page_to_virt(p);
	return b;
}

/* Give `b` (back) to the device to fill. rx->lock held. */
static void post_rx(struct port *p, struct port_buf *b)
{
	struct msg_vec v = {b->data, BUF_SIZE};

	if (virtq_add(p->rx, NULL, 0, &v, 1, b))
		log_err("virtio-console: receive queue of port %u is full", p->nr);
}

/* The first reader brings the buffers; ports that nobody reads cost no memory. read_lock held. */
static int ensure_rx_bufs(struct port *p)
{
	unsigned nr = p->nr == 1 ? NR_BUFS : 2;
	unsigned long f;

	if (p->has_rx_bufs)
		return 0;
	for (unsigned i = 0; i < nr; i++) {
		struct port_buf *b = new_buf();

		if (!b)
			return i ? 0 : -ENOMEM;
		f = spin_lock_irqsave(&p->rx->lock);
		post_rx(p, b);
		p->has_rx_bufs = true;
		virtq_kick(p->rx);
		spin_unlock_irqrestore(&p->rx->lock, f);
	}
	return 0;
}

static struct port_buf *first_filled(struct port *p)
{
	unsigned long f = spin_lock_irqsave(&p->rx->lock);
	struct port_buf *b;

	collect_rx(p);
	b = p->filled;
	spin_unlock_irqrestore(&p->rx->lock, f);
	return b;
}

/* Data, or the end of the stream: the close event is looked at first, so data sent before it is
 * never passed over. */
static bool rx_ready(struct port *p, struct port_buf **b)
{
	bool is_closed = READ_ONCE(p->was_host_open) && !READ_ONCE(p->is_host_open);

	smp_rmb();
	*b = first_filled(p);
	return *b || is_closed;
}

static long take_from(struct port *p, struct port_buf *b, struct iter *it)
{
	size_t n = MIN((size_t)(b->len - b->off), it->count);
	size_t done = iter_put(it, b->data + b->off, n);

	b->off += (u32)done;
	if (b->off == b->len) {
		unsigned long f = spin_lock_irqsave(&p->rx->lock);

		p->filled = b->next;
		if (!p->filled)
			p->filled_tail = &p->filled;
		post_rx(p, b);
		virtq_kick(p->rx);
		spin_unlock_irqrestore(&p->rx->lock, f);
	}
	return done || !n ? (long)done : -EFAULT;
}

/* Everything that is there, up to what is wanted; 0 with nothing there. read_lock held. */
static long take_filled(struct port *p, struct iter *it)
{
	struct port_buf *b;
	long total = 0, n = 0;

	while (it->count && (b = first_filled(p))) {
		n = take_from(p, b, it);
		if (n < 0)
			break;
		total += n;
	}
	return total ? total : n;
}

/* The lock is not held while sleeping, so that a second reader can be killed. */
long vport_read(unsigned nr, struct iter *it, bool nonblock)
{
	struct port *p = ports[nr];
	struct port_buf *b;

	if (it->count == 0)
		return 0;
	for (;;) {
		bool is_over;
		long n;
		int err;

		mutex_lock(&p->read_lock);
		n = ensure_rx_bufs(p);
		is_over = !n && rx_ready(p, &b) && !b;
		if (!n && !is_over)
			n = take_filled(p, it);
		mutex_unlock(&p->read_lock);
		if (n || is_over)
			return n;
		if (nonblock)
			return -EAGAIN;
		err = wait_event_interruptible(&p->rx_wait, rx_ready(p, &b));
		if (err)
			return err;
	}
}

/* A buffer to send in; NULL when all are busy. write_lock held. */
static struct port_buf *get_tx_buf(struct port *p)
{
	unsigned long f = spin_lock_irqsave(&p->tx->lock);
	struct port_buf *b;

	collect_tx(p);
	b = p->free_tx;
	if (b) {
		p->free_tx = b->next;
		p->nr_tx_busy++;
	}
	spin_unlock_irqrestore(&p->tx->lock, f);
	if (!b && p->nr_tx_bufs < NR_BUFS) {
		b = new_buf();
		if (b) {
			p->nr_tx_bufs++;
			f = spin_lock_irqsave(&p->tx->lock);
			p->nr_tx_busy++;
			spin_unlock_irqrestore(&p->tx->lock, f);
		}
	}
	return b;
}

static bool tx_has_room(struct port *p)
{
	unsigned long f = spin_lock_irqsave(&p->tx->lock);
	bool has_room;

	collect_tx(p);
	has_room = p->free_tx || p->nr_tx_bufs < NR_BUFS;
	spin_unlock_irqrestore(&p->tx->lock, f);
	return has_room;
}

static bool tx_is_closed(struct port *p)
{
	return READ_ONCE(p->was_host_open) && !READ_ONCE(p->is_host_open);
}

static void send_buf(struct port *p, struct port_buf *b, size_t n)
{
	struct msg_vec v = {b->data, n};
	unsigned long f = spin_lock_irqsave(&p->tx->lock);

	if (n == 0 || virtq_add(p->tx, &v, 1, NULL, 0, b)) {
		b->next = p->free_tx;
		p->free_tx = b;
		p->nr_tx_busy--;
	} else {
		virtq_kick(p->tx);
	}
	spin_unlock_irqrestore(&p->tx->lock, f);
}

/* Send one buffer's worth: bytes, 0 when no buffer is free, -EPIPE, -EFAULT. */
static long send_some(struct port *p, struct iter *it)
{
	struct port_buf *b;
	size_t n = 0;

	mutex_lock(&p->write_lock);
	b = tx_is_closed(p) ? NULL : get_tx_buf(p);
	if (b) {
		n = iter_get(it, b->data, MIN(it->count, (size_t)BUF_SIZE));
		send_buf(p, b, n);
	}
	mutex_unlock(&p->write_lock);
	if (!b)
		return tx_is_closed(p) ? -EPIPE : 0;
	return n ? (long)n : -EFAULT;
}

/* As with pipes, writes of two processes larger than one buffer may interleave; smaller ones do
 * not. */
long vport_write_iter(unsigned nr, struct iter *it, bool nonblock)
{
	struct port *p = ports[nr];
	long total = 0, n = 0;

	while (it->count) {
		n = send_some(p, it);
		if (n == 0 && nonblock)
			n = -EAGAIN;
		else if (n == 0)
			n = wait_event_interruptible(&p->tx_wait,
						     tx_has_room(p) || tx_is_closed(p));
		if (n < 0)
			break;
		total += n;
	}
	return total ? total : n;
}

long vport_write(unsigned nr, const void *buf, size_t n)
{
	struct iter it;
	long done;

	if (nr >= VPORT_MAX || !ports[nr] || !vport_exists(nr))
		return -ENODEV;
	iter_kernel(&it, (void *)buf, n);
	/* No signal interrupts this: the text is the kernel's, not the calling task's. */
	while (it.count) {
		done = send_some(ports[nr], &it);
		if (done < 0)
			return done;
		if (done == 0)
			wait_event(&ports[nr]->tx_wait,
				   tx_has_room(ports[nr]) || tx_is_closed(ports[nr]));
	}
	return (long)n;
}

static bool tx_idle(struct port *p)
{
	unsigned long f = spin_lock_irqsave(&p->tx->lock);
	bool idle;

	collect_tx(p);
	idle = p->nr_tx_busy == 0;
	spin_unlock_irqrestore(&p->tx->lock, f);
	return idle;
}

void vport_drain(void)
{
	for (unsigned i = 1; i < VPORT_MAX; i++)
		if (ports[i] && ports[i]->is_present)
			wait_event(&ports[i]->tx_wait, tx_idle(ports[i]) || tx_is_closed(ports[i]));
}

bool vport_exists(unsigned nr)
{
	u64 deadline_ns;

	if (nr == 0 || nr >= VPORT_MAX || !ports[nr])
		return false;
	if (READ_ONCE(ports[nr]->is_present))
		return true;
	deadline_ns = now_mono_ns() + ANNOUNCE_TIMEOUT_NS;
	return wait_event_timeout(&announce_wait, READ_ONCE(ports[nr]->is_present), deadline_ns) ==
	       0;
}

static int vport_open(struct inode *inode, struct file *f)
{
	unsigned nr = DEV_MINOR(inode->rdev);

	if (!vport_exists(nr))
		return -ENXIO;
	f->private = ports[nr];
	f->mode |= FMODE_STREAM;
	return 0;
}

static long vport_file_read(struct file *f, struct iter *it, s64 *pos)
{
	return vport_read(((struct port *)f->private)->nr, it, f->flags & O_NONBLOCK);
}

static long vport_file_write(struct file *f, struct iter *it, s64 *pos)
{
	return vport_write_iter(((struct port *)f->private)->nr, it, f->flags & O_NONBLOCK);
}

static unsigned vport_poll(struct file *f, struct poll_table *pt)
{
	struct port *p = f->private;
	struct port_buf *b;
	unsigned mask = 0;

	poll_wait(pt, &p->rx_wait);
	poll_wait(pt, &p->tx_wait);
	if (f->mode & FMODE_READ) {
		if (!p->has_rx_bufs) { /* a sleeping reader has brought them, so this lock is short
					*/
			mutex_lock(&p->read_lock);
			ensure_rx_bufs(p);
			mutex_unlock(&p->read_lock);
		}
		if (rx_ready(p, &b))
			mask |= EPOLLIN | EPOLLRDNORM;
	}
	if (tx_has_room(p) || tx_is_closed(p))
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (tx_is_closed(p))
		mask |= EPOLLHUP;
	return mask;
}

static const struct file_ops vport_fops = {
	.open = vport_open,
	.read = vport_file_read,
	.write = vport_file_write,
	.poll = vport_poll,
};

static int make_port(struct virtio_dev *d, unsigned nr)
{
	struct port *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	p->nr = nr;
	p->rx = virtq_new(d, 2 + 2 * nr, 16);
	p->tx = virtq_new(d, 3 + 2 * nr, 16);
	if (!p->rx || !p->tx)
		return -ENOMEM;
	waitq_init(&p->rx_wait);
	waitq_init(&p->tx_wait);
	mutex_init(&p->read_lock, RANK_NONE, "vport read");
	mutex_init(&p->write_lock, RANK_NONE, "vport write");
	p->filled_tail = &p->filled;
	ports[nr] = p;
	return 0;
}

static int console_probe(struct virtio_dev *d)
{
	unsigned max_ports = virtio_config32(d, 4);
	struct ctl_msg *bufs = kzalloc(64 * CTL_BUFS, GFP_KERNEL);
	int err;

	if (console_dev || !(d->features & FEATURE_MULTIPORT))
		return -ENODEV;
	if (!bufs)
		return -ENOMEM;
	waitq_init(&announce_wait);
	ctl_rx = virtq_new(d, 2, CTL_BUFS);
	ctl_tx = virtq_new(d, 3, CTL_BUFS);
	if (!ctl_rx || !ctl_tx)
		return -ENOMEM;
	for (unsigned nr = 1; nr < MIN(max_ports, (unsigned)VPORT_MAX); nr++) {
		err = make_port(d, nr);
		if (err)
			return err;
	}
	for (unsigned i = 0; i < CTL_BUFS; i++) {
		void *b = (u8 *)bufs + 64 * i;
		struct msg_vec v = {b, 64};

		virtq_add(ctl_rx, NULL, 0, &v, 1, b);
	}
	console_dev = d;
	d->on_interrupt = console_interrupt;
	virtio_driver_ok(d);
	virtq_kick(ctl_rx);
	send_control(0, EV_DEVICE_READY, 1);
	return 0;
}

const struct virtio_driver virtio_console_driver = {VIRTIO_ID_CONSOLE_K, FEATURE_MULTIPORT,
						    console_probe};

/* Device nodes; after virtio_mmio_init(). Port 6 shows up as the terminal /dev/hvc0 instead
 * (dev/tty.c). */
int virtio_console_init(void)
{
	int err;

	if (!console_dev)
		return 0;
	err = chrdev_register(VPORT_MAJOR, 0, VPORT_MAX, &vport_fops, "vport");
	for (unsigned nr = 1; !err && nr < VPORT_TTY; nr++) {
		char name[16];

		snprintf(name, sizeof(name), "vport0p%u", nr);
		err = devnode_add(name, S_IFCHR | 0600, MKDEV(VPORT_MAJOR, nr));
	}
	return err;
}
