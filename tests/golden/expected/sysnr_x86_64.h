/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_SYSNR_X86_64_H
#define GEN_SYSNR_X86_64_H

#define __NR_read 0
#define SYS_read __NR_read
#define __NR_open 2
#define SYS_open __NR_open
#define __NR_exit 4
#define SYS_exit __NR_exit
#define __NR_fstat 5
#define SYS_fstat __NR_fstat
#define __NR_getpid 7
#define SYS_getpid __NR_getpid
#define __NR_munmap 8
#define SYS_munmap __NR_munmap
#define __NR_rt_sigpending 9
#define SYS_rt_sigpending __NR_rt_sigpending

/* Numbers of x32 have this bit; it is not served, they all answer -ENOSYS. */
#ifndef __X32_SYSCALL_BIT
#define __X32_SYSCALL_BIT 0x40000000
#endif

#endif /* GEN_SYSNR_X86_64_H */
