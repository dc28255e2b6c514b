/* System V IPC, sysvipc(7): arguments and structures. Next: proc/shm.c, proc/sem.c, proc/msg.c. */
#include "sys/sysvipc.h"
#include "abi/linux/missing.h"
#include "core/time.h"
#include "proc/ipc.h"
#include "sys/sysvipc_layout.h"
#include "sys/uaccess_time.h"
#include <linux/msg.h>

#define IPC_INFO_MAX 0x7fffffffUL

/* --- shared memory --- */

long sys_shmget(int key, size_t size, int flags)
{
	return shm_get(key, size, flags);
}

long sys_shmat(int shmid, unsigned long addr, int flags)
{
	return shm_attach(shmid, addr, flags);
}

long sys_shmdt(unsigned long addr)
{
	return shm_detach(addr);
}

static long shm_info(int cmd, uaddr_t buf)
{
	struct shm_totals t;
	int max = shm_totals(&t), err;

	if (cmd == IPC_INFO) {
		struct shminfo64 info = {.shmmax = current_ipc()->shm_max_bytes,
					 .shmmin = 1,
					 .shmmni = (unsigned long)current_ipc()->shm_max_ids,
					 .shmseg = (unsigned long)current_ipc()->shm_max_ids,
					 .shmall = current_ipc()->shm_max_pages};

		err = shminfo_put(buf, &info);
	} else {
		struct shm_info info = {.used_ids = t.used_ids,
					.shm_tot = t.total_pages,
					.shm_rss = t.rss_pages};

		err = shm_info_put(buf, &info);
	}
	return err ? err : max;
}

static long shm_stat_cmd(int id, int cmd, uaddr_t buf)
{
	struct shmid64_ds ds;
	int ret = shm_stat(id, cmd != IPC_STAT, cmd == SHM_STAT_ANY, &ds);

	if (ret >= 0 && shmid_ds_put(buf, &ds))
		ret = -EFAULT;
	return ret;
}

long shm_control(int id, int cmd, uaddr_t buf)
{
	struct shmid64_ds ds;

	if (cmd < 0 || id < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
	case SHM_INFO:
		return shm_info(cmd, buf);
	case IPC_STAT:
	case SHM_STAT:
	case SHM_STAT_ANY:
		return shm_stat_cmd(id, cmd, buf);
	case IPC_SET:
		return shmid_ds_get(&ds, buf) ? -EFAULT : shm_set(id, &ds);
	case IPC_RMID:
		return shm_remove(id);
	case SHM_LOCK:
	case SHM_UNLOCK:
		return shm_set_locked(id, cmd == SHM_LOCK);
	}
	return -EINVAL;
}

long sys_shmctl(int shmid, int cmd, uaddr_t buf)
{
	return shm_control(shmid, cmd, buf);
}

/* --- semaphores --- */

#define FAST_OPS 16

long sys_semget(int key, int nsems, int flags)
{
	return sem_get(key, nsems, flags);
}

static long operate(int semid, uaddr_t sops, unsigned nops, u64 deadline_ns)
{
	struct sembuf fast[FAST_OPS], *ops = fast;
	long ret;

	if (nops > (unsigned)current_ipc()->sem_limits[2])
		return -E2BIG;
	if (nops < 1)
		return -EINVAL;
	if (nops > FAST_OPS) {
		ops = kcalloc(nops, sizeof(*ops), GFP_KERNEL);
		if (!ops)
			return -ENOMEM;
	}
	if (copy_from_user(ops, sops, nops * sizeof(*ops)))
		ret = -EFAULT;
	else
		ret = sem_operate(semid, ops, nops, deadline_ns);
	if (ops != fast)
		kfree(ops);
	return ret;
}

long sys_semop(int semid, uaddr_t sops, unsigned int nops)
{
	return operate(semid, sops, nops, 0);
}

long sys_semtimedop(int semid, uaddr_t sops, unsigned int nops, uaddr_t timeout)
{
	u64 ns, now;
	int err;

	if (!timeout.v)
		return operate(semid, sops, nops, 0);
	err = timespec_get(timeout, &ns);
	if (err == -EINVAL && nops > (unsigned)current_ipc()->sem_limits[2])
		return -E2BIG;
	if (err)
		return err;
	now = now_mono_ns();
	/* "If the time limit ... is 0": it has passed when the wait begins. */
	return operate(semid, sops, nops, ns > TIME_MAX_NS - now ? TIME_MAX_NS : MAX(now + ns, 1));
}

static long sem_info(int cmd, uaddr_t buf)
{
	int used_ids, used_sems, max = sem_totals(&used_ids, &used_sems);
	struct seminfo info = {.semmap = current_ipc()->sem_limits[1],
			       .semmni = current_ipc()->sem_limits[3],
			       .semmns = current_ipc()->sem_limits[1],
			       .semmnu = current_ipc()->sem_limits[1],
			       .semmsl = current_ipc()->sem_limits[0],
			       .semopm = current_ipc()->sem_limits[2],
			       .semume = current_ipc()->sem_limits[2],
			       .semusz = cmd == SEM_INFO ? used_ids : SEMUSZ,
			       .semvmx = SEMVMX,
			       .semaem = cmd == SEM_INFO ? used_sems : SEMAEM};

	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : max;
}

static long sem_stat_cmd(int id, int cmd, uaddr_t buf)
{
	struct semid64_ds ds;
	int ret = sem_stat(id, cmd != IPC_STAT, cmd == SEM_STAT_ANY, &ds);

	if (ret >= 0 && semid_ds_put(buf, &ds))
		ret = -EFAULT;
	return ret;
}

