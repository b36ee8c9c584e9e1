#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Locks of an open file description, fcntl(2). The numbers are the kernel's
// ABI; glibc shows the names only under _GNU_SOURCE, which a Swift importer
// does not define.
enum {
  chat_f_ofd_getlk = 36,
  chat_f_ofd_setlk = 37,
  chat_f_ofd_setlkw = 38,
};

static inline void chat_wake(int number) { (void)number; }

// Waits in the kernel's queue for a write lock on one byte, for at most about
// `milliseconds`. 0, or errno: EINTR when the time was over.
//
// fcntl has no time limit, so a timer of this thread alone interrupts the call
// (timer_create(2), SIGEV_THREAD_ID), again and again in case one signal comes
// just before it.
static inline int chat_lock_within(int descriptor, long long byte, int milliseconds) {
  const int number = SIGRTMIN + 7; // nothing else here uses one of these
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = chat_wake; // without SA_RESTART
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, number);

  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = 4; // SIGEV_THREAD_ID
  event.sigev_signo = number;
  event._sigev_un._tid = (int)syscall(SYS_gettid);
  timer_t timer;
  if (sigaction(number, &action, NULL) == -1) return errno;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) == -1) return errno;
  pthread_sigmask(SIG_UNBLOCK, &set, &mask);

  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  struct itimerspec beat;
  beat.it_value.tv_sec = milliseconds / 1000;
  beat.it_value.tv_nsec = (milliseconds % 1000) * 1000000L + 1;
  beat.it_interval.tv_sec = 0;
  beat.it_interval.tv_nsec = 20 * 1000000L;
  timer_settime(timer, 0, &beat, NULL);

  struct flock request;
  int error;
  for (;;) {
    memset(&request, 0, sizeof request);
    request.l_type = F_WRLCK;
    request.l_whence = SEEK_SET;
    request.l_start = byte;
    request.l_len = 1;
    error = fcntl(descriptor, chat_f_ofd_setlkw, &request) == -1 ? errno : 0;
    if (error != EINTR) break;
    // Another signal than the timer's is none of ours.
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long waited = (now.tv_sec - start.tv_sec) * 1000LL + (now.tv_nsec - start.tv_nsec) / 1000000;
    if (waited >= milliseconds) break;
  }

  timer_delete(timer);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  // The handler stays: a last signal may still be on its way, and the default
  // action would kill.
  return error;
}
