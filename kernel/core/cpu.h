/* Per-CPU data, reached through GS. */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include "arch/arch.h"

#define MAX_CPUS 8

struct thread;
struct runq;
struct mm;

struct cpu {
	struct arch_cpu arch; /* first: entry code knows its offsets */
	unsigned id;
	bool is_online;
	struct thread *idle;
	struct runq *rq;
	unsigned irq_depth;   /* > 0: in an interrupt upcall */
	struct mm *active_mm; /* whose page tables are loaded (mm_switch) */
	unsigned spin_depth;  /* spinlocks held, for debug checks */
	u64 lock_ranks;	      /* bit per rank held, debug builds */
	void *kmalloc_cache;  /* mm's per-CPU slab state */
	void *page_cache;     /* mm's per-CPU free pages */
	void *timers;	      /* core/timer.c's per-CPU queue */
};

extern struct cpu cpus[MAX_CPUS];
extern unsigned nr_cpus; /* set once by arch before the first thread runs */

/* The CPU this code runs on. Stable only while interrupts are off (or in the idle/tick path). */
static inline struct cpu *this_cpu(void)
{
	return container_of(arch_this_cpu(), struct cpu, arch);
}

#define for_each_cpu(i) for ((i) = 0; (i) < nr_cpus; (i)++)

#endif
