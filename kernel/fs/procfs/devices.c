/* Machine-wide lists: devices, locks, and what there is none of. proc(5). */
#include "fs/procfs/procfs.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define LOCKS_ROOM (64u << 10)

/* Each major number once, in ascending order. */
struct majors {
	struct proc_buf *b;
	u32 after, next;
	const char *name;
};

static void pick(void *arg, u32 major, const char *name)
{
	struct majors *m = arg;

	if (major > m->after && (m->next <= m->after || major < m->next)) {
		m->next = major;
		m->name = name;
	}
}

int show_devices(struct proc_buf *b, const struct proc_who *who)
{
	struct majors m = {.b = b};

	proc_printf(b, "Character devices:\n");
	for (;;) {
		m.next = m.after;
		chrdev_for_each(pick, &m);
		if (m.next <= m.after)
			break;
		proc_printf(b, "%3u %s\n", m.next, m.name);
		m.after = m.next;
	}
	proc_printf(b, "\nBlock devices:\n");
	return 0;
}

/* tty(4): which names belong to which numbers. */
static int show_tty_drivers(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
		       "/dev/console         /dev/console    5       1 system:console\n"
		       "/dev/ptmx            /dev/ptmx       5       2 system\n"
		       "hvc                  /dev/hvc      229       0 system\n"
		       "pty_slave            /dev/pts      136 0-1048575 pty:slave\n");
	return 0;
}

const struct proc_entry proc_tty_entries[] = {
	{.name = "drivers", .mode = S_IFREG | 0444, .show = show_tty_drivers}, {0}};

int show_nothing(struct proc_buf *b, const struct proc_who *who)
{
	proc_write(b, "", 0);
	return 0;
}

int show_partitions(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "major minor  #blocks  name\n\n");
	return 0;
}

/* Called with a spinlock held: what does not fit is left out. */
static void put_lock(void *arg, const char *line)
{
	struct proc_buf *b = arg;
	size_t n = strlen(line);

	if (b->len + n + 1 <= b->cap)
		proc_write(b, line, n);
}

int show_locks(struct proc_buf *b, const struct proc_who *who)
{
	if (b->cap < LOCKS_ROOM) {
		char *p = krealloc(b->data, LOCKS_ROOM, GFP_KERNEL);

		if (!p)
			return -ENOMEM;
		b->data = p;
		b->cap = LOCKS_ROOM;
	}
	vfs_show_locks(put_lock, b);
	return 0;
}

int show_execdomains(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "0-0\tLinux           \t[kernel]\n");
	return 0;
}
