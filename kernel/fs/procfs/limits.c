/* /proc/sys: numbers that can be read and set, for what has no file of its own here. */
#include "fs/procfs/limits.h"
#include "lib/err.h"
#include "lib/string.h"
#include "proc/ipc.h"
#include "vfs/inotify.h"
#include "vfs/mqueue.h"

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

#define INT_ENTRY(what, variable, min, max)                                 \
	int show_##what(struct proc_buf *b, const struct proc_who *who)     \
	{                                                                   \
		return show_int(b, variable);                               \
	}                                                                   \
	long store_##what(const struct proc_who *who, char *text, size_t n) \
	{                                                                   \
		return store_int(&(variable), text, n, min, max);           \
	}
PROC_LIMIT(queues_max)
PROC_LIMIT(msg_max)
PROC_LIMIT(msgsize_max)
PROC_LIMIT(msg_default)
PROC_LIMIT(msgsize_default)
INT_ENTRY(queues_max, current_ipc()->ns.mq.limits.queues_max, 0, 0x7fffffff)
INT_ENTRY(msg_max, current_ipc()->ns.mq.limits.msg_max, 1, HARD_MSGMAX)
INT_ENTRY(msgsize_max, current_ipc()->ns.mq.limits.msgsize_max, 128, HARD_MSGSIZEMAX)
INT_ENTRY(msg_default, current_ipc()->ns.mq.limits.msg_default, 1, HARD_MSGMAX)
INT_ENTRY(msgsize_default, current_ipc()->ns.mq.limits.msgsize_default, 128, HARD_MSGSIZEMAX)
const struct proc_entry proc_sys_mqueue[] = {RW("queues_max", queues_max),
					     RW("msg_max", msg_max),
					     RW("msgsize_max", msgsize_max),
					     RW("msg_default", msg_default),
					     RW("msgsize_default", msgsize_default),
					     {0}};

PROC_LIMIT(max_user_instances)
PROC_LIMIT(max_user_watches)
PROC_LIMIT(max_queued_events)
INT_ENTRY(max_user_instances, inotify_max_user_instances, 0, 0x7fffffff)
INT_ENTRY(max_user_watches, inotify_max_user_watches, 0, 0x7fffffff)
INT_ENTRY(max_queued_events, inotify_max_queued_events, 0, 0x7fffffff)

INT_ENTRY(shmmni, current_ipc()->shm_max_ids, 0, 32768)
INT_ENTRY(msgmax, current_ipc()->msg_max_bytes, 0, 0x7fffffff)
INT_ENTRY(msgmnb, current_ipc()->msg_queue_bytes, 0, 0x7fffffff)
INT_ENTRY(msgmni, current_ipc()->msg_max_ids, 0, 32768)

static long store_u64(u64 *value, const char *text, size_t n)
{
	const char *end;
	u64 v;

	if (!parse_u64(text, 10, &v, &end) || (*end && *end != '\n'))
		return -EINVAL;
	*value = v;
	return (long)n;
}

int show_shmmax(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%lu\n", (unsigned long)current_ipc()->shm_max_bytes);
	return 0;
}
long store_shmmax(const struct proc_who *who, char *text, size_t n)
{
	return store_u64(&current_ipc()->shm_max_bytes, text, n);
}
int show_shmall(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%lu\n", (unsigned long)current_ipc()->shm_max_pages);
	return 0;
}
long store_shmall(const struct proc_who *who, char *text, size_t n)
{
	return store_u64(&current_ipc()->shm_max_pages, text, n);
}

/* SEMMSL, SEMMNS, SEMOPM, SEMMNI. */
int show_sem(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%d\t%d\t%d\t%d\n", current_ipc()->sem_limits[0],
		    current_ipc()->sem_limits[1], current_ipc()->sem_limits[2],
		    current_ipc()->sem_limits[3]);
	return 0;
}
long store_sem(const struct proc_who *who, char *text, size_t n)
{
	int new[4];
	const char *s = text;

	memcpy(new, current_ipc()->sem_limits, sizeof(new));
	for (unsigned i = 0; i < ARRAY_SIZE(new); i++) {
		const char *end;
		u64 v;

		while (*s == ' ' || *s == '\t')
			s++;
		if (!*s || *s == '\n')
			break;
		if (!parse_u64(s, 10, &v, &end) || v > 0x7fffffff)
			return -EINVAL;
		new[i] = (int)v;
		s = end;
	}
	if (new[3] > 32768)
		return -EINVAL;
	memcpy(current_ipc()->sem_limits, new, sizeof(new));
	return (long)n;
}

const struct proc_entry proc_sys_inotify[] = {RW("max_user_instances", max_user_instances),
					      RW("max_user_watches", max_user_watches),
					      RW("max_queued_events", max_queued_events),
					      {0}};
