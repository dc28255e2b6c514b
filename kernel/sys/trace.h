/*
 * `lstar run --trace` and `--stats`: every system call of every traced process in strace's form,
 * and strace -c's table. In the kernel's path, not ptrace. Words of the kernel's command line:
 * trace=all or trace=CALL,CALL,... and stats. Output goes to port VPORT_TRACE of docs/wire.md.
 */
#ifndef SYS_TRACE_H
#define SYS_TRACE_H

#include "lib/types.h"

struct pt_regs;

/* Once at boot, from main.c. */
void trace_init(void);
/* current and all it will fork are traced from its next call on; for prctl(PR_LSTAR_TRACE, 1).
 * 0, or -ENOSYS when the command line asks for no trace. */
#define PR_LSTAR_TRACE 0x4c535401
long trace_start(void);
/* Forgets that: for a task that could not execute its program. */
void trace_stop(void);
/* From sys/entry.c, around the handler, for threads with TIF_SYSCALL_TRACE or TIF_STATS. The result
 * must still be the handler's own: before a restart is worked out. */
void trace_enter(struct pt_regs *regs);
void trace_exit(struct pt_regs *regs);
/* Before the machine powers off: prints what is held back, and the table of --stats. May sleep. */
void trace_finish(void);

/* --- trace_out.c --- */
struct task_trace;
void trace_out_lock(void);
void trace_out_unlock(void);
void trace_out(const char *text, size_t length); /* locked */
void trace_out_flush(void);			 /* locked */

/* --- stats.c --- */
void stats_add(unsigned nr, u64 time_ns, bool is_error);
void stats_print(void); /* trace_out locked */

#endif
