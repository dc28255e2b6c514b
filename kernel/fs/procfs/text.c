/*
 * The text of a file of /proc, as its readers go through it. It is made when it is read from the
 * start, and stays as it was while it is read on; a long one (maps of a process with many areas) is
 * made in parts, so that neither its size nor the time of one step is the program's to choose.
 */
#include "fs/procfs/procfs.h"
#include "core/lock.h"
#include "core/sched.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* What one open file shows: the part that begins at byte `start`. */
struct proc_text {
	struct mutex lock; /* taken for copying, not while a part is made */
	struct proc_buf part;
	size_t start;
	u64 cursor; /* where the next part begins, PROC_PARTS_END after the last */
	bool is_made;
};

void proc_write(struct proc_buf *b, const void *data, size_t n)
{
	if (b->len + n + 1 > b->cap) {
		size_t cap = MAX(b->cap * 2, ALIGN_UP(b->len + n + 1, 1024));
		char *p = krealloc(b->data, cap, GFP_KERNEL);

		if (!p) {
			b->is_short = true;
			return;
		}
		b->data = p;
		b->cap = cap;
	}
	memcpy(b->data + b->len, data, n);
	b->len += n;
}

void proc_printf(struct proc_buf *b, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	proc_write(b, line, MIN((size_t)n, sizeof(line) - 1));
}

void proc_pad(struct proc_buf *b, size_t line_start, size_t column)
{
	static const char spaces[] = "                                ";

	while (b->len - line_start < column && !b->is_short)
		proc_write(b, spaces, MIN(column - (b->len - line_start), sizeof(spaces) - 1));
}

int proc_text_open(struct file *f)
{
	struct proc_text *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	mutex_init(&t->lock, RANK_PROCTEXT, "proc_text");
	f->private = t;
	return 0;
}

void proc_text_release(struct file *f)
{
	struct proc_text *t = f->private;

	if (t)
		kfree(t->part.data);
	kfree(t);
}

static int make_part(struct proc_buf *b, const struct proc_entry *e, const struct proc_who *who,
		     u64 *cursor)
{
	/* Whoever was given the descriptor must be allowed to look, too; now, for it may be another
	 * program that the process runs by now. */
	int err = proc_check_access(e, who);

	if (err)
		return err;
	if (e->show_part) {
		err = e->show_part(b, who, cursor);
	} else {
		err = e->ctl ? proc_ctl_show(b, e->ctl) : e->show(b, who);
		*cursor = PROC_PARTS_END;
	}
	return !err && b->is_short ? -ENOMEM : err;
}

/* t->lock is held, and released while the part after the one that is there is made (the first, for
 * a new text). Another reader may have gone on meanwhile: this one's part takes the place. */
static int next_part(struct proc_text *t, const struct proc_entry *e, const struct proc_who *who,
		     bool is_first)
{
	size_t start = is_first ? 0 : t->start + t->part.len;
	u64 cursor = is_first ? 0 : t->cursor;
	struct proc_buf b = {0};
	int err;

	mutex_unlock(&t->lock);
	err = make_part(&b, e, who, &cursor);
	mutex_lock(&t->lock);
	if (err) {
		kfree(b.data);
		return err;
	}
	kfree(t->part.data);
	t->part = b;
	t->start = start;
	t->cursor = cursor;
	t->is_made = true;
	return 0;
}

long proc_text_read(struct file *f, const struct proc_entry *e, const struct proc_who *who,
		    struct iter *it, s64 *pos)
{
	struct proc_text *t = f->private;
	size_t at = (size_t)*pos, done = 0;
	bool is_first = at == 0;
	int err = 0;

	if (*pos < 0)
		return 0;
	mutex_lock(&t->lock);
	for (;;) {
		size_t in_part = at - t->start, n, put;

		if (is_first || !t->is_made || at < t->start || in_part >= t->part.len) {
			bool is_restart = is_first || !t->is_made || at < t->start;

			if (!is_restart && t->cursor == PROC_PARTS_END)
				break;
			if (done && thread_signal_pending())
				break;
			err = next_part(t, e, who, is_restart);
			is_first = false;
			if (err || thread_test_flags(this_thread(), TIF_KILLED))
				break;
			continue;
		}
		n = MIN(it->count, t->part.len - in_part);
		put = iter_put(it, t->part.data + in_part, n);
		at += put;
		done += put;
		if (put < n && !done)
			err = -EFAULT;
		if (put < n || !it->count)
			break;
	}
	mutex_unlock(&t->lock);
	*pos = (s64)at;
	return done ? (long)done : err;
}
