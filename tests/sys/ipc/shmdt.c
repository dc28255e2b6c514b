/* SPDX-License-Identifier: Apache-2.0 */
#include "shm_common.h"

TEST_MAIN
{
	int id = T_NEED(shmget(IPC_PRIVATE, PAGE, 0600));
	char *p = T_NEED((char *)shmat(id, NULL, 0));
	char *map;

	T_ERR(shmdt(p + 1), EINVAL);
	T_ERR(shmdt(p + PAGE), EINVAL);
	T_ERR(shmdt(NULL), EINVAL);
	T_OK(shmdt(p));
	T_ERR(shmdt(p), EINVAL);
	T_CHILD_STATUS(SIGSEGV)
	{
		*(volatile char *)p = 1;
	}
	/* Shared memory of another kind is none. */
	map = T_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	T_ERR(shmdt(map), EINVAL);
	T_EQ(shm_state(id).shm_lpid, getpid());
	T_OK(shmctl(id, IPC_RMID, NULL));
}
