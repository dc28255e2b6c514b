/* What every file of sys/ needs: the generated prototypes, current, and copies that answer -EFAULT.
 */
#ifndef SYS_SYSCALL_H
#define SYS_SYSCALL_H

#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/signal.h"
#include "proc/task.h"
#include "gen/syscalls.h"

static inline int copy_from_user(void *dst, uaddr_t src, size_t n)
{
	return arch_copy_in(dst, src, n) ? -EFAULT : 0;
}
static inline int copy_to_user(uaddr_t dst, const void *src, size_t n)
{
	return arch_copy_out(dst, src, n) ? -EFAULT : 0;
}

/* A structure that grows: `size` is the caller's, `known` ours; the rest of ours becomes zero.
 * -E2BIG: more than a page, or the caller knows more and uses it. */
int copy_struct_from_user(void *to, size_t known, uaddr_t from, size_t size);
/* A new descriptor for `f` (ERR_PTR: its error), whose reference is consumed. -EMFILE -ENOMEM. */
long file_install(struct file *f, bool cloexec);
/* A siginfo_t as the call in flight lays it out; 0, -EFAULT. */
int siginfo_get(siginfo_t *si, uaddr_t from);
/* Likewise a struct sigevent. */
int sigevent_get(struct sigevent *ev, uaddr_t from);
/* stat.c, for the other layouts of struct stat. flags: AT_*. */
struct kstat;
long stat_path(int dirfd, uaddr_t path, int flags, struct kstat *k);
long stat_fd(int fd, struct kstat *k);
/* file_ioctl.c: *done says whether the command was one of its own. */
long file_ioctl(struct file *f, unsigned cmd, unsigned long arg, bool *done);
/* handle.c: FS_*_FL as FS_XFLAG_*, and back: false when there are others. */
u64 xflags_of(u32 flags);
bool flags_of_xflags(u64 xflags, u32 *flags);
/* rw.c: RWF_* flags; pos -1: the file's own position. */
#define MAX_RW_BYTES 0x7ffff000UL
long rw_with_flags(struct file *f, struct iter *it, s64 pos, int rwf, bool is_write);
/* sendfile.c; is_short: *offset has 32 bits. */
long sendfile_fds(int out_fd, int in_fd, uaddr_t offset, size_t count, bool is_short);
/* misc.c: what uname(2) answers to the caller. */
struct new_utsname;
void uname_get(struct new_utsname *u);
/* fd.c: a descriptor table of our own. 0, -ENOMEM, -EMFILE. */
long unshare_files(void);
/* cred.c: setgroups(2). */
long set_groups(int size, uaddr_t list, bool is_16bit);
/* getdents.c: reads a directory from the file's position on; the callback takes what it wants. */
struct dir_context;
long dir_iterate(struct file *f, struct dir_context *ctx);
struct kstatfs;
long statfs_path(uaddr_t path, struct kstatfs *k);
long statfs_fd(int fd, struct kstatfs *k);

/* ns_ioctl.c */
struct ns_common;
long ns_file_ioctl(struct ns_common *ns, unsigned cmd, uaddr_t arg);
/* fcntl.c: F_GETOWN and F_SETOWN by another name, ioctl(2) FIOSETOWN. */
long file_set_owner(struct file *f, int who);
int file_get_owner(const struct file *f);

#define PATH_MAX_K 4096
/* A path from user space in a kernel buffer: ERR_PTR(-EFAULT, -ENAMETOOLONG, -ENOENT for "" unless
 * allow_empty). Free with path_string_put(). */
char *path_string_get(uaddr_t s, bool allow_empty);
void path_string_put(char *s);
/* The same without an allocation while the name is short; lives on the stack of the call. */
struct user_path {
	char *name;
	char small[232];
};
/* The name, or ERR_PTR as above. user_path_put() after a success. */
char *user_path_get(struct user_path *p, uaddr_t s, bool allow_empty);
static inline void user_path_put(struct user_path *p)
{
	if (unlikely(p->name != p->small))
		path_string_put(p->name);
}
/* vfs_lookup() of a path in user memory; the result is the caller's to put. */
long user_lookup(int dirfd, uaddr_t upath, unsigned flags, struct path *p);
/* iovec array into segments: checks counts and sums as readv(2) says. `fast` has room for 8.
 * Returns total or error. */
long iovec_get(uaddr_t vec, unsigned long nr, struct iter_seg *fast, struct iter_seg **out);

#endif
