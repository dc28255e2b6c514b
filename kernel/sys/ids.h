/* Ids as programs give and see them: numbers of the caller's user namespace. */
#ifndef SYS_IDS_H
#define SYS_IDS_H

#include "proc/task.h"
#include "vfs/user_ns.h"

/* The kernel's id; NO_KID: the number stands for nobody. */
static inline u32 uid_given(u32 uid)
{
	return make_kuid(current->real_cred->user_ns, uid);
}
static inline u32 gid_given(u32 gid)
{
	return make_kgid(current->real_cred->user_ns, gid);
}
/* What the caller sees: OVERFLOW_ID for who has no number there. */
static inline u32 uid_seen(u32 kuid)
{
	return likely(!current->maps_ids) ? kuid
					  : from_kuid_munged(current->real_cred->user_ns, kuid);
}
static inline u32 gid_seen(u32 kgid)
{
	return likely(!current->maps_ids) ? kgid
					  : from_kgid_munged(current->real_cred->user_ns, kgid);
}

#endif
