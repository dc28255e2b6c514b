/*
 * Threads: their kernel stacks and switching between them.
 *
 *	stack_base + STACK_SIZE ->	FPU area (64-byte aligned)	t->arch.fpu
 *	stack_top() ->			struct pt_regs of user mode	arch_thread_regs()
 *					the C stack, growing down
 *
 * The stack is only 8-byte aligned in C: nothing here needs more.
 */
#include "internal.h"
#include "core/random.h"
#include "core/thread.h"
#include "lib/err.h"
#include "lib/string.h"
#include <asm/ldt.h>
#include <asm/prctl.h>

/* What switch_stack() pops. */
struct switch_frame {
	unsigned long r15, r14, r13, r12, bx, bp, ip;
};

static unsigned long stack_top(const struct thread *t)
{
	return ALIGN_DOWN((unsigned long)t->stack_base + STACK_SIZE - cpu_features.fpu_size, 64);
}

struct pt_regs *arch_thread_regs(struct thread *t)
{
	return (struct pt_regs *)stack_top(t) - 1;
}

/* Different for each thread, and not to be told from another's: a counter between two secrets. The
 * generator proper would cost a fifth of making a thread. The NUL stops strings that run over. */
static unsigned long new_canary(void)
{
	static u64 secret[2], counter;
	u64 h;

	if (unlikely(!secret[0]))
		random_bytes(secret, sizeof(secret));
	h = atomic_add(&counter, 0x9e3779b97f4a7c15ul) ^ secret[0];
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdul;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53ul;
	return (h ^ secret[1]) & ~0xfful;
}

static struct switch_frame *init_stack(struct thread *t, void (*entry)(void))
{
	struct pt_regs *regs = arch_thread_regs(t);
	struct switch_frame *f = (struct switch_frame *)(void *)regs - 1;

	memset(&t->arch, 0, sizeof(t->arch));
	t->arch.canary = new_canary();
	memset(f, 0, sizeof(*f) + sizeof(*regs));
	regs->orig_ax = -1UL;
	t->arch.fpu = (void *)stack_top(t);
	t->arch.fpu_cpu = ~0u;
	f->ip = (unsigned long)entry;
	t->arch.sp = (unsigned long)f;
	fpu_init_area(t->arch.fpu);
	return f;
}

void arch_thread_init_kernel(struct thread *t, void (*fn)(void *), void *arg)
{
	struct switch_frame *f = init_stack(t, ret_from_kthread);

	f->bx = (unsigned long)fn;
	f->r12 = (unsigned long)arg;
}

/* --- what is in the CPU's registers while the thread runs, but not in pt_regs --- */

unsigned long thread_fs_base(void)
{
	return cpu_features.has_fsgsbase ? rdfsbase() : rdmsr(MSR_FS_BASE);
}

unsigned long thread_gs_base(void)
{
	unsigned long flags = arch_irq_save(), base;

	base = cpu_features.has_fsgsbase ? rdgsbase_user() : rdmsr(MSR_KERNEL_GS_BASE);
	arch_irq_restore(flags);
	return base;
}

static __attribute__((noinline)) void save_bases(struct arch_thread *a)
{
	__asm__ volatile("movw %%ds, %0; movw %%es, %1; movw %%fs, %2; movw %%gs, %3"
			 : "=m"(a->ds), "=m"(a->es), "=m"(a->fs), "=m"(a->gs));
	a->fs_base = thread_fs_base();
	a->gs_base = thread_gs_base();
}

/* The selector, or null when loading it would fault: an entry may be gone though a register still
 * has it. Data, or code that can be read, of user mode. */
static u16 loadable(u16 selector)
{
	u32 rights = 0;

	if (!(selector & ~3))
		return selector;
	__asm__("lar %1, %0" : "+r"(rights) : "r"((u32)selector) : "cc");
	if ((rights & 0xf000) != 0xf000 || (rights & 0xa00) == 0x800)
		return 0;
	return selector;
}

