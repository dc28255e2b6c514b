/* /proc/PID/maps and smaps, in the columns of Linux's show_map_vma(); proc_pid_maps(5). */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

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

static int for_areas(struct proc_buf *b, const struct proc_who *who,
		     void (*show)(struct proc_buf *, struct mm *, struct vma *, char *))
{
	struct task *t = proc_task(who);
	struct mm *m;
	struct vma *v;
	char *path_buf;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m)
		return 0; /* kernel thread or zombie: empty, as on Linux */
	path_buf = kmalloc(PATH_MAX_K, GFP_KERNEL);
	if (path_buf) {
		down_read(&m->lock);
		for_each_vma (v, m)
			show(b, m, v, path_buf);
		up_read(&m->lock);
		show_vsyscall(b);
	}
	mm_put(m);
	kfree(path_buf);
	return path_buf ? 0 : -ENOMEM;
}

static void show_map(struct proc_buf *b, struct mm *m, struct vma *v, char *path_buf)
{
	show_area(b, m, v, path_buf);
}

int show_maps(struct proc_buf *b, const struct proc_who *who)
{
	return for_areas(b, who, show_map);
}

/* Resident pages are counted through mincore's walk: what is mapped now. */
static size_t resident_pages(struct mm *m, struct vma *v)
{
	size_t n = 0;

	spin_lock(&m->pt_lock);
	for (unsigned long a = v->start; (a = arch_pte_next(&m->arch, a, v->end)) < v->end;
	     a += PAGE_SIZE) {
		pte_t *pte = arch_pte_find(&m->arch, a);

		if (pte && pte_present(*pte))
			n++;
	}
	spin_unlock(&m->pt_lock);
	return n;
}

static void show_smap(struct proc_buf *b, struct mm *m, struct vma *v, char *path_buf)
{
	size_t rss = resident_pages(m, v) * (PAGE_SIZE / 1024);

	show_area(b, m, v, path_buf);
	proc_printf(b,
		    "Size:           %8lu kB\nKernelPageSize:        4 kB\nMMUPageSize:           "
		    "4 kB\n",
		    (v->end - v->start) / 1024);
	proc_printf(b, "Rss:            %8lu kB\n", rss);
}

int show_smaps(struct proc_buf *b, const struct proc_who *who)
{
	return for_areas(b, who, show_smap);
}
