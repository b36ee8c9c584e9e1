// The floor of a durable chat server: accept, fork, open SQLite, read, commit
// (WAL, synchronous=FULL) what one read brought, acknowledge. Nothing is
// checked, shown or bounded.
//
// floor_server PORT DATABASE [queue]
//   queue: writers of several processes wait at a blocking fcntl(2) lock first
#include "measure.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static sqlite3 *db;
static sqlite3_stmt *begin, *commit, *insert;
static int queue = -1;

static void run(const char *sql) {
  char *message = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &message)) {
    fprintf(stderr, "%s: %s\n", sql, message);
    exit(70);
  }
}

static void open_database(const char *path) {
  if (sqlite3_open(path, &db)) fail("sqlite3_open");
  sqlite3_busy_timeout(db, 5000);
  // Of many that start at once, all but one find the database locked, and no
  // busy handler is asked: SQLite sees that they would wait for each other.
  while (sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_BUSY)
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  run("PRAGMA synchronous=FULL");
}

static void step(sqlite3_stmt *statement) {
  int result = sqlite3_step(statement);
  if (result != SQLITE_DONE) {
    fprintf(stderr, "%s: %s\n", sqlite3_sql(statement), sqlite3_errmsg(db));
    exit(70);
  }
  sqlite3_reset(statement);
}

static void turn(short kind) {
  if (queue < 0) return;
  struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_len = 1};
  while (fcntl(queue, F_SETLKW, &lock) && errno == EINTR) {}
}

static void begin_commit(void) {
  turn(F_WRLCK);
  step(begin);
}

static void end_commit(void) {
  step(commit);
  turn(F_UNLCK);
}

static void add(int kind, const char *text, size_t length) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  sqlite3_bind_int(insert, 1, getpid());
  sqlite3_bind_int64(insert, 2, (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
  sqlite3_bind_int(insert, 3, kind);
  sqlite3_bind_text(insert, 4, text, (int)length, SQLITE_STATIC);
  step(insert);
}

static void add_alone(int kind) {
  begin_commit();
  add(kind, NULL, 0);
  end_commit();
}

// One read, one commit, one write of all acknowledgements. A record ends in
// NUL or LF, whichever the handle ended in.
static void serve(int peer) {
  static char input[1 << 17], output[1 << 20];
  size_t have = 0;
  int end = -1;
  bool over = false;
  while (!over) {
    ssize_t count = recv(peer, input + have, sizeof input - have, 0);
    if (count <= 0) break;
    have += (size_t)count;
    char *at = input, *stop = input + have, *next;
    size_t answers = 0;
    bool writing = false;
    if (end < 0) {
      char *lf = memchr(input, '\n', have);
      end = lf ? '\n' : 0;
      if (!(at = memchr(input, end, have))) fail("handle");
      at++;
      if (end == 0) answers = (size_t)sprintf(output, "mode free%cfloor", 0) + 1;
    }
    for (; (next = memchr(at, end, (size_t)(stop - at))); at = next + 1) {
      char *text = at;
      if (*at == 'q' || *at == '\\') {
        over = true;
        break;
      }
      if (end == 0) {
        long number = strtol(at + 4, &text, 10);
        text++;
        answers += (size_t)sprintf(output + answers, "ack %ld", number) + 1;
      }
      if (!writing) begin_commit();
      writing = true;
      add(3, text, (size_t)(next - text));
    }
    if (writing) end_commit();
    have = (size_t)(stop - at);
    memmove(input, at, have);
    if (answers) send_all(peer, output, answers);
  }
}

static void converse(int peer, const char *path) {
  no_delay(peer);
  send_all(peer, "SERVER", 7);
  open_database(path);
  sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, NULL);
  sqlite3_prepare_v2(db, "COMMIT", -1, &commit, NULL);
  sqlite3_prepare_v2(
      db, "INSERT INTO event (conversation_id, at, kind, text) VALUES (?1, ?2, ?3, ?4)", -1,
      &insert, NULL);
  add_alone(1);
  serve(peer);
  add_alone(4);
  shutdown(peer, SHUT_WR);
  sqlite3_finalize(begin);
  sqlite3_finalize(commit);
  sqlite3_finalize(insert);
  sqlite3_close(db);
  _exit(0);
}

int main(int count, char **words) {
  if (count < 3) return 64;
  const char *path = words[2];
  for (int i = 3; i < count; i++) {
    if (!strcmp(words[i], "queue")) {
      char side[4096];
      snprintf(side, sizeof side, "%s-floorlock", path);
      queue = open(side, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    }
  }
  // No connection may be open across a fork.
  open_database(path);
  run("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, conversation_id INTEGER NOT "
      "NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, text TEXT);"
      "CREATE INDEX IF NOT EXISTS event_conversation_id ON event (conversation_id);");
  sqlite3_close(db);
  // A connection that stays keeps each last close from deleting the log.
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    open_database(path);
    run("SELECT count(*) FROM event WHERE id < 0");
    for (;;) pause();
  }
  signal(SIGCHLD, SIG_IGN);
  int listener = listen_at(atoi(words[1]));
  fputs("Listening.\n", stderr);
  for (;;) {
    int peer = accept(listener, NULL, NULL);
    if (peer < 0) continue;
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(listener);
      converse(peer, path);
    }
    close(peer);
  }
}
