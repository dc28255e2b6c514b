/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_MQUEUE_H
#define LIBSYS_MQUEUE_H

#include <linux/mqueue.h>
#include <linux/time.h>
#include <sys/calls.h>
#include <sys/types.h>

/* Names begin with a slash. */
int mq_open(const char *name, int flags, ...);
int mq_unlink(const char *name);
int mq_close(int queue);
int mq_send(int queue, const char *message, size_t length, unsigned int priority);
ssize_t mq_receive(int queue, char *message, size_t length, unsigned int *priority);
int mq_getattr(int queue, struct mq_attr *attr);
int mq_setattr(int queue, const struct mq_attr *attr, struct mq_attr *old);

#endif /* LIBSYS_MQUEUE_H */
