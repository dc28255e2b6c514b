/* virtio over MMIO, version 2 (VIRTIO 1.1, sections 2.6 and 4.2): transports and split virtqueues.
 * For drivers in dev/ only. */
#ifndef DEV_VIRTIO_H
#define DEV_VIRTIO_H

#include "core/channel.h"
#include "core/lock.h"

#define VIRTIO_ID_CONSOLE_K 3
#define VIRTIO_ID_9P_K	    9

struct virtq_desc {
	u64 addr;
	u32 len;
	u16 flags, next;
};

struct virtio_dev;

struct virtq {
	struct virtio_dev *dev;
	unsigned index, size; /* entries, a power of two */
	spinlock_t lock;      /* RANK_VIRTIO, interrupts off: everything below, and the driver's own
				 state */
	struct virtq_desc *desc;
	volatile u16 *avail; /* flags, idx, ring[size] */
	volatile u16 *used;  /* flags, idx, then {u32 id, u32 len}[size] */
	void **cookie;	     /* per head descriptor */
	u16 free_head, nr_free, last_used;
};

struct virtio_dev {
	volatile u32 *regs;
	unsigned irq, device_id;
	u64 features; /* agreed */
	void (*on_interrupt)(struct virtio_dev *d);
	void *private;
	struct virtio_dev *next;
};

struct virtio_driver {
	unsigned device_id;
	u64 features; /* wanted; VERSION_1 is implied */
	int (*probe)(struct virtio_dev *d);
};

/* During probe: make queue `index` with at most `size` entries; NULL when absent or out of memory.
 */
struct virtq *virtq_new(struct virtio_dev *d, unsigned index, unsigned size);
void virtio_driver_ok(struct virtio_dev *d); /* the device may use the queues from here on */
u32 virtio_config32(struct virtio_dev *d, unsigned offset);
u8 virtio_config8(struct virtio_dev *d, unsigned offset);

/*
 * With q->lock held. virtq_add queues nr_out readable then nr_in writable segments; -ENOSPC when
 * the ring is full. virtq_kick tells the device. virtq_pop returns the cookie of a finished
 * request, NULL when none, and the bytes written.
 */
int virtq_add(struct virtq *q, const struct msg_vec *out, unsigned nr_out, const struct msg_vec *in,
	      unsigned nr_in, void *cookie);
void virtq_kick(struct virtq *q);
void *virtq_pop(struct virtq *q, u32 *len);

extern const struct virtio_driver virtio_console_driver, virtio_9p_driver;

#endif
