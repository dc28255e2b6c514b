/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_SYSNR_I386_H
#define GEN_SYSNR_I386_H

#define __NR_exit 1
#define SYS_exit __NR_exit
#define __NR_read 3
#define SYS_read __NR_read
#define __NR_open 5
#define SYS_open __NR_open
#define __NR_getpid 20
#define SYS_getpid __NR_getpid
#define __NR_old_only 30
#define SYS_old_only __NR_old_only
#define __NR_munmap 91
#define SYS_munmap __NR_munmap
#define __NR_fstat 108
#define SYS_fstat __NR_fstat
#define __NR_rt_sigpending 176
#define SYS_rt_sigpending __NR_rt_sigpending

#endif /* GEN_SYSNR_I386_H */
