/* The kernel log: a ring in memory, and the UART when the level is below loglevel. Any context. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "lib/printf.h"
#include "lib/types.h"

enum log_level { LOG_PANIC = 0, LOG_ERR = 3, LOG_WARN = 4, LOG_INFO = 6, LOG_DEBUG = 7 };

void log_set_level(int level); /* what is written to the console, too */
int log_level(void);	       /* as /proc/sys/kernel/printk counts: one more */
void klog(enum log_level level, const char *fmt, ...) __printf(2, 3);
#define log_err(...)   klog(LOG_ERR, __VA_ARGS__)
#define log_warn(...)  klog(LOG_WARN, __VA_ARGS__)
#define log_info(...)  klog(LOG_INFO, __VA_ARGS__)
#define log_debug(...) klog(LOG_DEBUG, __VA_ARGS__)
/* Copy the newest bytes of the log for syslog(2) and /proc/kmsg; returns bytes stored. */
size_t log_read(char *buf, size_t size);
/* The oldest bytes that nobody has taken yet; they are taken then. */
size_t log_take(char *buf, size_t size);
size_t log_size(void);	  /* bytes log_read() could give */
size_t log_untaken(void); /* bytes log_take() could give */
void log_clear(void);	  /* log_read() begins here from now on */
#define LOG_RING_SIZE (32u << 10)

/* Stop every CPU, print `lstar-panic: MESSAGE` and a backtrace on the UART, leave the machine with
 * status 0x7f. */
__noreturn __cold void panic(const char *fmt, ...) __printf(1, 2);
extern void (*panic_last_words)(void); /* NULL, or prints more then; takes no lock */
#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (unlikely(cond))                                           \
			panic("BUG at %s:%d: %s", __FILE__, __LINE__, #cond); \
	} while (0)
#ifdef DEBUG
#define ASSERT(cond) BUG_ON(!(cond))
#else
#define ASSERT(cond) ((void)sizeof(cond))
#endif

#endif
