// Whole conversations: connect, handle, floor, one message, its
// acknowledgement, goodbye, end of file.
//
// converse COUNT PEERS PORT   prints conversations a second
#include "measure.h"

#include <sys/wait.h>

static void converse(int port) {
  char rest[4096];
  int peer = take_floor(port);
  char say[256];
  send_all(peer, say, (size_t)sprintf(say, "say 1 %s", sentence) + 1);
  await_record(peer, "ack 1");
  send_all(peer, "quit user", 10);
  while (recv(peer, rest, sizeof rest, 0) > 0) {}
  close(peer);
}

int main(int count, char **words) {
  if (count < 4) return 64;
  int each = atoi(words[1]) / atoi(words[2]), peers = atoi(words[2]), port = atoi(words[3]);
  uint64_t start = now();
  for (int i = 0; i < peers; i++)
    if (fork() == 0) {
      for (int k = 0; k < each; k++) converse(port);
      _exit(0);
    }
  int status, bad = 0;
  while (wait(&status) > 0) bad |= status;
  if (bad) return 70;
  printf("%.1f\n", (double)(each * peers) * 1e9 / (double)(now() - start));
}
