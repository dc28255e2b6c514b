/*
 * `lstar run --trace` and `--stats`: every system call of every traced process in strace's form,
 * and strace -c's table. In the kernel's path, not ptrace. Words of the kernel's command line:
 * trace=all or trace=CALL,%CLASS,..., trace_pids, and stats. Output goes to port VPORT_TRACE of
 * docs/wire.md.
 */
#ifndef SYS_TRACE_H
#define SYS_TRACE_H

#include "lib/types.h"

struct pt_regs;

/* Once at boot, from main.c. */
void trace_init(void);
/* current and all it will fork are traced from its next call on, or no more; for
 * prctl(PR_LSTAR_TRACE, 1 or 0). 0, or -EINVAL when the command line asks for no trace. */
#define PR_LSTAR_TRACE 0x4c535401 /* "LST" */
long trace_start(void);
long trace_stop(void);
/* From sys/entry.c, around the handler, for threads with TIF_SYSCALL_TRACE or TIF_STATS. The result
 * must still be the handler's own: before a restart is worked out. */
void trace_enter(struct pt_regs *regs);
void trace_exit(struct pt_regs *regs);
/* Before the machine powers off: prints what is held back, and the table of --stats. May sleep. */
void trace_finish(void);

/* --- trace_out.c --- */
void trace_out_init(void);
void trace_out_lock(void);
void trace_out_unlock(void);
void trace_out(const char *text, size_t length); /* locked; on its way within some milliseconds */
void trace_out_flush(void);			 /* locked; at once */

/* --- trace_filter.c --- */
void trace_filter_init(const char *list); /* "all" or CALL,%CLASS,... */
bool trace_filter_has(unsigned nr);

/* --- stats.c --- */
void stats_add(unsigned nr, u64 time_ns, bool is_error);
void stats_print(void); /* trace_out locked */

#endif
