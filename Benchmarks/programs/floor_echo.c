// The floor of a redraw: a raw terminal whose keys are written back, and a
// socket whose bytes are.
//
// floor_echo PORT
#include "measure.h"

#include <poll.h>
#include <termios.h>

int main(int count, char **words) {
  if (count < 2) return 64;
  struct termios mode;
  if (tcgetattr(0, &mode)) fail("tcgetattr");
  cfmakeraw(&mode);
  tcsetattr(0, TCSANOW, &mode);
  int peer = connect_to(atoi(words[1]));
  await_record(peer, "SERVER");
  send_all(peer, "bench", 6);
  struct pollfd wait[] = {{.fd = 0, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
  char bytes[4096];
  for (;;) {
    if (poll(wait, 2, -1) < 0) continue;
    for (int i = 0; i < 2; i++) {
      if (!wait[i].revents) continue;
      ssize_t got = read(wait[i].fd, bytes, sizeof bytes);
      if (got <= 0 || write(1, bytes, (size_t)got) < 0) return 0;
    }
  }
}
