/* <linux/ptrace.h>, which has a struct pt_regs of its own. */
#ifndef PROC_PTRACE_ABI_H
#define PROC_PTRACE_ABI_H

#define pt_regs uapi_pt_regs
#include <linux/ptrace.h>
#undef pt_regs

#endif
