"""Questions to a long transcript: whole processes against sqlite3(1)."""

import subprocess

from ..figure import Figure

VIEW = "SELECT e.* FROM events AS e"
FOUND = "SELECT e.* FROM message_fts AS f JOIN events AS e ON e.seq = f.rowid WHERE message_fts MATCH"


def questions(conversation):
    """A name, what is asked of chatserve, and the plainest SQL for it."""
    return [
        ("newest 20 conversations", ["list", "-n", "20"],
         "SELECT * FROM conversations ORDER BY id DESC LIMIT 20"),
        ("one conversation", ["show", conversation],
         f"{VIEW} WHERE conversation = {conversation} ORDER BY seq"),
        ("last 50 messages", ["show", "1..@", "--kind", "message", "-n", "50"],
         f"{VIEW} WHERE kind = 'message' ORDER BY seq DESC LIMIT 50"),
        ("rare word", ["search", "xylograph"], f"{FOUND} 'xylograph' ORDER BY f.rowid"),
        ("common word, newest 20", ["search", "the", "-n", "20"],
         f"{FOUND} 'the' ORDER BY f.rowid DESC LIMIT 20")]


def figures(setting):
    size = setting.stored(200_000, 10_000_000)
    path = setting.database(size)
    if not is_there(setting, path):
        return []
    rows = []
    for name, words, sql in questions(str(size // 200)):
        row = Figure(f"history of {size}: {name}", "ms", "sqlite3", "<= 1 x + 10")
        mine = [setting.chatserve, "history", *words, "--database", path]
        theirs = ["sqlite3", "-readonly", path, sql]
        # Once unmeasured: the pages are warm, and the index is up to date.
        for command in (mine, theirs):
            setting.numbers("whole_process", 1, *command)
        for _ in range(setting.runs):
            count = setting.size(5, 11)
            row.add(*(setting.numbers("whole_process", count, *command)[0]
                      for command in (mine, theirs)))
        rows.append(row)
    return rows


def is_there(setting, path):
    """Whether this chatserve has the command at all."""
    words = [setting.chatserve, "history", "list", "-n", "1", "--database", path]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.returncode == 0 and done.stdout != b""
