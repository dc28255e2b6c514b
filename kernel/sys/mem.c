/* Memory calls: the checks of mmap(2) and its relatives; the work is mm's. */
#include "sys/syscall.h"
#include "vfs/file.h"
#include "abi/linux/missing.h"
#include <linux/capability.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/personality.h>

#define PROT_ALL (PROT_READ | PROT_WRITE | PROT_EXEC)

long sys_brk(unsigned long addr)
{
	return mm_brk(current->mm, addr);
}

static u64 prot_flags(unsigned long prot)
{
	u64 f = 0;

	if (prot & PROT_READ)
		f |= VM_READ;
	if (prot & PROT_WRITE)
		f |= VM_WRITE;
	if (prot & PROT_EXEC)
		f |= VM_EXEC;
	return f;
}

/* What MAP_SHARED_VALIDATE knows: everything MAP_SHARED would quietly accept. */
#define MAP_LEGACY                                                                               \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | \
	 MAP_UNINITIALIZED | MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE |         \
	 MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_32BIT | MAP_FIXED_NOREPLACE)

static int check_file_map(struct file *f, unsigned long flags, struct map_request *req)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED_VALIDATE:
		if (flags & ~(unsigned long)(MAP_LEGACY | MAP_TYPE))
			return -EOPNOTSUPP;
		/* fall through */
	case MAP_SHARED:
		if ((req->vm_flags & VM_WRITE) && !(f->mode & FMODE_WRITE))
			return fail(EACCES, "a shared writable mapping needs a writable file");
		if (!(f->mode & FMODE_WRITE))
			req->vm_flags &= ~VM_MAYWRITE;
		req->vm_flags |= VM_SHARED;
		/* fall through */
	case MAP_PRIVATE:
		if (!(f->mode & FMODE_READ))
			return -EACCES;
		if (f->path.mnt && (f->path.mnt->flags & MS_NOEXEC)) {
			if (req->vm_flags & VM_EXEC)
				return -EPERM;
			req->vm_flags &= ~VM_MAYEXEC;
		}
		if (!f->ops->mmap)
			return -ENODEV;
		if (flags & MAP_GROWSDOWN)
			return -EINVAL;
		return 0;
	}
	return -EINVAL;
}

static int check_anon_map(unsigned long flags, struct map_request *req)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if (flags & MAP_GROWSDOWN)
			return -EINVAL;
		req->vm_flags |= VM_SHARED;
		req->pgoff = 0;
		if (!(flags & MAP_NORESERVE) && !mm_may_share(req->len >> PAGE_SHIFT))
			return fail(ENOMEM, "more than there is");
		req->obj = vmobj_new_shm(req->len);
		if (!req->obj)
			return -ENOMEM;
		req->owns_shm = true;
		return 0;
	case MAP_DROPPABLE:
		if (flags & (MAP_LOCKED | MAP_GROWSDOWN))
			return fail(EINVAL, "neither locked nor a stack");
		/* What may be gone at any time is not reserved, and survives neither fork nor dump.
		 */
		req->vm_flags |= VM_DROPPABLE | VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP;
		/* fall through */
	case MAP_PRIVATE:
		req->pgoff = req->addr >> PAGE_SHIFT;
		return 0;
	}
	return -EINVAL;
}

static int check_range(struct map_request *req, unsigned long offset)
{
	if (!req->len)
		return -EINVAL;
	if (ALIGN_UP(req->len, PAGE_SIZE) < req->len)
		return -ENOMEM;
	req->len = ALIGN_UP(req->len, PAGE_SIZE);
	if ((offset >> PAGE_SHIFT) + (req->len >> PAGE_SHIFT) > ~0UL >> PAGE_SHIFT)
		return -EOVERFLOW;
	if (req->len > current->mm->task_size)
		return -ENOMEM;
	if (!req->is_fixed) {
		req->addr &= PAGE_MASK;
		return 0;
	}
	if (req->addr > current->mm->task_size - req->len)
		return -ENOMEM;
	if (req->addr & ~PAGE_MASK)
		return -EINVAL;
	if (req->addr < current->mm->mmap_min && !task_capable(CAP_SYS_RAWIO))
		return -EPERM;
	return 0;
}

