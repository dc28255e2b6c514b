/* /proc/PID/maps, smaps, smaps_rollup and numa_maps, in the columns of Linux's show_map_vma();
 * proc_pid_maps(5). */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/mempolicy.h>

#define NAME_COLUMN 73

static const char *area_name(const struct mm *m, const struct vma *v)
{
	if (v->name)
		return v->name;
	if (v->file)
		return NULL;
	if (v->start < m->brk && v->end > m->start_brk)
		return "[heap]";
	if (v->start <= m->start_stack && v->end >= m->start_stack)
		return "[stack]";
	if (v->owns_shm)
		return "/dev/zero (deleted)";
	return NULL;
}

/* A path with the newline escaped, as it would break the line. */
static void put_path(struct proc_buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			proc_write(b, "\\012", 4);
		else
			proc_write(b, s, 1);
	}
}

static void show_area(struct proc_buf *b, const struct mm *m, const struct vma *v, char *path_buf)
{
	size_t line = b->len;
	u64 dev = 0, ino = 0, off = 0;
	const char *name = area_name(m, v);

	if (v->file) {
		dev = v->file->inode->sb->dev;
		ino = v->file->inode->ino;
		off = v->pgoff << PAGE_SHIFT;
	} else if (v->owns_shm) {
		dev = 1;
		ino = (u64)(uintptr_t)v->obj >> 4 & 0xffffff;
		off = v->pgoff << PAGE_SHIFT;
	}
	proc_printf(b, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", v->start, v->end,
		    v->flags & VM_READ ? 'r' : '-', v->flags & VM_WRITE ? 'w' : '-',
		    v->flags & VM_EXEC ? 'x' : '-', v->flags & VM_SHARED ? 's' : 'p', off,
		    DEV_MAJOR(dev), DEV_MINOR(dev), ino);
	if (v->file && !v->name) {
		proc_pad(b, line, NAME_COLUMN);
		put_path(b, proc_path_name(&v->file->path, path_buf, PATH_MAX_K));
	} else if (name) {
		proc_pad(b, line, NAME_COLUMN);
		put_path(b, name);
	}
	proc_write(b, "\n", 1);
}

static void show_vsyscall(struct proc_buf *b)
{
	if (arch_vsyscall_mode())
		proc_printf(b,
			    "ffffffffff600000-ffffffffff601000 %s 00000000 00:00 0                 "
			    " [vsyscall]\n",
			    arch_vsyscall_mode() == 1 ? "--xp" : "r-xp");
}

/* Areas from the address *cursor on, until the part is long enough; `has_vsyscall`:
 * its page comes last. */
static int for_areas(struct proc_buf *b, const struct proc_who *who, u64 *cursor,
		     void (*show)(struct proc_buf *, struct mm *, struct vma *, char *),
		     bool has_vsyscall)
{
	struct task *t = proc_task(who);
	struct mm *m;
	struct vma *v;
	char *path_buf;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m) {
		*cursor = PROC_PARTS_END;
		return 0; /* kernel thread or zombie: empty, as on Linux */
	}
	path_buf = kmalloc(PATH_MAX_K, GFP_KERNEL);
	if (path_buf) {
		down_read(&m->lock);
		for (v = vma_find(m, *cursor); v && b->len < PROC_PART_BYTES; v = vma_next(v)) {
			show(b, m, v, path_buf);
			*cursor = v->end;
		}
		up_read(&m->lock);
		if (!v) {
			*cursor = PROC_PARTS_END;
			if (has_vsyscall)
				show_vsyscall(b);
		}
	}
	mm_put(m);
	kfree(path_buf);
	return path_buf ? 0 : -ENOMEM;
}

static void show_map(struct proc_buf *b, struct mm *m, struct vma *v, char *path_buf)
{
	show_area(b, m, v, path_buf);
}

int show_maps(struct proc_buf *b, const struct proc_who *who, u64 *cursor)
{
	return for_areas(b, who, cursor, show_map, true);
}

/* --- smaps --- */

#define PSS_SHIFT 12
#define KIB	  (PAGE_SIZE / 1024)

/* Pages that are mapped now; pss in pages << PSS_SHIFT. */
struct usage_of_area {
	u64 rss, shared_clean, shared_dirty, private_clean, private_dirty, anon, locked;
	u64 pss, pss_dirty, pss_anon, pss_file, pss_shmem, max_maps;
};

