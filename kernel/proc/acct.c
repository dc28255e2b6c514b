/*
 * Process accounting: acct(2), acct(5). A record of the third layout is appended to the file as
 * each process ends. Called by do_exit() and sys/acct.c.
 */
#include "proc/acct.h"
#include "abi/linux/acct_v3.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/pid.h"
#include "proc/task.h"
#include "vfs/tty.h"

#define AHZ_K		 100 /* ticks per second of the records: USER_HZ */
#define VERSION_K	 (3 | ACCT_BYTEORDER)
#define CHECK_PERIOD_NS	 (30 * NSEC_PER_SEC)
#define SUSPEND_PERCENT	 2
#define RESUME_PERCENT	 4
#define FRACTION_BITS	 13
#define FRACTION_MAX	 ((1u << FRACTION_BITS) - 1)
#define EXPONENT_MAX	 7
#define BITS_OF_EXPONENT 3

_Static_assert(sizeof(struct acct_v3_k) == 64, "acct(5)");

static spinlock_t acct_lock = SPINLOCK_INIT(RANK_LEAF, "acct");
static struct file *acct_file; /* acct_lock; read without it to see whether it is on */
/* Of the one file there is; its pos_lock. */
static bool is_suspended; /* too little room */
static u64 next_check_ns;

void acct_set_file(struct file *f)
{
	struct file *old;

	spin_lock(&acct_lock);
	old = acct_file;
	WRITE_ONCE(acct_file, f);
	WRITE_ONCE(next_check_ns, 0);
	spin_unlock(&acct_lock);
	if (old)
		file_put(old);
}

static struct file *get_file(void)
{
	struct file *f;

	spin_lock(&acct_lock);
	f = acct_file ? file_get(acct_file) : NULL;
	spin_unlock(&acct_lock);
	return f;
}

/* acct(5), comp_t: 3 bits of exponent of 8, 13 of fraction; rounded. */
static u16 compressed(u64 v)
{
	unsigned exponent = 0;
	bool round_up = false;

	while (v > FRACTION_MAX) {
		round_up = v & (1u << (BITS_OF_EXPONENT - 1));
		v >>= BITS_OF_EXPONENT;
		exponent++;
	}
	if (round_up && ++v > FRACTION_MAX) {
		v >>= BITS_OF_EXPONENT;
		exponent++;
	}
	return exponent > EXPONENT_MAX ? 0xffff : (u16)(exponent << FRACTION_BITS | v);
}

/* The bits of the float nearest to zero from v: the kernel computes without them. */
static u32 float_bits(u64 v)
{
	unsigned top;

	if (!v)
		return 0;
	top = 63 - (unsigned)__builtin_clzl(v);
	v = top > 23 ? v >> (top - 23) : v << (23 - top);
	return (127 + top) << 23 | ((u32)v & ((1u << 23) - 1));
}

static u16 terminal_of(struct process *p)
{
	unsigned long f = tree_lock_irqsave();
	u64 rdev = p->tty && tty_driver_ops ? tty_driver_ops->rdev(p->tty) : 0;

	tree_unlock_irqrestore(f);
	return (u16)(DEV_MAJOR(rdev) << 8 | (DEV_MINOR(rdev) & 0xff));
}

static void fill(struct acct_v3_k *a, struct task *t, int status)
{
	struct process *p = t->process;
	u64 ticks = (now_mono_ns() - p->start_ns) / (NSEC_PER_SEC / AHZ_K);
	struct usage u;

	process_usage(p, &u);
	memset(a, 0, sizeof(*a));
	a->ac_flag = (char)((p->did_exec ? 0 : AFORK) | (status & 0x80 ? ACORE : 0) |
			    (status & 0x7f ? AXSIG : 0));
	a->ac_version = VERSION_K;
	a->ac_tty = terminal_of(p);
	a->ac_exitcode = (u32)status;
	a->ac_uid = t->real_cred->uid;
	a->ac_gid = t->real_cred->gid;
	a->ac_pid = (u32)p->pid;
	a->ac_ppid = (u32)READ_ONCE(p->ppid);
	a->ac_btime = (u32)((u64)ktime_now().sec - ticks / AHZ_K);
	a->ac_etime = float_bits(ticks);
	a->ac_utime = compressed(u.user_ns / (NSEC_PER_SEC / AHZ_K));
	a->ac_stime = compressed(u.kernel_ns / (NSEC_PER_SEC / AHZ_K));
	a->ac_mem = compressed(t->mm ? t->mm->total_pages * (PAGE_SIZE / 1024) : 0);
	a->ac_minflt = compressed(u.minflt);
	a->ac_majflt = compressed(u.majflt);
	str_copy(a->ac_comm, t->thread.comm, sizeof(a->ac_comm));
}

/* acct(2) of Linux stops while less than 2 % of the file system is free, until 4 % are. */
static bool has_room(struct file *f)
{
	struct kstatfs st;

	if (now_mono_ns() < next_check_ns)
		return !is_suspended;
	next_check_ns = now_mono_ns() + CHECK_PERIOD_NS;
	if (vfs_statfs(&f->path, &st) || !st.blocks)
		return !is_suspended;
	is_suspended =
		st.bavail < st.blocks * (is_suspended ? RESUME_PERCENT : SUSPEND_PERCENT) / 100;
	return !is_suspended;
}

void acct_process(struct task *t, int status)
{
	struct acct_v3_k a;
	struct file *f;

	if (likely(!READ_ONCE(acct_file)))
		return;
	f = get_file();
	if (!f)
		return;
	fill(&a, t, status);
	mutex_lock(&f->pos_lock);
	if (has_room(f))
		(void)kernel_write(NULL, f, &a, sizeof(a), 0); /* it is O_APPEND */
	mutex_unlock(&f->pos_lock);
	file_put(f);
}
