/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SHM_COMMON_H
#define TESTS_SHM_COMMON_H

#include "test.h"
#include <sys/ipc.h>
#include <sys/shm.h>

#define PAGE 4096

/* Keys of our own: other tests and programs may have some. */
static inline key_t own_key(int n)
{
	return (key_t)(0x4c000000 + (getpid() & 0xffff) * 16 + n);
}

static inline struct shmid_ds shm_state(int id)
{
	struct shmid_ds ds;

	memset(&ds, 0, sizeof(ds));
	T_OK(shmctl(id, IPC_STAT, &ds));
	return ds;
}

#endif