static void add_page(struct usage_of_area *u, const struct vma *v, unsigned long va, pte_t pte)
{
	struct page *p = phys_to_page(pte_phys(pte));
	u32 maps = mm_page_maps(v->mm, va, p);
	bool is_anon = p->flags & PG_ANON;
	bool is_dirty = is_anon || pte_is_dirty(pte) || (p->flags & PG_DIRTY);
	u64 pss = (1u << PSS_SHIFT) / maps;

	u->rss++;
	u->pss += pss;
	if (is_dirty)
		u->pss_dirty += pss;
	if (maps > 1)
		++*(is_dirty ? &u->shared_dirty : &u->shared_clean);
	else
		++*(is_dirty ? &u->private_dirty : &u->private_clean);
	if (is_anon) {
		u->anon++;
		u->pss_anon += pss;
	} else if (v->owns_shm || !v->file || (v->obj && !v->obj->is_evictable)) {
		u->pss_shmem += pss;
	} else {
		u->pss_file += pss;
	}
	if (v->flags & VM_LOCKED)
		u->locked += pss;
	u->max_maps = MAX(u->max_maps, (u64)maps);
}

static void count_area(struct usage_of_area *u, struct mm *m, const struct vma *v)
{
	spin_lock(&m->pt_lock);
	for (unsigned long a = v->start; (a = arch_pte_next(&m->arch, a, v->end)) < v->end;
	     a += PAGE_SIZE) {
		pte_t *pte = arch_pte_find(&m->arch, a);

		if (pte && pte_present(*pte) && !pte_is_special(*pte))
			add_page(u, v, a, *pte);
	}
	spin_unlock(&m->pt_lock);
}

#define NUMBER_COLUMN 16
#define NUMBER_WIDTH  8

/* "Name:        number kB": two dozen lines for each area, so not by proc_printf(). */
static void put_kb(struct proc_buf *b, const char *name, u64 kb)
{
	char line[NUMBER_COLUMN + NUMBER_WIDTH];
	size_t n = strlen(name), at = sizeof(line);

	memset(line, ' ', sizeof(line));
	memcpy(line, name, n);
	line[n] = ':';
	if (kb >= 100000000) {
		proc_write(b, line, NUMBER_COLUMN);
		proc_printf(b, "%lu", kb);
	} else {
		do {
			line[--at] = (char)('0' + kb % 10);
			kb /= 10;
		} while (kb);
		proc_write(b, line, sizeof(line));
	}
	proc_write(b, " kB\n", 4);
}

static u64 pss_kb(u64 pss)
{
	return (pss * KIB) >> PSS_SHIFT;
}

static void put_usage(struct proc_buf *b, const struct usage_of_area *u, bool is_rollup)
{
	put_kb(b, "Rss", u->rss * KIB);
	put_kb(b, "Pss", pss_kb(u->pss));
	put_kb(b, "Pss_Dirty", pss_kb(u->pss_dirty));
	if (is_rollup) {
		put_kb(b, "Pss_Anon", pss_kb(u->pss_anon));
		put_kb(b, "Pss_File", pss_kb(u->pss_file));
		put_kb(b, "Pss_Shmem", pss_kb(u->pss_shmem));
	}
	put_kb(b, "Shared_Clean", u->shared_clean * KIB);
	put_kb(b, "Shared_Dirty", u->shared_dirty * KIB);
	put_kb(b, "Private_Clean", u->private_clean * KIB);
	put_kb(b, "Private_Dirty", u->private_dirty * KIB);
	put_kb(b, "Referenced", u->rss * KIB);
	put_kb(b, "Anonymous", u->anon * KIB);
	put_kb(b, "KSM", 0);
	put_kb(b, "LazyFree", 0);
	put_kb(b, "AnonHugePages", 0);
	put_kb(b, "ShmemPmdMapped", 0);
	put_kb(b, "FilePmdMapped", 0);
	put_kb(b, "Shared_Hugetlb", 0);
	put_kb(b, "Private_Hugetlb", 0);
	put_kb(b, "Swap", 0);
	put_kb(b, "SwapPss", 0);
	put_kb(b, "Locked", pss_kb(u->locked));
}

/* A flag is two letters and a space; "io de " is two. */
static void put_flag(char *text, size_t *n, const char *name)
{
	size_t len = strlen(name);

	memcpy(text + *n, name, len);
	*n += len;
}

