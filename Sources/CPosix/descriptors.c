#define _GNU_SOURCE
#include "CPosix.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(long) == sizeof(off_t), "the header says long");

int cposix_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }

int cposix_set_nonblocking(int descriptor, bool on) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags == -1) return -1;
  int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  return wanted == flags ? 0 : fcntl(descriptor, F_SETFL, wanted);
}

int cposix_is_open(int descriptor) { return fcntl(descriptor, F_GETFD); }

static struct flock one_byte(short type, long byte) {
  struct flock lock;
  memset(&lock, 0, sizeof lock); // l_pid must be 0 for OFD locks: fcntl_locking(2)
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

int cposix_lock_byte(int descriptor, long byte, bool wait) {
  struct flock lock = one_byte(F_WRLCK, byte);
  return fcntl(descriptor, wait ? F_OFD_SETLKW : F_OFD_SETLK, &lock);
}

int cposix_unlock_byte(int descriptor, long byte) {
  struct flock lock = one_byte(F_UNLCK, byte);
  return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int cposix_is_byte_locked(int descriptor, long byte) {
  struct flock lock = one_byte(F_WRLCK, byte);
  if (fcntl(descriptor, F_OFD_GETLK, &lock) == -1) return -1;
  return lock.l_type == F_UNLCK ? 0 : 1;
}
