/* SPDX-License-Identifier: Apache-2.0 */
#include "sem_common.h"

static void plain(int id)
{
	struct sembuf two[2] = {{0, -1, IPC_NOWAIT}, {1, -1, IPC_NOWAIT}};
	struct sembuf order[2] = {{2, 0, 0}, {2, 1, 0}};
	struct semid_ds ds;

	T_OK(sem_op(id, 0, 2, 0));
	T_EQ(VALUE(id, 0), 2);
	T_EQ(semctl(id, 0, GETPID), getpid());
	T_OK(sem_op(id, 0, -1, 0));
	T_EQ(VALUE(id, 0), 1);
	T_ERR(sem_op(id, 0, -2, IPC_NOWAIT), EAGAIN);
	T_ERR(sem_op(id, 0, 0, IPC_NOWAIT), EAGAIN);
	T_OK(sem_op(id, 1, 0, 0));
	/* All or nothing. */
	T_ERR(semop(id, two, 2), EAGAIN);
	T_EQ(VALUE(id, 0), 1);
	T_OK(sem_op(id, 1, 1, 0));
	T_OK(semop(id, two, 2));
	T_EQ(VALUE(id, 0), 0);
	T_EQ(VALUE(id, 1), 0);
	/* In order: wait for 0, then take it. */
	T_OK(semop(id, order, 2));
	T_EQ(VALUE(id, 2), 1);
	T_OK(sem_op(id, 2, -1, 0));
	T_OK(semctl(id, 0, IPC_STAT, &ds));
	T_CMP(ds.sem_otime, >, 1000000000);
	T_OK(semctl(id, 0, SETVAL, 32767));
	T_ERR(sem_op(id, 0, 1, 0), ERANGE);
	T_OK(semctl(id, 0, SETVAL, 0));
}

static void waiting(int id)
{
	int a, b;

	a = fork();
	if (!a) {
		T_OK(sem_op(id, 0, -2, 0));
		_exit(0);
	}
	until_waiting(id, 0, GETNCNT, 1);
	T_EQ(semctl(id, 0, GETZCNT), 0);
	b = fork();
	if (!b) {
		T_OK(sem_op(id, 1, -1, 0));
		T_OK(sem_op(id, 2, 0, 0));
		_exit(0);
	}
	until_waiting(id, 1, GETNCNT, 1);
	T_OK(sem_op(id, 0, 1, 0)); /* not enough */
	T_EQ(semctl(id, 0, GETNCNT), 1);
	T_OK(sem_op(id, 0, 1, 0));
	T_WAIT(a, 0);
	T_EQ(VALUE(id, 0), 0);
	T_EQ(semctl(id, 0, GETPID), a);
	T_OK(semctl(id, 2, SETVAL, 1));
	T_OK(sem_op(id, 1, 1, 0));
	until_waiting(id, 2, GETZCNT, 1);
	T_OK(sem_op(id, 2, -1, 0));
	T_WAIT(b, 0);
	/* A signal, and SA_RESTART makes no difference. */
	a = fork();
	if (!a) {
		t_count_signal(SIGUSR1, SA_RESTART);
		T_ERR(sem_op(id, 0, -1, 0), EINTR);
		_exit(0);
	}
	until_waiting(id, 0, GETNCNT, 1);
	t_sleep_ms(50);
	kill(a, SIGUSR1);
	T_WAIT(a, 0);
	T_EQ(semctl(id, 0, GETNCNT), 0);
}

static void undo(int id)
{
	int a;

	T_OK(semctl(id, 0, SETVAL, 5));
	T_CHILD
	{
		T_OK(sem_op(id, 0, -3, SEM_UNDO));
		T_OK(sem_op(id, 0, 1, SEM_UNDO));
		T_OK(sem_op(id, 1, 4, SEM_UNDO));
		T_OK(sem_op(id, 1, 2, 0));
		T_CHILD
		{
			/* not its own */
		}
		T_EQ(VALUE(id, 0), 3);
	}
	T_EQ(VALUE(id, 0), 5);
	T_EQ(VALUE(id, 1), 2);
	/* SETVAL forgets. */
	T_CHILD
	{
		T_OK(sem_op(id, 0, -3, SEM_UNDO));
		T_OK(semctl(id, 0, SETVAL, 1));
	}
	T_EQ(VALUE(id, 0), 1);
	/* Never below 0. */
	T_CHILD
	{
		T_OK(sem_op(id, 0, 3, SEM_UNDO));
		T_OK(sem_op(id, 0, -4, 0));
	}
	T_EQ(VALUE(id, 0), 0);
	/* What is given back wakes who waits. */
	T_OK(semctl(id, 0, SETVAL, 1));
	a = fork();
	if (!a) {
		T_OK(sem_op(id, 0, -1, SEM_UNDO));
		until_waiting(id, 0, GETNCNT, 1);
		_exit(0);
	}
	while (VALUE(id, 0))
		t_sleep_ms(5);
	T_OK(sem_op(id, 0, -1, 0));
	T_WAIT(a, 0);
	T_EQ(VALUE(id, 0), 0);
	T_OK(semctl(id, 1, SETVAL, 0));
}

static void errors(int id)
{
	struct sembuf many[501], b = {0, 1, 0};

	memset(many, 0, sizeof(many));
	T_ERR(semop(id, many, 501), E2BIG);
	T_OK(semop(id, many, 500));
	T_ERR(semop(id, &b, 0), EINVAL);
	T_ERR(semop(-1, &b, 1), EINVAL);
	T_ERR(semop(id + 1000, &b, 1), EINVAL);
	T_ERR(sem_op(id, 3, 1, 0), EFBIG);
	T_EFAULT_NULL(p, semop(id, p, 1));
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(sem_op(id, 0, 1, 0), EACCES);
			T_ERR(sem_op(id, 0, 0, IPC_NOWAIT), EACCES);
		}
	}
}

TEST_MAIN
{
	int id = T_NEED(semget(IPC_PRIVATE, 3, 0600)), a;

	plain(id);
	waiting(id);
	undo(id);
	errors(id);
	T_OK(semctl(id, 0, SETVAL, 0));
	a = fork();
	if (!a) {
		T_ERR(sem_op(id, 0, -1, SEM_UNDO), EIDRM);
		_exit(0);
	}
	until_waiting(id, 0, GETNCNT, 1);
	T_OK(semctl(id, 0, IPC_RMID));
	T_WAIT(a, 0);
	T_ERR(sem_op(id, 0, 1, 0), EINVAL);
}
