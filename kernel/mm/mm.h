/* Address spaces: areas (struct vma), demand paging, copy-on-write. */
#ifndef MM_MM_H
#define MM_MM_H

#include "core/lock.h"
#include "mm/vmobj.h"

/* vma->flags: protection and kind */
#define VM_READ	      BIT(0)
#define VM_WRITE      BIT(1)
#define VM_EXEC	      BIT(2)
#define VM_SHARED     BIT(3)
#define VM_MAYREAD    BIT(4) /* mprotect may add it */
#define VM_MAYWRITE   BIT(5)
#define VM_MAYEXEC    BIT(6)
#define VM_GROWSDOWN  BIT(7)
#define VM_LOCKED     BIT(8)
#define VM_NORESERVE  BIT(9)
#define VM_DONTCOPY   BIT(10)
#define VM_WIPEONFORK BIT(11)
#define VM_SPECIAL                                                                                \
	BIT(12) /* vvar, vdso: prepared pages, no refcounts, cannot be mremap-grown or mprotected \
		   to more */
#define VM_HEAP	       BIT(13)
#define VM_STACK       BIT(14)
#define VM_DONTDUMP    BIT(15)
#define VM_SEQ_READ    BIT(16)
#define VM_RAND_READ   BIT(17)
#define VM_LOCKONFAULT BIT(18) /* with VM_LOCKED: pages are locked when they come */
#define VM_SEALED      BIT(19) /* mseal(2) */
#define VM_DROPPABLE   BIT(21) /* MAP_DROPPABLE: the kernel may forget its pages */
#define VM_SECRET      BIT(20) /* memfd_secret(2): nobody but the program looks into it */
#define VM_PROT	       (VM_READ | VM_WRITE | VM_EXEC)

/* set_mempolicy(2). One node: where pages go never changes, but what was asked for is remembered.
 */
struct mempolicy {
	u32 mode;  /* MPOL_* with its MPOL_F_* flags; MPOL_DEFAULT = none */
	u32 home;  /* set_mempolicy_home_node(2); node + 1, 0 = none */
	u64 nodes; /* as the program gave them */
};

/* How the layer above (vfs) lets go of what a vma refers to. Registered once. */
struct vma_file_ops {
	void (*get)(struct file *f);
	void (*put)(struct file *f);
};
extern const struct vma_file_ops *vma_file_ops;

/*
 * An area. Areas of one address space are linked in address order, and form a balanced tree by
 * address in which each node knows the largest free gap below any area of its subtree (vma.c).
 */
struct vma {
	struct vma *parent, *left, *right, *prev, *next; /* mm->lock */
	u32 priority;					 /* of the tree: a parent's is higher */
	unsigned long max_gap;				 /* bytes */
	struct mm *mm;
	unsigned long start, end; /* page aligned, [start, end) */
	u64 flags;
	struct vmobj *obj; /* NULL = private anonymous */
	u64 pgoff;	   /* page number in obj of `start`; for anonymous: start >> PAGE_SHIFT */
	struct file *file; /* keeps obj alive, names the area; NULL for anonymous. Opaque here */
	bool owns_shm;	   /* obj came from vmobj_new_shm: reference counted by obj */
	const char *name;  /* "[vdso]" and the like, static; NULL */
	unsigned long special_phys; /* VM_SPECIAL: physical address of the first page */
	struct mempolicy policy;    /* mbind(2); mm->lock */
	struct list_head obj_node;  /* obj->vmas; obj->lock */
};

