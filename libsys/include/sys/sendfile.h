/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_SENDFILE_H
#define LIBSYS_SYS_SENDFILE_H

#include <sys/calls.h>

#endif /* LIBSYS_SYS_SENDFILE_H */
