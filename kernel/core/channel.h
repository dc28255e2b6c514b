/* Named request/reply transports: a driver registers one (virtio-9p: the mount tag), a file system
 * finds it by name. */
#ifndef CORE_CHANNEL_H
#define CORE_CHANNEL_H

#include "core/wait.h"

/* A piece of a message: directly mapped or kernel-image memory, so that a device can reach it. */
struct msg_vec {
	void *base;
	size_t len;
};

/* A message under way, and its reply. It stays, and so does the memory of both, until the reply has
 * come. */
struct msg_call {
	/* NULL: the sender waits. Else nobody does, and this is called when the reply has come: in
	 * an interrupt, with the transport's lock held. It may free the call. */
	void (*done)(struct msg_call *call);
	struct waitq done_q;
	bool is_done;
	u32 len; /* bytes of the reply */
};

struct msg_channel {
	const char *name;
	/* Queue `out`, whose reply goes to `in`. Sleeps while the queue is full (not
	 * interruptible); many callers at once. -EINVAL: too many segments. */
	int (*send)(struct msg_channel *c, const struct msg_vec *out, unsigned nr_out,
		    const struct msg_vec *in, unsigned nr_in, struct msg_call *call);
	/* Tell the device of what was sent since the last time. */
	void (*kick)(struct msg_channel *c);
	/* Sleep until the reply has come (not interruptible); only for calls without `done`. */
	void (*wait)(struct msg_channel *c, struct msg_call *call);
	unsigned max_segments; /* out + in together */
	struct msg_channel *next;
};

void channel_register(struct msg_channel *c);
struct msg_channel *channel_find(const char *name); /* NULL */

#endif
