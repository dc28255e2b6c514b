/*
 * One system call seen from inside, for `lstar anatomy` (abi/linux/anatomy.h). A thread that has
 * armed the record takes the path of a traced one for its next call; all others pay nothing.
 */
#include "core/lock.h"
#include "core/time.h"
#include "sys/anatomy.h"
#include "sys/syscall.h"
#include "gen/syscalls.h"
#include <linux/capability.h>

extern const sys_call_ptr_t sys_call_table[SYSCALL_TABLE_SIZE];

static struct mutex anatomy_lock;
static struct lstar_anatomy record; /* under anatomy_lock */
static struct thread *owner;	    /* whose call it is, or NULL; compared only */
static u64 entered_ns;

void anatomy_init(void)
{
	mutex_init(&anatomy_lock, RANK_NONE, "anatomy");
}

static void take_facts(const struct pt_regs *regs)
{
	unsigned long nr = arch_syscall_nr(regs);

	record.cpu = this_thread()->cpu;
	record.tid = (u64)current->tid;
	record.do_syscall_64 = (u64)do_syscall_64;
	record.table = (u64)sys_call_table;
	record.nr_syscalls = NR_syscalls;
	if (nr < NR_syscalls) {
		record.slot = (u64)&sys_call_table[nr];
		record.handler = (u64)sys_call_table[nr];
	}
	record.regs_at = (u64)regs;
	arch_anatomy(&record, regs, false);
	record.stack_low = (u64)this_thread()->stack_base;
}

void anatomy_enter(struct pt_regs *regs)
{
	mutex_lock(&anatomy_lock);
	if (owner == this_thread() && record.state == ANATOMY_ARMED) {
		take_facts(regs);
		record.state = ANATOMY_ENTERED;
		entered_ns = now_mono_ns();
	}
	mutex_unlock(&anatomy_lock);
}

void anatomy_exit(struct pt_regs *regs)
{
	u64 now_ns = now_mono_ns();

	mutex_lock(&anatomy_lock);
	if (owner != this_thread() || record.state != ANATOMY_ARMED)
		thread_clear_flags(this_thread(), TIF_ANATOMY);
	if (owner == this_thread() && record.state == ANATOMY_ENTERED) {
		record.handler_ns = now_ns - entered_ns;
		arch_anatomy(&record, regs, true);
		record.state = ANATOMY_LEFT;
		owner = NULL;
	}
	mutex_unlock(&anatomy_lock);
}

static long anatomy_arm(void)
{
	mutex_lock(&anatomy_lock);
	memset(&record, 0, sizeof(record));
	record.state = ANATOMY_ARMED;
	owner = this_thread();
	thread_set_flags(this_thread(), TIF_ANATOMY);
	mutex_unlock(&anatomy_lock);
	return 0;
}

static long anatomy_read(uaddr_t to)
{
	struct lstar_anatomy copy;

	mutex_lock(&anatomy_lock);
	copy = record;
	mutex_unlock(&anatomy_lock);
	return copy_to_user(to, &copy, sizeof(copy));
}

long anatomy_prctl(unsigned long op, uaddr_t to, unsigned long size_bytes)
{
	if (!task_capable(CAP_SYS_ADMIN))
		return fail(EPERM, "the record shows kernel addresses");
	if (op == ANATOMY_ARM)
		return anatomy_arm();
	if (op == ANATOMY_READ && size_bytes == sizeof(struct lstar_anatomy))
		return anatomy_read(to);
	return -EINVAL;
}
