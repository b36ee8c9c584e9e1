#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

// l_pid must be 0 for the commands with OFD, and a length of 0 is all there is.
static struct flock request(short type, long long start, long long length) {
  return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

// `command` is F_OFD_GETLK, F_OFD_SETLK or F_OFD_SETLKW. A contained process that
// has the transcript open may take no lock whose owner the kernel does not name
// to others, and the filter of its calls says EPERM, which these commands never
// do: its locks are the process's own then, and stay so, as no filter is ever taken
// off.
static int lock_call(int descriptor, int command, struct flock *lock) {
  static int is_denied = 0;
  if (!is_denied) {
    int result = fcntl(descriptor, command, lock);
    if (result != -1 || errno != EPERM) return result;
    is_denied = 1;
  }
  return fcntl(descriptor, command - F_OFD_GETLK + F_GETLK, lock);
}

int cposix_lock(int descriptor, long long start, long long length) {
  struct flock lock = request(F_WRLCK, start, length);
  return lock_call(descriptor, F_OFD_SETLK, &lock);
}

int cposix_unlock(int descriptor, long long start, long long length) {
  struct flock lock = request(F_UNLCK, start, length);
  return lock_call(descriptor, F_OFD_SETLK, &lock);
}

int cposix_find_lock(int descriptor, long long *start, long long *length) {
  struct flock lock = request(F_WRLCK, *start, *length);
  if (lock_call(descriptor, F_OFD_GETLK, &lock) == -1) return -1;
  *start = lock.l_start;
  *length = lock.l_len;
  return lock.l_type != F_UNLCK;
}

int cposix_lock_holder(
    int descriptor, bool exclusive, long long start, long long length, int *process) {
  struct flock lock = request(exclusive ? F_WRLCK : F_RDLCK, start, length);
  if (fcntl(descriptor, F_GETLK, &lock) == -1) return -1;
  *process = lock.l_pid;
  return lock.l_type != F_UNLCK;
}

static void do_nothing(int number) { (void)number; }

static long long milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// fcntl(2) has no limit of its own: a timer's signal, for this thread alone
// (timer_create(2), SIGEV_THREAD_ID), ends it with EINTR. It comes again every
// 20 ms, in case one comes just before the call.
int cposix_lock_within(int descriptor, long long start, long long length, long long milliseconds) {
  // A real-time signal that nothing else here uses. Its handler stays: a last
  // one may still be on its way, and the default action would kill.
  int number = SIGRTMIN + 7;
  struct sigaction action = {.sa_handler = do_nothing};
  sigaction(number, &action, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = number};
  event.sigev_notify_thread_id = gettid();
  timer_t timer;
  // Without a timer the wait would have no end.
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == -1)
    return cposix_lock(descriptor, start, length);

  sigset_t open, before;
  sigemptyset(&open);
  sigaddset(&open, number);
  pthread_sigmask(SIG_UNBLOCK, &open, &before);
  struct itimerspec time = {
      .it_value = {.tv_sec = milliseconds / 1000,
                   // Nothing at all would turn the timer off.
                   .tv_nsec = milliseconds % 1000 * 1000000 + 1},
      .it_interval = {.tv_nsec = 20000000}};
  timer_settime(timer, 0, &time, NULL);

  long long end = milliseconds_now() + milliseconds;
  struct flock lock;
  int result;
  do {
    lock = request(F_WRLCK, start, length);
    result = lock_call(descriptor, F_OFD_SETLKW, &lock);
    // A signal before its time is another's.
  } while (result == -1 && errno == EINTR && milliseconds_now() < end);
  int error = errno == EINTR ? EAGAIN : errno;

  timer_delete(timer);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return result;
}

// Not stat(2), which asks for the times too: of a file that somebody asked the
// times of, a kernel with fine ones (6.13) makes each write change them, and
// then a commit waits for the inode to be written as well.
int cposix_identify(const char *path, unsigned long long *device, unsigned long long *inode) {
  struct statx found;
  if (statx(AT_FDCWD, path, 0, STATX_INO, &found) == -1) return -1;
  *device = (unsigned long long)found.stx_dev_major << 32 | found.stx_dev_minor;
  *inode = found.stx_ino;
  return 0;
}
