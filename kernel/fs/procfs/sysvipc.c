/* /proc/sysvipc: the objects of System V IPC, in proc(5)'s columns. */
#include "fs/procfs/limits.h"
#include "proc/ipc.h"

static int show_shm(struct proc_buf *b, const struct proc_who *who)
{
	struct shmid64_ds s;
	u64 rss;
	int idx = 0, id;

	proc_printf(
		b,
		"       key      shmid perms                  size  cpid  lpid nattch   uid   gid "
		" cuid  cgid      atime      dtime      ctime                   rss               "
		"   swap\n");
	while ((id = shm_next(&idx, &s, &rss)) >= 0)
		proc_printf(b,
			    "%10d %10d  %4o %21lu %5u %5u  %5lu %5u %5u %5u %5u %10lu %10lu %10lu "
			    "%21lu %21lu\n",
			    s.shm_perm.key, id, s.shm_perm.mode, s.shm_segsz, (unsigned)s.shm_cpid,
			    (unsigned)s.shm_lpid, s.shm_nattch, s.shm_perm.uid, s.shm_perm.gid,
			    s.shm_perm.cuid, s.shm_perm.cgid, (unsigned long)s.shm_atime,
			    (unsigned long)s.shm_dtime, (unsigned long)s.shm_ctime,
			    (unsigned long)(rss << PAGE_SHIFT), 0UL);
	return 0;
}

static int show_sems(struct proc_buf *b, const struct proc_who *who)
{
	struct semid64_ds s;
	int idx = 0, id;

	proc_printf(b, "       key      semid perms      nsems   uid   gid  cuid  cgid      otime "
		       "     ctime\n");
	while ((id = sem_next(&idx, &s)) >= 0)
		proc_printf(b, "%10d %10d  %4o %10lu %5u %5u %5u %5u %10lu %10lu\n", s.sem_perm.key,
			    id, s.sem_perm.mode, s.sem_nsems, s.sem_perm.uid, s.sem_perm.gid,
			    s.sem_perm.cuid, s.sem_perm.cgid, (unsigned long)s.sem_otime,
			    (unsigned long)s.sem_ctime);
	return 0;
}

static int show_msg(struct proc_buf *b, const struct proc_who *who)
{
	struct msqid64_ds s;
	int idx = 0, id;

	proc_printf(b, "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid "
		       " cuid  cgid      stime      rtime      ctime\n");
	while ((id = msg_next(&idx, &s)) >= 0)
		proc_printf(
			b,
			"%10d %10d  %4o  %10lu %10lu %5u %5u %5u %5u %5u %5u %10lu %10lu %10lu\n",
			s.msg_perm.key, id, s.msg_perm.mode, s.msg_cbytes, s.msg_qnum,
			(unsigned)s.msg_lspid, (unsigned)s.msg_lrpid, s.msg_perm.uid,
			s.msg_perm.gid, s.msg_perm.cuid, s.msg_perm.cgid,
			(unsigned long)s.msg_stime, (unsigned long)s.msg_rtime,
			(unsigned long)s.msg_ctime);
	return 0;
}

#define RO(n, f)                                             \
	{                                                    \
		.name = n, .mode = S_IFREG | 0444, .show = f \
	}
const struct proc_entry proc_sysvipc[] = {RO("msg", show_msg),
					  RO("sem", show_sems),
					  RO("shm", show_shm),
					  {0}};
