/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_SYSNR_RISCV64_H
#define GEN_SYSNR_RISCV64_H

#define __NR_read 63
#define SYS_read __NR_read
#define __NR_fstat 80
#define SYS_fstat __NR_fstat
#define __NR_exit 93
#define SYS_exit __NR_exit
#define __NR_getpid 172
#define SYS_getpid __NR_getpid

#endif /* GEN_SYSNR_RISCV64_H */