struct mm {
	struct arch_mm arch;
	refcount_t users;	  /* threads; the last one drops the areas */
	refcount_t refs;	  /* struct itself: users count as one, /proc readers one each */
	struct rwsem lock;	  /* RANK_MM: areas */
	spinlock_t pt_lock;	  /* RANK_PTE: page tables */
	struct vma *areas;	  /* root of the tree; lock */
	struct vma *first, *last; /* in address order; lock */
	struct vma *last_hit;	  /* cache of the last lookup; lock */
	size_t nr_areas;
	u64 default_flags; /* mlockall(MCL_FUTURE): VM_LOCKED for new areas; lock */
	size_t total_pages, data_pages, stack_pages, exec_pages, shared_pages, locked_pages,
		commit_pages, commit_known,
		peak_pages; /* known: to the sum over all mms; peak: of total; lock */
	long rss_anon, rss_file, rss_shmem; /* pages, atomic */
	size_t hiwater_rss_pages;
	unsigned long mmap_base; /* mappings grow down from here */
	bool is_bottom_up;	 /* ... or up: ADDR_COMPAT_LAYOUT of personality(2) */
	unsigned long mmap_min, task_size;
	unsigned long start_code, end_code, start_data, end_data, start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long vdso_base;
	u64 saved_auxv[64];    /* pairs, AT_NULL last */
	struct file *exe_file; /* reference; for /proc/PID/exe */
	/* limits of the owner, copied by proc/ when they change (bytes, ~0 = none) */
	u64 limit_as, limit_data, limit_data_hard, limit_stack, limit_memlock;
	u32 dumpable;
	u64 user_ns_id;		     /* of the user namespace it was executed in */
	u32 membarrier;		     /* MEMBARRIER_CMD_REGISTER_*, atomic */
	u8 mdwe;		     /* PR_SET_MDWE's bits; only ever set */
	bool has_seals, has_secrets; /* some area is, or was, sealed or secret; lock */
	bool has_shared_tables;	     /* some page table is, or was, shared; lock */
	u64 minflt, majflt;	     /* atomic */
};

/* PR_MDWE_*: nothing becomes executable that was not, nor is both writable and executable. */
#define MM_MDWE_ON	   BIT(0)
#define MM_MDWE_NO_INHERIT BIT(1)
static inline u8 mm_mdwe_of_child(const struct mm *m)
{
	return m->mdwe & MM_MDWE_NO_INHERIT ? 0 : m->mdwe;
}

struct mm *mm_create(void);	    /* users = 1; NULL when out of memory */
struct mm *mm_fork(struct mm *old); /* copy-on-write copy; ERR_PTR */
static inline void mm_get(struct mm *m)
{
	ref_get(&m->users);
}
void mm_put(struct mm *m);  /* drop a user */
void mm_grab(struct mm *m); /* keep the struct only */
void mm_drop(struct mm *m);

/* What mmap(2) asks for, decoded and checked by sys/. */
struct map_request {
	unsigned long addr; /* hint or fixed */
	size_t len;
	u64 vm_flags; /* VM_* */
	bool is_fixed, is_noreplace, below_4g, populate;
	struct file *file; /* a reference is taken on success */
	struct vmobj *obj; /* with file; or an shm object whose reference is consumed */
	bool owns_shm;
	u64 pgoff;
};
/* A reference to obj with owns_shm is consumed also when the call fails. Returns the address or a
 * negative errno (-ENOMEM -EEXIST -EINVAL). Locks mm->lock itself. */
long mm_map(struct mm *m, const struct map_request *req);
int mm_unmap(struct mm *m, unsigned long start, size_t len);
int mm_protect(struct mm *m, unsigned long start, size_t len,
	       unsigned vm_prot); /* VM_READ.. ; -ENOMEM -EACCES */
long mm_remap(struct mm *m, unsigned long old, size_t old_len, size_t new_len, int flags,
	      unsigned long new_addr);
/* madvise(2), and its check of advice alone. len is rounded up to pages; -EINVAL -ENOMEM -EPERM ...
 */
bool mm_is_advice(int advice);
int mm_advise(struct mm *m, unsigned long start, size_t len, int advice);
int mm_sync(struct mm *m, unsigned long start, size_t len, int flags);
/* One byte per page into vec (kernel buffer): 1 = resident. */
int mm_incore(struct mm *m, unsigned long start, size_t nr_pages, u8 *vec);
long mm_brk(struct mm *m, unsigned long addr); /* the new break, as the system call returns it */
/* Map prepared physical pages (vvar, vdso): fixed address, never copied, shared by fork. */
int mm_map_special(struct mm *m, unsigned long addr, size_t len, u64 vm_flags, unsigned long phys,
		   const char *name);
/* The stack area of a new program: [top - size, top), grows down to limit_stack. */
int mm_map_stack(struct mm *m, unsigned long top, size_t size);
/* Where a mapping of len bytes would go; for exec and vdso placement. 0 = no room. mm->lock held.
 */
unsigned long mm_find_gap(struct mm *m, unsigned long hint, size_t len, bool below_4g);

struct vma *vma_find(struct mm *m,
		     unsigned long addr); /* first area with end > addr; mm->lock held */
