/* SPDX-License-Identifier: Apache-2.0 */
/* Record locks with offsets of 64 bits: those of fcntl64(2). */
#ifndef LIBSYS_I386_ASM_FCNTL_H
#define LIBSYS_I386_ASM_FCNTL_H

#define flock __old_flock
#include_next <asm/fcntl.h>
#undef flock

#undef F_GETLK
#undef F_SETLK
#undef F_SETLKW
#define F_GETLK	 F_GETLK64
#define F_SETLK	 F_SETLK64
#define F_SETLKW F_SETLKW64

struct flock {
	short l_type, l_whence;
	__INT64_TYPE__ l_start, l_len;
	int l_pid;
};

_Static_assert(sizeof(struct flock) == sizeof(struct flock64), "fcntl64(2)");

#endif /* LIBSYS_I386_ASM_FCNTL_H */
