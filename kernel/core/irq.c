/* Device interrupts by GSI number, and cross-CPU calls. */
#include "core/cpu.h"
#include "core/irq.h"
#include "core/irq_context.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/random.h"
#include "lib/err.h"

#define NR_GSI 64

static struct {
	irq_handler_t fn;
	void *arg;
	u64 count;
} irq_table[NR_GSI];
static spinlock_t irq_lock = SPINLOCK_INIT(RANK_LEAF, "irq_table");

int irq_request(unsigned gsi, irq_handler_t fn, void *arg)
{
	unsigned long flags;
	int err = 0;

	if (gsi >= NR_GSI || !fn)
		return -EINVAL;
	flags = spin_lock_irqsave(&irq_lock);
	if (irq_table[gsi].fn) {
		err = -EBUSY;
	} else {
		irq_table[gsi].arg = arg;
		atomic_store(&irq_table[gsi].fn, fn);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	if (!err)
		arch_irq_unmask(gsi);
	return err;
}

/* Called by the port with interrupts off, before or after its end-of-interrupt. */
void irq_dispatch(unsigned gsi)
{
	struct irq_context c;
	irq_handler_t fn;

	if (gsi >= NR_GSI)
		return;
	irq_context_enter(&c);
	irq_table[gsi].count++;
	fn = atomic_load(&irq_table[gsi].fn);
	if (fn)
		fn(irq_table[gsi].arg);
	else
		arch_irq_mask(gsi);
	irq_context_exit(&c);
}

bool irq_is_used(unsigned gsi)
{
	return gsi < NR_GSI && READ_ONCE(irq_table[gsi].fn);
}

u64 irq_count(unsigned gsi)
{
	return gsi < NR_GSI ? READ_ONCE(irq_table[gsi].count) : 0;
}

/* --- smp_call_others: one call at a time --- */
static struct {
	u32 busy; /* 1: a caller is at work */
	void (*fn)(void *);
	void *arg;
	u64 pending; /* CPUs that have yet to run it */
} call;

void call_ipi_interrupt(void)
{
	u64 bit = BIT(this_cpu()->id);
	struct irq_context c;

	if (!(atomic_load(&call.pending) & bit))
		return;
	irq_context_enter(&c);
	call.fn(call.arg);
	atomic_and(&call.pending, ~bit);
	irq_context_exit(&c);
}

void smp_call_others(void (*fn)(void *), void *arg)
{
	unsigned i, self;
	u64 targets = 0;

	if (nr_cpus == 1)
		return;
	/* Somebody else's call may wait for this CPU: answer it while waiting for the turn. */
	while (atomic_xchg(&call.busy, 1)) {
		unsigned long flags = arch_irq_save();

		call_ipi_interrupt();
		arch_irq_restore(flags);
		arch_cpu_relax();
	}
	self = this_cpu()->id;
	for_each_cpu (i)
		if (i != self && cpus[i].is_online)
			targets |= BIT(i);
	call.fn = fn;
	call.arg = arg;
	atomic_store(&call.pending, targets);
	for_each_cpu (i)
		if (targets & BIT(i))
			arch_send_call_ipi(i);
	while (atomic_load(&call.pending))
		arch_cpu_relax();
	atomic_store(&call.busy, 0);
}
