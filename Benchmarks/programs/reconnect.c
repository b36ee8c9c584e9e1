// How soon a conversation goes on whose connection, or whose server, was lost.
//
// reconnect reset COUNT PORT   COUNT conversations, each begun, reset and gone on with. Prints p50
//                              and p99 in ms: of connect(2) to `floor`, of the reset to the receipt
//                              of the next message, and of connect(2) to that receipt where the
//                              server had time to see the reset
// reconnect restart PORT       begins one, prints `ready`, and waits until the server has died.
//                              Prints ms from the first connect(2) that is answered again to the
//                              receipt of the next message
#include "measure.h"

enum { pause_between = 20000, noticed_within = 50000 };

static char token[128];

// Reads up to a record that begins with `wanted`; `rest` is what follows there. 0 at the end.
static int await_beginning(int socket, const char *wanted, char *rest, size_t room) {
  char record[33000];
  size_t length = 0, count = strlen(wanted);
  while (receive(socket, record + length, 1) > 0) {
    if (record[length]) {
      if (length + 1 < sizeof record) length++;
    } else if (!strncmp(record, wanted, count)) {
      snprintf(rest, room, "%s", record + count);
      return 1;
    } else {
      length = 0;
    }
  }
  return 0;
}

static void say(int peer, int number) {
  char text[256];
  int length = snprintf(text, sizeof text, "say %d %s", number, sentence);
  send_all(peer, text, (size_t)length + 1);
  snprintf(text, sizeof text, "ack %d", number);
  await_record(peer, text);
}

// A conversation that can be gone on with.
static int begin(int port, uint64_t *took) {
  uint64_t start = now();
  int peer = connect_to(port);
  char rest[128];
  send_all(peer, "bench", 6);
  await_record(peer, "floor");
  *took = now() - start;
  if (!await_beginning(peer, "session ", rest, sizeof rest)) fail("no offer");
  sscanf(rest, "%127s", token);
  send_all(peer, "session", 8);
  say(peer, 1);
  return peer;
}

// A server that cannot go on yet closes, and is asked again.
static int go_on(int peer, int port) {
  char text[256], rest[256];
  for (int attempt = 1; attempt < 100; attempt++) {
    int length = snprintf(text, sizeof text, "resume %s 0 %d", token, attempt);
    send_all(peer, text, (size_t)length + 1);
    if (await_beginning(peer, "resumed 1", rest, sizeof rest)) return peer;
    end_peer(peer);
    peer = connect_to(port);
  }
  fail("it does not go on");
  return -1;
}

static void leave(int peer) {
  char rest[4096];
  send_all(peer, "quit user", 10);
  while (receive(peer, rest, sizeof rest) > 0) {}
  end_peer(peer);
  usleep(pause_between);
}

static void reset(int peer) {
  struct linger at_once = {.l_onoff = 1};
  setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end_peer(peer);
}

static void resets(size_t count, int port) {
  uint64_t *fresh = calloc(count, sizeof *fresh), *again = calloc(count, sizeof *again);
  uint64_t *later = calloc(count, sizeof *later), ignored;
  if (!fresh || !again || !later) fail("calloc");
  for (size_t i = 0; i < count; i++)
    for (int is_later = 0; is_later < 2; is_later++) {
      int peer = begin(port, is_later ? &ignored : fresh + i);
      reset(peer);
      if (is_later) usleep(noticed_within);
      uint64_t start = now();
      peer = go_on(connect_to(port), port);
      say(peer, 2);
      (is_later ? later : again)[i] = now() - start;
      leave(peer);
    }
  uint64_t *all[] = {fresh, again, later};
  for (int i = 0; i < 3; i++)
    printf("%.3f %.3f ", (double)percentile(all[i], count, 0.5) / 1e6,
           (double)percentile(all[i], count, 0.99) / 1e6);
  printf("\n");
}

static void restart(int port) {
  uint64_t ignored, start;
  char rest[4096];
  int peer = begin(port, &ignored);
  printf("ready\n");
  fflush(stdout);
  while (receive(peer, rest, sizeof rest) > 0) {}
  end_peer(peer);
  do {
    usleep(100);
    start = now();
    peer = try_connect(port);
  } while (peer < 0);
  begin_tls(peer);
  peer = go_on(peer, port);
  say(peer, 2);
  printf("%.3f\n", (double)(now() - start) / 1e6);
  leave(peer);
}

int main(int count, char **words) {
  if (count == 4 && !strcmp(words[1], "reset")) resets((size_t)atol(words[2]), atoi(words[3]));
  else if (count == 3 && !strcmp(words[1], "restart")) restart(atoi(words[2]));
  else return 64;
}
