/*
 * Looking at page tables: the check that nothing of the kernel's is both writable and executable,
 * and the list of what user mode's table maps of the kernel with page-table isolation on
 * (/sys/kernel/debug/page_tables/current_user, where Linux has it).
 */
#include "core/log.h"
#include "core/sysfs.h"
#include "internal.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <linux/stat.h>

#define FIRST_KERNEL_SLOT 256

struct run {
	unsigned long start, end; /* of pages side by side with the same flags and name */
	u64 flags;
	const char *name; /* what it is: dumps only */
};

/* Called for each run, in ascending order. */
struct dump {
	void (*emit)(struct dump *d, const struct run *run);
	struct run run;
	char *buf; /* NULL: only counting */
	size_t size, len;
	unsigned long wx_pages;
};

static unsigned long sign_extend(unsigned long va)
{
	return (unsigned long)((long)(va << 16) >> 16);
}

static bool is_inside(unsigned long va, const void *start, const void *end)
{
	return va >= ALIGN_DOWN((unsigned long)start, PAGE_SIZE) &&
	       va < ALIGN_UP((unsigned long)end, PAGE_SIZE);
}

/* What a page is, by what is known of the kernel's layout and not by who mapped it. */
static const char *name_of(unsigned long va)
{
	if (is_inside(va, __entry_text_start, __entry_text_end))
		return "entry text";
	if (is_inside(va, cpus, cpus + MAX_CPUS))
		return "per-CPU data";
	if (is_inside(va, idt_pages(), (char *)idt_pages() + PAGE_SIZE))
		return "IDT";
	for (unsigned i = 0; i < nr_cpus; i++)
		if (cpus[i].arch.entry && is_inside(va, cpus[i].arch.entry, cpus[i].arch.entry + 1))
			return "GDT, TSS, entry stacks";
	if (va == VSYSCALL_ADDR)
		return "vsyscall";
	if (va < KERNEL_VMAP_START)
		return "direct map";
	return "other";
}

static void end_run(struct dump *d)
{
	if (d->run.end != d->run.start)
		d->emit(d, &d->run);
	d->run.start = d->run.end;
}

static void add_leaf(struct dump *d, unsigned long va, unsigned long bytes, u64 flags)
{
	const char *name = d->buf ? name_of(va) : NULL;

	if (d->run.end != va || d->run.flags != flags || d->run.name != name) {
		end_run(d);
		d->run = (struct run){va, va, flags, name};
	}
	d->run.end = va + bytes;
}

/* Level 3 is the top. What a table's entry forbids is forbidden below it. */
static void walk_table(struct dump *d, const u64 *table, unsigned level, unsigned long va,
		       u64 allowed)
{
	unsigned long span = 1UL << (12 + 9 * level);

	for (unsigned i = level == 3 ? FIRST_KERNEL_SLOT : 0; i < 512; i++) {
		u64 e = READ_ONCE(table[i]);
		unsigned long at = sign_extend(va + i * span);
		u64 rights = (allowed & e & (PTE_W | PTE_U)) | ((allowed | e) & PTE_NX);

		if (!(e & PTE_P))
			continue;
		if (!level || (e & PTE_PS))
			add_leaf(d, at, span, rights);
		else
			walk_table(d, phys_to_virt(e & PTE_ADDR), level - 1, at, rights);
	}
}

static void walk_kernel_half(struct dump *d, unsigned long pgd_phys)
{
	walk_table(d, phys_to_virt(pgd_phys & PTE_ADDR), 3, 0, PTE_W | PTE_U);
	end_run(d);
}

/* --- W^X --- */

static void count_wx(struct dump *d, const struct run *run)
{
	if ((run->flags & PTE_W) && !(run->flags & PTE_NX)) {
		log_err("mm: writable and executable: %016lx-%016lx\n", run->start, run->end);
		d->wx_pages += (run->end - run->start) / PAGE_SIZE;
	}
}

/* Where it is free, in debug builds, or where somebody will read what it says. */
void ptdump_check_wx(void)
{
	struct dump d = {.emit = count_wx};

#ifndef DEBUG
	if (log_level() <= LOG_INFO)
		return;
#endif
	walk_kernel_half(&d, init_pgd_phys);
#ifdef DEBUG
	if (d.wx_pages)
		panic("%lu kernel pages are writable and executable", d.wx_pages);
#endif
	if (d.wx_pages)
		log_err("x86/mm: Checked W+X mappings: FAILED, %lu W+X pages found.\n", d.wx_pages);
	else
		log_info("x86/mm: Checked W+X mappings: passed, no W+X pages found.\n");
}

/* --- /sys/kernel/debug/page_tables --- */

static void print_run(struct dump *d, const struct run *run)
{
	d->len += (size_t)scnprintf(d->buf + d->len, d->size - d->len,
				    "0x%016lx-0x%016lx %8luK %s %s %s %s\n", run->start, run->end,
				    (run->end - run->start) / 1024,
				    run->flags & PTE_U ? "USR" : "   ",
				    run->flags & PTE_W ? "RW" : "ro",
				    run->flags & PTE_NX ? "NX" : "x ", run->name);
}

static int show_table(char *buf, size_t size, bool is_user)
{
	struct dump d = {.emit = print_run, .buf = buf, .size = size};
	unsigned long flags = arch_irq_save();
	const struct arch_cpu *c = arch_this_cpu();
	unsigned long cr3 = is_user && pti_on ? c->user_cr3 : c->kernel_cr3;

	arch_irq_restore(flags);
	walk_kernel_half(&d, cr3);
	return (int)d.len;
}

/* Without isolation it is the table of both, and what does not fit a page is left out. */
static int show_current_user(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return show_table(buf, size, true);
}

static int show_current_kernel(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return show_table(buf, size, false);
}

static const struct sysfs_entry entries[] = {
	{.path = "current_user", .mode = S_IFREG | 0400, .show = show_current_user},
	{.path = "current_kernel", .mode = S_IFREG | 0400, .show = show_current_kernel},
	{0}};
static struct sysfs_table table = {.dir = "kernel/debug/page_tables", .entries = entries};

void ptdump_init(void)
{
	sysfs_register(&table);
}
