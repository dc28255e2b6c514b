/* virtio-9p: one request queue; a request is a chain of the T-message and room for the R-message.
 */
#include "core/log.h"
#include "core/wait.h"
#include "dev/virtio.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define QUEUE_SIZE	  128
#define MAX_SEGMENTS	  40
#define FEATURE_MOUNT_TAG BIT(0)

struct p9_dev {
	struct msg_channel channel; /* first */
	struct virtq *q;
	struct waitq room;
	char tag[32];
};

static void p9_interrupt(struct virtio_dev *d)
{
	struct p9_dev *p9 = d->private;
	unsigned long f = spin_lock_irqsave(&p9->q->lock);
	struct msg_call *c;
	u32 len;

	while ((c = virtq_pop(p9->q, &len))) {
		c->len = len;
		if (c->done) {
			c->done(c);
			continue;
		}
		/*
		 * The caller may return, and its memory with `c` go, once it sees is_done; so the
		 * wake-up is inside our lock, which the caller takes once more before it leaves.
		 */
		WRITE_ONCE(c->is_done, true);
		waitq_wake_all(&c->done_q);
	}
	spin_unlock_irqrestore(&p9->q->lock, f);
	waitq_wake_all(&p9->room);
}

static bool submit(struct p9_dev *p9, const struct msg_vec *out, unsigned nr_out,
		   const struct msg_vec *in, unsigned nr_in, struct msg_call *c)
{
	unsigned long f = spin_lock_irqsave(&p9->q->lock);
	int err = virtq_add(p9->q, out, nr_out, in, nr_in, c);

	/* One that finds no room waits for those before it, so they have to be on their way. */
	if (err)
		virtq_kick(p9->q);
	spin_unlock_irqrestore(&p9->q->lock, f);
	return !err;
}

static int p9_send(struct msg_channel *ch, const struct msg_vec *out, unsigned nr_out,
		   const struct msg_vec *in, unsigned nr_in, struct msg_call *c)
{
	struct p9_dev *p9 = (struct p9_dev *)ch;

	if (nr_out + nr_in > MAX_SEGMENTS)
		return -EINVAL;
	c->is_done = false;
	waitq_init(&c->done_q);
	wait_event(&p9->room, submit(p9, out, nr_out, in, nr_in, c));
	return 0;
}

static void p9_kick(struct msg_channel *ch)
{
	virtq_kick(((struct p9_dev *)ch)->q);
}

static void p9_wait(struct msg_channel *ch, struct msg_call *c)
{
	struct p9_dev *p9 = (struct p9_dev *)ch;
	unsigned long f;

	wait_event(&c->done_q, READ_ONCE(c->is_done));
	f = spin_lock_irqsave(&p9->q->lock);
	spin_unlock_irqrestore(&p9->q->lock, f);
}

static int p9_probe(struct virtio_dev *d)
{
	struct p9_dev *p9 = kzalloc(sizeof(*p9), GFP_KERNEL);
	unsigned len;

	if (!p9)
		return -ENOMEM;
	p9->q = virtq_new(d, 0, QUEUE_SIZE);
	if (!p9->q) {
		kfree(p9);
		return -ENOMEM;
	}
	waitq_init(&p9->room);
	len = virtio_config8(d, 0) | (unsigned)virtio_config8(d, 1) << 8;
	for (unsigned i = 0; i < len && i < sizeof(p9->tag) - 1; i++)
		p9->tag[i] = (char)virtio_config8(d, 2 + i);
	p9->channel = (struct msg_channel){.name = p9->tag,
					   .send = p9_send,
					   .kick = p9_kick,
					   .wait = p9_wait,
					   .max_segments = MAX_SEGMENTS};
	d->private = p9;
	d->on_interrupt = p9_interrupt;
	virtio_driver_ok(d);
	channel_register(&p9->channel);
	return 0;
}

const struct virtio_driver virtio_9p_driver = {VIRTIO_ID_9P_K, FEATURE_MOUNT_TAG, p9_probe};
