-- Migration 1: what was said, by whom, when, and how it ended.
--
-- One append-only table, event, is the truth; the others describe it. Ids are
-- given in commit order, so id order is the order of the talk even when a
-- clock steps. Times are UTC milliseconds since 1970.
-- Until version 0.1.0 this file is edited in place, and a transcript of another
-- build is refused; a migration that was released is never changed.
--
-- Kinds of events, reasons and dialects are words, and the lists of them are
-- open: a later version may have others, and readers show what they do not know
-- as it is.
--
-- link is SHA-256 over the link of the event before it in its conversation and a row's
-- values, so that `chatserve history verify` names the first event that is not as it was
-- written, or not where. How values are put into bytes, and which of other tables are
-- among them, is in docs/transcript.md, "Chain".

-- One row a run of chatserve. Whether a run is still alive is known by the
-- lock it holds, not by this table: a power cut writes no row.
CREATE TABLE server_run (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,                  -- NULL: still running, or died
  pid        INTEGER NOT NULL,
  boot_id    TEXT    NOT NULL,         -- /proc/sys/kernel/random/boot_id
  version    TEXT    NOT NULL,         -- of chatserve
  port       INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  handle     TEXT    NOT NULL,         -- the server's own
  address    TEXT,                     -- where it listens; NULL: everywhere
  -- As a link, over all values, the id too; made again with the stop.
  digest     BLOB    NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE TABLE handle (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE conversation (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reused, not even after a prune
  run_id       INTEGER NOT NULL REFERENCES server_run (id),
  opened_at    INTEGER NOT NULL,
  peer_address TEXT    NOT NULL,       -- numeric
  peer_port    INTEGER NOT NULL CHECK (peer_port BETWEEN 0 AND 65535),
  mode         TEXT    NOT NULL,       -- turns, free
  encrypted    INTEGER CHECK (encrypted IN (0, 1)),   -- 1: in TLS; NULL: it had said nothing
  peer_key     TEXT,                   -- the key that it proved, SHA256:…; NULL: none
  dialect      TEXT,                   -- native, line, original; NULL until the peer has shown it
  handle_id    INTEGER REFERENCES handle (id),     -- NULL until the peer has said it
  floor_at     INTEGER,                -- when it got the floor; NULL: never
  acknowledged INTEGER NOT NULL DEFAULT 0          -- the server's last message that the peer confirmed
) STRICT;

CREATE INDEX conversation_opened_at ON conversation (opened_at);
CREATE INDEX conversation_handle_id ON conversation (handle_id);
CREATE INDEX conversation_run_id ON conversation (run_id);
-- Whether a name has come with another key before.
CREATE INDEX conversation_peer_key ON conversation (handle_id, peer_key) WHERE peer_key IS NOT NULL;

CREATE TABLE event (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- the global seq
  conversation_id INTEGER NOT NULL REFERENCES conversation (id),
  at              INTEGER NOT NULL,
  kind            TEXT    NOT NULL,    -- open, handle, message, mode, drop, resume, close
  party           INTEGER CHECK (party IN (0, 1)),    -- 0 client, 1 server: who spoke or closed; NULL: the link broke
  -- Of a message, from 1 in each direction; a native client's own, in which what was
  -- refused leaves gaps.
  number          INTEGER,
  text            TEXT,                -- a message, a handle, a mode
  raw             BLOB,                -- the bytes received, where text is their repair
  held            INTEGER CHECK (held = 1),           -- 1: said out of turn and never shown; else NULL
  -- Of a close: quit, eof, reset, timeout, sigint, error, unresponsive, crashed, full,
  -- blocked, restart. Of a drop, which is a link that was lost: the same.
  reason          TEXT,
  detail          TEXT,                -- of a close or a drop: the signal, the fault
  undelivered     INTEGER,             -- of a close: the server's messages the peer never confirmed
  -- That of an open is also over what never changes in its conversation's row and its
  -- run's, that of a handle over the dialect and what never changes in its row in
  -- resumption, that of a resume over its row in resume.
  link            BLOB    NOT NULL CHECK (length(link) = 32),
  CHECK (kind <> 'message' OR (party IS NOT NULL AND number IS NOT NULL AND text IS NOT NULL)),
  CHECK (kind <> 'handle' OR text IS NOT NULL),
  CHECK (kind <> 'mode' OR text IS NOT NULL),
  CHECK (kind NOT IN ('drop', 'close') OR reason IS NOT NULL)
) STRICT;

CREATE INDEX event_conversation_id ON event (conversation_id);
-- A conversation is closed once: a second close is refused by the index.
CREATE UNIQUE INDEX event_close ON event (conversation_id) WHERE kind = 'close';
-- What comes between messages, which are many.
CREATE INDEX event_link ON event (conversation_id) WHERE kind IN ('drop', 'resume');
CREATE INDEX event_mode ON event (conversation_id) WHERE kind = 'mode';

-- A conversation that can go on when its link, its process or its server is lost: its
-- native client has been given a token, and who shows that token goes on with it.
CREATE TABLE resumption (
  conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id),
  token_hash      BLOB    NOT NULL CHECK (length(token_hash) = 32),  -- SHA-256
  within          INTEGER NOT NULL,    -- milliseconds that a lost link may stay so
  -- offered; taken: the client knows what to do with the token, which is written with
  -- the next message; over: closed; elsewhere: this file is a copy from before, and the
  -- conversation goes on in it under another id.
  state           TEXT    NOT NULL,
  run_id          INTEGER NOT NULL REFERENCES server_run (id),  -- the one that serves it now
  epoch           INTEGER NOT NULL,    -- raised by each process that goes on with it
  attempt         INTEGER NOT NULL,    -- as the client counts those that came
  -- What was when this row was made, of a conversation that went on in a new file.
  epoch_before    INTEGER NOT NULL,
  attempt_before  INTEGER NOT NULL,
  client_before   INTEGER NOT NULL,    -- the number of its last message
  server_before   INTEGER NOT NULL,
  speaker_before  INTEGER CHECK (speaker_before IN (0, 1))   -- who spoke last
) STRICT;

CREATE UNIQUE INDEX resumption_token ON resumption (token_hash) WHERE state <> 'elsewhere';

-- What a server that begins has to know, however many conversations are over.
CREATE INDEX resumption_open ON resumption (run_id) WHERE state <> 'over' AND state <> 'elsewhere';

-- What an event of the kind resume says: the client came back.
CREATE TABLE resume (
  event_id  INTEGER PRIMARY KEY REFERENCES event (id),
  run_id    INTEGER NOT NULL REFERENCES server_run (id),  -- to which
  epoch     INTEGER NOT NULL,
  attempt   INTEGER NOT NULL,
  address   TEXT    NOT NULL,          -- numeric, from where
  port      INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
  encrypted INTEGER CHECK (encrypted IN (0, 1)),
  peer_key  TEXT,
  away      INTEGER NOT NULL,          -- milliseconds since the link was lost
  moved     INTEGER NOT NULL CHECK (moved IN (0, 1))      -- 1: from another address than before
) STRICT;

-- The full-text index over messages, kept by catch-up and never on the
-- message path. Its rowid is event.id; it stores no text of its own, since
-- what is indexed is folded for search and is not what was said.
CREATE VIRTUAL TABLE message_fts USING fts5 (
  body,
  content = '',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co So'"
);
-- The same once more: when texts fold otherwise in a later version, this one is
-- filled while the first is searched, and then they change places.
CREATE VIRTUAL TABLE message_fts_2 USING fts5 (
  body,
  content = '',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co So'"
);
-- Nothing is merged while messages are put in, however much there is to merge:
-- a conversation would wait for it (Sources/Transcript/Search/SearchIndex.swift).
INSERT INTO message_fts (message_fts, rank) VALUES ('automerge', 0), ('crisismerge', 1000);
INSERT INTO message_fts_2 (message_fts_2, rank) VALUES ('automerge', 0), ('crisismerge', 1000);

CREATE TABLE message_fts_state (
  id              INTEGER PRIMARY KEY CHECK (id IN (1, 2)),  -- message_fts, message_fts_2
  is_used         INTEGER NOT NULL CHECK (is_used IN (0, 1)),  -- 1: the one that is searched
  form            INTEGER NOT NULL,    -- how texts were put in it; 0: it is empty
  indexed_through INTEGER NOT NULL     -- every message up to this event.id is in it
) STRICT;
INSERT INTO message_fts_state (id, is_used, form, indexed_through) VALUES (1, 1, 0, 0), (2, 0, 0, 0);

-- What `chatserve history stats` and `list` would have to look for in every event,
-- added up: of the events up to total_state.counted_through. The keeper moves that
-- on while nobody talks, never a trigger; what lies past it is added when it is
-- asked for, and what is deleted is taken off
-- (Sources/Transcript/Totals). Derived from event, and so in no chain:
-- `chatserve history verify` makes them again and compares.
CREATE TABLE total_state (
  id              INTEGER PRIMARY KEY CHECK (id = 1),
  counted_through INTEGER NOT NULL     -- every event up to this event.id is counted
) STRICT;
INSERT INTO total_state (id, counted_through) VALUES (1, 0);

CREATE TABLE conversation_total (
  conversation_id INTEGER PRIMARY KEY,
  client          INTEGER NOT NULL,    -- messages of the client
  server          INTEGER NOT NULL,    -- messages of the server
  last_at         INTEGER NOT NULL,    -- of the newest event
  said_from       INTEGER,             -- the earliest time of a message; NULL: there is no message
  said_to         INTEGER,             -- the latest
  said_at         INTEGER,             -- of the newest message, whatever the clock did
  said_by         INTEGER              -- who said that: 0 client, 1 server
) STRICT;

-- Messages in each quarter of an hour, by UTC: hours and days of every zone are
-- made of whole ones.
CREATE TABLE quarter_total (
  quarter INTEGER PRIMARY KEY,         -- since 1970
  client  INTEGER NOT NULL,
  server  INTEGER NOT NULL
) STRICT;

-- How long it took one side to answer the other, in steps that grow with the time
-- (Sources/Transcript/Totals/ReplyTimes.swift).
CREATE TABLE reply_total (
  party   INTEGER NOT NULL,            -- who answered: 0 client, 1 server
  step    INTEGER NOT NULL,
  replies INTEGER NOT NULL,
  PRIMARY KEY (party, step)
) STRICT, WITHOUT ROWID;

-- Connections that were closed before they had a process of their own, and so
-- no conversation: the queue was full, or the source had had its share. One row a
-- source and minute.
CREATE TABLE refusal (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id      INTEGER NOT NULL REFERENCES server_run (id),
  since       INTEGER NOT NULL,        -- when the minute began
  source      TEXT    NOT NULL,        -- 192.0.2.7, 2001:db8:0:1::/64; others: of many sources
  connections INTEGER NOT NULL,
  UNIQUE (run_id, since, source)
) STRICT;

-- What `chatserve history prune` took away, so that a gap can be explained.
CREATE TABLE pruning (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  at            INTEGER NOT NULL,
  before        INTEGER NOT NULL,      -- the limit that was asked for
  conversations INTEGER NOT NULL,
  messages      INTEGER NOT NULL,
  events        INTEGER NOT NULL,      -- messages among them
  first_id      INTEGER NOT NULL,      -- of the conversations that went
  last_id       INTEGER NOT NULL
) STRICT;

-- What a signature says of all this: docs/transcript.md, "Seals". Appended only; each
-- row is linked to the one before it.
CREATE TABLE seal (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,  -- from 1, without a gap
  at         INTEGER NOT NULL,
  kind       TEXT    NOT NULL CHECK (length(CAST(kind AS BLOB)) <= 20),  -- usual, removal, key, lost, accepted
  last_event INTEGER NOT NULL,         -- every event up to this one is in a seal, this or an earlier one
  run_id     INTEGER,                  -- of one at a stop: the run
  stopped_at INTEGER,                  -- and when it stopped
  note       TEXT CHECK (length(CAST(note AS BLOB)) <= 200),  -- how much was removed; the other key, SHA256:…; which seal was lost
  key        BLOB CHECK (length(key) = 32),           -- Ed25519; NULL: not signed
  link       BLOB NOT NULL CHECK (length(link) = 32), -- SHA-256
  signature  BLOB CHECK (length(signature) = 64)
) STRICT;

-- How far a conversation had come: its last event and that one's link. The
-- conversation may be gone since; a seal of the kind removal says so.
CREATE TABLE seal_head (
  seal_id         INTEGER NOT NULL REFERENCES seal (id),
  conversation_id INTEGER NOT NULL,
  event_id        INTEGER NOT NULL,
  link            BLOB    NOT NULL CHECK (length(link) = 32),
  PRIMARY KEY (seal_id, conversation_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX seal_head_conversation_id ON seal_head (conversation_id);

-- The documented way in for sqlite3(1). Times are RFC 3339 in UTC.
CREATE VIEW conversations AS
SELECT
  c.id,
  h.name AS client,
  r.handle AS server,
  c.peer_address,
  c.peer_port,
  r.port,
  c.mode,
  c.dialect,
  c.encrypted,
  c.peer_key,
  strftime('%Y-%m-%dT%H:%M:%S', c.opened_at / 1000, 'unixepoch')
    || printf('.%03dZ', c.opened_at % 1000) AS opened,
  strftime('%Y-%m-%dT%H:%M:%S', e.at / 1000, 'unixepoch')
    || printf('.%03dZ', e.at % 1000) AS closed,
  CASE e.party WHEN 0 THEN 'client' WHEN 1 THEN 'server' END AS ended_by,
  e.reason,
  e.detail,
  (SELECT count(*) FROM event AS m WHERE m.conversation_id = c.id AND m.kind = 'message') AS messages,
  c.run_id AS run,
  (SELECT count(*) FROM event AS l
    WHERE l.conversation_id = c.id AND l.kind IN ('drop', 'resume') AND l.kind = 'drop') AS drops,
  (SELECT count(*) FROM event AS l
    WHERE l.conversation_id = c.id AND l.kind IN ('drop', 'resume') AND l.kind = 'resume') AS resumes
FROM conversation AS c
JOIN server_run AS r ON r.id = c.run_id
LEFT JOIN handle AS h ON h.id = c.handle_id
LEFT JOIN event AS e ON e.conversation_id = c.id AND e.kind = 'close';

-- Who was here: a row for each name and key that came together. One person may
-- have several keys, and two the same name.
CREATE VIEW people AS
SELECT
  h.name AS handle,
  c.peer_key AS key,
  strftime('%Y-%m-%dT%H:%M:%S', min(c.opened_at) / 1000, 'unixepoch')
    || printf('.%03dZ', min(c.opened_at) % 1000) AS first_seen,
  strftime('%Y-%m-%dT%H:%M:%S', max(c.opened_at) / 1000, 'unixepoch')
    || printf('.%03dZ', max(c.opened_at) % 1000) AS last_seen,
  count(*) AS conversations
FROM conversation AS c
JOIN handle AS h ON h.id = c.handle_id
GROUP BY h.name, c.peer_key;

CREATE VIEW events AS
SELECT
  e.id AS seq,
  e.conversation_id AS conversation,
  strftime('%Y-%m-%dT%H:%M:%S', e.at / 1000, 'unixepoch')
    || printf('.%03dZ', e.at % 1000) AS time,
  e.kind,
  CASE e.party WHEN 0 THEN 'client' WHEN 1 THEN 'server' END AS party,
  CASE e.party WHEN 0 THEN h.name WHEN 1 THEN r.handle END AS handle,
  e.number,
  e.text,
  e.held IS NOT NULL AS held,
  e.reason,
  e.detail,
  e.undelivered,
  s.address AS peer_address,
  s.port AS peer_port,
  s.peer_key,
  s.away AS away_ms
FROM event AS e
JOIN conversation AS c ON c.id = e.conversation_id
JOIN server_run AS r ON r.id = c.run_id
LEFT JOIN handle AS h ON h.id = c.handle_id
LEFT JOIN resume AS s ON s.event_id = e.id;
