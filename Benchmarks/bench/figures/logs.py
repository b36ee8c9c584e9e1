"""Questions to a transcript against the tools that people keep other logs
with: the same texts as commits for git(1) and as entries for journalctl(1).
What is not on this machine is left out."""

import pathlib
import shutil
import sqlite3
import subprocess
import sys

from ..figure import Figure

MESSAGES = 100_000
# Writes a journal's file from its export format; systemd-journal-remote(8) has
# a package of its own.
REMOTE = pathlib.Path("/lib/systemd/systemd-journal-remote")
BOOT = "0123456789abcdef0123456789abcdef"
WORD = "xylograph"


def figures(setting):
    path = setting.database(MESSAGES)
    ours = {
        "last 50": ["show", "1..@", "--kind", "message", "-n", "50"],
        "rare word": ["search", WORD]}
    rows = []
    for tool, theirs in others(setting, path):
        for name, words in ours.items():
            row = Figure(f"log of {MESSAGES}: {name}", "ms", tool, "<= 1 x")
            mine = [setting.chatserve, "history", *words, "--database", path]
            for command in (mine, theirs[name]):
                setting.numbers("whole_process", 1, *command)
            for _ in range(setting.runs):
                count = setting.size(5, 11)
                row.add(*(setting.numbers("whole_process", count, *command)[0]
                          for command in (mine, theirs[name])))
            rows.append(row)
    return rows


def others(setting, path):
    if shutil.which("git"):
        log = ["git", "--no-pager", "-C", repository(setting, path), "log"]
        yield "git log", {"last 50": [*log, "-n", "50"], "rare word": [*log, f"--grep={WORD}"]}
    else:
        print("no git here;", end=" ", file=sys.stderr)
    if shutil.which("journalctl") and REMOTE.exists():
        log = ["journalctl", "--no-pager", "--quiet", f"--file={journal(setting, path)}"]
        yield "journalctl", {"last 50": [*log, "-n", "50"], "rare word": [*log, "-g", WORD]}
    else:
        print("no journalctl or systemd-journal-remote here;", end=" ", file=sys.stderr)


def texts(path):
    """Seconds and text of every message, in order."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        yield from database.execute(
            "SELECT at / 1000, text FROM event WHERE kind = 'message' ORDER BY id")


def repository(setting, path):
    place = setting.folder / "repository"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", place], check=True)
    stream = subprocess.Popen(
        ["git", "-C", place, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    for seconds, text in texts(path):
        data = text.encode()
        stream.stdin.write(
            b"commit refs/heads/main\ncommitter a <a@localhost> %d +0000\ndata %d\n%s\n"
            % (seconds, len(data), data))
    stream.stdin.close()
    if stream.wait():
        raise RuntimeError("git fast-import failed")
    return place


def journal(setting, path):
    place = setting.folder / "bench.journal"
    entries = setting.folder / "bench.export"
    with open(entries, "wb") as file:
        for number, (seconds, text) in enumerate(texts(path)):
            data = text.encode()
            file.write(
                b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n"
                % (seconds * 1_000_000 + number % 1_000_000, number + 1, BOOT.encode())
                + b"SYSLOG_IDENTIFIER=chat\nMESSAGE\n%s%s\n\n"
                % (len(data).to_bytes(8, "little"), data))
    subprocess.run([REMOTE, f"--output={place}", entries], check=True, stderr=subprocess.DEVNULL)
    return place
