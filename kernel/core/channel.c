/* Named request/reply transports. */
#include "core/channel.h"
#include "core/lock.h"
#include "lib/string.h"

static spinlock_t channel_lock = SPINLOCK_INIT(RANK_LEAF, "channels");
static struct msg_channel *channels;

void channel_register(struct msg_channel *c)
{
	spin_lock(&channel_lock);
	c->next = channels;
	channels = c;
	spin_unlock(&channel_lock);
}

struct msg_channel *channel_find(const char *name)
{
	struct msg_channel *c;

	spin_lock(&channel_lock);
	for (c = channels; c; c = c->next)
		if (strcmp(c->name, name) == 0)
			break;
	spin_unlock(&channel_lock);
	return c;
}
