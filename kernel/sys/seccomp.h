/* For prctl(2). */
#ifndef SYS_SECCOMP_H
#define SYS_SECCOMP_H

#include "arch/arch.h"

long seccomp_prctl(unsigned long mode, uaddr_t args); /* PR_SET_SECCOMP */

#endif
