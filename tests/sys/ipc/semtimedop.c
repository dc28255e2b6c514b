/* SPDX-License-Identifier: Apache-2.0 */
#include "sem_common.h"

TEST_MAIN
{
	int id = T_NEED(semget(IPC_PRIVATE, 1, 0600));
	struct sembuf take = {0, -1, 0};
	struct timespec ts = {0, 50000000}, zero = {0, 0}, bad = {0, 1000000000}, before = {-1, 0};
	long start = t_now_ms();

	T_ERR(semtimedop(id, &take, 1, &ts), EAGAIN);
	T_CMP(t_now_ms() - start, >=, 50);
	T_EQ(semctl(id, 0, GETNCNT), 0);
	T_ERR(semtimedop(id, &take, 1, &zero), EAGAIN);
	T_ERR(semtimedop(id, &take, 1, &bad), EINVAL);
	T_ERR(semtimedop(id, &take, 1, &before), EINVAL);
	T_OK(semctl(id, 0, SETVAL, 2));
	T_OK(semtimedop(id, &take, 1, &ts));
	T_OK(semtimedop(id, &take, 1, NULL));
	T_ERR(semtimedop(id, &take, 0, &ts), EINVAL);
	T_EFAULT(p, semtimedop(id, &take, 1, p));
	T_EFAULT_NULL(p, semtimedop(id, p, 1, &ts));
	T_OK(semctl(id, 0, IPC_RMID));
}