static long sem_all(int id, int cmd, uaddr_t array)
{
	int n = sem_count(id, cmd == SETALL);
	size_t size;
	u16 *values;
	long ret;

	if (n < 0)
		return n;
	size = (size_t)n * sizeof(*values);
	values = kmalloc(size, GFP_KERNEL);
	if (!values)
		return -ENOMEM;
	if (cmd == SETALL) {
		ret = copy_from_user(values, array, size);
		if (!ret)
			ret = sem_set_all(id, values, n);
	} else {
		ret = sem_get_all(id, values, n);
		if (!ret)
			ret = copy_to_user(array, values, size);
	}
	kfree(values);
	return ret;
}

long sem_control(int id, int num, int cmd, unsigned long arg)
{
	struct semid64_ds ds;

	if (id < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
	case SEM_INFO:
		return sem_info(cmd, uaddr(arg));
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY:
		return sem_stat_cmd(id, cmd, uaddr(arg));
	case GETALL:
	case SETALL:
		return sem_all(id, cmd, uaddr(arg));
	case GETVAL:
	case GETPID:
	case GETNCNT:
	case GETZCNT:
		return sem_value(id, num, cmd);
	case SETVAL:
		return sem_set_value(id, num, (int)arg);
	case IPC_SET:
		return semid_ds_get(&ds, uaddr(arg)) ? -EFAULT : sem_set(id, &ds);
	case IPC_RMID:
		return sem_remove(id);
	}
	return -EINVAL;
}

long sys_semctl(int semid, int semnum, int cmd, unsigned long arg)
{
	return sem_control(semid, semnum, cmd, arg);
}

/* --- message queues --- */

long sys_msgget(int key, int flags)
{
	return msg_get(key, flags);
}

static size_t type_size(void)
{
	return arch_in_compat_syscall() ? sizeof(s32) : sizeof(long);
}

static int type_get(long *type, uaddr_t from)
{
	s32 t32 = 0;
	int err;

	if (!arch_in_compat_syscall())
		return copy_from_user(type, from, sizeof(*type));
	err = copy_from_user(&t32, from, sizeof(t32));
	*type = t32;
	return err;
}

static int type_put(uaddr_t to, long type)
{
	s32 t32 = (s32)type;

	return arch_in_compat_syscall() ? copy_to_user(to, &t32, sizeof(t32))
					: copy_to_user(to, &type, sizeof(type));
}

/* The buffer is a type, in the size of the caller's long, and the text. */
long sys_msgsnd(int msqid, uaddr_t msgp, size_t size, int flags)
{
	struct ipc_msg *m;
	long type;
	int err;

	if (type_get(&type, msgp))
		return -EFAULT;
	if (size > (size_t)current_ipc()->msg_max_bytes || (long)size < 0 || msqid < 0 || type < 1)
		return -EINVAL;
	m = kmalloc(sizeof(*m) + size, GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	m->type = type;
	m->size = size;
	err = copy_from_user(m->text, uaddr(msgp.v + type_size()), size);
	if (!err)
		err = msg_send(msqid, m, flags);
	if (err)
		kfree(m);
	return err;
}

long sys_msgrcv(int msqid, uaddr_t msgp, size_t size, long type, int flags)
{
	struct ipc_msg *m;
	long n;

	if (arch_in_compat_syscall())
		type = (s32)type;
	if (msqid < 0 || (long)size < 0)
		return -EINVAL;
	if ((flags & MSG_COPY) && ((flags & MSG_EXCEPT) || !(flags & IPC_NOWAIT)))
		return fail(EINVAL, "MSG_COPY goes with IPC_NOWAIT, and not with MSG_EXCEPT");
	m = msg_receive(msqid, size, type, flags);
	if (IS_ERR(m))
		return PTR_ERR(m);
	n = (long)MIN(size, m->size);
	if (type_put(msgp, m->type) ||
	    copy_to_user(uaddr(msgp.v + type_size()), m->text, (size_t)n))
		n = -EFAULT;
	kfree(m);
	return n;
}

static long msg_info(int cmd, uaddr_t buf)
{
	int used_ids, nr, bytes, max = msg_totals(&used_ids, &nr, &bytes);
	struct msginfo info = {.msgpool = MSGPOOL,
			       .msgmap = MSGMAP,
			       .msgmax = current_ipc()->msg_max_bytes,
			       .msgmnb = current_ipc()->msg_queue_bytes,
			       .msgmni = current_ipc()->msg_max_ids,
			       .msgssz = MSGSSZ,
			       .msgtql = MSGTQL,
			       .msgseg = (unsigned short)MSGSEG};

	if (cmd == MSG_INFO) {
		info.msgpool = used_ids;
		info.msgmap = nr;
		info.msgtql = bytes;
	}
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : max;
}

static long msg_stat_cmd(int id, int cmd, uaddr_t buf)
{
	struct msqid64_ds ds;
	int ret = msg_stat(id, cmd != IPC_STAT, cmd == MSG_STAT_ANY, &ds);

	if (ret >= 0 && msqid_ds_put(buf, &ds))
		ret = -EFAULT;
	return ret;
}

long msg_control(int id, int cmd, uaddr_t buf)
{
	struct msqid64_ds ds;

	if (id < 0 || cmd < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
	case MSG_INFO:
		return msg_info(cmd, buf);
	case IPC_STAT:
	case MSG_STAT:
	case MSG_STAT_ANY:
		return msg_stat_cmd(id, cmd, buf);
	case IPC_SET:
		return msqid_ds_get(&ds, buf) ? -EFAULT : msg_set(id, &ds);
	case IPC_RMID:
		return msg_remove(id);
	}
	return -EINVAL;
}

long sys_msgctl(int msqid, int cmd, uaddr_t buf)
{
	return msg_control(msqid, cmd, buf);
}
