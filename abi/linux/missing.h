/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the ABI that the headers of linux-libc-dev do not have (there they are left to the C
 * library). */
#ifndef ABI_LINUX_MISSING_H
#define ABI_LINUX_MISSING_H

/* access(2) */
#ifndef R_OK
#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4
#endif

/* umount2(2) */
#ifndef MNT_FORCE
#define MNT_FORCE	1
#define MNT_DETACH	2
#define MNT_EXPIRE	4
#define UMOUNT_NOFOLLOW 8
#endif

/* move_mount(2) */
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif

/* preadv2(2) */
#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20
#endif

/* ioctl_ns(2) */
#ifndef NS_GET_MNTNS_ID
#define NS_GET_MNTNS_ID _IOR(0xb7, 5, unsigned long long)
#endif

/* sched(7) */
#ifndef SCHED_OTHER
#define SCHED_OTHER 0
#endif

/* syslog(2) */
#define SYSLOG_ACTION_CLOSE	    0
#define SYSLOG_ACTION_OPEN	    1
#define SYSLOG_ACTION_READ	    2
#define SYSLOG_ACTION_READ_ALL	    3
#define SYSLOG_ACTION_READ_CLEAR    4
#define SYSLOG_ACTION_CLEAR	    5
#define SYSLOG_ACTION_CONSOLE_OFF   6
#define SYSLOG_ACTION_CONSOLE_ON    7
#define SYSLOG_ACTION_CONSOLE_LEVEL 8
#define SYSLOG_ACTION_SIZE_UNREAD   9
#define SYSLOG_ACTION_SIZE_BUFFER   10

/* socket(2), shutdown(2), send(2) */
#ifndef AF_UNSPEC
#define AF_UNSPEC    0
#define AF_UNIX	     1
#define AF_INET	     2
#define AF_AX25	     3
#define AF_IPX	     4
#define AF_APPLETALK 5
#define AF_X25	     9
#define AF_INET6     10
#define AF_KEY	     15
#define AF_NETLINK   16
#define AF_PACKET    17
#define AF_RDS	     21
#define AF_PPPOX     24
#define AF_CAN	     29
#define AF_TIPC	     30
#define AF_BLUETOOTH 31
#define AF_ALG	     38
#define AF_VSOCK     40
#define AF_KCM	     41
#define AF_XDP	     44
#endif

#ifndef SOCK_STREAM
#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_RDM       4
#define SOCK_SEQPACKET 5
#define SOCK_DCCP      6
#define SOCK_PACKET    10
#define SOCK_NONBLOCK  00004000
#define SOCK_CLOEXEC   02000000
#endif
#define SOCK_TYPE_MASK 0xf

#ifndef SHUT_RD
#define SHUT_RD	  0
#define SHUT_WR	  1
#define SHUT_RDWR 2
#endif

#ifndef MSG_OOB
#define MSG_OOB		 0x01
#define MSG_PEEK	 0x02
#define MSG_DONTROUTE	 0x04
#define MSG_CTRUNC	 0x08
#define MSG_TRUNC	 0x20
#define MSG_DONTWAIT	 0x40
#define MSG_EOR		 0x80
#define MSG_WAITALL	 0x100
#define MSG_CONFIRM	 0x800
#define MSG_ERRQUEUE	 0x2000
#define MSG_NOSIGNAL	 0x4000
#define MSG_MORE	 0x8000
#define MSG_WAITFORONE	 0x10000
#define MSG_ZEROCOPY	 0x4000000
#define MSG_FASTOPEN	 0x20000000
#define MSG_CMSG_CLOEXEC 0x40000000
#endif
/* cmsg(3), unix(7) */
#ifndef SCM_RIGHTS
#define SCM_RIGHTS	1
#define SCM_CREDENTIALS 2
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#define SO_PEERPIDFD 77
#endif
#define MSG_CMSG_COMPAT 0x80000000u /* set by the kernel for 32-bit callers only */

#ifndef SOL_SOCKET
#define SOL_SOCKET 1
#endif
#define SOL_IP	 0
#define SOL_TCP	 6
#define SOL_UDP	 17
#define SOL_IPV6 41

/* udplite(7) */
#ifndef UDPLITE_SEND_CSCOV
#define UDPLITE_SEND_CSCOV 10
#define UDPLITE_RECV_CSCOV 11
#endif
#define SOL_PACKET  263
#define SOL_NETLINK 270
#define SOL_VSOCK   287

/* netdevice(7): <linux/if.h> has them, but wants the C library's <sys/socket.h> */
#define IF_NAME_SIZE	       16
#define IF_FLAG_UP	       0x1
#define IF_FLAGS_LOOPBACK      0x49 /* IFF_UP, IFF_LOOPBACK, IFF_RUNNING */
#define IF_FLAGS_LOOPBACK_DOWN 0x8
#define IF_FLAG_LOWER_UP       0x10000
#define IF_OPER_STATE_UNKNOWN  0
#define IF_OPER_STATE_DOWN     2
#define IF_TYPE_LOOPBACK       772 /* ARPHRD_LOOPBACK */
struct ifreq_k {
	char name[IF_NAME_SIZE];
	union {
		int number; /* index, MTU, metric, queue length */
		short flags;
		unsigned short address_family;
		char pad[24];
	};
};

