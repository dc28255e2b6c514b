/* acct(2). Next: proc/acct.c. */
#include "sys/syscall.h"
#include "proc/acct.h"
#include <linux/capability.h>

long sys_acct(uaddr_t path)
{
	struct user_path up;
	struct file *f;
	char *name;

	if (!task_capable(CAP_SYS_PACCT))
		return -EPERM;
	if (!path.v) {
		acct_set_file(NULL);
		return 0;
	}
	name = user_path_get(&up, path, 0);
	if (IS_ERR(name))
		return PTR_ERR(name);
	f = vfs_open(&current->vfs, AT_FDCWD, name, O_WRONLY | O_APPEND | O_LARGEFILE, 0,
		     LOOKUP_FOLLOW);
	user_path_put(&up);
	if (IS_ERR(f))
		return PTR_ERR(f);
	if (!S_ISREG(f->inode->mode)) {
		file_put(f);
		return -EACCES;
	}
	acct_set_file(f);
	return 0;
}
