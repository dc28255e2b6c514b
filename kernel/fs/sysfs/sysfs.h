/* Between the files of sysfs: the tables it brings itself. */
#ifndef FS_SYSFS_SYSFS_H
#define FS_SYSFS_SYSFS_H

#include "core/sysfs.h"

void sysfs_cpu_init(void);    /* devices/system/cpu */
void sysfs_node_init(void);   /* devices/system/node */
void sysfs_system_init(void); /* directories, kernel/ */

#endif