/* statfs(2), f_flags */
#define ST_RDONLY      0x0001
#define ST_NOSUID      0x0002
#define ST_NODEV       0x0004
#define ST_NOEXEC      0x0008
#define ST_SYNCHRONOUS 0x0010
#define ST_VALID       0x0020
#define ST_MANDLOCK    0x0040
#define ST_NOATIME     0x0400
#define ST_NODIRATIME  0x0800
#define ST_RELATIME    0x1000
#define ST_NOSYMFOLLOW 0x2000

/* eventfd(2) */
#ifndef EFD_SEMAPHORE
#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC   02000000
#define EFD_NONBLOCK  00004000
#endif

/* futex_wake(2), futex_wait(2), futex_requeue(2), futex_waitv(2) */
#ifndef FUTEX2_SIZE_MASK
#define FUTEX2_SIZE_U32	 0x02
#define FUTEX2_SIZE_MASK 0x03
#define FUTEX2_PRIVATE	 128
#endif

/* prctl(2) */
#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

/* rseq(2), getauxval(3) */
#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#define AT_RSEQ_ALIGN	     28
#endif

/* membarrier(2) */
#ifndef MEMBARRIER_CMD_GET_REGISTRATIONS
#define MEMBARRIER_CMD_GET_REGISTRATIONS (1 << 9)
#endif

/* splice(2) */
#ifndef SPLICE_F_MOVE
#define SPLICE_F_MOVE	  1
#define SPLICE_F_NONBLOCK 2
#define SPLICE_F_MORE	  4
#define SPLICE_F_GIFT	  8
#endif

/* shmget(2), shmat(2), shmctl(2): <linux/shm.h> has them, but wants the C library's <unistd.h> */
#define SHM_HUGETLB   04000
#define SHM_NORESERVE 010000
#define SHM_RDONLY    010000
#define SHM_RND	      020000
#define SHM_REMAP     040000
#define SHM_EXEC      0100000
#define SHM_LOCK      11
#define SHM_UNLOCK    12
#define SHM_STAT      13
#define SHM_INFO      14
#define SHM_STAT_ANY  15

/* swapon(2) */
#define SWAP_FLAG_PREFER  0x8000
#define SWAP_FLAG_DISCARD 0x10000

/* cachestat(2), since Linux 6.5 */
struct cachestat_range_k {
	unsigned long long off, len;
};
struct cachestat_k {
	unsigned long long nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};

/* PR_SET_DUMPABLE of prctl(2) */
#define SUID_DUMP_DISABLE 0
#define SUID_DUMP_USER	  1

/* setxattrat(2) */
#ifndef XATTR_ARGS_SIZE_VER0
#define XATTR_ARGS_SIZE_VER0 16
struct xattr_args {
	unsigned long long value __attribute__((aligned(8)));
	unsigned int size, flags;
};
#endif

/* mmap(2), since Linux 6.11 */
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif

/* vdso(7): what __vdso_getrandom() answers to opaque_len ~0, since Linux 6.11 */
#ifndef VGETRANDOM_OPAQUE_PARAMS
#define VGETRANDOM_OPAQUE_PARAMS
struct vgetrandom_opaque_params {
	unsigned int size_of_opaque_state, mmap_prot, mmap_flags, reserved[13];
};
#endif

/* statx(2) */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000u
#endif

/* prctl(2) */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE		 65
#define PR_MDWE_REFUSE_EXEC_GAIN (1UL << 0)
#define PR_MDWE_NO_INHERIT	 (1UL << 1)
#define PR_GET_MDWE		 66
#endif

/* statmount(2), listmount(2) */
#ifndef LSMT_ROOT
#define LSMT_ROOT		 0xffffffffffffffffull
#define LISTMOUNT_REVERSE	 1u
#define STATMOUNT_SB_BASIC	 0x1u
#define STATMOUNT_MNT_BASIC	 0x2u
#define STATMOUNT_PROPAGATE_FROM 0x4u
#define STATMOUNT_MNT_ROOT	 0x8u
#define STATMOUNT_MNT_POINT	 0x10u
#define STATMOUNT_FS_TYPE	 0x20u
#define STATMOUNT_MNT_NS_ID	 0x40u
#define STATMOUNT_MNT_OPTS	 0x80u
struct mnt_id_req {
	unsigned int size, spare;
	unsigned long long mnt_id, param, mnt_ns_id;
};
struct statmount {
	unsigned int size, mnt_opts;
	unsigned long long mask;
	unsigned int sb_dev_major, sb_dev_minor;
	unsigned long long sb_magic;
	unsigned int sb_flags, fs_type;
	unsigned long long mnt_id, mnt_parent_id;
	unsigned int mnt_id_old, mnt_parent_id_old;
	unsigned long long mnt_attr, mnt_propagation, mnt_peer_group, mnt_master, propagate_from;
	unsigned int mnt_root, mnt_point;
	unsigned long long mnt_ns_id, spare[49];
	char str[];
};
#endif

/* file_getattr(2); the name is free for the C library's */
struct file_attr_k {
	unsigned long long fa_xflags;
	unsigned int fa_extsize, fa_nextents, fa_projid, fa_cowextsize;
};

#endif /* ABI_LINUX_MISSING_H */
