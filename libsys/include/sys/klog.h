/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_KLOG_H
#define LIBSYS_SYS_KLOG_H

#include <abi/linux/missing.h>

int klogctl(int type, char *buf, int length);

#endif /* LIBSYS_SYS_KLOG_H */
