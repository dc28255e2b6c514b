/* The structures of System V IPC as the call in flight lays them out: 0, -EFAULT. i386's have
 * 32-bit longs, and times in two halves. */
#ifndef SYS_SYSVIPC_LAYOUT_H
#define SYS_SYSVIPC_LAYOUT_H

#include "abi/linux/missing.h"
#include "proc/ipc.h"
#include "sys/syscall.h"

/* SHM_INFO; <linux/shm.h> has it, but wants the C library */
struct shm_info {
	int used_ids;
	unsigned long shm_tot, shm_rss, shm_swp; /* pages */
	unsigned long swap_attempts, swap_successes;
};

struct ipc64_perm32 {
	s32 key;
	u32 uid, gid, cuid, cgid;
	u16 mode, pad1, seq, pad2;
	u32 unused[2];
};
struct time_halves {
	u32 low, high;
};
struct shmid64_ds32 {
	struct ipc64_perm32 perm;
	u32 segsz;
	struct time_halves atime, dtime, ctime;
	s32 cpid, lpid;
	u32 nattch, unused[2];
};
struct semid64_ds32 {
	struct ipc64_perm32 perm;
	struct time_halves otime, ctime;
	u32 nsems, unused[2];
};
struct msqid64_ds32 {
	struct ipc64_perm32 perm;
	struct time_halves stime, rtime, ctime;
	u32 cbytes, qnum, qbytes;
	s32 lspid, lrpid;
	u32 unused[2];
};
_Static_assert(sizeof(struct shmid64_ds32) == 84, "struct shmid64_ds of i386");
_Static_assert(sizeof(struct semid64_ds32) == 64, "struct semid64_ds of i386");
_Static_assert(sizeof(struct msqid64_ds32) == 88, "struct msqid64_ds of i386");

static inline struct time_halves halves(long t)
{
	return (struct time_halves){(u32)t, (u32)((u64)t >> 32)};
}

static inline struct ipc64_perm32 perm_to_32(const struct ipc64_perm *p)
{
	return (struct ipc64_perm32){.key = p->key,
				     .uid = p->uid,
				     .gid = p->gid,
				     .cuid = p->cuid,
				     .cgid = p->cgid,
				     .mode = (u16)p->mode,
				     .seq = p->seq};
}

/* What IPC_SET reads of it. */
static inline void perm_from_32(struct ipc64_perm *p, const struct ipc64_perm32 *p32)
{
	*p = (struct ipc64_perm){.uid = p32->uid, .gid = p32->gid, .mode = p32->mode};
}

static inline u32 clamp32(u64 n)
{
	return n > INT32_MAX ? INT32_MAX : (u32)n;
}

static inline int shmid_ds_put(uaddr_t to, const struct shmid64_ds *ds)
{
	struct shmid64_ds32 s = {.perm = perm_to_32(&ds->shm_perm),
				 .segsz = (u32)ds->shm_segsz,
				 .atime = halves(ds->shm_atime),
				 .dtime = halves(ds->shm_dtime),
				 .ctime = halves(ds->shm_ctime),
				 .cpid = ds->shm_cpid,
				 .lpid = ds->shm_lpid,
				 .nattch = (u32)ds->shm_nattch};

	return arch_in_compat_syscall() ? copy_to_user(to, &s, sizeof(s))
					: copy_to_user(to, ds, sizeof(*ds));
}
static inline int shmid_ds_get(struct shmid64_ds *ds, uaddr_t from)
{
	struct shmid64_ds32 s;

	if (!arch_in_compat_syscall())
		return copy_from_user(ds, from, sizeof(*ds));
	if (copy_from_user(&s, from, sizeof(s)))
		return -EFAULT;
	perm_from_32(&ds->shm_perm, &s.perm);
	return 0;
}

static inline int semid_ds_put(uaddr_t to, const struct semid64_ds *ds)
{
	struct semid64_ds32 s = {.perm = perm_to_32(&ds->sem_perm),
				 .otime = halves(ds->sem_otime),
				 .ctime = halves(ds->sem_ctime),
				 .nsems = (u32)ds->sem_nsems};

	return arch_in_compat_syscall() ? copy_to_user(to, &s, sizeof(s))
					: copy_to_user(to, ds, sizeof(*ds));
}
static inline int semid_ds_get(struct semid64_ds *ds, uaddr_t from)
{
	struct semid64_ds32 s;

	if (!arch_in_compat_syscall())
		return copy_from_user(ds, from, sizeof(*ds));
	if (copy_from_user(&s, from, sizeof(s)))
		return -EFAULT;
	perm_from_32(&ds->sem_perm, &s.perm);
	return 0;
}

static inline int msqid_ds_put(uaddr_t to, const struct msqid64_ds *ds)
{
	struct msqid64_ds32 s = {.perm = perm_to_32(&ds->msg_perm),
				 .stime = halves(ds->msg_stime),
				 .rtime = halves(ds->msg_rtime),
				 .ctime = halves(ds->msg_ctime),
				 .cbytes = (u32)ds->msg_cbytes,
				 .qnum = (u32)ds->msg_qnum,
				 .qbytes = (u32)ds->msg_qbytes,
				 .lspid = ds->msg_lspid,
				 .lrpid = ds->msg_lrpid};

	return arch_in_compat_syscall() ? copy_to_user(to, &s, sizeof(s))
					: copy_to_user(to, ds, sizeof(*ds));
}
static inline int msqid_ds_get(struct msqid64_ds *ds, uaddr_t from)
{
	struct msqid64_ds32 s;

	if (!arch_in_compat_syscall())
		return copy_from_user(ds, from, sizeof(*ds));
	if (copy_from_user(&s, from, sizeof(s)))
		return -EFAULT;
	perm_from_32(&ds->msg_perm, &s.perm);
	ds->msg_qbytes = s.qbytes;
	return 0;
}

static inline int shminfo_put(uaddr_t to, const struct shminfo64 *i)
{
	u32 s[9] = {clamp32(i->shmmax), clamp32(i->shmmin), clamp32(i->shmmni), clamp32(i->shmseg),
		    clamp32(i->shmall)};

	return arch_in_compat_syscall() ? copy_to_user(to, s, sizeof(s))
					: copy_to_user(to, i, sizeof(*i));
}
static inline int shm_info_put(uaddr_t to, const struct shm_info *i)
{
	u32 s[6] = {(u32)i->used_ids, (u32)i->shm_tot,	     (u32)i->shm_rss,
		    (u32)i->shm_swp,  (u32)i->swap_attempts, (u32)i->swap_successes};

	return arch_in_compat_syscall() ? copy_to_user(to, s, sizeof(s))
					: copy_to_user(to, i, sizeof(*i));
}

#endif
