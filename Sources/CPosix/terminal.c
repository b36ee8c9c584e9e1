#define _GNU_SOURCE
#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

void cposix_make_raw(struct termios *mode) {
  // OPOST stays on: text of other programs on this terminal keeps its line ends.
  mode->c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO | IEXTEN);
  mode->c_iflag &= ~(tcflag_t)(ICRNL | IXON);
  // read(2) returns as soon as there is one byte.
  mode->c_cc[VMIN] = 1;
  mode->c_cc[VTIME] = 0;
}

void cposix_make_lines(struct termios *mode) {
  // Whoever has it on another key means to have it there.
  if (mode->c_cc[VINTR] != 0x03) return;
  mode->c_cc[VINTR] = _POSIX_VDISABLE;
  mode->c_cc[VEOL] = 0x03;
}

void cposix_make_unlined(struct termios *mode) {
  mode->c_lflag &= ~(tcflag_t)ICANON;
  mode->c_cc[VMIN] = 1;
  mode->c_cc[VTIME] = 0;
}

void cposix_make_silent(struct termios *mode) {
  cposix_make_unlined(mode);
  mode->c_lflag &= ~(tcflag_t)ECHO;
  mode->c_iflag &= ~(tcflag_t)ICRNL;
  mode->c_cc[VSUSP] = _POSIX_VDISABLE;
}

int cposix_window_size(int descriptor, unsigned short *columns, unsigned short *rows) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) == -1) return -1;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return 0;
}

int cposix_leave_terminal(void) {
  // Where its leader left it, the whole session would be without.
  if (getsid(0) == getpid()) {
    errno = EPERM;
    return -1;
  }
  const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (terminal == -1) return -1;
  const int result = ioctl(terminal, TIOCNOTTY);
  const int saved = errno;
  close(terminal);
  errno = saved;
  return result;
}

int cposix_is_foreground(int terminal) {
  const pid_t group = tcgetpgrp(terminal);
  return group == -1 ? errno == ENOTTY : group == getpgrp();
}

// A blocked SIGTTOU lets the call through (termios(3), "background process group").
static void block_sigttou(sigset_t *before) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &set, before);
}

int cposix_set_terminal_mode(int descriptor, const struct termios *mode) {
  sigset_t before;
  block_sigttou(&before);
  int result = tcsetattr(descriptor, TCSANOW, mode);
  int saved = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved;
  return result;
}

long cposix_write_terminal(int descriptor, const void *bytes, size_t count) {
  sigset_t before;
  block_sigttou(&before);
  // A write of more than there is room for waits for the rest of it (tty_io.c,
  // n_tty.c): one byte at a time does not.
  struct pollfd room = {.fd = descriptor, .events = POLLOUT};
  const char *next = bytes;
  ssize_t result = 0;
  while ((size_t)result < count && poll(&room, 1, 0) == 1) {
    const ssize_t one = write(descriptor, next + result, 1);
    if (one != 1) {
      if (result == 0) result = one;
      break;
    }
    result++;
  }
  int saved = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved;
  return result;
}
