/* SPDX-License-Identifier: Apache-2.0 */
#include "shm_common.h"

TEST_MAIN
{
	key_t key = own_key(0);
	struct shmid_ds ds;
	int id, other;

	T_ERR(shmget(key, PAGE, 0600), ENOENT);
	id = T_NEED(shmget(key, PAGE + 1, 0640 | IPC_CREAT));
	T_EQ(shmget(key, PAGE, 0), id);
	T_EQ(shmget(key, 0, 0), id);
	T_EQ(shmget(key, PAGE + 1, IPC_CREAT), id);
	T_EQ(shmget(key, 1, IPC_EXCL), id); /* alone it means nothing */
	T_ERR(shmget(key, PAGE, IPC_CREAT | IPC_EXCL), EEXIST);
	T_ERR(shmget(key, PAGE + 2, 0), EINVAL);
	ds = shm_state(id);
	T_EQ(ds.shm_segsz, PAGE + 1);
	T_EQ(ds.shm_perm.mode, 0640);
	T_EQ(ds.shm_perm.uid, geteuid());
	T_EQ(ds.shm_perm.cuid, geteuid());
	T_EQ(ds.shm_perm.gid, getegid());
	T_EQ(ds.shm_perm.__key, key);
	T_EQ(ds.shm_cpid, getpid());
	T_EQ(ds.shm_lpid, 0);
	T_EQ(ds.shm_nattch, 0);
	T_EQ(ds.shm_atime, 0);
	T_EQ(ds.shm_dtime, 0);
	T_CMP(ds.shm_ctime, >, 1000000000);
	T_ERR(shmget(IPC_PRIVATE, 0, 0600), EINVAL);
	T_ERR(shmget(own_key(1), 0, IPC_CREAT | 0600), EINVAL);
	T_ERR(shmget(IPC_PRIVATE, (size_t)-1, 0600), EINVAL);
	other = T_OK(shmget(IPC_PRIVATE, 1, 0600));
	T_NE(other, id);
	T_OK(shmctl(other, IPC_RMID, NULL));
	other = T_OK(shmget(IPC_PRIVATE, 1, 0600 | SHM_NORESERVE));
	T_OK(shmctl(other, IPC_RMID, NULL));
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(shmget(key, 1, 0600), EACCES);
			T_ERR(shmget(key, 1, 0004), EACCES);
			T_EQ(shmget(key, 1, 0), id);
			T_ERR(shmctl(id, IPC_RMID, NULL), EPERM);
		}
	}
	T_OK(shmctl(id, IPC_RMID, NULL));
	T_ERR(shmget(key, 1, 0), ENOENT);
	T_ERR(shmctl(id, IPC_STAT, &ds), EINVAL);
	other = T_OK(shmget(key, 1, IPC_CREAT | 0600));
	T_NE(other, id); /* the number of a removed segment does not come back at once */
	T_OK(shmctl(other, IPC_RMID, NULL));
}
