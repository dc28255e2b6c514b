/* Device interrupts by GSI number, and cross-CPU calls. */
#ifndef CORE_IRQ_H
#define CORE_IRQ_H

#include "lib/types.h"

typedef void (*irq_handler_t)(void *arg);
/* Handlers run with interrupts off. -EBUSY when taken, -EINVAL when out of range. */
int irq_request(unsigned gsi, irq_handler_t fn, void *arg);
bool irq_is_used(unsigned gsi);
u64 irq_count(unsigned gsi); /* interrupts seen, for /proc/interrupts */
/* Run fn(arg) on every other online CPU in interrupt context and wait. Interrupts must be on, or no
 * IPI user may wait for us. */
void smp_call_others(void (*fn)(void *), void *arg);

#endif
