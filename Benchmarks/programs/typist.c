// What a line takes from Enter to the wire in chatclient, which is on a terminal and talks with
// a server that answers at once.
//
// typist COUNT PORT PROGRAM WORD…   COUNT lines, one after the other; the server is at PORT
// Prints p50 and p99 in µs.
#include "measure.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

enum { warmup = 32 };

static int terminal;

// Reads what the program draws and throws it away.
static void drain(void) {
  char drawn[65536];
  struct pollfd wait = {.fd = terminal, .events = POLLIN};
  while (poll(&wait, 1, 0) > 0 && read(terminal, drawn, sizeof drawn) > 0) {}
}

// The next record, while the terminal is read.
static void await_text(int peer, const char *wanted) {
  char text[4096];
  size_t length = 0;
  for (;;) {
    struct pollfd wait[] = {{.fd = peer, .events = POLLIN}, {.fd = terminal, .events = POLLIN}};
    if (poll(wait, 2, 10000) <= 0) fail("nothing comes for 10 s");
    if (wait[1].revents) drain();
    if (!wait[0].revents) continue;
    if (recv(peer, text + length, 1, 0) <= 0) fail("the program ended");
    if (text[length]) {
      if (++length == sizeof text) fail("a record is too long");
    } else if (!strcmp(text, wanted)) {
      return;
    } else {
      length = 0;
    }
  }
}

int main(int count, char **words) {
  if (count < 4) return 64;
  size_t lines = (size_t)atol(words[1]);
  int listener = listen_at(atoi(words[2]));
  uint64_t *times = calloc(lines, sizeof *times);
  struct winsize size = {.ws_row = 24, .ws_col = 120};
  if (!times) fail("calloc");
  pid_t child = forkpty(&terminal, NULL, NULL, &size);
  if (child == 0) {
    setenv("TERM", "xterm-256color", 1);
    execvp(words[3], words + 3);
    _exit(127);
  }
  int peer = accept(listener, NULL, NULL);
  no_delay(peer);
  send_all(peer, "SERVER", 7);
  await_text(peer, "bench");
  static const char terms[] = "mode free\0floor\0session "
                              "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef 300";
  send_all(peer, terms, sizeof terms);
  await_text(peer, "session");
  for (size_t i = 0; i < lines + warmup; i++) {
    char line[256], record[256];
    snprintf(record, sizeof record, "say %zu %s", i + 1, sentence);
    int length = snprintf(line, sizeof line, "%s\r", sentence);
    // What the line before drew is not in this one's time.
    usleep(2000);
    drain();
    uint64_t start = now();
    if (write(terminal, line, (size_t)length) != length) fail("write");
    await_text(peer, record);
    if (i >= warmup) times[i - warmup] = now() - start;
    length = snprintf(record, sizeof record, "ack %zu", i + 1);
    send_all(peer, record, (size_t)length + 1);
  }
  double half = percentile(times, lines, 0.5), most = percentile(times, lines, 0.99);
  printf("%.1f %.1f\n", half / 1e3, most / 1e3);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}
