/* What the interrupt upcalls do at entry and exit. */
#ifndef CORE_IRQ_CONTEXT_H
#define CORE_IRQ_CONTEXT_H

#include "core/cpu.h"
#include "core/lock.h"

struct irq_context {
	unsigned lock_base;
};

static inline void irq_context_enter(struct irq_context *c)
{
	this_cpu()->irq_depth++;
	c->lock_base = lock_debug_irq_enter();
}
static inline void irq_context_exit(struct irq_context *c)
{
	lock_debug_irq_exit(c->lock_base);
	this_cpu()->irq_depth--;
}

#endif
