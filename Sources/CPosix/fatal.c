#define _GNU_SOURCE
#include "CPosix.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
enum { fatal_count = sizeof fatal_signals / sizeof fatal_signals[0] };

// Written while disarmed, read by the handler while armed.
static struct {
  int input, output;
  struct termios mode;
  char bytes[256];
  size_t count;
} given_back;
static volatile sig_atomic_t armed;

// A stack overflow is a SIGSEGV with no stack left to handle it on. 64 KiB is
// above MINSIGSTKSZ on every x86-64 and arm64 kernel (AVX-512 needs about 4 KiB).
static char alternate_stack[64 * 1024];

static void put_back_and_die(int number) {
  if (armed) {
    armed = 0;
    // A handler must not wait for output. All that is called is async-signal-safe
    // (signal-safety(7)). SIGTTOU is blocked by sa_mask.
    (void)tcsetattr(given_back.input, TCSANOW, &given_back.mode);
    (void)cposix_write_terminal(given_back.output, given_back.bytes, given_back.count);
  }
  // SA_RESETHAND has put the default action back.
  raise(number);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int cposix_fatal_install(void) {
  stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
  if (sigaltstack(&stack, NULL) == -1) return -1;
  struct sigaction action = {
      .sa_handler = put_back_and_die,
      .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND),
  };
  sigfillset(&action.sa_mask);
  for (int i = 0; i < fatal_count; i++)
    if (sigaction(fatal_signals[i], &action, NULL) == -1) return -1;
  return 0;
}

void cposix_fatal_arm(int input, int output, const struct termios *mode, const char *bytes, size_t count) {
  armed = 0;
  given_back.input = input;
  given_back.output = output;
  given_back.mode = *mode;
  given_back.count = count < sizeof given_back.bytes ? count : sizeof given_back.bytes;
  memcpy(given_back.bytes, bytes, given_back.count);
  // The handler runs on this thread: the compiler alone could reorder.
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  armed = 1;
}

void cposix_fatal_disarm(void) { armed = 0; }
