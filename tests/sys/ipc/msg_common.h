/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MSG_COMMON_H
#define TESTS_MSG_COMMON_H

#include "test.h"
#include <sys/ipc.h>
#include <sys/msg.h>

#ifndef MSG_COPY
#define MSG_COPY 040000
#endif

static inline key_t own_key(int n)
{
	return (key_t)(0x4e000000 + (getpid() & 0xffff) * 16 + n);
}

struct text {
	long type;
	char text[16384];
};
static struct text out, __attribute__((unused)) in;

static inline int send_text(int id, long type, const char *s, int flags)
{
	out.type = type;
	strcpy(out.text, s);
	return msgsnd(id, &out, strlen(s) + 1, flags);
}
/* The next message of this type must be this one. */
#define EXPECT_TEXT(id, want, flags, type_, text_)                                            \
	do {                                                                                  \
		memset(&in, 0, sizeof(in));                                                   \
		T_EQ(msgrcv(id, &in, sizeof(in.text), want, flags), (long)strlen(text_) + 1); \
		T_EQ(in.type, type_);                                                         \
		T_STR(in.text, text_);                                                        \
	} while (0)
static inline struct msqid_ds queue_state(int id)
{
	struct msqid_ds ds;

	memset(&ds, 0, sizeof(ds));
	T_OK(msgctl(id, IPC_STAT, &ds));
	return ds;
}

#endif