static u64 request_flags(unsigned long prot, unsigned long flags)
{
	u64 f = prot_flags(prot) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if ((prot & PROT_READ) && (current->personality & READ_IMPLIES_EXEC))
		f |= VM_EXEC;
	if (flags & MAP_GROWSDOWN)
		f |= VM_GROWSDOWN;
	if (flags & MAP_LOCKED)
		f |= VM_LOCKED;
	if (flags & MAP_NORESERVE)
		f |= VM_NORESERVE;
	return f;
}

/* mmap(2), MAP_LOCKED: EPERM where mlock(2) would give it. */
static int check_lock(unsigned long flags)
{
	if (!(flags & MAP_LOCKED) || task_rlimit(current, RLIMIT_MEMLOCK) ||
	    task_capable(CAP_IPC_LOCK))
		return 0;
	return -EPERM;
}

/* mmap(2), MAP_HUGETLB: of sizes that exist there are no pages, as with nr_hugepages = 0. */
static long map_huge(unsigned long flags)
{
	unsigned long shift = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;

	if (!(flags & MAP_ANONYMOUS))
		return fail(EINVAL, "not a file of huge pages");
	if (shift && shift != 21 && shift != 30)
		return -EINVAL;
	return -ENOMEM;
}

static long map_file(struct map_request *req, int fd, unsigned long flags)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long ret;

	if (!r.file)
		return -EBADF;
	ret = check_range(req, req->pgoff << PAGE_SHIFT);
	if (!ret && req->pgoff + (req->len >> PAGE_SHIFT) > (u64)INT64_MAX >> PAGE_SHIFT)
		ret = fail(EOVERFLOW, "beyond the largest file");
	if (!ret)
		ret = check_lock(flags);
	if (!ret)
		ret = check_file_map(r.file, flags, req);
	if (!ret) {
		req->file = r.file;
		ret = r.file->ops->mmap(r.file, req);
	}
	if (!ret)
		ret = mm_map(current->mm, req);
	fd_put(r);
	return ret;
}

long sys_mmap(unsigned long addr, size_t len, unsigned long prot, unsigned long flags, int fd,
	      unsigned long offset)
{
	struct map_request req = {
		.addr = addr,
		.len = len,
		.vm_flags = request_flags(prot, flags),
		.is_fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE),
		.is_noreplace = flags & MAP_FIXED_NOREPLACE,
		/* int $0x80 in a 64-bit program: the answer must fit */
		.below_4g = (flags & MAP_32BIT) ||
			    (arch_in_compat_syscall() && current->mm->task_size > USER32_END),
		.populate = (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE ||
			    (flags & MAP_LOCKED),
		.pgoff = offset >> PAGE_SHIFT,
	};
	long err;

	if (offset & ~PAGE_MASK)
		return -EINVAL;
	if (flags & MAP_HUGETLB)
		return map_huge(flags);
	if (!(flags & MAP_ANONYMOUS))
		return map_file(&req, fd, flags);
	err = check_range(&req, offset);
	if (!err)
		err = check_lock(flags);
	if (!err)
		err = check_anon_map(flags, &req);
	return err ? err : mm_map(current->mm, &req);
}

long sys_munmap(unsigned long addr, size_t len)
{
	if ((addr & ~PAGE_MASK) || addr > current->mm->task_size ||
	    len > current->mm->task_size - addr)
		return -EINVAL;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (!len)
		return -EINVAL;
	return mm_unmap(current->mm, addr, len);
}

