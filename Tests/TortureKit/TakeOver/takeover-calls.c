#define _GNU_SOURCE
#include "takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined __x86_64__

// Below the stack pointer and the red zone behind it, where nobody keeps
// anything.
enum { scratch = 1024 };

static int put(pid_t process, unsigned long long to, const void *bytes, size_t count) {
  for (size_t done = 0; done < count; done += sizeof(long)) {
    long word = 0;
    size_t rest = count - done;
    memcpy(&word, (const char *)bytes + done, rest < sizeof word ? rest : sizeof word);
    if (ptrace(PTRACE_POKEDATA, process, to + done, word) == -1) return -1;
  }
  return 0;
}

// The process waits in a system call, so that the instruction before the next one
// is the one that makes calls: it is gone back to with other registers, done, and
// all is put back. The kernel then begins again what was broken off.
long takeover_call(
    int process, long number, const long arguments[6], int pointer, const void *bytes,
    unsigned long count) {
  if (ptrace(PTRACE_SEIZE, process, 0, 0) == -1) return -errno;
  long result = -EIO;
  int status;
  struct user_regs_struct before, now;
  if (ptrace(PTRACE_INTERRUPT, process, 0, 0) == -1) goto out;
  if (waitpid(process, &status, __WALL) == -1 || !WIFSTOPPED(status)) goto out;
  if (ptrace(PTRACE_GETREGS, process, 0, &before) == -1) goto out;
  // Not in a call: its next instruction is anything.
  if ((long long)before.orig_rax < 0) {
    result = -EAGAIN;
    goto out;
  }
  unsigned long long place = (before.rsp - scratch) & ~15ULL;
  if (pointer >= 0 && put(process, place, bytes, count) == -1) goto out;
  now = before;
  now.rip = before.rip - 2;
  now.orig_rax = (unsigned long long)-1;
  now.rax = (unsigned long long)number;
  unsigned long long *registers[6] = {&now.rdi, &now.rsi, &now.rdx, &now.r10, &now.r8, &now.r9};
  for (int i = 0; i < 6; i++)
    *registers[i] = pointer == i ? place : (unsigned long long)arguments[i];
  if (ptrace(PTRACE_SETREGS, process, 0, &now) == -1) goto out;
  if (ptrace(PTRACE_SINGLESTEP, process, 0, 0) == -1) goto out;
  if (waitpid(process, &status, __WALL) == -1 || !WIFSTOPPED(status)) goto out;
  if (ptrace(PTRACE_GETREGS, process, 0, &now) == -1) goto out;
  result = (long)now.rax;
  ptrace(PTRACE_SETREGS, process, 0, &before);
out:
  ptrace(PTRACE_DETACH, process, 0, 0);
  return result;
}

#else

long takeover_call(
    int process, long number, const long arguments[6], int pointer, const void *bytes,
    unsigned long count) {
  return -ENOSYS;
}

#endif

long takeover_lock(
    int process, int descriptor, bool of_description, bool exclusive, long long start,
    long long length) {
  struct flock lock = {
      .l_type = exclusive ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = start,
      .l_len = length};
  long arguments[6] = {descriptor, of_description ? F_OFD_SETLK : F_SETLK};
  return takeover_call(process, SYS_fcntl, arguments, 2, &lock, sizeof lock);
}

long takeover_cut(int process, int descriptor) {
  long arguments[6] = {descriptor, 0};
  return takeover_call(process, SYS_ftruncate, arguments, -1, NULL, 0);
}

long takeover_open(int process, const char *path, int flags) {
  long arguments[6] = {AT_FDCWD, 0, flags, 0600};
  return takeover_call(process, SYS_openat, arguments, 1, path, strlen(path) + 1);
}