static void put_flags(struct proc_buf *b, u64 flags)
{
	static const struct {
		u64 bit;
		const char *name;
	} names[] = {
		{VM_READ, "rd "},	{VM_WRITE, "wr "},	 {VM_EXEC, "ex "},
		{VM_SHARED, "sh "},	{VM_MAYREAD, "mr "},	 {VM_MAYWRITE, "mw "},
		{VM_MAYEXEC, "me "},	{VM_GROWSDOWN, "gd "},	 {VM_LOCKED, "lo "},
		{VM_SPECIAL, "io de "}, {VM_SEQ_READ, "sr "},	 {VM_RAND_READ, "rr "},
		{VM_DONTCOPY, "dc "},	{VM_NORESERVE, "nr "},	 {VM_WIPEONFORK, "wf "},
		{VM_DONTDUMP, "dd "},	{VM_LOCKONFAULT, "lf "}, {VM_SEALED, "sl "},
		{VM_DROPPABLE, "dp "},
	};

	char text[3 * (ARRAY_SIZE(names) + 2)];
	size_t n = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].bit)
			put_flag(text, &n, names[i].name);
	if ((flags & (VM_WRITE | VM_SHARED | VM_NORESERVE)) == VM_WRITE)
		put_flag(text, &n, "ac ");
	proc_write(b, "VmFlags: ", 9);
	proc_write(b, text, n);
	proc_write(b, "\n", 1);
}

static void show_smap(struct proc_buf *b, struct mm *m, struct vma *v, char *path_buf)
{
	struct usage_of_area u = {0};

	count_area(&u, m, v);
	show_area(b, m, v, path_buf);
	put_kb(b, "Size", (v->end - v->start) / 1024);
	put_kb(b, "KernelPageSize", 4);
	put_kb(b, "MMUPageSize", 4);
	put_usage(b, &u, false);
	proc_printf(b, "THPeligible:    %8u\n", 0);
	put_flags(b, v->flags);
}

int show_smaps(struct proc_buf *b, const struct proc_who *who, u64 *cursor)
{
	return for_areas(b, who, cursor, show_smap, true);
}

int show_smaps_rollup(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct usage_of_area u = {0};
	size_t line = b->len;
	struct mm *m;
	struct vma *v;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m)
		return -ESRCH;
	down_read(&m->lock);
	for_each_vma (v, m)
		count_area(&u, m, v);
	proc_printf(b, "%08lx-%08lx ---p 00000000 00:00 0 ", m->first ? m->first->start : 0,
		    m->last ? m->last->end : 0);
	up_read(&m->lock);
	mm_put(m);
	proc_pad(b, line, NAME_COLUMN);
	proc_printf(b, "[rollup]\n");
	put_usage(b, &u, true);
	return 0;
}

/* --- numa_maps: numa(7) --- */

static const char *policy_name(u32 mode)
{
	static const char *const names[] = {"default",
					    "prefer",
					    "bind",
					    "interleave",
					    "local",
					    "prefer (many)",
					    "weighted interleave"};

	mode &= ~(u32)(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING);
	return names[MIN(mode, 6u)];
}

static void show_numa_map(struct proc_buf *b, struct mm *m, struct vma *v, char *path_buf)
{
	struct usage_of_area u = {0};
	u32 mode = v->policy.mode;
	const char *name = area_name(m, v);

	count_area(&u, m, v);
	proc_printf(b, "%08lx %s", v->start, policy_name(mode));
	if (mode & MPOL_F_STATIC_NODES)
		proc_printf(b, "=static");
	else if (mode & MPOL_F_RELATIVE_NODES)
		proc_printf(b, "=relative");
	if (v->policy.nodes)
		proc_printf(b, ":0");
	if (v->file) {
		proc_printf(b, " file=");
		put_path(b, proc_path_name(&v->file->path, path_buf, PATH_MAX_K));
	} else if (name && (!strcmp(name, "[heap]") || !strcmp(name, "[stack]"))) {
		proc_printf(b, name[1] == 'h' ? " heap" : " stack");
	}
	if (u.anon)
		proc_printf(b, " anon=%lu", u.anon);
	if (u.shared_dirty + u.private_dirty)
		proc_printf(b, " dirty=%lu", u.shared_dirty + u.private_dirty);
	if (u.rss > u.anon)
		proc_printf(b, " mapped=%lu", u.rss);
	if (u.max_maps > 1)
		proc_printf(b, " mapmax=%lu", u.max_maps);
	if (u.rss)
		proc_printf(b, " N0=%lu kernelpagesize_kB=4", u.rss);
	proc_printf(b, "\n");
}

int show_numa_maps(struct proc_buf *b, const struct proc_who *who, u64 *cursor)
{
	return for_areas(b, who, cursor, show_numa_map, false);
}
