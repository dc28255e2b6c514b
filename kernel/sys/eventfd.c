/* eventfd(2). Next: vfs/eventfd.c. */
#include "sys/syscall.h"
#include "vfs/eventfd.h"
#include "abi/linux/missing.h"

long sys_eventfd2(unsigned int count, int flags)
{
	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	return file_install(eventfd_file(count, flags & EFD_SEMAPHORE, flags & EFD_NONBLOCK),
			    flags & EFD_CLOEXEC);
}

long sys_eventfd(unsigned int count)
{
	return sys_eventfd2(count, 0);
}
