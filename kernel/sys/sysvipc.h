/* shmctl(2), semctl(2), msgctl(2) and the message calls with the version of ipc(2) taken off their
 * command: for the 32-bit ABI. Structures are laid out as the call in flight wants them. */
#ifndef SYS_SYSVIPC_H
#define SYS_SYSVIPC_H

#include "sys/syscall.h"

long shm_control(int id, int cmd, uaddr_t buf);
long sem_control(int id, int num, int cmd, unsigned long arg);
long msg_control(int id, int cmd, uaddr_t buf);

#endif
