/* syslog(2): the kernel's log. Next: core/log.c. */
#include "abi/linux/missing.h"
#include "core/log.h"
#include "core/time.h"
#include "sys/syscall.h"
#include <linux/capability.h>

#define CHUNK	    4096u
#define POLL_NS	    (100 * NSEC_PER_MSEC) /* who waits for a new line looks as often */
#define LEVEL_MAX   8
#define LEVEL_MIN   1
#define LEVEL_QUIET 1
#define NOT_SAVED   (-1)

static struct waitq nobody_wakes = WAITQ_INIT(nobody_wakes);
static int saved_level = NOT_SAVED; /* CONSOLE_OFF keeps it for CONSOLE_ON */

/* Everybody may look at all of it, and ask how large it is. */
static bool may(int type)
{
	return type == SYSLOG_ACTION_READ_ALL || type == SYSLOG_ACTION_SIZE_BUFFER ||
	       task_capable(CAP_SYSLOG) || task_capable(CAP_SYS_ADMIN);
}

/* What nobody has read yet; waits until there is something. */
static long read_next(uaddr_t to, size_t size)
{
	char *buf = kmalloc(CHUNK, GFP_KERNEL);
	long done = 0;
	size_t n;
	int err;

	if (!buf)
		return -ENOMEM;
	while ((size_t)done < size) {
		n = log_take(buf, MIN(size - (size_t)done, CHUNK));
		if (n && copy_to_user(uaddr(to.v + (unsigned long)done), buf, n)) {
			done = done ? done : -EFAULT;
			break;
		}
		done += (long)n;
		if (done && !n)
			break;
		if (n)
			continue;
		err = wait_event_timeout(&nobody_wakes, log_untaken() > 0, now_mono_ns() + POLL_NS);
		if (err && err != -ETIMEDOUT) {
			done = err;
			break;
		}
	}
	kfree(buf);
	return done;
}

/* The last `size` bytes since the log was cleared. */
static long read_all(uaddr_t to, size_t size, bool clear)
{
	char *buf;
	long n;

	size = MIN(size, log_size());
	buf = kmalloc(size + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	n = (long)log_read(buf, size);
	if (copy_to_user(to, buf, (size_t)n))
		n = -EFAULT;
	else if (clear)
		log_clear();
	kfree(buf);
	return n;
}

static long read_log(int type, uaddr_t buf, int len)
{
	if (!buf.v || len < 0)
		return -EINVAL;
	if (!len)
		return 0;
	if (!arch_access_ok(buf, (size_t)len))
		return -EFAULT;
	if (type == SYSLOG_ACTION_READ)
		return read_next(buf, (size_t)len);
	return read_all(buf, (size_t)len, type == SYSLOG_ACTION_READ_CLEAR);
}

static long set_console(int type, int level)
{
	switch (type) {
	case SYSLOG_ACTION_CONSOLE_OFF:
		if (saved_level == NOT_SAVED)
			saved_level = log_level();
		log_set_level(LEVEL_QUIET - 1);
		return 0;
	case SYSLOG_ACTION_CONSOLE_ON:
		if (saved_level != NOT_SAVED)
			log_set_level(saved_level - 1);
		saved_level = NOT_SAVED;
		return 0;
	}
	if (level < LEVEL_MIN || level > LEVEL_MAX)
		return -EINVAL;
	log_set_level(level - 1);
	saved_level = NOT_SAVED;
	return 0;
}

long sys_syslog(int type, uaddr_t buf, int len)
{
	if (!may(type))
		return -EPERM;
	switch (type) {
	case SYSLOG_ACTION_CLOSE:
	case SYSLOG_ACTION_OPEN:
		return 0;
	case SYSLOG_ACTION_READ:
	case SYSLOG_ACTION_READ_ALL:
	case SYSLOG_ACTION_READ_CLEAR:
		return read_log(type, buf, len);
	case SYSLOG_ACTION_CLEAR:
		log_clear();
		return 0;
	case SYSLOG_ACTION_CONSOLE_OFF:
	case SYSLOG_ACTION_CONSOLE_ON:
	case SYSLOG_ACTION_CONSOLE_LEVEL:
		return set_console(type, len);
	case SYSLOG_ACTION_SIZE_UNREAD:
		return (long)log_untaken();
	case SYSLOG_ACTION_SIZE_BUFFER:
		return LOG_RING_SIZE;
	}
	return -EINVAL;
}
