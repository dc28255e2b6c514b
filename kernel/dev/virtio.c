#include "dev/virtio.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/param.h"
#include "dev/dev.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* Register offsets / 4 (VIRTIO 1.1, 4.2.2). */
enum {
	REG_MAGIC = 0x000 / 4,
	REG_VERSION = 0x004 / 4,
	REG_DEVICE_ID = 0x008 / 4,
	REG_DEV_FEATURES = 0x010 / 4,
	REG_DEV_FEATURES_SEL = 0x014 / 4,
	REG_DRV_FEATURES = 0x020 / 4,
	REG_DRV_FEATURES_SEL = 0x024 / 4,
	REG_QUEUE_SEL = 0x030 / 4,
	REG_QUEUE_NUM_MAX = 0x034 / 4,
	REG_QUEUE_NUM = 0x038 / 4,
	REG_QUEUE_READY = 0x044 / 4,
	REG_QUEUE_NOTIFY = 0x050 / 4,
	REG_INT_STATUS = 0x060 / 4,
	REG_INT_ACK = 0x064 / 4,
	REG_STATUS = 0x070 / 4,
	REG_QUEUE_DESC = 0x080 / 4,
	REG_QUEUE_DRIVER = 0x090 / 4,
	REG_QUEUE_DEVICE = 0x0a0 / 4,
	REG_CONFIG = 0x100 / 4,
};

#define VIRTIO_MAGIC	  0x74726976u
#define STATUS_ACK	  1u
#define STATUS_DRIVER	  2u
#define STATUS_DRIVER_OK  4u
#define STATUS_FEAT_OK	  8u
#define STATUS_FAILED	  128u
#define FEATURE_VERSION_1 BIT(32)
#define DESC_NEXT	  1u
#define DESC_WRITE	  2u

static const struct virtio_driver *const drivers[] = {&virtio_console_driver, &virtio_9p_driver};

u32 virtio_config32(struct virtio_dev *d, unsigned offset)
{
	return d->regs[REG_CONFIG + offset / 4];
}

u8 virtio_config8(struct virtio_dev *d, unsigned offset)
{
	return ((volatile u8 *)&d->regs[REG_CONFIG])[offset];
}

static void set_queue_address(struct virtio_dev *d, unsigned reg, const volatile void *p)
{
	u64 pa = virt_to_phys((const void *)p);

	d->regs[reg] = (u32)pa;
	d->regs[reg + 1] = (u32)(pa >> 32);
}

/* All three rings in one block: descriptors, available ring, used ring, each aligned as the
 * standard asks. */
static bool alloc_rings(struct virtq *q)
{
	size_t avail_off = q->size * sizeof(struct virtq_desc);
	size_t used_off = ALIGN_UP(avail_off + 6 + 2 * q->size, 4);
	size_t total = used_off + 6 + 8 * q->size;
	unsigned order = 0;
	struct page *p;

	while ((PAGE_SIZE << order) < total)
		order++;
	p = alloc_pages(order, GFP_ZERO);
	q->cookie = kcalloc(q->size, sizeof(void *), GFP_KERNEL);
	if (!p || !q->cookie)
		return false;
	q->desc = page_to_virt(p);
	q->avail = (u16 *)((u8 *)q->desc + avail_off);
	q->used = (u16 *)((u8 *)q->desc + used_off);
	return true;
}

struct virtq *virtq_new(struct virtio_dev *d, unsigned index, unsigned size)
{
	struct virtq *q;
	unsigned max;

	d->regs[REG_QUEUE_SEL] = index;
	max = d->regs[REG_QUEUE_NUM_MAX];
	if (max == 0)
		return NULL;
	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q)
		return NULL;
	q->dev = d;
	q->index = index;
	q->size = MIN(size, max);
	spin_init(&q->lock, RANK_VIRTIO, "virtq");
	/* Nothing is freed on failure: a machine that cannot give a queue a page at boot does not
	 * get further. */
	if (!alloc_rings(q))
		return NULL;
	for (unsigned i = 0; i < q->size; i++)
		q->desc[i].next = (u16)(i + 1);
	q->nr_free = (u16)q->size;
	d->regs[REG_QUEUE_NUM] = q->size;
	set_queue_address(d, REG_QUEUE_DESC, q->desc);
	set_queue_address(d, REG_QUEUE_DRIVER, q->avail);
	set_queue_address(d, REG_QUEUE_DEVICE, q->used);
	d->regs[REG_QUEUE_READY] = 1;
	return q;
}

void virtio_driver_ok(struct virtio_dev *d)
{
	arch_irq_unmask(d->irq);
	d->regs[REG_STATUS] |= STATUS_DRIVER_OK;
}

static u16 fill_descs(struct virtq *q, u16 at, const struct msg_vec *v, unsigned nr, u16 flags)
{
	for (unsigned i = 0; i < nr; i++) {
		struct virtq_desc *d = &q->desc[at];

		d->addr = virt_to_phys(v[i].base);
		d->len = (u32)v[i].len;
		d->flags = flags | DESC_NEXT;
		at = d->next;
	}
	return at;
}

