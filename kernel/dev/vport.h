/* virtio-console ports as byte streams, for the drivers on top of them (the terminal). */
#ifndef DEV_VPORT_H
#define DEV_VPORT_H

#include "lib/types.h"

#define VPORT_MAX   7 /* numbers 1..6 are used; see docs/wire.md */
#define VPORT_CTL   4
#define VPORT_TRACE 5
#define VPORT_TTY   6

struct iter;

/* Any thread context. Reads sleep for the first byte; 0 at the end of the stream; -EAGAIN when
 * nonblock. */
long vport_read(unsigned nr, struct iter *it, bool nonblock);
long vport_write_iter(unsigned nr, struct iter *it, bool nonblock);
bool vport_exists(unsigned nr); /* waits shortly for the host to announce it */

#endif
