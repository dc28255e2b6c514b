/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
SYSCALL_WRAPPER(read, 63)
SYSCALL_WRAPPER(fstat, 80)
SYSCALL_WRAPPER(sys_exit, 93)
SYSCALL_WRAPPER_PLAIN(getpid, 172)
