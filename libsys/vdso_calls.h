/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the vDSO behind C's names. Inside libsys only. */
#ifndef LIBSYS_VDSO_CALLS_H
#define LIBSYS_VDSO_CALLS_H

/* The function; NULL when there is none. *slot, NULL before the first use, keeps what was found. */
void *vdso_find(void **slot, const char *name);
/* The function's result as that of a call: -1 and errno. */
int vdso_checked(long result);

#endif /* LIBSYS_VDSO_CALLS_H */
