// A transcript of many conversations, as chatserve would have written it,
// with its full-text index.
//
// generate DATABASE MESSAGES CONVERSATIONS VERSION MIGRATION...
//
// VERSION is the number that the program expects in PRAGMA user_version.
//
// Words are drawn from 20 000 with a chance of 1/rank (Zipf); one in ninety is
// Chinese, a few are emoji. Eight conversations go on at a time. "the" is in
// most messages, "xylograph" in five, "quantum sandwich" in one of 50 000.
#include "measure.h"

#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/stat.h>

enum { vocabulary = 20000, handles = 2000, at_once = 8 };

static sqlite3 *db;
static char words[vocabulary][24];
static uint64_t state = 0x9e3779b97f4a7c15;

// xorshift64*, the same numbers in every run.
static uint64_t draw(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1d;
}

static double fraction(void) { return (double)(draw() >> 11) / 9007199254740992.0; }

static void run(const char *sql) {
  char *message = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &message)) {
    fprintf(stderr, "%.60s: %s\n", sql, message);
    exit(70);
  }
}

static void runf(const char *format, long value) {
  char sql[256];
  snprintf(sql, sizeof sql, format, value);
  run(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) fail(sqlite3_errmsg(db));
  return statement;
}

static void step(sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_errmsg(db));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

static void run_file(const char *path) {
  static char sql[1 << 16];
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  sql[fread(sql, 1, sizeof sql - 1, file)] = 0;
  fclose(file);
  run(sql);
}

static void make_words(void) {
  static const char *const common[] = {"the", "you", "to",   "and", "a",    "is",    "it",
                                       "of",  "in",  "that", "for", "noon", "lunch", "meeting"};
  static const char *const emoji[] = {"😀", "🎉", "👍", "🚀", "🙏", "🔥"};
  static const char *const vowels[] = {"a", "e", "i", "o", "u", "é", "ü", "ou"};
  for (size_t i = 0; i < vocabulary; i++) {
    size_t at = 0;
    if (i < sizeof common / sizeof *common) {
      strcpy(words[i], common[i]);
    } else if (i % 90 == 17) {
      // Two to four Han characters, three bytes each.
      for (uint64_t n = 2 + draw() % 3; n > 0; n--) {
        unsigned c = 0x4e00 + (unsigned)(draw() % 4000);
        at += (size_t)sprintf(words[i] + at, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 63),
                              0x80 | (c & 63));
      }
    } else if (i % 300 == 44) {
      strcpy(words[i], emoji[draw() % 6]);
    } else {
      for (uint64_t n = 1 + draw() % 3 + (i > 1000); n > 0; n--)
        at += (size_t)sprintf(words[i] + at, "%c%s", "bcdfghklmnprstvw"[draw() % 16],
                              vowels[draw() % (i % 40 == 3 ? 8 : 5)]);
    }
  }
}

// A message of 3 to 30 words, and the text as it is indexed: each Han
// character and each emoji set apart by spaces.
static void compose(long number, char *text, char *indexed) {
  for (uint64_t n = 3 + draw() % 28; n > 0; n--) {
    // e to a uniform power has the density 1/rank.
    size_t rank = (size_t)exp(fraction() * log(vocabulary + 1.0)) - 1;
    const char *word = words[rank < vocabulary ? rank : 0];
    text += sprintf(text, "%s ", word);
    bool apart = false;
    for (; *word; word++) {
      bool starts = ((unsigned char)*word & 0xc0) != 0x80;
      apart = starts ? (unsigned char)*word >= 0xe3 : apart;
      if (starts && apart) *indexed++ = ' ';
      // Of the two accented vowels, U+00E9 and U+00FC, the letter.
      if ((unsigned char)*word == 0xc3) *indexed++ = (unsigned char)*++word == 0xa9 ? 'e' : 'u';
      else *indexed++ = *word;
    }
    *indexed++ = ' ';
    *indexed = 0;
  }
  const char *more = number % 50000 == 777 ? "quantum sandwich" : number == 0 ? "xylograph" : ".";
  strcpy(text, more);
  strcpy(indexed, more);
}