/* Loading GS changes the base in use, so it is done behind swapgs. */
static void load_selectors(const struct arch_thread *a)
{
	u16 ds = loadable(a->ds), es = loadable(a->es), fs = loadable(a->fs), gs = loadable(a->gs);

	__asm__ volatile("movw %0, %%ds; movw %1, %%es; movw %2, %%fs" ::"m"(ds), "m"(es), "m"(fs));
	__asm__ volatile("swapgs; movw %0, %%gs; swapgs" ::"m"(gs));
}

static bool has_tls(const struct arch_thread *a)
{
	_Static_assert(NR_TLS == 3, "all of them");
	return a->tls[0] | a->tls[1] | a->tls[2];
}

static void load_tls(const struct arch_thread *a)
{
	struct arch_cpu *c = arch_this_cpu();

	for (unsigned i = 0; i < NR_TLS; i++)
		c->entry->gdt[GDT_TLS + i] = a->tls[i];
	c->has_tls = has_tls(a);
}

static __attribute__((noinline)) void load_bases(const struct arch_thread *a)
{
	u16 ds, es, fs, gs;

	__asm__ volatile("movw %%ds, %0; movw %%es, %1; movw %%fs, %2; movw %%gs, %3"
			 : "=m"(ds), "=m"(es), "=m"(fs), "=m"(gs));
	/* A selector of a TLS entry is loaded again: the entry is the thread's own. */
	if (unlikely((ds ^ a->ds) | (es ^ a->es) | (fs ^ a->fs) | (gs ^ a->gs) | a->fs | a->gs))
		load_selectors(a);
	if (cpu_features.has_fsgsbase) {
		wrfsbase(a->fs_base);
		wrgsbase_user(a->gs_base);
	} else {
		wrmsr(MSR_FS_BASE, a->fs_base);
		wrmsr(MSR_KERNEL_GS_BASE, a->gs_base);
	}
}

/* From one 64-bit program to another, the first one's saved. False: selectors are in use. */
static inline bool exchange_bases(struct arch_thread *prev, const struct arch_thread *next)
{
	__asm__ volatile("movw %%ds, %0; movw %%es, %1; movw %%fs, %2; movw %%gs, %3"
			 : "=m"(prev->ds), "=m"(prev->es), "=m"(prev->fs), "=m"(prev->gs)
			 :
			 : "memory"); /* `selectors` lies over them */
	if (unlikely(prev->selectors | next->selectors) || unlikely(!cpu_features.has_fsgsbase))
		return false;
	prev->fs_base = rdfsbase();
	wrfsbase(next->fs_base);
	prev->gs_base = xchg_gsbase_user(next->gs_base);
	return true;
}

static void set_fpu_owner(struct thread *t)
{
	struct arch_cpu *c = arch_this_cpu();

	c->fpu_owner = t;
	t->arch.fpu_cpu = container_of(c, struct cpu, arch)->id;
}

void thread_sync_live(struct thread *t)
{
	unsigned long flags = arch_irq_save();

	save_bases(&t->arch);
	fpu_save_full(t->arch.fpu);
	arch_irq_restore(flags);
}

int thread_load_fpu(struct thread *t)
{
	unsigned long flags = arch_irq_save();
	int err = fpu_restore(t->arch.fpu);

	if (err) {
		fpu_init_area(t->arch.fpu);
		fpu_restore(t->arch.fpu);
	}
	set_fpu_owner(t);
	arch_irq_restore(flags);
	return err;
}

/* The thread's area is out of date until the registers are saved, as it always is. */
void thread_load_fresh_fpu(struct thread *t)
{
	unsigned long flags = arch_irq_save();

	fpu_restore(fpu_initial_state);
	set_fpu_owner(t);
	arch_irq_restore(flags);
}

