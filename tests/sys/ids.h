/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of user and group numbers share. */
#ifndef TESTS_SYS_IDS_H
#define TESTS_SYS_IDS_H

#include "test.h"

#include <sys/fsuid.h>

/* All with the kernel's own calls: the C library's change every thread. */
static inline long k_setresuid(uid_t r, uid_t e, uid_t s)
{
	return syscall(SYS_setresuid, r, e, s);
}

static inline long k_setresgid(gid_t r, gid_t e, gid_t s)
{
	return syscall(SYS_setresgid, r, e, s);
}

/* Real, effective, saved and file-system id as one comparison. */
#define T_UIDS(r, e, s, f)                                 \
	do {                                               \
		uid_t t_u_[3] = {9, 9, 9};                 \
		T_OK(getresuid(t_u_, t_u_ + 1, t_u_ + 2)); \
		T_EQ(t_u_[0], r);                          \
		T_EQ(t_u_[1], e);                          \
		T_EQ(t_u_[2], s);                          \
		T_EQ(setfsuid(-1), f);                     \
	} while (0)
#define T_GIDS(r, e, s, f)                                 \
	do {                                               \
		gid_t t_g_[3] = {9, 9, 9};                 \
		T_OK(getresgid(t_g_, t_g_ + 1, t_g_ + 2)); \
		T_EQ(t_g_[0], r);                          \
		T_EQ(t_g_[1], e);                          \
		T_EQ(t_g_[2], s);                          \
		T_EQ(setfsgid(-1), f);                     \
	} while (0)

#endif
