// How long a peer waits for the floor of a server that nobody else talks with.
//
// knock COUNT PORT first     the peer says its handle as soon as it is connected
// knock COUNT PORT greeted   it waits for the greeting first
// Prints p50 and p99 in ms, from before connect(2) to the record `floor`.
#include "measure.h"

// Microseconds between two peers, in which the server is done with the one before:
// people do not come by the hundred a second.
enum { pause_between = 20000 };

int main(int count, char **words) {
  if (count < 4) return 64;
  size_t knocks = (size_t)atol(words[1]);
  int port = atoi(words[2]), is_first = !strcmp(words[3], "first");
  uint64_t *times = calloc(knocks, sizeof *times);
  char rest[4096];
  if (!times) fail("calloc");
  for (size_t i = 0; i < knocks; i++) {
    uint64_t start = now();
    int peer = connect_to(port);
    if (!is_first) await_record(peer, "SERVER");
    send_all(peer, "bench", 6);
    await_record(peer, "floor");
    times[i] = now() - start;
    send_all(peer, "quit user", 10);
    while (receive(peer, rest, sizeof rest) > 0) {}
    end_peer(peer);
    usleep(pause_between);
  }
  double half = percentile(times, knocks, 0.5), most = percentile(times, knocks, 0.99);
  printf("%.3f %.3f\n", half / 1e6, most / 1e6);
}
