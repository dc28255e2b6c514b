/* /proc/sys: numbers that can be read and set, for what has no file of its own here. */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/inotify.h"

static int show_int(struct proc_buf *b, int value)
{
	proc_printf(b, "%d\n", value);
	return 0;
}

/* A number between min and max; what follows it must be white space. */
static long store_int(int *value, const char *text, size_t n, int min, int max)
{
	const char *end;
	u64 v;

	while (*text == ' ' || *text == '\t')
		text++;
	if (!parse_u64(text, 10, &v, &end) || (*end && *end != '\n' && *end != ' '))
		return -EINVAL;
	if (v > (u64)max || (int)v < min)
		return -EINVAL;
	WRITE_ONCE(*value, (int)v);
	return (long)n;
}

#define INT_ENTRY(what, variable, min, max)                                        \
	static int show_##what(struct proc_buf *b, const struct proc_who *who)     \
	{                                                                          \
		return show_int(b, variable);                                      \
	}                                                                          \
	static long store_##what(const struct proc_who *who, char *text, size_t n) \
	{                                                                          \
		return store_int(&(variable), text, n, min, max);                  \
	}
#define RW(n, what)                                                                           \
	{                                                                                     \
		.name = n, .mode = S_IFREG | 0644, .show = show_##what, .store = store_##what \
	}

INT_ENTRY(max_user_instances, inotify_max_user_instances, 0, 0x7fffffff)
INT_ENTRY(max_user_watches, inotify_max_user_watches, 0, 0x7fffffff)
INT_ENTRY(max_queued_events, inotify_max_queued_events, 0, 0x7fffffff)

const struct proc_entry proc_sys_inotify[] = {RW("max_user_instances", max_user_instances),
					      RW("max_user_watches", max_user_watches),
					      RW("max_queued_events", max_queued_events),
					      {0}};
