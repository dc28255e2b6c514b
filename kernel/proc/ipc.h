/* System V IPC, sysvipc(7): numbers and keys of objects, and their three kinds. sys/sysvipc.c has
 * the calls. All may sleep. */
#ifndef PROC_IPC_H
#define PROC_IPC_H

#include "core/lock.h"
#include "vfs/mqueue.h"
#include <asm/msgbuf.h>
#include <asm/sembuf.h>
#include <asm/shmbuf.h>
#include <linux/ipc.h>
#include <linux/sem.h>

/* Permission bits of all three classes. */
#define S_IRWXUGO 0777u
#define S_IRUGO	  0444u
#define S_IWUGO	  0222u
#define S_IXUGO	  0111u

struct ipc_ids;
struct task;

/* What every object begins with; ids->lock. */
struct ipc_object {
	struct ipc_ids *ids;
	int id; /* -1: removed */
	int key;
	u32 uid, gid, cuid, cgid, mode; /* permission bits, and SHM_DEST, SHM_LOCKED */
	u32 refs;			/* ids->lock; the slot's, and whoever sleeps on it */
};

/* All objects of one kind. */
struct ipc_ids {
	struct mutex lock; /* RANK_IPC; also guards everything of the objects */
	struct ipc_object **slots;
	int nr_slots, in_use, last_idx, max_idx; /* max_idx: -1 when there is none */
	unsigned seq;
	int *limit; /* /proc/sys/kernel: how many there may be */
	void (*free)(struct ipc_object *o);
};

/* An IPC namespace, ipc_namespaces(7). */
struct ipc_space {
	struct ipc_ns ns; /* first: POSIX message queues */
	struct ipc_ids shm, sem, msg;
	/* /proc/sys/kernel: shmmax shmall shmmni; sem's SEMMSL SEMMNS SEMOPM SEMMNI; msgmax msgmnb
	 * msgmni */
	u64 shm_max_bytes, shm_max_pages;
	int shm_max_ids;
	int sem_limits[4];
	int msg_max_bytes, msg_queue_bytes, msg_max_ids;
	u64 shm_total_pages; /* shm.lock */
	int used_semaphores; /* sem.lock */
};
extern struct ipc_space init_ipc;
struct ipc_space *current_ipc(void);
void ipc_init_first(void);
/* Each kind's part of a new namespace, and of the end of one that nobody is in. */
void ipc_ids_init(struct ipc_ids *ids, const char *name, int *limit,
		  void (*free)(struct ipc_object *o));
void ipc_ids_exit(struct ipc_ids *ids, void (*remove)(struct ipc_object *o));
void shm_init_ns(struct ipc_space *s);
void sem_init_ns(struct ipc_space *s);
void msg_init_ns(struct ipc_space *s);
void shm_exit_ns(struct ipc_space *s);
void sem_exit_ns(struct ipc_space *s);
void msg_exit_ns(struct ipc_space *s);

/* ids->lock held for all of these. */
/* What msgget(2) and its kin share: find the key's object, which `fits` (0 or an error), or make
 * one by `make` (ERR_PTR). Its number. */
struct ipc_get {
	int key, flags;
	size_t size; /* bytes, semaphores */
	struct ipc_object *(*make)(const struct ipc_get *g);
	int (*fits)(const struct ipc_object *o, const struct ipc_get *g);
};
int ipc_get(struct ipc_ids *ids, const struct ipc_get *g);
/* ERR_PTR(-EINVAL): there is none, -EIDRM: not any more. */
struct ipc_object *ipc_find(struct ipc_ids *ids, int id);
struct ipc_object *ipc_at(struct ipc_ids *ids, int idx); /* SHM_STAT: by index; ERR_PTR(-EINVAL) */
/* May the caller? flags: permission bits, of any of the three classes. -EACCES. */
int ipc_permission(const struct ipc_object *o, unsigned flags);
int ipc_may_change(const struct ipc_object *o); /* IPC_SET, IPC_RMID: -EPERM */
void ipc_remove(struct ipc_object *o);		/* the number goes; and the slot's reference */
void ipc_unref(struct ipc_object *o);		/* the last one frees it */
int ipc_set(struct ipc_object *o, const struct ipc64_perm *p); /* -EINVAL: no such ids */
void ipc_stat(const struct ipc_object *o, struct ipc64_perm *p);