int main(int count, char **arguments) {
  if (count < 6) return 64;
  long messages = atol(arguments[2]), conversations = atol(arguments[3]);
  long mean = messages / conversations, opened = 0, made = 0, event = 0;
  int64_t begin = 1600000000000, span = 730ll * 86400 * 1000;
  umask(077);
  if (sqlite3_open(arguments[1], &db)) fail("sqlite3_open");
  run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-600000;");
  for (int i = 5; i < count; i++) run_file(arguments[i]);
  // Larger pieces of index, fewer merges; put back below.
  run("INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 67108864);");
  run("BEGIN");
  run("INSERT INTO server_run (started_at, stopped_at, pid, boot_id, version, port, handle) "
      "VALUES (1600000000000, 1663072000000, 1, 'benchmark', 'benchmark', 1027, 'SERVER');");
  for (long i = 1; i <= handles; i++) runf("INSERT INTO handle (name) VALUES ('user%ld')", i);
  make_words();
  sqlite3_stmt *conversation = prepare(
      "INSERT INTO conversation (id, run_id, opened_at, peer_address, peer_port, mode, dialect, "
      "handle_id, floor_at) VALUES (?1, 1, ?2, '192.0.2.1', 50000, 'free', 'native', ?3, ?2)");
  sqlite3_stmt *insert = prepare(
      "INSERT INTO event (id, conversation_id, at, kind, party, number, text, reason, undelivered) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  sqlite3_stmt *index = prepare("INSERT INTO message_fts (rowid, body) VALUES (?1, ?2)");
  long id[at_once] = {0}, left[at_once] = {0}, said[at_once][2] = {{0}};
  static char text[2048], indexed[4096], name[32];
  int64_t at = begin;
  for (bool busy = true; busy;) {
    size_t k = draw() % at_once;
    busy = made < messages;
    for (size_t i = 0; !busy && i < at_once; i++)
      if (id[i]) busy = true, k = i;
    if (!busy) break;
    // Of a conversation that is over, the close; of a new one, open and handle.
    if (id[k] && (left[k] == 0 || made >= messages)) {
      sqlite3_bind_int64(insert, 1, ++event);
      sqlite3_bind_int64(insert, 2, id[k]);
      sqlite3_bind_int64(insert, 3, at);
      sqlite3_bind_text(insert, 4, "close", -1, SQLITE_STATIC);
      sqlite3_bind_int(insert, 5, 0);
      sqlite3_bind_text(insert, 8, "quit", -1, SQLITE_STATIC);
      sqlite3_bind_int(insert, 9, 0);
      step(insert);
      id[k] = 0;
    }
    if (made >= messages) continue;
    if (!id[k]) {
      long who = 1 + (long)(handles * pow(fraction(), 3));
      id[k] = ++opened;
      left[k] = 1 + (long)(-log(1 - fraction()) * (double)mean);
      said[k][0] = said[k][1] = 0;
      sqlite3_bind_int64(conversation, 1, id[k]);
      sqlite3_bind_int64(conversation, 2, at);
      sqlite3_bind_int64(conversation, 3, who);
      step(conversation);
      for (int kind = 1; kind <= 2; kind++) {
        sqlite3_bind_int64(insert, 1, ++event);
        sqlite3_bind_int64(insert, 2, id[k]);
        sqlite3_bind_int64(insert, 3, at);
        sqlite3_bind_text(insert, 4, kind == 1 ? "open" : "handle", -1, SQLITE_STATIC);
        if (kind == 2) sqlite3_bind_int(insert, 5, 0);
        snprintf(name, sizeof name, "user%ld", who);
        if (kind == 2) sqlite3_bind_text(insert, 7, name, -1, SQLITE_STATIC);
        step(insert);
      }
    }
    compose(made % (messages / 5) == messages / 10 ? 0 : made + 1, text, indexed);
    int party = (int)(draw() & 1);
    at = begin + (int64_t)((double)made / (double)messages * (double)span);
    sqlite3_bind_int64(insert, 1, ++event);
    sqlite3_bind_int64(insert, 2, id[k]);
    sqlite3_bind_int64(insert, 3, at);
    sqlite3_bind_text(insert, 4, "message", -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 5, party);
    sqlite3_bind_int64(insert, 6, ++said[k][party]);
    sqlite3_bind_text(insert, 7, text, -1, SQLITE_STATIC);
    step(insert);
    sqlite3_bind_int64(index, 1, event);
    sqlite3_bind_text(index, 2, indexed, -1, SQLITE_STATIC);
    step(index);
    made++;
    left[k]--;
  }
  // 257: the form of Sources/Transcript/Search/SearchForm.swift.
  runf("UPDATE message_fts_state SET form = 257, indexed_through = %ld WHERE id = 1", event);
  run("INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 1048576);");
  run("PRAGMA application_id = 0x63686174;");
  runf("PRAGMA user_version = %ld", atol(arguments[4]));
  run("COMMIT; PRAGMA journal_mode=WAL;");
  sqlite3_finalize(conversation);
  sqlite3_finalize(insert);
  sqlite3_finalize(index);
  return sqlite3_close(db);
}