int virtq_add(struct virtq *q, const struct msg_vec *out, unsigned nr_out, const struct msg_vec *in,
	      unsigned nr_in, void *cookie)
{
	unsigned nr = nr_out + nr_in;
	u16 head = q->free_head, last = head;

	if (nr == 0 || nr > q->nr_free)
		return -ENOSPC;
	for (unsigned i = 1; i < nr; i++)
		last = q->desc[last].next;
	q->free_head = fill_descs(q, fill_descs(q, head, out, nr_out, 0), in, nr_in, DESC_WRITE);
	q->desc[last].flags &= (u16)~DESC_NEXT;
	q->nr_free -= (u16)nr;
	q->cookie[head] = cookie;
	q->avail[2 + (q->avail[1] & (q->size - 1))] = head;
	smp_wmb();
	q->avail[1]++;
	return 0;
}

void virtq_kick(struct virtq *q)
{
	smp_mb();
	if (!(q->used[0] & 1)) /* VIRTQ_USED_F_NO_NOTIFY */
		q->dev->regs[REG_QUEUE_NOTIFY] = q->index;
}

void *virtq_pop(struct virtq *q, u32 *len)
{
	volatile u32 *elem;
	u16 head, last;
	void *cookie;

	if (q->last_used == q->used[1])
		return NULL;
	smp_rmb();
	elem = (volatile u32 *)(q->used + 2) + 2 * (q->last_used & (q->size - 1));
	head = (u16)(elem[0] & (q->size - 1));
	if (len)
		*len = elem[1];
	q->last_used++;
	cookie = q->cookie[head];
	q->cookie[head] = NULL;
	for (last = head;; last = q->desc[last].next) {
		q->nr_free++;
		if (!(q->desc[last].flags & DESC_NEXT))
			break;
	}
	q->desc[last].next = q->free_head;
	q->free_head = head;
	return cookie;
}

static void virtio_irq(void *arg)
{
	struct virtio_dev *d = arg;
	u32 status = d->regs[REG_INT_STATUS];

	if (!status)
		return;
	d->regs[REG_INT_ACK] = status;
	if (d->on_interrupt)
		d->on_interrupt(d);
}

static int negotiate(struct virtio_dev *d, u64 wanted)
{
	u64 offered;

	d->regs[REG_STATUS] = 0;
	d->regs[REG_STATUS] = STATUS_ACK | STATUS_DRIVER;
	d->regs[REG_DEV_FEATURES_SEL] = 0;
	offered = d->regs[REG_DEV_FEATURES];
	d->regs[REG_DEV_FEATURES_SEL] = 1;
	offered |= (u64)d->regs[REG_DEV_FEATURES] << 32;
	d->features = offered & (wanted | FEATURE_VERSION_1);
	d->regs[REG_DRV_FEATURES_SEL] = 0;
	d->regs[REG_DRV_FEATURES] = (u32)d->features;
	d->regs[REG_DRV_FEATURES_SEL] = 1;
	d->regs[REG_DRV_FEATURES] = (u32)(d->features >> 32);
	d->regs[REG_STATUS] = STATUS_ACK | STATUS_DRIVER | STATUS_FEAT_OK;
	return d->regs[REG_STATUS] & STATUS_FEAT_OK ? 0 : -EIO;
}

static int probe_one(volatile u32 *regs, unsigned irq)
{
	for (unsigned i = 0; i < ARRAY_SIZE(drivers); i++) {
		struct virtio_dev *d;
		int err;

		if (drivers[i]->device_id != regs[REG_DEVICE_ID])
			continue;
		d = kzalloc(sizeof(*d), GFP_KERNEL);
		if (!d)
			return -ENOMEM;
		d->regs = regs;
		d->irq = irq;
		d->device_id = drivers[i]->device_id;
		err = negotiate(d, drivers[i]->features);
		if (!err)
			err = irq_request(irq, virtio_irq, d);
		if (!err)
			err = drivers[i]->probe(d);
		if (err) {
			log_err("virtio: device %u at irq %u: error %d", d->device_id, irq, err);
			regs[REG_STATUS] = STATUS_FAILED;
			kfree(d);
		}
		return err;
	}
	return 0; /* an empty slot (id 0), or a device that nothing here drives */
}

/* The words are `virtio_mmio.device=SIZE@ADDRESS:IRQ`, SIZE with an optional K, as Linux's driver
 * takes them. */
int virtio_mmio_init(void)
{
	char word[64];

	for (unsigned n = 0; param_get_nth("virtio_mmio.device", n, word, sizeof(word)); n++) {
		const char *p;
		u64 size, addr, irq;
		volatile u32 *regs;

		if (!parse_u64(word, 0, &size, &p))
			continue;
		if (*p == 'K' || *p == 'k')
			p++;
		if (*p != '@' || !parse_u64(p + 1, 0, &addr, &p) || *p != ':' ||
		    !parse_u64(p + 1, 0, &irq, &p)) {
			log_warn("virtio: cannot read `virtio_mmio.device=%s'", word);
			continue;
		}
		regs = arch_ioremap(addr, 0x200);
		if (!regs)
			return -ENOMEM;
		if (regs[REG_MAGIC] != VIRTIO_MAGIC || regs[REG_DEVICE_ID] == 0)
			continue;
		if (regs[REG_VERSION] != 2) {
			log_err("virtio: %s is a legacy device; start QEMU with -global "
				"virtio-mmio.force-legacy=false",
				word);
			continue;
		}
		probe_one(regs, (unsigned)irq);
	}
	return 0;
}