/* How the calls of semctl(2) and its kin begin: these take ids->lock, and hold it on return, with
 * an ERR_PTR too. */
struct ipc_object *ipc_lock_to_use(struct ipc_ids *ids, int id, unsigned flags);
struct ipc_object *ipc_lock_to_change(struct ipc_ids *ids, int id); /* IPC_SET, IPC_RMID */
/* by_index: IPC_STAT by the place in the table; may_all: without permission (SHM_STAT_ANY). */
struct ipc_object *ipc_lock_to_stat(struct ipc_ids *ids, int id, bool by_index, bool may_all);
/* The next object from *idx on, which moves behind it; NULL at the end. ids->lock held. */
struct ipc_object *ipc_next(const struct ipc_ids *ids, int *idx);
/* IPC_INFO's answer: the highest index in use, at least 0. ids->lock held. */
static inline int ipc_top_index(const struct ipc_ids *ids)
{
	return MAX(ids->max_idx, 0);
}

/* Seconds of the wall clock. */
long ipc_now(void);

/* --- shm.c --- */
struct shm_totals {
	int used_ids;
	u64 total_pages, rss_pages;
};
int shm_get(int key, size_t size, int flags);
long shm_attach(int id, unsigned long addr, int flags); /* where */
int shm_detach(unsigned long addr);
/* by_index: SHM_STAT, to which the number is the answer; may_all: without permission (_ANY). */
int shm_stat(int id, bool by_index, bool may_all, struct shmid64_ds *ds);
int shm_set(int id, const struct shmid64_ds *ds);
int shm_remove(int id);
int shm_set_locked(int id, bool lock);
int shm_totals(struct shm_totals *t); /* the highest index, at least 0 */
/* What /proc/sysvipc/shm has besides. */
int shm_next(int *idx, struct shmid64_ds *ds, u64 *rss_pages); /* id, or -1 at the end */

/* --- sem.c --- */
struct sem_undo_list;
int sem_get(int key, int nsems, int flags);
/* deadline_ns: 0 = none, monotonic. */
int sem_operate(int id, struct sembuf *ops, unsigned nops, u64 deadline_ns);
int sem_stat(int id, bool by_index, bool may_all, struct semid64_ds *ds);
int sem_set(int id, const struct semid64_ds *ds);
int sem_remove(int id);
int sem_value(int id, int num, int cmd); /* GETVAL GETPID GETNCNT GETZCNT */
int sem_set_value(int id, int num, int value);
/* GETALL, SETALL in two steps: how many; then that many values. */
int sem_count(int id, bool is_write);
int sem_get_all(int id, u16 *values, int n);
int sem_set_all(int id, const u16 *values, int n);
int sem_totals(int *used_ids, int *used_sems);
int sem_next(int *idx, struct semid64_ds *ds);
/* CLONE_SYSVSEM, and the end of a task: what SEM_UNDO takes back. */
int sem_undo_share(struct task *child, struct task *parent);
void sem_undo_exit(struct task *t);

/* --- msg.c --- */
struct ipc_msg {
	struct list_head node;
	long type;
	size_t size;
	char text[];
};
int msg_get(int key, int flags);
/* The message's memory changes hands on success. */
int msg_send(int id, struct ipc_msg *m, int flags);
/* The message, which is the caller's to kfree(); ERR_PTR. */
struct ipc_msg *msg_receive(int id, size_t size, long type, int flags);
int msg_stat(int id, bool by_index, bool may_all, struct msqid64_ds *ds);
int msg_set(int id, const struct msqid64_ds *ds);
int msg_remove(int id);
int msg_totals(int *used_ids, int *nr_messages, int *bytes);
int msg_next(int *idx, struct msqid64_ds *ds);

#endif
