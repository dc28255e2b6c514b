/* SPDX-License-Identifier: Apache-2.0 */
#include "shm_common.h"

#define NONE ((void *)-1)

static void sharing(int id)
{
	char *a = T_OK((char *)shmat(id, NULL, 0)), *b;
	int pid;

	b = T_OK((char *)shmat(id, NULL, 0));
	T_NE((long)a, (long)b);
	T_EQ(a[0], 0);
	strcpy(a, "hello");
	T_STR(b, "hello");
	T_EQ(shm_state(id).shm_nattch, 2);
	T_EQ(shm_state(id).shm_lpid, getpid());
	T_CMP(shm_state(id).shm_atime, >, 0);
	pid = fork();
	if (!pid) {
		T_EQ(shm_state(id).shm_nattch, 4);
		strcpy(a, "child");
		_exit(0);
	}
	T_WAIT(pid, 0);
	T_STR(b, "child");
	T_EQ(shm_state(id).shm_nattch, 2);
	T_CMP(shm_state(id).shm_dtime, >, 0);
	T_OK(shmdt(b));
	T_OK(shmdt(a));
	T_EQ(shm_state(id).shm_nattch, 0);
}

static void addresses(int id)
{
	char *hole = T_OK(mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *p;

	T_ERR(shmat(id, hole, 0), EINVAL); /* something is there */
	T_OK(munmap(hole, 8 * PAGE));
	T_EQ((long)shmat(id, hole + PAGE, 0), (long)hole + PAGE);
	T_OK(shmdt(hole + PAGE));
	T_ERR(shmat(id, hole + 100, 0), EINVAL);
	p = T_OK((char *)shmat(id, hole + PAGE + 100, SHM_RND));
	T_EQ((long)p, (long)hole + PAGE);
	T_ERR(shmdt(p + 1), EINVAL);
	T_OK(shmdt(p));
	hole = T_OK(mmap(hole, 8 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	hole[0] = 1;
	T_EQ((long)shmat(id, hole, SHM_REMAP), (long)hole);
	T_EQ(hole[0], 'x');
	T_OK(shmdt(hole));
	T_ERR(shmdt(hole), EINVAL);
	T_ERR(shmat(id, NULL, SHM_REMAP), EINVAL);
	T_ERR(shmat(id, (void *)100, SHM_RND | SHM_REMAP), EINVAL);
	T_OK(munmap(hole, 8 * PAGE));
	/* munmap is as good as shmdt; a hole in the middle leaves two parts, and shmdt takes all.
	 */
	p = T_OK((char *)shmat(id, NULL, 0));
	T_OK(munmap(p + PAGE, PAGE));
	T_EQ(shm_state(id).shm_nattch, 2);
	T_OK(shmdt(p));
	T_EQ(shm_state(id).shm_nattch, 0);
	p = T_OK((char *)shmat(id, NULL, 0));
	T_OK(munmap(p, 3 * PAGE));
	T_EQ(shm_state(id).shm_nattch, 0);
}

static void protection(int id)
{
	char *p = T_OK((char *)shmat(id, NULL, SHM_RDONLY)), maps[16384], line[100];
	char *at;

	T_EQ(p[0], 'x');
	T_CHILD_STATUS(SIGSEGV)
	{
		p[0] = 'y';
	}
	T_ERR(mprotect(p, PAGE, PROT_READ | PROT_WRITE), EACCES);
	T_OK(shmdt(p));
	p = T_OK((char *)shmat(id, NULL, SHM_EXEC));
	maps[T_OK(t_read_file("/proc/self/maps", maps, sizeof(maps) - 1))] = 0;
	snprintf(line, sizeof(line), "%lx-%lx rwxs 00000000 ", (long)p, (long)p + 3 * PAGE);
	at = strstr(maps, line);
	T_TRUE(at != NULL);
	if (at) {
		*strchr(at, '\n') = 0;
		snprintf(line, sizeof(line), " %d ", id);
		T_TRUE(strstr(at, line) != NULL);
		T_TRUE(strstr(at, "/SYSV00000000 (deleted)") != NULL);
	}
	T_OK(shmdt(p));
}

static void removed(void)
{
	int id = T_OK(shmget(own_key(2), PAGE, IPC_CREAT | 0600));
	char *p = T_OK((char *)shmat(id, NULL, 0)), *q;

	p[5] = 5;
	T_OK(shmctl(id, IPC_RMID, NULL));
	T_EQ(shm_state(id).shm_perm.mode, 0600 | SHM_DEST);
	T_EQ(shm_state(id).shm_perm.__key, IPC_PRIVATE);
	T_ERR(shmget(own_key(2), PAGE, 0), ENOENT);
	q = T_OK((char *)shmat(id, NULL, 0)); /* Linux lets it be attached until it goes */
	T_EQ(q[5], 5);
	T_OK(shmdt(q));
	T_EQ(p[5], 5);
	T_OK(shmdt(p));
	T_ERR(shmctl(id, IPC_STAT, &(struct shmid_ds){0}), EINVAL);
	T_ERR(shmat(id, NULL, 0), EINVAL);
}

TEST_MAIN
{
	int id = T_NEED(shmget(IPC_PRIVATE, 3 * PAGE - 10, 0600));
	char *p;

	sharing(id);
	p = T_NEED((char *)shmat(id, NULL, 0));
	p[0] = 'x';
	T_OK(shmdt(p));
	addresses(id);
	protection(id);
	T_ERR(shmat(-1, NULL, 0), EINVAL);
	T_ERR(shmat(id + 1000, NULL, 0), EINVAL);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(shmat(id, NULL, 0), EACCES);
			T_ERR(shmat(id, NULL, SHM_RDONLY), EACCES);
		}
		T_OK(shmctl(id, IPC_SET,
			    &(struct shmid_ds){.shm_perm = {.mode = 0604, .uid = 0, .gid = 0}}));
		T_AS_USER
		{
			T_ERR(shmat(id, NULL, 0), EACCES);
			T_OK(shmat(id, NULL, SHM_RDONLY));
			T_ERR(shmat(id, NULL, SHM_RDONLY | SHM_EXEC), EACCES);
		}
	}
	/* exec detaches. */
	T_CHILD
	{
		T_OK(shmat(id, NULL, 0));
		execl("/bin/true", "true", NULL);
	}
	T_EQ(shm_state(id).shm_nattch, 0);
	T_OK(shmctl(id, IPC_RMID, NULL));
	removed();
}