/* CR4.TSD as the thread wants it; interrupts off. */
static void load_tsd(struct arch_cpu *c, bool is_off)
{
	unsigned long cr4 = read_cr4();

	c->is_tsc_off = is_off;
	write_cr4(is_off ? cr4 | CR4_TSD : cr4 & ~CR4_TSD);
}

void arch_set_tsc(bool on)
{
	unsigned long flags = arch_irq_save();

	arch_this_thread()->arch.is_tsc_off = !on;
	load_tsd(arch_this_cpu(), !on);
	arch_irq_restore(flags);
}

bool arch_tsc_is_on(void)
{
	return !arch_this_thread()->arch.is_tsc_off;
}

/* The rest of a thread's registers, the bases too where the switch has not exchanged them. */
static inline void switch_to_user_thread(struct arch_cpu *c, struct thread *next, bool has_bases)
{
	c->kernel_sp = (unsigned long)next->arch.fpu; /* stack_top() */
	if (likely(!c->user_cr3))
		c->entry->tss.sp0 = c->kernel_sp;
	if (unlikely(has_tls(&next->arch) | c->has_tls))
		load_tls(&next->arch);
	if (unlikely(!has_bases))
		load_bases(&next->arch);
	if (unlikely(next->arch.is_tsc_off != c->is_tsc_off))
		load_tsd(c, next->arch.is_tsc_off);
	if (c->fpu_owner == next && next->arch.fpu_cpu == container_of(c, struct cpu, arch)->id)
		return; /* only kernel threads ran in between */
	fpu_restore(next->arch.fpu);
	set_fpu_owner(next);
}

struct thread *arch_switch(struct thread *prev, struct thread *next)
{
	struct arch_cpu *c = arch_this_cpu();
	bool has_bases = false;

	if (likely(prev->is_user)) {
		if (likely(next->is_user))
			has_bases = exchange_bases(&prev->arch, &next->arch);
		if (unlikely(!has_bases))
			save_bases(&prev->arch);
		fpu_save(prev->arch.fpu);
	}
	prev->arch.canary = c->stack_canary; /* the boot CPU's first thread has not told it yet */
	c->stack_canary = next->arch.canary;
	c->current_thread = next;
	if (likely(next->is_user))
		switch_to_user_thread(c, next, has_bases);
	return switch_stack(&prev->arch.sp, next->arch.sp, prev);
}

int arch_thread_init_user(struct thread *t, const struct thread *parent, const struct pt_regs *regs)
{
	init_stack(t, ret_from_fork);
	*arch_thread_regs(t) = *regs;
	if (parent && parent->arch.is_step_forced)
		arch_thread_regs(t)->flags &= ~EFLAGS_TF;
	if (!parent)
		return 0;
	if (parent == arch_this_thread())
		thread_sync_live((struct thread *)(unsigned long)parent);
	memcpy(t->arch.fpu, parent->arch.fpu, cpu_features.fpu_size);
	t->arch.is_tsc_off = parent->arch.is_tsc_off;
	t->arch.fs_base = parent->arch.fs_base;
	t->arch.gs_base = parent->arch.gs_base;
	t->arch.ds = parent->arch.ds;
	t->arch.es = parent->arch.es;
	t->arch.fs = parent->arch.fs;
	t->arch.gs = parent->arch.gs;
	memcpy(t->arch.tls, parent->arch.tls, sizeof(t->arch.tls));
	return 0;
}

/* The FPU's registers may still hold the state of a thread that is gone; its memory may become
 * another thread's. */
void arch_thread_free(struct thread *t)
{
	for (unsigned i = 0; i < nr_cpus; i++)
		atomic_cmpxchg(&cpus[i].arch.fpu_owner, t, NULL);
}

static void set_bases(struct thread *t, unsigned long fs, unsigned long gs)
{
	unsigned long flags = arch_irq_save();

	t->arch.fs_base = fs;
	t->arch.gs_base = gs;
	if (t == arch_this_thread())
		load_bases(&t->arch);
	arch_irq_restore(flags);
}

