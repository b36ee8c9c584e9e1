// A peer that has much to say in the line dialect, where nothing is
// acknowledged: the time runs from when the first message is stored, which is
// when the peer has the floor, until the server, told \quit, has closed. Then
// the rows in the transcript are counted.
//
// dictate COUNT PORT DATABASE   prints messages a second
#include "measure.h"

#include <sqlite3.h>

static sqlite3 *db;

// What `sql`, with ?1 for `after`, says.
static long ask(const char *sql, long after) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) fail(sqlite3_errmsg(db));
  sqlite3_bind_int64(statement, 1, after);
  sqlite3_step(statement);
  long answer = (long)sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return answer;
}

// The transcript names its kinds, the floor numbers them.
static long stored(long after) {
  return ask("SELECT count(*) FROM event WHERE kind IN ('message', 3) AND id > ?1", after);
}

int main(int count, char **words) {
  if (count < 4) return 64;
  if (sqlite3_open_v2(words[3], &db, SQLITE_OPEN_READWRITE, NULL)) fail("sqlite3_open_v2");
  sqlite3_busy_timeout(db, 5000);
  long messages = atol(words[1]), last = ask("SELECT coalesce(max(id), 0) FROM event", 0);
  int peer = connect_to(atoi(words[2]));
  await_record(peer, "SERVER");
  send_all(peer, "bench\nfirst\n", 12);
  while (stored(last) == 0) usleep(1000);
  static char out[1 << 16];
  uint64_t start = now();
  for (long sent = 0; sent < messages;) {
    size_t length = 0;
    while (sent < messages && length < sizeof out - 200) {
      length += (size_t)sprintf(out + length, "%s\n", sentence);
      sent++;
    }
    send_all(peer, out, length);
  }
  send_all(peer, "\\quit\n", 6);
  while (recv(peer, out, sizeof out, 0) > 0) {}
  double seconds = (double)(now() - start) / 1e9;
  long rows = stored(last) - 1;
  if (rows != messages) {
    fprintf(stderr, "%ld messages were said, %ld are stored\n", messages, rows);
    return 70;
  }
  printf("%.0f\n", (double)messages / seconds);
}
