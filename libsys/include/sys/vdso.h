/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_VDSO_H
#define LIBSYS_SYS_VDSO_H

/* A function of the vDSO, such as vdso_sym("LINUX_2.6", "__vdso_clock_gettime"); NULL when there is
 * none. */
void *vdso_sym(const char *version, const char *name);

#endif /* LIBSYS_SYS_VDSO_H */