void arch_set_tls(struct thread *t, unsigned long tls)
{
	if (t == arch_this_thread())
		save_bases(&t->arch);
	t->arch.fs = 0;
	set_bases(t, tls, t->arch.gs_base);
}

/* `t` is the current thread. orig_ax stays: the call is still execve for whoever traces it. */
void arch_start_user(struct thread *t, struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	unsigned long orig_ax = regs->orig_ax;

	thread_set_flags(t, TIF_FULL_RETURN);
	memset(regs, 0, sizeof(*regs));
	regs->orig_ax = orig_ax;
	regs->ip = pc;
	regs->sp = sp;
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->flags = EFLAGS_IF | EFLAGS_FIXED;
	t->arch.is_step_forced = false;
	memset(t->arch.breakpoints, 0, sizeof(t->arch.breakpoints));
	t->arch.ds = t->arch.es = t->arch.fs = t->arch.gs = 0;
	memset(t->arch.tls, 0, sizeof(t->arch.tls));
	load_tls(&t->arch);
	set_bases(t, 0, 0);
	fpu_init_area(t->arch.fpu);
	thread_load_fpu(t);
}

void arch_start_user32(struct thread *t, struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	arch_start_user(t, regs, pc, sp);
	regs->cs = USER32_CS;
	t->arch.ds = t->arch.es = USER_DS;
	set_bases(t, 0, 0);
}

/* The base that loading `selector` gives the current thread. */
static unsigned long base_of(const struct arch_thread *a, u16 selector)
{
	const struct arch_mm *m = arch_this_cpu()->loaded_mm;
	unsigned i = selector >> 3;
	u64 entry = 0;

	if (selector & 4)
		entry = m ? ldt_entry(m, i) : 0;
	else if (i - GDT_TLS < NR_TLS)
		entry = a->tls[i - GDT_TLS];
	return (entry >> 16 & 0xffffff) | (entry >> 56) << 24;
}

void thread_reload_ldt_selectors(void)
{
	u16 ds, es;

	__asm__ volatile("movw %%ds, %0; movw %%es, %1" : "=m"(ds), "=m"(es));
	if ((ds | es) & 4) {
		ds = loadable(ds);
		es = loadable(es);
		__asm__ volatile("movw %0, %%ds; movw %1, %%es" ::"m"(ds), "m"(es));
	}
}

void thread_set_selectors(struct thread *t, u16 ds, u16 es, u16 fs, u16 gs)
{
	struct arch_thread *a = &t->arch;
	unsigned long flags = arch_irq_save();

	save_bases(a);
	if (fs != a->fs)
		a->fs_base = base_of(a, fs);
	if (gs != a->gs)
		a->gs_base = base_of(a, gs);
	a->ds = ds;
	a->es = es;
	a->fs = fs;
	a->gs = gs;
	load_bases(a);
	arch_irq_restore(flags);
}

static void put_descriptor(struct user_desc *d, u64 e)
{
	unsigned n = d->entry_number;

	memset(d, 0, sizeof(*d));
	d->entry_number = n;
	d->base_addr = (u32)((e >> 16 & 0xffffff) | (e >> 56 & 0xff) << 24);
	d->limit = (u32)((e & 0xffff) | (e >> 48 & 0xf) << 16);
	d->seg_32bit = e >> 54 & 1;
	d->contents = e >> 42 & 3;
	d->read_exec_only = !(e >> 41 & 1);
	d->limit_in_pages = e >> 55 & 1;
	d->seg_not_present = !(e >> 47 & 1);
	d->useable = e >> 52 & 1;
}

static bool is_empty_desc(const struct user_desc *d)
{
	return !d->base_addr && !d->limit && !d->contents && !d->seg_32bit && !d->limit_in_pages &&
	       !d->useable && d->read_exec_only == d->seg_not_present;
}

