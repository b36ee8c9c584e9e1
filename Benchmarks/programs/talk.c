// A peer that has much to say, in the native dialect.
//
// talk COUNT WINDOW PORT…  says COUNT messages at each port at once, with at
//                          most WINDOW unacknowledged
// Prints: p50 and p99 of say to ack in µs over all ports, messages a second, and the
// longest say to ack.
#include "measure.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>

// Messages before the clock runs: statements are prepared, pages are there.
enum { warmup = 64 };

static uint64_t said[1 << 22];

static void talk(int port, long count, long window, uint64_t *times, uint64_t *took) {
  int peer = take_floor(port);
  static char out[1 << 20], in[1 << 20];
  long sent = 0, acknowledged = 0, total = count + warmup;
  uint64_t start = 0;
  // Whether the next byte begins a record, and whether the present one is a receipt: how
  // to come back is said behind the floor.
  bool begins = true, receipt = false;
  while (acknowledged < total) {
    size_t length = 0;
    // Before the clock runs no more than the warm-up is in flight.
    long limit = acknowledged < warmup ? warmup : total;
    while (sent < limit && sent - acknowledged < window && length < 60000) {
      length += (size_t)sprintf(out + length, "say %ld %s", sent + 1, sentence) + 1;
      said[sent++] = now();
    }
    if (length) send_all(peer, out, length);
    ssize_t got = receive(peer, in, sizeof in);
    if (got <= 0) fail("the server closed");
    uint64_t at = now();
    // Acknowledgements come in order; a NUL ends each.
    for (ssize_t i = 0; i < got; i++) {
      if (begins) receipt = in[i] == 'a';
      begins = !in[i];
      if (!begins || !receipt) continue;
      if (acknowledged >= warmup) times[acknowledged - warmup] = at - said[acknowledged];
      if (++acknowledged == warmup) start = now();
    }
  }
  *took = now() - start;
  send_all(peer, "quit user", 10);
  while (receive(peer, in, sizeof in) > 0) {}
}

int main(int count, char **words) {
  if (count < 4) return 64;
  long each = atol(words[1]), window = atol(words[2]);
  size_t ports = (size_t)count - 3, all = ports * (size_t)each;
  if ((size_t)each + warmup > sizeof said / sizeof *said) return 64;
  uint64_t *times = mmap(NULL, (all + ports) * sizeof *times, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  uint64_t *took = times + all, longest = 0;
  for (size_t i = 0; i < ports; i++)
    if (fork() == 0) {
      talk(atoi(words[3 + i]), each, window, times + i * (size_t)each, took + i);
      _exit(0);
    }
  int status, bad = 0;
  while (wait(&status) > 0) bad |= status;
  if (bad) return 70;
  for (size_t i = 0; i < ports; i++) longest = took[i] > longest ? took[i] : longest;
  printf("%.1f %.1f %.0f", percentile(times, all, 0.5) / 1e3, percentile(times, all, 0.99) / 1e3,
         (double)all * 1e9 / (double)longest);
  // They are in order by now.
  printf(" %.1f\n", (double)times[all - 1] / 1e3);
}
