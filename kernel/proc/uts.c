/* uname(2)'s names: one set for the machine. */
#include "proc/task.h"

spinlock_t uts_lock = SPINLOCK_INIT(RANK_LEAF, "uts");
struct new_utsname utsname = {
	.sysname = "Linux",
	.nodename = "lstar",
	.release = "6.12.0-lstar",
	.version = "#1 SMP PREEMPT Lstar",
	.machine = "x86_64",
	.domainname = "(none)",
};
