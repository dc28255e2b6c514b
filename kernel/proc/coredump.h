/* Core files. core(5). */
#ifndef PROC_COREDUMP_H
#define PROC_COREDUMP_H

#include "proc/task.h"

#define CORE_PATTERN_BYTES     128
#define CORE_FILTER_DEFAULT    0x33 /* /proc/PID/coredump_filter */
#define CORE_FILTER_MASK       0x1ff
#define CORE_FILTER_ANON       BIT(0)
#define CORE_FILTER_SHARED     BIT(1)
#define CORE_FILTER_FILE       BIT(2)
#define CORE_FILTER_SHAREDFILE BIT(3)
#define CORE_FILTER_HEADERS    BIT(4)

/* /proc/sys/kernel/core_pattern and core_uses_pid; core_lock */
extern char core_pattern[CORE_PATTERN_BYTES];
extern int core_uses_pid;
extern spinlock_t core_lock;

/* The signals whose default action ends with a core file: signal(7). */
#define SIG_CORE_SET                                                                \
	(SIGMASK(SIGQUIT) | SIGMASK(SIGILL) | SIGMASK(SIGTRAP) | SIGMASK(SIGABRT) | \
	 SIGMASK(SIGFPE) | SIGMASK(SIGSEGV) | SIGMASK(SIGBUS) | SIGMASK(SIGSYS) |   \
	 SIGMASK(SIGXCPU) | SIGMASK(SIGXFSZ))

/* The caller's process ends by `si`: write its core file, when it is to have one. The other
 * threads stand still meanwhile. The wait status: the signal's number, with 0x80 when a file was
 * written. -1: another thread was faster to end the process. */
int coredump(const siginfo_t *si);
/* An exiting task of a process that dumps waits until that is done. sighand_lock held, and again
 * on return. */
void coredump_park(struct task *t, unsigned long *flags);

/* --- between the files: coredump_elf.c --- */
struct core_file {
	struct file *file;
	u64 limit, written; /* bytes, without holes */
	s64 pos;
	bool ends_in_hole;
};
bool core_write(struct core_file *c, const void *data, size_t n); /* false: no more */
void core_skip_to(struct core_file *c, s64 pos);
/* True when anything was written. */
bool core_write_elf(struct core_file *c, const siginfo_t *si);

#endif
