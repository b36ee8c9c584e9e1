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
#include <openssl/evp.h>
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

// A link of the chain, as docs/transcript.md has it.
enum { link_length = 32 };
static unsigned char over[8192];
static size_t over_length;

static void link_bytes(const void *bytes, size_t count) {
  memcpy(over + over_length, bytes, count);
  over_length += count;
}

static void link_null(void) { link_bytes("\0", 1); }

static void link_number(char type, int64_t number) {
  uint64_t highest_first = __builtin_bswap64((uint64_t)number);
  link_bytes(&type, 1);
  link_bytes(&highest_first, sizeof highest_first);
}

static void link_text(const char *text) {
  link_number(2, (int64_t)strlen(text));
  link_bytes(text, strlen(text));
}

static void finish_link(unsigned char link[link_length]) {
  static EVP_MD *sha256;
  static EVP_MD_CTX *context;
  if (!sha256) sha256 = EVP_MD_fetch(NULL, "SHA256", NULL), context = EVP_MD_CTX_new();
  if (!EVP_DigestInit_ex2(context, sha256, NULL) ||
      !EVP_DigestUpdate(context, over, over_length) || !EVP_DigestFinal_ex(context, link, NULL))
    fail("SHA-256");
  over_length = 0;
}

static sqlite3_stmt *insert;
static long event;

// Writes an event after the one that `link` is of, over `described` too: a party or a
// number below 0 and no text and no reason are NULL.
static void insert_event(unsigned char link[link_length], long conversation, int64_t at,
                         const char *kind, int party, long number, const char *text,
                         const char *reason, void (*described)(long, int64_t)) {
  link_bytes(link, link_length);
  sqlite3_bind_int64(insert, 1, ++event), link_number(1, event);
  sqlite3_bind_int64(insert, 2, conversation), link_number(1, conversation);
  sqlite3_bind_int64(insert, 3, at), link_number(1, at);
  sqlite3_bind_text(insert, 4, kind, -1, SQLITE_STATIC), link_text(kind);
  if (party < 0) link_null();
  else sqlite3_bind_int(insert, 5, party), link_number(1, party);
  if (number < 0) link_null();
  else sqlite3_bind_int64(insert, 6, number), link_number(1, number);
  if (!text) link_null();
  else sqlite3_bind_text(insert, 7, text, -1, SQLITE_STATIC), link_text(text);
  link_null(), link_null();
  if (!reason) link_null(), link_null(), link_null();
  else {
    sqlite3_bind_text(insert, 8, reason, -1, SQLITE_STATIC), link_text(reason);
    link_null();
    sqlite3_bind_int(insert, 9, 0), link_number(1, 0);
  }
  if (described) described(conversation, at);
  finish_link(link);
  sqlite3_bind_blob(insert, 10, link, link_length, SQLITE_STATIC);
  step(insert);
}

static const int64_t started_at = 1600000000000, stopped_at = 1663072000000;

// What the link of an open is over beside it.
static void describe_open(long conversation, int64_t at) {
  (void)conversation;
  link_number(1, 1), link_number(1, at), link_text("192.0.2.1"), link_number(1, 50000);
  link_text("free"), link_null(), link_null();
  link_number(1, started_at), link_number(1, 1), link_text("benchmark"), link_text("benchmark");
  link_number(1, 1027), link_text("SERVER"), link_null();
}

static void describe_handle(long conversation, int64_t at) {
  (void)conversation, (void)at;
  link_text("native");
}

// The floor was had when it was opened, and nothing was confirmed.
static int64_t floor_at;

static void describe_close(long conversation, int64_t at) {
  (void)conversation, (void)at;
  link_number(1, floor_at), link_number(1, 0);
}

static void digest_run(unsigned char digest[link_length]) {
  memset(over, 0, link_length), over_length = link_length;
  link_number(1, 1), link_number(1, started_at), link_number(1, stopped_at), link_number(1, 1);
  link_text("benchmark"), link_text("benchmark"), link_number(1, 1027), link_text("SERVER");
  link_null();
  finish_link(digest);
}

// The totals, as Sources/Transcript/Totals counts them.
enum { steps = 64 * 32, quarters = 1 << 20 };
static long replies[2][steps], spoken[quarters][2];

// Of a reply after so many milliseconds; as in Reply.swift.
static size_t step_of(int64_t ms) {
  if (ms < 32) return (size_t)ms;
  int shift = 63 - __builtin_clzll((unsigned long long)ms) - 5;
  return (size_t)((shift + 1) * 32 + (ms >> shift) - 32);
}

static void write_totals(int64_t first_quarter, long through) {
  char sql[160];
  for (int64_t q = 0; q < quarters; q++) {
    if (spoken[q][0] + spoken[q][1] == 0) continue;
    snprintf(sql, sizeof sql, "INSERT INTO quarter_total VALUES (%ld, %ld, %ld)",
             (long)(first_quarter + q), spoken[q][0], spoken[q][1]);
    run(sql);
  }
  for (int party = 0; party < 2; party++)
    for (int i = 0; i < steps; i++) {
      if (replies[party][i] == 0) continue;
      snprintf(sql, sizeof sql, "INSERT INTO reply_total VALUES (%d, %d, %ld)", party, i,
               replies[party][i]);
      run(sql);
    }
  runf("UPDATE total_state SET counted_through = %ld", through);
}

