/* rseq(2), membarrier(2). */
#include "sys/syscall.h"
#include "abi/linux/missing.h"
#include "core/cpu.h"
#include "core/irq.h"
#include "proc/rseq.h"
#include <linux/membarrier.h>
#include <linux/rseq.h>

#define RSEQ_BYTES_FIRST 32 /* the structure as it was first */
#define RSEQ_ALIGN	 32

static long unregister(uaddr_t area, unsigned len, int flags, unsigned sig)
{
	struct task *t = current;

	if ((flags & ~RSEQ_FLAG_UNREGISTER) || t->rseq.v != area.v || !area.v || len != t->rseq_len)
		return -EINVAL;
	if (sig != t->rseq_sig)
		return -EPERM;
	if (rseq_reset_area(area))
		return -EFAULT;
	rseq_register(uaddr(0), 0, 0);
	return 0;
}

long sys_rseq(uaddr_t rseq, unsigned int rseq_len, int flags, unsigned int sig)
{
	struct task *t = current;

	if (flags & RSEQ_FLAG_UNREGISTER)
		return unregister(rseq, rseq_len, flags, sig);
	if (flags)
		return -EINVAL;
	if (t->rseq.v) {
		if (t->rseq.v != rseq.v || rseq_len != t->rseq_len)
			return -EINVAL;
		return sig != t->rseq_sig ? -EPERM : -EBUSY;
	}
	if (rseq_len < RSEQ_BYTES_FIRST || rseq.v % RSEQ_ALIGN)
		return -EINVAL;
	if (!arch_access_ok(rseq, rseq_len))
		return -EFAULT;
	rseq_register(rseq, rseq_len, sig);
	return 0;
}

/* --- membarrier(2) --- */

#define EXPEDITED                                                             \
	(MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED | \
	 MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE | MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ)
#define REGISTER                                                                                \
	(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE |                                  \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ)
#define SUPPORTED (MEMBARRIER_CMD_GLOBAL | EXPEDITED | REGISTER | MEMBARRIER_CMD_GET_REGISTRATIONS)

struct barrier {
	struct mm *mm;
	bool is_sync_core, is_rseq;
	int cpu; /* -1: all */
};

/* On each CPU. The interrupt itself is the barrier. */
static void barrier_here(void *arg)
{
	const struct barrier *b = arg;
	struct thread *t = this_thread();

	smp_mb();
	if (b->is_sync_core)
		arch_sync_core();
	if (b->is_rseq && t->is_user && t->mm == b->mm && t->has_rseq &&
	    (b->cpu < 0 || b->cpu == (int)this_cpu()->id))
		thread_set_flags(t, TIF_RSEQ);
}

static void barrier_everywhere(struct barrier *b)
{
	unsigned long flags;

	smp_mb();
	smp_call_others(barrier_here, b);
	flags = arch_irq_save();
	barrier_here(b);
	arch_irq_restore(flags);
}

static long private_barrier(int cmd, int registration, struct barrier *b)
{
	if (!(READ_ONCE(current->mm->membarrier) & (u32)registration))
		return fail(EPERM, "the process must register first");
	b->mm = current->mm;
	b->is_sync_core = cmd == MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE;
	b->is_rseq = cmd == MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ;
	barrier_everywhere(b);
	return 0;
}

long sys_membarrier(int cmd, unsigned int flags, int cpu_id)
{
	struct barrier b = {.cpu = -1};

	if (cmd == MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ) {
		if (flags & ~(unsigned)MEMBARRIER_CMD_FLAG_CPU)
			return -EINVAL;
		if (flags)
			b.cpu = cpu_id;
	} else if (flags) {
		return -EINVAL;
	}
	switch (cmd) {
	case MEMBARRIER_CMD_QUERY:
		return SUPPORTED;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		barrier_everywhere(&b);
		return 0;
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ:
		atomic_or(&current->mm->membarrier, (u32)cmd);
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return private_barrier(cmd, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, &b);
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		return private_barrier(cmd, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
				       &b);
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ:
		return private_barrier(cmd, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, &b);
	case MEMBARRIER_CMD_GET_REGISTRATIONS:
		return (long)READ_ONCE(current->mm->membarrier);
	}
	return -EINVAL;
}
