/* /proc/PID/mem: another program's memory, past its protection, for debuggers. */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "mm/kmalloc.h"
#include "proc/ptrace.h"
#include <linux/fs.h>

/* The memory is that of the program which ran when the file was opened: none after an execve. */
static int mem_open(struct inode *i, struct file *f)
{
	struct proc_who who = proc_inode_who(i);
	struct task *t = proc_task(&who);
	struct mm *m;

	if (!t)
		return -ESRCH;
	m = ptrace_may_attach(t) ? ERR_PTR(-EACCES) : task_get_mm(t);
	task_put(t);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	if (m) {
		mm_grab(m);
		mm_put(m);
	}
	f->private = m;
	return 0;
}

static void mem_release(struct file *f)
{
	if (f->private)
		mm_drop(f->private);
}

static long mem_move(struct file *f, struct iter *it, s64 *pos, bool is_write)
{
	struct mm *m = f->private;
	long done = 0, n = 0;
	u8 *page;

	if (!m || !ref_get_unless_zero(&m->users))
		return 0;
	page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	n = page ? 0 : -ENOMEM;
	while (page && it->count) {
		size_t want = MIN(it->count, PAGE_SIZE), got = want;

		if (is_write) {
			got = iter_get(it, page, want);
			n = got ? mm_access_force(m, (unsigned long)*pos, page, got, true)
				: -EFAULT;
			if (n >= 0 && (size_t)n < got)
				iter_revert(it, got - (size_t)n);
		} else {
			n = mm_access_force(m, (unsigned long)*pos, page, want, false);
			if (n > 0)
				n = (long)iter_put(it, page, (size_t)n);
			n = n ? n : -EFAULT;
		}
		if (n <= 0)
			break;
		*pos += n;
		done += n;
		if ((size_t)n < want)
			break;
		cond_resched();
	}
	kfree(page);
	mm_put(m);
	if (!done && n < 0)
		return n == -EFAULT && !is_write && it->count ? -EIO : n;
	return done;
}

static long mem_read(struct file *f, struct iter *it, s64 *pos)
{
	return mem_move(f, it, pos, false);
}

static long mem_write(struct file *f, struct iter *it, s64 *pos)
{
	return mem_move(f, it, pos, true);
}

/* Any address is a position, also those beyond 2^63. */
static s64 mem_llseek(struct file *f, s64 off, int whence)
{
	s64 pos = whence == SEEK_CUR ? f->pos + off : off;

	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	f->pos = pos;
	return pos;
}

const struct file_ops proc_mem_fops = {.open = mem_open,
				       .release = mem_release,
				       .read = mem_read,
				       .write = mem_write,
				       .llseek = mem_llseek};