int main(int count, char **arguments) {
  if (count < 6) return 64;
  long messages = atol(arguments[2]), conversations = atol(arguments[3]);
  long mean = messages / conversations, opened = 0, made = 0;
  int64_t begin = 1600000000000, span = 730ll * 86400 * 1000;
  umask(077);
  if (sqlite3_open(arguments[1], &db)) fail("sqlite3_open");
  run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-600000;");
  for (int i = 5; i < count; i++) run_file(arguments[i]);
  // Larger pieces of index, fewer merges; put back below.
  run("INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 67108864);");
  run("BEGIN");
  unsigned char digest[link_length];
  digest_run(digest);
  sqlite3_stmt *server_run = prepare(
      "INSERT INTO server_run (started_at, stopped_at, pid, boot_id, version, port, handle, digest) "
      "VALUES (?1, ?2, 1, 'benchmark', 'benchmark', 1027, 'SERVER', ?3)");
  sqlite3_bind_int64(server_run, 1, started_at);
  sqlite3_bind_int64(server_run, 2, stopped_at);
  sqlite3_bind_blob(server_run, 3, digest, link_length, SQLITE_STATIC);
  step(server_run);
  for (long i = 1; i <= handles; i++) runf("INSERT INTO handle (name) VALUES ('user%ld')", i);
  make_words();
  sqlite3_stmt *conversation = prepare(
      "INSERT INTO conversation (id, run_id, opened_at, peer_address, peer_port, mode, dialect, "
      "handle_id, floor_at) VALUES (?1, 1, ?2, '192.0.2.1', 50000, 'free', 'native', ?3, ?2)");
  insert = prepare(
      "INSERT INTO event (id, conversation_id, at, kind, party, number, text, reason, "
      "undelivered, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  sqlite3_stmt *total = prepare(
      "INSERT INTO conversation_total (conversation_id, client, server, last_at, said_from, "
      "said_to, said_at, said_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)");
  sqlite3_stmt *index = prepare("INSERT INTO message_fts (rowid, body) VALUES (?1, ?2)");
  static unsigned char links[at_once][link_length];
  long id[at_once] = {0}, left[at_once] = {0}, said[at_once][2] = {{0}};
  int64_t opened_at[at_once], said_from[at_once], said_at[at_once];
  int said_by[at_once];
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
      floor_at = opened_at[k];
      insert_event(links[k], id[k], at, "close", 0, -1, NULL, "quit", describe_close);
      sqlite3_bind_int64(total, 1, id[k]);
      for (int party = 0; party < 2; party++)
        sqlite3_bind_int64(total, 2 + party, said[k][party]);
      sqlite3_bind_int64(total, 4, at);
      if (said[k][0] + said[k][1] > 0) {
        sqlite3_bind_int64(total, 5, said_from[k]);
        sqlite3_bind_int64(total, 6, said_at[k]);
        sqlite3_bind_int(total, 7, said_by[k]);
      }
      step(total);
      id[k] = 0;
    }
    if (made >= messages) continue;
    if (!id[k]) {
      long who = 1 + (long)(handles * pow(fraction(), 3));
      id[k] = ++opened;
      opened_at[k] = at;
      left[k] = 1 + (long)(-log(1 - fraction()) * (double)mean);
      said[k][0] = said[k][1] = 0;
      sqlite3_bind_int64(conversation, 1, id[k]);
      sqlite3_bind_int64(conversation, 2, at);
      sqlite3_bind_int64(conversation, 3, who);
      step(conversation);
      memset(links[k], 0, link_length);
      insert_event(links[k], id[k], at, "open", -1, -1, NULL, NULL, describe_open);
      snprintf(name, sizeof name, "user%ld", who);
      insert_event(links[k], id[k], at, "handle", 0, -1, name, NULL, describe_handle);
    }
    compose(made % (messages / 5) == messages / 10 ? 0 : made + 1, text, indexed);
    int party = (int)(draw() & 1);
    at = begin + (int64_t)((double)made / (double)messages * (double)span);
    if (said[k][0] + said[k][1] == 0) said_from[k] = at;
    else if (said_by[k] != party) replies[party][step_of(at - said_at[k])]++;
    spoken[at / 900000 - begin / 900000][party]++;
    said_at[k] = at;
    said_by[k] = party;
    insert_event(links[k], id[k], at, "message", party, ++said[k][party], text, NULL, NULL);
    sqlite3_bind_int64(index, 1, event);
    sqlite3_bind_text(index, 2, indexed, -1, SQLITE_STATIC);
    step(index);
    made++;
    left[k]--;
  }
  // 257: the form of Sources/Transcript/Search/SearchForm.swift.
  runf("UPDATE message_fts_state SET form = 257, indexed_through = %ld WHERE id = 1", event);
  write_totals(begin / 900000, event);
  run("INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 1048576);");
  run("PRAGMA application_id = 0x63686174;");
  runf("PRAGMA user_version = %ld", atol(arguments[4]));
  run("COMMIT; PRAGMA journal_mode=WAL;");
  sqlite3_finalize(server_run);
  sqlite3_finalize(conversation);
  sqlite3_finalize(insert);
  sqlite3_finalize(index);
  sqlite3_finalize(total);
  return sqlite3_close(db);
}
