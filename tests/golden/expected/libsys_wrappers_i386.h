/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
SYSCALL_WRAPPER(sys_exit, 1, 1)
SYSCALL_WRAPPER(read, 3, 3)
SYSCALL_WRAPPER(sys_open, 5, 3)
SYSCALL_WRAPPER_PLAIN(getpid, 20, 0)
SYSCALL_WRAPPER(old_only, 30, 1)
SYSCALL_WRAPPER(munmap, 91, 2)
SYSCALL_WRAPPER(old_fstat, 108, 2)
SYSCALL_WRAPPER(rt_sigpending, 176, 2)
