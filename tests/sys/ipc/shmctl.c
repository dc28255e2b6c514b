/* SPDX-License-Identifier: Apache-2.0 */
#include "shm_common.h"

#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif

static int index_of(int id)
{
	int max = T_OK(shmctl(0, SHM_INFO, (struct shmid_ds *)&(struct shm_info){0}));
	struct shmid_ds ds;

	for (int i = 0; i <= max; i++)
		if (shmctl(i, SHM_STAT, &ds) == id)
			return i;
	return -1;
}

static void listed(int id)
{
	char text[65536], start[40], *at;
	unsigned size;

	text[T_OK(t_read_file("/proc/sysvipc/shm", text, sizeof(text) - 1))] = 0;
	snprintf(start, sizeof(start), "%10d %10d   640 ", own_key(0), id);
	at = strstr(text, start);
	T_TRUE(at != NULL);
	if (at) {
		T_EQ(sscanf(at + strlen(start), "%u", &size), 1);
		T_EQ(size, 2 * PAGE);
	}
}

static void locks(int id)
{
	T_OK(shmctl(id, SHM_LOCK, NULL));
	T_EQ(shm_state(id).shm_perm.mode & 02000, 02000);
	T_OK(shmctl(id, SHM_UNLOCK, NULL));
	T_EQ(shm_state(id).shm_perm.mode & 02000, 0);
	T_AS_USER
	{
		if (t_is_root())
			return;
		T_ERR(shmctl(id, SHM_LOCK, NULL), EPERM);
		T_ERR(shmctl(id, SHM_UNLOCK, NULL), EPERM);
	}
}

TEST_MAIN
{
	int id = T_NEED(shmget(own_key(0), 2 * PAGE, IPC_CREAT | 0640)), i;
	struct shminfo info;
	struct shm_info used;
	struct shmid_ds ds = shm_state(id);

	T_OK(shmctl(0, IPC_INFO, (struct shmid_ds *)&info));
	T_EQ(info.shmmin, 1);
	T_CMP(info.shmmni, >, 0);
	T_OK(shmctl(0, SHM_INFO, (struct shmid_ds *)&used));
	T_CMP(used.used_ids, >=, 1);
	T_CMP(used.shm_tot, >=, 2);
	T_EQ(used.shm_swp, 0);
	i = index_of(id);
	T_CMP(i, >=, 0);
	T_EQ(shmctl(i, SHM_STAT_ANY, &ds), id);
	T_EQ(ds.shm_segsz, 2 * PAGE);
	listed(id);
	ds.shm_perm.mode = 0600 | 07000;
	ds.shm_segsz = 1;
	T_OK(shmctl(id, IPC_SET, &ds));
	T_EQ(shm_state(id).shm_perm.mode, 0600);
	T_EQ(shm_state(id).shm_segsz, 2 * PAGE);
	locks(id);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(shmctl(id, IPC_STAT, &ds), EACCES);
			T_ERR(shmctl(i, SHM_STAT, &ds), EACCES);
			T_EQ(shmctl(i, SHM_STAT_ANY, &ds), id);
			T_ERR(shmctl(id, IPC_SET, &ds), EPERM);
			T_ERR(shmctl(id, IPC_RMID, NULL), EPERM);
		}
		ds.shm_perm.uid = T_UID;
		T_OK(shmctl(id, IPC_SET, &ds));
		T_EQ(shm_state(id).shm_perm.uid, T_UID);
		T_EQ(shm_state(id).shm_perm.cuid, 0);
		T_AS_USER
		{
			T_OK(shmctl(id, IPC_STAT, &ds));
			T_OK(shmctl(id, SHM_LOCK, NULL));
			t_limit(RLIMIT_MEMLOCK, 0);
			T_ERR(shmctl(id, SHM_LOCK, NULL), EPERM);
			T_OK(shmctl(id, SHM_UNLOCK, NULL));
		}
	}
	T_EFAULT_NULL(p, shmctl(id, IPC_STAT, p));
	T_EFAULT_NULL(p, shmctl(id, IPC_SET, p));
	T_ERR(shmctl(id, 1000, &ds), EINVAL);
	T_ERR(shmctl(id, -1, &ds), EINVAL);
	T_ERR(shmctl(-1, IPC_STAT, &ds), EINVAL);
	T_ERR(shmctl(-1, IPC_RMID, &ds), EINVAL);
	T_OK(shmctl(id, IPC_RMID, NULL));
	T_ERR(shmctl(id, IPC_RMID, NULL), EINVAL);
}
