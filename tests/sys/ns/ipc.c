/* SPDX-License-Identifier: Apache-2.0 */
/* ipc_namespaces(7): System V objects, message queues and their limits of one's own. */
#include "test.h"
#include "ns_common.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define KEY 0x6c737461

static int mq_make(const char *name, int flags)
{
	return (int)syscall(SYS_mq_open, name, O_RDWR | flags, 0600, NULL);
}

static void system_v(void)
{
	int shm = T_OK(shmget(KEY, 4096, IPC_CREAT | IPC_EXCL | 0600));
	int msg = T_OK(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
	int sem = T_OK(semget(KEY, 2, IPC_CREAT | IPC_EXCL | 0600));
	char *at = T_OK(shmat(shm, NULL, 0));
	struct shmid_ds ds;

	at[0] = 'o';
	T_CHILD
	{
		int other;

		T_NEED(sys_unshare(CLONE_NEWIPC));
		T_ERR(shmget(KEY, 1, 0), ENOENT);
		T_ERR(msgget(KEY, 0), ENOENT);
		T_ERR(semget(KEY, 0, 0), ENOENT);
		T_ERR(shmctl(shm, IPC_STAT, &ds), EINVAL);
		T_ERR(msgctl(msg, IPC_RMID, NULL), EINVAL);
		T_ERR(semctl(sem, 0, IPC_RMID), EINVAL);
		/* What was attached stays. */
		T_EQ(at[0], 'o');
		at[1] = 'n';
		other = T_OK(shmget(KEY, 8192, IPC_CREAT | IPC_EXCL | 0600));
		T_OK(shmctl(other, IPC_STAT, &ds));
		T_EQ(ds.shm_segsz, 8192);
		T_EQ(ds.shm_nattch, 0);
		T_OK(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
		T_OK(semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0600));
		T_NE((long)shmat(other, NULL, 0), -1);
		T_OK(shmdt(at));
	}
	T_EQ(at[1], 'n');
	T_OK(shmctl(shm, IPC_STAT, &ds));
	T_EQ(ds.shm_nattch, 1);
	T_EQ(ds.shm_segsz, 4096);
	T_OK(shmdt(at));
	T_OK(shmctl(shm, IPC_RMID, NULL));
	T_OK(msgctl(msg, IPC_RMID, NULL));
	T_OK(semctl(sem, 0, IPC_RMID));
}

/* What semaphore operations left to be undone is undone where it was done. */
static void undo(void)
{
	int sem = T_OK(semget(IPC_PRIVATE, 1, 0600));
	struct sembuf up = {0, 1, SEM_UNDO};

	T_CHILD
	{
		T_OK(semop(sem, &up, 1));
		T_EQ(semctl(sem, 0, GETVAL), 1);
		T_OK(sys_unshare(CLONE_NEWIPC));
		t_sleep_ms(10);
	}
	T_EQ(semctl(sem, 0, GETVAL), 0);
	T_OK(semctl(sem, 0, IPC_RMID));
}

static void limits(void)
{
	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWIPC));
		if (write_text("/proc/sys/kernel/msgmni", "1\n")) {
			T_SKIP_ONE("/proc/sys is read-only here");
			return;
		}
		T_STR(read_text("/proc/sys/kernel/msgmni"), "1\n");
		T_OK(msgget(IPC_PRIVATE, 0600));
		T_ERR(msgget(IPC_PRIVATE, 0600), ENOSPC);
		T_OK(write_text("/proc/sys/fs/mqueue/queues_max", "7\n"));
		T_STR(read_text("/proc/sys/fs/mqueue/queues_max"), "7\n");
	}
	T_TRUE(strcmp(read_text("/proc/sys/kernel/msgmni"), "1\n"));
	T_TRUE(strcmp(read_text("/proc/sys/fs/mqueue/queues_max"), "7\n"));
}

static void queues(void)
{
	int q = mq_make("t-ns-queue", O_CREAT), own = T_OK(ns_open("self", "ipc"));

	if (q < 0) {
		T_SKIP_ONE("no message queues here");
		return;
	}
	T_OK(mkdir("mq", 0755));
	T_CHILD
	{
		T_NEED(sys_unshare(CLONE_NEWIPC | CLONE_NEWNS));
		T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		T_ERR(mq_make("t-ns-queue", 0), ENOENT);
		T_OK(mq_make("t-ns-inner", O_CREAT | O_EXCL));
		T_OK(mount("x", "mq", "mqueue", 0, NULL));
		T_TRUE(t_exists("mq/t-ns-inner"));
		T_TRUE(!t_exists("mq/t-ns-queue"));
		/* The mount shows the namespace of who made it. */
		T_OK(sys_setns(own, CLONE_NEWIPC));
		T_TRUE(t_exists("mq/t-ns-inner"));
		T_ERR(mq_make("t-ns-inner", 0), ENOENT);
		T_OK(mq_make("t-ns-queue", 0));
		/* That namespace is gone by now: nothing can be made in it. */
		T_ERR(open("mq/late", O_RDWR | O_CREAT, 0600), EACCES);
		T_OK(unlink("mq/t-ns-inner"));
	}
	T_OK(syscall(SYS_mq_unlink, "t-ns-queue"));
	T_OK(rmdir("mq"));
	close(q);
	close(own);
}

TEST_MAIN
{
	T_NEED_ROOT();
	T_NEED_UNSHARE(CLONE_NEWIPC);
	T_ERR(sys_clone(CLONE_NEWIPC | CLONE_SYSVSEM), EINVAL);
	system_v();
	undo();
	limits();
	queues();
	T_AS_USER
	{
		T_ERR(sys_unshare(CLONE_NEWIPC), EPERM);
		T_ERR(sys_clone(CLONE_NEWIPC | CLONE_SYSVSEM), EPERM);
	}
}
