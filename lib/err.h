/* Errors in pointers, and errors with a reason. Errors are negative errno values, -4095..-1,
 * everywhere. */
#ifndef LIB_ERR_H
#define LIB_ERR_H

#include "lib/types.h"
#include <linux/errno.h>

#define MAX_ERRNO 4095

/* Resolved at the exit to user mode, never seen by a program (values as in Linux's
 * include/linux/errno.h). */
#define ERESTARTSYS	      512
#define ERESTARTNOINTR	      513
#define ERESTARTNOHAND	      514
#define ENOIOCTLCMD	      515
#define ERESTART_RESTARTBLOCK 516

static inline void *ERR_PTR(long err)
{
	return (void *)err;
}
static inline long PTR_ERR(const void *p)
{
	return (long)p;
}
static inline bool IS_ERR(const void *p)
{
	return (unsigned long)p >= (unsigned long)-MAX_ERRNO;
}

/*
 * `return fail(EINVAL, "flags must be O_CLOEXEC or 0");` is -EINVAL with the reason beside it:
 * documentation in a release build, and in a debug build (-DDEBUG) remembered per CPU for the
 * tracer.
 */
#ifdef DEBUG
extern void note_failure(int err, const char *why);
#define fail(err, why) (note_failure(err, why), -(err))
#else
#define fail(err, why) ((void)(why), -(err))
#endif

#endif