/* PROT_GROWSDOWN: the change reaches down to the start of the stack-like area at *start. */
static int grow_range(unsigned long *start, size_t *len)
{
	struct mm *m = current->mm;
	struct vma *v;
	int err = 0;

	down_read(&m->lock);
	v = vma_find(m, *start);
	if (!v || v->start >= *start + *len) {
		err = -ENOMEM;
	} else if (!(v->flags & VM_GROWSDOWN)) {
		err = -EINVAL;
	} else {
		*len += *start - v->start;
		*start = v->start;
	}
	up_read(&m->lock);
	return err;
}

long sys_mprotect(unsigned long addr, size_t len, unsigned long prot)
{
	unsigned long grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
	int err;

	prot &= ~(unsigned long)(PROT_GROWSDOWN | PROT_GROWSUP);
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP))
		return -EINVAL;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (addr + len <= addr)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_ALL | PROT_SEM))
		return -EINVAL;
	if (grows == PROT_GROWSUP)
		return fail(EINVAL, "no area grows up here");
	if (grows) {
		err = grow_range(&addr, &len);
		if (err)
			return err;
	}
	if ((prot & PROT_READ) && (current->personality & READ_IMPLIES_EXEC))
		prot |= PROT_EXEC;
	return mm_protect(current->mm, addr, len, (unsigned)prot_flags(prot));
}

long sys_mremap(unsigned long old_addr, size_t old_len, size_t new_len, unsigned long flags,
		unsigned long new_addr)
{
	if (flags & ~(unsigned long)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && (!(flags & MREMAP_MAYMOVE) || old_len != new_len))
		return -EINVAL;
	if (old_addr & ~PAGE_MASK)
		return -EINVAL;
	old_len = ALIGN_UP(old_len, PAGE_SIZE);
	new_len = ALIGN_UP(new_len, PAGE_SIZE);
	if (!new_len)
		return -EINVAL;
	if ((flags & MREMAP_FIXED) &&
	    ((new_addr & ~PAGE_MASK) || new_len > USER_END || new_addr > USER_END - new_len))
		return -EINVAL;
	return mm_remap(current->mm, old_addr, old_len, new_len, (int)flags, new_addr);
}

long sys_msync(unsigned long addr, size_t len, int flags)
{
	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC))
		return -EINVAL;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if ((flags & MS_ASYNC) && (flags & MS_SYNC))
		return -EINVAL;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (addr + len < addr)
		return -ENOMEM;
	if (!len)
		return 0;
	return mm_sync(current->mm, addr, len, flags);
}

/* remap_file_pages(2): since Linux 4.0 a new mapping in place of the old one. */
long sys_remap_file_pages(unsigned long addr, size_t size, unsigned long prot, unsigned long pgoff,
			  unsigned long flags)
{
	struct map_request req;
	struct file *f;
	long ret;

	if (prot)
		return -EINVAL;
	addr &= PAGE_MASK;
	size &= PAGE_MASK;
	if (addr + size <= addr || pgoff + (size >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	ret = mm_remap_request(current->mm, addr, size, pgoff, &req);
	if (ret)
		return ret;
	req.populate = !(flags & MAP_NONBLOCK);
	f = req.file;
	ret = mm_map(current->mm, &req);
	if (f)
		file_put(f);
	return ret < 0 ? ret : 0;
}

long sys_mincore(unsigned long addr, size_t len, uaddr_t vec)
{
	size_t pages = (len >> PAGE_SHIFT) + ((len & ~PAGE_MASK) != 0);
	u8 *buf;
	int err = 0;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!arch_access_ok(uaddr(addr), len))
		return -ENOMEM;
	if (!arch_access_ok(vec, pages))
		return -EFAULT;
	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -EAGAIN;
	while (pages && !err) {
		size_t n = MIN(pages, PAGE_SIZE);

		err = mm_incore(current->mm, addr, n, buf);
		if (!err)
			err = copy_to_user(vec, buf, n);
		pages -= n;
		addr += n << PAGE_SHIFT;
		vec = uaddr_add(vec, n);
	}
	kfree(buf);
	return err;
}
