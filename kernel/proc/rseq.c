/*
 * Restartable sequences. A thread that was preempted, moved to another CPU or sent a signal has
 * TIF_RSEQ set by the scheduler (or calls in from signal delivery): on the way to user mode its
 * area gets the CPU's number, and an interrupted critical section is left by its abort address.
 * Nothing else of the kernel knows of it. rseq(2).
 */
#include "proc/rseq.h"
#include "lib/err.h"
#include <linux/rseq.h>

#define NODE_ID_OFFSET	20
#define MM_CID_OFFSET	24
#define SIGNATURE_BYTES 4

_Static_assert(offsetof(struct rseq, rseq_cs) == 8 && offsetof(struct rseq, flags) == 16,
	       "the layout of the ABI");

static int put_ids(uaddr_t area, u32 start, u32 cpu, u32 node, u32 cid)
{
	return arch_put_user32(area, start) || arch_put_user32(uaddr_add(area, 4), cpu) ||
			       arch_put_user32(uaddr_add(area, NODE_ID_OFFSET), node) ||
			       arch_put_user32(uaddr_add(area, MM_CID_OFFSET), cid)
		       ? -EFAULT
		       : 0;
}

int rseq_reset_area(uaddr_t area)
{
	return put_ids(area, 0, (u32)RSEQ_CPU_ID_UNINITIALIZED, 0, 0);
}

void rseq_register(uaddr_t area, u32 len, u32 sig)
{
	struct task *t = current;

	t->rseq = area;
	t->rseq_len = len;
	t->rseq_sig = sig;
	t->thread.has_rseq = area.v != 0;
	if (area.v)
		thread_set_flags(&t->thread, TIF_RSEQ);
}

/* The critical section at `at`; checked as rseq(2) says. */
static int get_section(struct task *t, u64 at, struct rseq_cs *cs)
{
	u32 sig;

	if (at >= USER_END || arch_copy_in(cs, uaddr(at), sizeof(*cs)))
		return -EFAULT;
	if (cs->start_ip >= USER_END || cs->start_ip + cs->post_commit_offset >= USER_END ||
	    cs->abort_ip >= USER_END || cs->version)
		return -EINVAL;
	if (cs->abort_ip - cs->start_ip < cs->post_commit_offset)
		return fail(EINVAL, "the abort address lies inside the section");
	if (arch_get_user32(&sig, uaddr(cs->abort_ip - SIGNATURE_BYTES)))
		return -EFAULT;
	return sig == t->rseq_sig ? 0 : fail(EINVAL, "another signature before the abort address");
}

static int leave_section(struct task *t, struct pt_regs *regs)
{
	uaddr_t pointer = uaddr_add(t->rseq, offsetof(struct rseq, rseq_cs));
	struct rseq_cs cs;
	u32 flags;
	u64 at;
	int err;

	if (arch_get_user64(&at, pointer))
		return -EFAULT;
	if (!at)
		return 0;
	err = get_section(t, at, &cs);
	if (err)
		return err;
	if (arch_user_pc(regs) - cs.start_ip >= cs.post_commit_offset)
		return arch_put_user64(pointer, 0);
	/* The flags that once kept a section from being restarted are gone (Linux 6.1). */
	if (arch_get_user32(&flags, uaddr_add(t->rseq, offsetof(struct rseq, flags))))
		return -EFAULT;
	if (flags || cs.flags)
		return -EINVAL;
	if (arch_put_user64(pointer, 0))
		return -EFAULT;
	arch_set_user_pc(regs, cs.abort_ip);
	return 0;
}

void rseq_resume(struct task *t, struct pt_regs *regs)
{
	unsigned cpu;

	thread_clear_flags(&t->thread, TIF_RSEQ);
	if (!t->rseq.v || t->is_exiting)
		return;
	if (leave_section(t, regs))
		goto bad;
	do {
		/* A fault may sleep, and wake up elsewhere: TIF_RSEQ is set again then. The
		 * numbers of CPUs serve as numbers of concurrency, too. */
		cpu = READ_ONCE(t->thread.cpu);
		t->thread.rseq_cpu = cpu;
		if (put_ids(t->rseq, cpu, cpu, 0, cpu))
			goto bad;
	} while (cpu != READ_ONCE(t->thread.cpu));
	return;
bad:
	t->thread.has_rseq = false;
	t->rseq = uaddr(0);
	signal_force_simple(t, SIGSEGV);
}
