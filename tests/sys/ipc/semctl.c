/* SPDX-License-Identifier: Apache-2.0 */
#include "sem_common.h"

#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif

static void all(int id)
{
	unsigned short in[3] = {1, 2, 3}, out[3] = {0};

	T_OK(semctl(id, 0, SETALL, in));
	T_OK(semctl(id, 0, GETALL, out));
	T_MEM(in, out, sizeof(in));
	T_EQ(semctl(id, 1, GETPID), getpid());
	in[1] = 32768;
	T_ERR(semctl(id, 0, SETALL, in), ERANGE);
	T_EQ(VALUE(id, 0), 1);
	T_EFAULT_NULL(p, semctl(id, 0, SETALL, p));
	T_EFAULT_NULL(p, semctl(id, 0, GETALL, p));
}

static void information(int id)
{
	struct seminfo info;
	struct semid_ds ds;
	int max, i;

	T_OK(semctl(0, 0, IPC_INFO, &info));
	T_CMP(info.semmni, >, 0);
	T_EQ(info.semvmx, 32767);
	T_EQ(info.semaem, 32767);
	max = T_OK(semctl(0, 0, SEM_INFO, &info));
	T_CMP(info.semusz, >=, 1);
	T_CMP(info.semaem, >=, 3);
	for (i = 0; i <= max && semctl(i, 0, SEM_STAT, &ds) != id; i++)
		;
	T_CMP(i, <=, max);
	T_EQ(semctl(i, 0, SEM_STAT_ANY, &ds), id);
	T_EQ(ds.sem_nsems, 3);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(semctl(i, 0, SEM_STAT, &ds), EACCES);
			T_EQ(semctl(i, 0, SEM_STAT_ANY, &ds), id);
		}
	}
}

TEST_MAIN
{
	int id = T_NEED(semget(own_key(0), 3, IPC_CREAT | 0600));
	struct semid_ds ds;
	char text[65536], start[60];

	all(id);
	information(id);
	T_OK(semctl(id, 0, SETVAL, 7));
	T_EQ(VALUE(id, 0), 7);
	T_ERR(semctl(id, 0, SETVAL, -1), ERANGE);
	T_ERR(semctl(id, 0, SETVAL, 32768), ERANGE);
	T_ERR(semctl(id, 3, SETVAL, 1), EINVAL);
	T_ERR(semctl(id, -1, GETVAL), EINVAL);
	T_ERR(semctl(id, 3, GETVAL), EINVAL);
	T_ERR(semctl(id, 3, GETNCNT), EINVAL);
	T_ERR(semctl(id, 3, GETPID), EINVAL);
	T_ERR(semctl(id, 0, 1000), EINVAL);
	T_ERR(semctl(-1, 0, GETVAL), EINVAL);
	T_OK(semctl(id, 0, IPC_STAT, &ds));
	ds.sem_perm.mode = 0640;
	T_OK(semctl(id, 0, IPC_SET, &ds));
	T_OK(semctl(id, 0, IPC_STAT, &ds));
	T_EQ(ds.sem_perm.mode, 0640);
	T_EFAULT_NULL(p, semctl(id, 0, IPC_STAT, p));
	T_EFAULT_NULL(p, semctl(id, 0, IPC_SET, p));
	text[T_OK(t_read_file("/proc/sysvipc/sem", text, sizeof(text) - 1))] = 0;
	snprintf(start, sizeof(start), "%10d %10d   640          3 ", own_key(0), id);
	T_TRUE(strstr(text, start) != NULL);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(semctl(id, 0, GETVAL), EACCES);
			T_ERR(semctl(id, 0, GETALL, (unsigned short *)text), EACCES);
			T_ERR(semctl(id, 0, SETVAL, 1), EACCES);
			T_ERR(semctl(id, 0, IPC_STAT, &ds), EACCES);
			T_ERR(semctl(id, 0, IPC_SET, &ds), EPERM);
			T_ERR(semctl(id, 0, IPC_RMID), EPERM);
		}
	}
	T_OK(semctl(id, 0, IPC_RMID));
	T_ERR(semctl(id, 0, IPC_RMID), EINVAL);
}
