"""Every verb with every filter on long transcripts, against the plainest SQL for
the same: processor time of whole processes, and when the first byte comes."""

from ..figure import Figure

EVENTS = "SELECT e.* FROM events AS e"
MATCHES = "FROM message_fts AS f JOIN events AS e ON e.seq = f.rowid"
CONTEXT = """SELECT e.* FROM (SELECT rowid AS seq FROM message_fts WHERE message_fts MATCH '{}') AS f
JOIN event AS m ON m.id = f.seq
JOIN events AS e ON e.conversation = m.conversation_id AND e.seq IN (
  SELECT * FROM (SELECT id FROM event WHERE conversation_id = m.conversation_id AND id <= m.id
                 ORDER BY id DESC LIMIT 4)
  UNION SELECT * FROM (SELECT id FROM event WHERE conversation_id = m.conversation_id AND id > m.id
                       ORDER BY id LIMIT 3))"""
# Messages by day, by who said them, and by conversation.
STATISTICS = """SELECT at / 86400000, count(*) FROM event WHERE kind = 'message' GROUP BY 1;
SELECT c.handle_id, e.party, count(*) FROM event AS e JOIN conversation AS c
ON c.id = e.conversation_id WHERE kind = 'message' GROUP BY 1, 2"""


def questions(size):
    """A name, what is asked of chatserve, the SQL, and the goals for processor
    time and for the first byte, as ratios; None where it is not measured."""
    a_day = "2021-09-13"
    middle = str(size // 200)
    return [
        ("search of a word --with a name", ["search", "lunch", "--with", "user7"],
         f"SELECT e.* {MATCHES} JOIN conversation AS c ON c.id = e.conversation WHERE message_fts "
         "MATCH 'lunch' AND c.handle_id = (SELECT id FROM handle WHERE name = 'user7') "
         "ORDER BY f.rowid", 1.5, 1.5),
        ("search of a word in most", ["search", "the"],
         f"SELECT e.* {MATCHES} WHERE message_fts MATCH 'the' ORDER BY f.rowid", 1, 1.5),
        ("search -C 3", ["search", "-C", "3", "meeting"], CONTEXT.format("meeting"), 2, 1.5),
        ("search -c", ["search", "the", "-c"],
         "SELECT count(*) FROM message_fts WHERE message_fts MATCH 'the'", 1.5, None),
        ("list of all", ["list"], "SELECT * FROM conversations ORDER BY id DESC", 1, 1.5),
        ("list --with a name", ["list", "--with", "user7"],
         "SELECT * FROM conversations WHERE client = 'user7' ORDER BY id DESC", 1.5, 1.5),
        ("list of a day", ["list", "--on", a_day],
         f"SELECT * FROM conversations WHERE opened LIKE '{a_day}%' ORDER BY id DESC", 1.5, 1.5),
        ("list -c", ["list", "-c"], "SELECT count(*) FROM conversation", 1.5, None),
        ("list --state lost", ["list", "--state", "lost", "--all", "-q"],
         "SELECT * FROM conversations WHERE closed IS NULL ORDER BY id DESC", 1.5, None),
        ("events since a day", ["show", "--since", "2022-09-10"],
         f"{EVENTS} WHERE time >= '2022-09-10' ORDER BY conversation, seq", 1.5, 1.5),
        ("messages from a name", ["show", "1..@", "--from", "user7"],
         f"{EVENTS} WHERE handle = 'user7' ORDER BY conversation, seq", 1.5, 1.5),
        ("show -n 10", ["show", middle, "-n", "10"],
         f"{EVENTS} WHERE conversation = {middle} ORDER BY seq DESC LIMIT 10", 1.5, 1.5),
        ("-F, a literal", ["search", "-F", "quantum sand"],
         f"{EVENTS} WHERE kind = 'message' AND text LIKE '%quantum sand%'", 2, None),
        ("-F, one that is in a tenth", ["search", "-F", "noon", "-c"],
         "SELECT count(*) FROM event WHERE kind = 'message' AND text LIKE '%noon%'", 2, None),
        ("-g, from a literal on", ["show", "1..@", "-g", "quantum s.*h"],
         f"{EVENTS} WHERE text REGEXP 'quantum s.*h'", 2, None),
        ("-g, a pattern", ["show", "1..@", "-g", "[qQ]u?antum s"],
         f"{EVENTS} WHERE text REGEXP '[qQ]u?antum s'", 5, None),
        ("stats", ["stats"], STATISTICS, 1, None),
        ("verify", ["verify"], "PRAGMA integrity_check; SELECT sum(length(hex(text))) FROM event",
         2.5, None),
        ("export", ["export"], f"-json {EVENTS} ORDER BY seq", 0.6, 1.5),
    ]


def figures(setting):
    size = setting.stored(100_000, 1_000_000)
    path = setting.database(size)
    rows = []
    for name, words, sql, cost, first in questions(size):
        mine = [setting.chatserve, "history", *words, "--database", path]
        options = ["-json"] if sql.startswith("-json ") else []
        theirs = ["sqlite3", "-readonly", *options, path, sql.removeprefix("-json ")]
        title = f"history of {size}: {name}"
        processor = Figure(f"{title}, processor", "ms", "sqlite3", f"<= {cost} x + 10")
        byte = Figure(f"{title}, first byte", "ms", "sqlite3", f"<= {first} x + 15")
        memory = Figure(f"{title}, memory", "MiB", "", f"<= {32 if name == 'verify' else 16}")
        # Once unmeasured: the pages are warm, and the index is up to date.
        for command in (mine, theirs):
            setting.numbers("question", 1, *command)
        for _ in range(setting.runs):
            ours, other = (setting.numbers("question", 1, *command) for command in (mine, theirs))
            processor.add(ours[2], other[2])
            byte.add(ours[0], other[0])
            memory.add(ours[3])
        rows += [processor, *([byte] if first else []), memory]
    return rows
