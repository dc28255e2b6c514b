/* SPDX-License-Identifier: Apache-2.0 */
#include "sem_common.h"

TEST_MAIN
{
	key_t key = own_key(0);
	struct semid_ds ds;
	int id, other;

	T_ERR(semget(key, 3, 0600), ENOENT);
	id = T_NEED(semget(key, 3, IPC_CREAT | 0640));
	T_EQ(semget(key, 3, 0), id);
	T_EQ(semget(key, 0, 0), id);
	T_ERR(semget(key, 4, 0), EINVAL);
	T_ERR(semget(key, 3, IPC_CREAT | IPC_EXCL), EEXIST);
	T_ERR(semget(IPC_PRIVATE, 0, 0600), EINVAL);
	T_ERR(semget(IPC_PRIVATE, -1, 0600), EINVAL);
	T_ERR(semget(IPC_PRIVATE, 1000000, 0600), EINVAL);
	T_OK(semctl(id, 0, IPC_STAT, &ds));
	T_EQ(ds.sem_nsems, 3);
	T_EQ(ds.sem_perm.mode, 0640);
	T_EQ(ds.sem_perm.__key, key);
	T_EQ(ds.sem_otime, 0);
	T_CMP(ds.sem_ctime, >, 1000000000);
	for (int i = 0; i < 3; i++)
		T_EQ(VALUE(id, i), 0);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(semget(key, 1, 0600), EACCES);
			T_EQ(semget(key, 1, 0), id);
		}
	}
	T_OK(semctl(id, 0, IPC_RMID));
	T_ERR(semctl(id, 0, IPC_STAT, &ds), EINVAL);
	other = T_OK(semget(key, 1, IPC_CREAT | 0600));
	T_NE(other, id);
	T_OK(semctl(other, 0, IPC_RMID));
}
