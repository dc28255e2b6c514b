/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SEM_COMMON_H
#define TESTS_SEM_COMMON_H

#include "test.h"
#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>

static inline key_t own_key(int n)
{
	return (key_t)(0x4d000000 + (getpid() & 0xffff) * 16 + n);
}

static inline int sem_op(int id, int num, int op, int flags)
{
	struct sembuf b = {(unsigned short)num, (short)op, (short)flags};

	return semop(id, &b, 1);
}
#define VALUE(id, num) semctl(id, num, GETVAL)

/* Until n tasks wait for semaphore `num` (GETNCNT or GETZCNT). */
static inline void until_waiting(int id, int num, int cmd, int n)
{
	for (int i = 0; i < 500 && semctl(id, num, cmd) != n; i++)
		t_sleep_ms(10);
	T_EQ(semctl(id, num, cmd), n);
}

#endif
