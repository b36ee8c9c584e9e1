#define _GNU_SOURCE
#include "CPosix.h"

#include <poll.h>
#include <signal.h>

// One flag per signal number; a handler may touch nothing else (signal-safety(7)).
static volatile sig_atomic_t raised[NSIG];

// The mask ppoll waits under: what it was before, with the installed signals
// taken out. Read only once `installed` is set.
static sigset_t open_mask;
static bool installed;

static void note(int number) { raised[number] = 1; }

// Whoever started us with these ignored meant it: nohup(1) for SIGHUP, a shell
// without job control for SIGTSTP (it would never continue us).
static bool stays_ignored(int number) {
  if (number != SIGHUP && number != SIGTSTP) return false;
  struct sigaction current;
  return sigaction(number, NULL, &current) == 0 && current.sa_handler == SIG_IGN;
}

int cposix_signals_install(const int *numbers, int count) {
  sigset_t set, before;
  sigemptyset(&set);
  for (int i = 0; i < count; i++) sigaddset(&set, numbers[i]);
  // Blocked first: no handler runs before the mask to wait under is known.
  if (pthread_sigmask(SIG_BLOCK, &set, &before) != 0) return -1;
  if (!installed) open_mask = before;
  for (int i = 0; i < count; i++) sigdelset(&open_mask, numbers[i]);
  installed = true;

  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  // No mask of its own: all that wait are noted at one wake of ppoll.
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < count; i++) {
    if (stays_ignored(numbers[i])) continue;
    if (sigaction(numbers[i], &action, NULL) == -1) return -1;
  }
  return 0;
}

bool cposix_signals_take(int number) {
  if (!raised[number]) return false;
  // Cleared before the caller acts: one that comes now is seen next time.
  raised[number] = 0;
  return true;
}

bool cposix_signals_waiting(void) {
  for (int number = 0; number < NSIG; number++)
    if (raised[number]) return true;
  return false;
}

void cposix_signals_clear(void) {
  for (int number = 0; number < NSIG; number++) raised[number] = 0;
}

int cposix_ignore(int number) {
  struct sigaction action = {.sa_handler = SIG_IGN};
  return sigaction(number, &action, NULL);
}

int cposix_ignore_sigpipe(void) { return cposix_ignore(SIGPIPE); }

int cposix_ignore_sigxfsz(void) { return cposix_ignore(SIGXFSZ); }

void cposix_stop_group(void) {
  // Open to the signal while it is sent: sent to a group with this process in
  // it, it is taken before kill(2) returns. Stopping apart from the group, a
  // SIGCONT could come between, and nobody would send another. The default
  // action rather than SIGSTOP: in an orphaned process group the kernel then
  // does nothing, where SIGSTOP would stop us for good.
  struct sigaction action = {.sa_handler = SIG_DFL}, before;
  sigset_t set, mask;
  sigemptyset(&set);
  sigaddset(&set, SIGTSTP);
  sigaction(SIGTSTP, &action, &before);
  pthread_sigmask(SIG_UNBLOCK, &set, &mask);
  kill(0, SIGTSTP); // stops here
  // The SIGCONT that ended it is answered by whoever called this; taken by the
  // next ppoll, it would be answered once more.
  sigset_t continued;
  sigemptyset(&continued);
  sigaddset(&continued, SIGCONT);
  const struct timespec at_once = {0};
  sigtimedwait(&continued, NULL, &at_once);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
  sigaction(SIGTSTP, &before, NULL);
}

int cposix_ppoll(
    struct pollfd *descriptors, unsigned long count, const struct timespec *timeout, bool with_signals) {
  return ppoll(descriptors, count, timeout, installed && with_signals ? &open_mask : NULL);
}
