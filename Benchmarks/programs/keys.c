// What a person feels: a key pressed, and a message that arrives on a
// half-typed line, each until the terminal is given something to show.
//
// keys key|typed|message COUNT PORT listens|connects PROGRAM WORD…
//   typed:    a key after 50 ms of quiet, as fingers press them: other work
//             has had the processor's caches meanwhile
//   listens:  the program is a server at PORT; a peer takes the floor
//   connects: the program is a client, and finds a native server at PORT
// Prints: p50 and p99 in µs until the first byte comes back, p50 and p99 in µs
// of processor time the program spent, median of the bytes it wrote. Appends
// to the file KEYS_LOG, if set, each one's index, both times and bytes.
#include "measure.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

static int terminal, peer;
static pid_t child, talker;

// Nanoseconds of processor time, clock_getcpuclockid(3).
static uint64_t spent(void) {
  clockid_t clock;
  struct timespec t;
  if (clock_getcpuclockid(talker, &clock) || clock_gettime(clock, &t)) fail("clock_getcpuclockid");
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

// Bytes shown until nothing came for `quiet` ms; when the first came, if
// `first` is given. Receipts are read and dropped.
static size_t drain(int quiet, uint64_t *first) {
  char bytes[65536];
  size_t total = 0;
  for (;;) {
    struct pollfd wait[] = {{.fd = terminal, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
    int ready = poll(wait, 2, total || !first ? quiet : 5000);
    if (ready == 0 && !total && first) fail("nothing shown for 5 s");
    if (ready <= 0) return total;
    if (wait[0].revents) {
      ssize_t count = read(terminal, bytes, sizeof bytes);
      if (count <= 0) fail("the program ended");
      if (first && !total) *first = now();
      total += (size_t)count;
    }
    if (wait[1].revents && recv(peer, bytes, sizeof bytes, 0) <= 0) fail("the program hung up");
  }
}

static void start(bool listens, int port, char **program) {
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  int listener = listens ? -1 : listen_at(port);
  child = talker = forkpty(&terminal, NULL, NULL, &size);
  if (child == 0) {
    setenv("TERM", "xterm-256color", 1);
    execvp(program[0], program);
    _exit(127);
  }
  if (listens) {
    while ((peer = try_connect(port)) < 0) usleep(1000);
    await_record(peer, "SERVER");
    send_all(peer, "bench", 6);
    await_record(peer, "floor");
    // The process that has the floor is the youngest of the server's children.
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", child, child);
    FILE *children = fopen(path, "r");
    int one;
    while (children && fscanf(children, "%d", &one) == 1) talker = one;
    if (children) fclose(children);
  } else {
    peer = accept(listener, NULL, NULL);
    no_delay(peer);
    send_all(peer, "SERVER", 7);
    await_record(peer, "bench");
    send_all(peer, "mode free\0floor", 16);
  }
  drain(300, NULL);
}

int main(int count, char **words) {
  if (count < 6) return 64;
  bool arrives = !strcmp(words[1], "message"), typed = !strcmp(words[1], "typed");
  int times = atoi(words[2]);
  if (times < 1 || times > 100000) return 64;
  uint64_t *felt = calloc((size_t)times * 3, sizeof *felt);
  uint64_t *used = felt + times, *wrote = used + times;
  // Each single one, to see which are the slow ones.
  FILE *log = getenv("KEYS_LOG") ? fopen(getenv("KEYS_LOG"), "a") : NULL;
  start(!strcmp(words[4], "listens"), atoi(words[3]), words + 5);
  if (arrives && write(terminal, "this is half a li", 17) != 17) fail("write");
  drain(100, NULL);
  for (int i = 0; i < times; i++) {
    char say[200];
    if (typed) usleep(50000);
    int length = sprintf(say, "say %d %s", i + 1, sentence) + 1;
    uint64_t before = spent(), begin = now(), first = 0;
    if (arrives) send_all(peer, say, (size_t)length);
    // Forty letters, and forty times Backspace.
    else if (write(terminal, i / 40 % 2 ? "\x7f" : "e", 1) != 1) fail("write");
    wrote[i] = drain(1, &first);
    used[i] = spent() - before;
    felt[i] = first - begin;
    if (log) fprintf(log, "%d %.1f %.1f %zu\n", i, felt[i] / 1e3, used[i] / 1e3, (size_t)wrote[i]);
  }
  if (log) fclose(log);
  size_t n = (size_t)times;
  printf("%.1f %.1f %.1f %.1f %.0f\n", percentile(felt, n, 0.5) / 1e3,
         percentile(felt, n, 0.99) / 1e3, percentile(used, n, 0.5) / 1e3,
         percentile(used, n, 0.99) / 1e3, percentile(wrote, n, 0.5));
  kill(child, SIGTERM);
  for (int i = 0; i < 2000 && waitpid(child, NULL, WNOHANG) != child; i++) usleep(1000);
}
