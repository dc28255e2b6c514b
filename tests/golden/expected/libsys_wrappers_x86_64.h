/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
SYSCALL_WRAPPER(read, 0)
SYSCALL_WRAPPER(sys_open, 2)
SYSCALL_WRAPPER(sys_exit, 4)
SYSCALL_WRAPPER(fstat, 5)
SYSCALL_WRAPPER_PLAIN(getpid, 7)
SYSCALL_WRAPPER(munmap, 8)
SYSCALL_WRAPPER(rt_sigpending, 9)