struct vma *vma_next(struct vma *v);
#define for_each_vma(v, m) for ((v) = vma_find(m, 0); (v); (v) = vma_next(v))

/* Resolve a fault: 0, or -EFAULT (no area or forbidden: SIGSEGV MAPERR), -EACCES (SIGSEGV ACCERR),
 * -EIO (SIGBUS BUS_ADRERR, past the end of the file), -ENOMEM. Takes mm->lock for reading. flags:
 * FAULT_* */
int mm_fault(struct mm *m, unsigned long addr, unsigned flags);
/* Copy from/to another address space (process_vm_*, /proc/PID/mem, cmdline); bytes done, or
 * -EFAULT/-EIO when none. */
long mm_access(struct mm *m, unsigned long addr, void *buf, size_t len, bool is_write);
/* Fault pages in and return the page, referenced: for futex keys and direct users.
 * ERR_PTR(-EFAULT). */
struct page *mm_pin_page(struct mm *m, unsigned long addr, bool is_write);
/* As mm_access(), but past the areas' protection, as a debugger and /proc/PID/mem do. */
long mm_access_force(struct mm *m, unsigned long addr, void *buf, size_t len, bool is_write);
/* mlock(2), mlock2(2), munlock(2): -ENOMEM for holes and limits; on_fault: do not populate. */
int mm_lock_range(struct mm *m, unsigned long start, size_t len, bool lock, bool on_fault);
/* mlockall(2): MCL_* flags; 0 = munlockall(2). */
int mm_lock_all(struct mm *m, int mcl_flags);
/* Fault in what is mapped in a range; stops at a hole (-ENOMEM), at what is not accessible
 * (-EFAULT), when killed (-EINTR). Areas locked on fault are left alone. */
int mm_populate(struct mm *m, unsigned long start, size_t len);
/* Registered by proc: may the caller lock memory beyond its limit? */
extern bool (*mm_has_ipc_lock)(void);
extern bool (*mm_has_sys_admin)(void); /* may it use the administrator's reserve? */
/* mseal(2): -ENOMEM for holes, -EINVAL. */
int mm_seal(struct mm *m, unsigned long start, size_t len);
/* remap_file_pages(2): the request that shows pages from pgoff on in place of what the range shows
 * now. It has references of its own: mm_map() consumes the object's, the file's is the caller's to
 * put. -EINVAL. */
int mm_remap_request(struct mm *m, unsigned long start, size_t len, u64 pgoff,
		     struct map_request *req);
/* Give a killed process's private memory back now; process_mrelease(2). */
void mm_reap(struct mm *m);
/* mbind(2), set_mempolicy_home_node(2): the new policy of a range. -EFAULT for holes. */
int mm_set_policy(struct mm *m, unsigned long start, unsigned long end,
		  const struct mempolicy *policy);
int mm_set_home_node(struct mm *m, unsigned long start, unsigned long end, unsigned node);
/* The policy of the area at addr; false: there is none. */
bool mm_get_policy(struct mm *m, unsigned long addr, struct mempolicy *policy);
/* move_pages(2): 0 = a page is there, -ENOENT, -EFAULT (no area, the kernel's own, zero page). */
int mm_page_status(struct mm *m, unsigned long addr);
/* proc(5), vm/overcommit_memory and its relatives. */
extern struct overcommit {
	u32 memory, ratio_percent;
	u64 kbytes, admin_reserve_kbytes, user_reserve_kbytes;
} overcommit;
extern int mm_max_areas; /* of one address space: vm/max_map_count */
extern int mm_min_addr;	 /* lowest address without CAP_SYS_RAWIO: vm/mmap_min_addr */
u64 mm_commit_limit_pages(void);
bool mm_may_share(size_t pages); /* may so much shared memory be promised? */
u64 mm_committed_pages(void);
/* For core files, all tasks of m being halted: has the range pages of its own; the page at addr,
 * referenced, NULL when it was never touched. */
bool mm_has_anon(struct mm *m, unsigned long start, unsigned long end);
struct page *mm_dump_page(struct mm *m, unsigned long addr);
size_t mm_rss_pages(const struct mm *m);
/* How often the page at va, which m maps there, is mapped; at least. pt_lock held. */
unsigned mm_page_maps(struct mm *m, unsigned long va, const struct page *p);
void mm_switch(struct mm *prev, struct mm *next); /* scheduler; interrupts off */

#endif
