/* memfd_create(2), memfd_secret(2). Next: vfs/memfd.c. */
#include "sys/syscall.h"
#include "vfs/memfd.h"
#include <linux/fcntl.h>
#include <linux/memfd.h>

#define MFD_NOEXEC_SEAL_K 8u
#define MFD_EXEC_K	  16u
#define NAME_BYTES	  250 /* "/memfd:" goes before it, and its end is a zero */

static long create(const char *name, unsigned flags)
{
	const struct cred *c = current->vfs.cred;
	u32 seals = F_SEAL_SEAL, mode = 0777;
	struct file *f;

	if (flags & MFD_NOEXEC_SEAL_K) {
		seals = F_SEAL_EXEC_K;
		mode = 0666;
	} else if (flags & MFD_ALLOW_SEALING) {
		seals = 0;
	}
	f = memfd_file(name, mode, seals);
	if (!IS_ERR(f)) {
		f->inode->uid = c->fsuid;
		f->inode->gid = c->fsgid;
	}
	return file_install(f, flags & MFD_CLOEXEC);
}

long sys_memfd_create(uaddr_t uname, unsigned int flags)
{
	unsigned known =
		MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL_K | MFD_EXEC_K | MFD_HUGETLB;
	char *name;
	long n;

	if (flags & MFD_HUGETLB)
		known |= (unsigned)MFD_HUGE_MASK << MFD_HUGE_SHIFT;
	if (flags & ~known)
		return -EINVAL;
	if ((flags & MFD_EXEC_K) && (flags & MFD_NOEXEC_SEAL_K))
		return -EINVAL;
	name = kmalloc(NAME_BYTES, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	n = arch_strncpy_in(name, uname, NAME_BYTES);
	if (n >= 0 && n >= NAME_BYTES)
		n = -EINVAL;
	if (n >= 0)
		n = flags & MFD_HUGETLB ? fail(ENOSYS, "no huge pages") : create(name, flags);
	kfree(name);
	return n;
}

long sys_memfd_secret(unsigned int flags)
{
	const struct cred *c = current->vfs.cred;
	struct file *f;

	if (flags & ~(unsigned)O_CLOEXEC)
		return -EINVAL;
	f = memfd_secret_file();
	if (!IS_ERR(f)) {
		f->inode->uid = c->fsuid;
		f->inode->gid = c->fsgid;
	}
	return file_install(f, flags & O_CLOEXEC);
}
