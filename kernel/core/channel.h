/* Named request/reply transports: a driver registers one (virtio-9p: the mount tag), a file system
 * finds it by name. */
#ifndef CORE_CHANNEL_H
#define CORE_CHANNEL_H

#include "lib/types.h"

/* A piece of a message: directly mapped or kernel-image memory, so that a device can reach it. */
struct msg_vec {
	void *base;
	size_t len;
};

struct msg_channel {
	const char *name;
	/* Send `out`, wait for the reply into `in`; returns reply bytes or a negative errno. Sleeps
	 * (not interruptible); many callers at once. */
	long (*rpc)(struct msg_channel *c, const struct msg_vec *out, unsigned nr_out,
		    const struct msg_vec *in, unsigned nr_in);
	unsigned max_segments; /* out + in together */
	struct msg_channel *next;
};

void channel_register(struct msg_channel *c);
struct msg_channel *channel_find(const char *name); /* NULL */

#endif
