/* Capabilities of files, capabilities(7): the extended attribute security.capability. */
#include "proc/exec_internal.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/user_ns.h"
#include "vfs/vfs.h"
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/xattr.h>

/* Revision 1 had 32 capabilities, 2 has 64, 3 names the user namespace's root besides. */
static unsigned words_of(u32 revision, long size)
{
	switch (revision) {
	case VFS_CAP_REVISION_1:
		return size == XATTR_CAPS_SZ_1 ? VFS_CAP_U32_1 : 0;
	case VFS_CAP_REVISION_2:
		return size == XATTR_CAPS_SZ_2 ? VFS_CAP_U32_2 : 0;
	case VFS_CAP_REVISION_3:
		return size == XATTR_CAPS_SZ_3 ? VFS_CAP_U32_3 : 0;
	}
	return 0;
}

/* Is it who root is in the caller's user namespace, or in one above? */
static bool is_own_root(u32 kuid)
{
	for (const struct user_ns *u = current->real_cred->user_ns; u; u = u->ns.owner)
		if (!from_kuid(u, kuid))
			return true;
	return false;
}

bool exec_file_caps(struct file *file, struct file_caps *caps)
{
	struct vfs_ns_cap_data d;
	unsigned words;
	long size;

	memset(caps, 0, sizeof(*caps));
	if (!path_may_suid(&current->vfs, &file->path))
		return false;
	size = vfs_getxattr(&file->path, current->real_cred, XATTR_NAME_CAPS, &d, sizeof(d));
	if (size < (long)sizeof(d.magic_etc))
		return false;
	words = words_of(d.magic_etc & VFS_CAP_REVISION_MASK, size);
	/* Those of another namespace's root do not count here. */
	if (!words || !is_own_root(size == XATTR_CAPS_SZ_3 ? d.rootid : 0))
		return false;
	for (unsigned i = 0; i < words; i++) {
		caps->permitted |= (u64)d.data[i].permitted << (32 * i);
		caps->inheritable |= (u64)d.data[i].inheritable << (32 * i);
	}
	caps->permitted &= BIT(CAP_LAST_CAP + 1) - 1;
	caps->inheritable &= BIT(CAP_LAST_CAP + 1) - 1;
	caps->is_effective = d.magic_etc & VFS_CAP_FLAGS_EFFECTIVE;
	return true;
}