u64 desc_from_user(const struct user_desc *d)
{
	return (d->limit & 0xffff) | (u64)(d->base_addr & 0xffffff) << 16 |
	       (u64)(0x71 | !d->read_exec_only << 1 | d->contents << 2 | !d->seg_not_present << 7)
		       << 40 |
	       (u64)(d->limit >> 16 & 0xf) << 48 | (u64)d->useable << 52 | (u64)d->seg_32bit << 54 |
	       (u64)d->limit_in_pages << 55 | (u64)(d->base_addr >> 24) << 56;
}

static u64 make_descriptor(const struct user_desc *d)
{
	return is_empty_desc(d) ? 0 : desc_from_user(d);
}

long arch_set_thread_area(struct thread *t, void *user_desc, bool may_choose)
{
	struct user_desc *d = user_desc;
	unsigned i = d->entry_number - GDT_TLS;

	/* set_thread_area(2): data segments of 32 bits, present; or an empty one */
	if (!is_empty_desc(d) && (!d->seg_32bit || d->contents > 1 || d->seg_not_present))
		return -EINVAL;
	if (d->entry_number == ~0u && may_choose) {
		for (i = 0; i < NR_TLS && t->arch.tls[i]; i++)
			;
		if (i == NR_TLS)
			return -ESRCH;
		d->entry_number = GDT_TLS + i;
	}
	if (i >= NR_TLS)
		return -EINVAL;
	if (t == arch_this_thread()) {
		unsigned long flags = arch_irq_save();

		save_bases(&t->arch);
		t->arch.tls[i] = make_descriptor(d);
		load_tls(&t->arch);
		/* A register that has the entry follows it. */
		if ((t->arch.gs >> 3) == GDT_TLS + i)
			t->arch.gs_base = d->base_addr;
		if ((t->arch.fs >> 3) == GDT_TLS + i)
			t->arch.fs_base = d->base_addr;
		load_bases(&t->arch);
		arch_irq_restore(flags);
		return 0;
	}
	/* A new thread (clone with CLONE_SETTLS): its registers are its parent's. */
	t->arch.tls[i] = make_descriptor(d);
	if ((t->arch.gs >> 3) == GDT_TLS + i)
		t->arch.gs_base = d->base_addr;
	if ((t->arch.fs >> 3) == GDT_TLS + i)
		t->arch.fs_base = d->base_addr;
	return 0;
}

long arch_get_thread_area(struct thread *t, void *user_desc)
{
	struct user_desc *d = user_desc;
	unsigned i = d->entry_number - GDT_TLS;

	if (i >= NR_TLS)
		return -EINVAL;
	put_descriptor(d, t->arch.tls[i]);
	if (!t->arch.tls[i]) {
		d->read_exec_only = 1;
		d->seg_not_present = 1;
	}
	return 0;
}

long arch_prctl(struct thread *t, int code, unsigned long arg, unsigned long *out, bool *has_out)
{
	unsigned long flags = arch_irq_save();

	save_bases(&t->arch);
	arch_irq_restore(flags);
	*has_out = false;
	switch (code) {
	case ARCH_GET_CPUID: /* CPUID is not made to fault */
		return 1;
	case ARCH_SET_FS:
		if (arg >= USER_END)
			return fail(EPERM, "base must be below the end of user space");
		t->arch.fs = 0;
		set_bases(t, arg, t->arch.gs_base);
		return 0;
	case ARCH_SET_GS:
		if (arg >= USER_END)
			return fail(EPERM, "base must be below the end of user space");
		t->arch.gs = 0;
		set_bases(t, t->arch.fs_base, arg);
		return 0;
	case ARCH_GET_FS:
		*out = t->arch.fs_base;
		*has_out = true;
		return 0;
	case ARCH_GET_GS:
		*out = t->arch.gs_base;
		*has_out = true;
		return 0;
	default:
		return fail(EINVAL, "unknown code");
	}
}
