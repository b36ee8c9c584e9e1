"""The message of a live talk that waits longest: while each verb of history runs
again and again, and while the keeper has an index to catch up with."""

import shutil
import sqlite3
import subprocess
import threading
import time

from ..figure import Figure
from ..servers import fresh, ours

VERBS = [
    ["list"], ["search", "the"], ["search", "-F", "quantum sand"], ["stats"], ["verify"],
    ["export"]]
GOAL = "<= 50"


def figures(setting):
    size = setting.stored(100_000, 1_000_000)
    rows = []
    with ours(setting, database=copy(setting, size)) as at:
        for verb in VERBS:
            row = Figure(f"worst message, {size} stored, meanwhile {' '.join(verb)}", "ms", "alone", GOAL)
            command = [setting.chatserve, "history", *verb, "--database", at.database]
            for _ in range(setting.runs):
                alone = worst(setting, at.port)
                with again_and_again(command):
                    row.add(worst(setting, at.port), alone)
            rows.append(row)
    for name, prepare in [("all of it", empty_index), ("a tenth", shorten_index)]:
        row = Figure(f"worst message, {size} stored, {name} to be indexed", "ms", "", GOAL)
        log = Figure(f"the log then, {size} stored, {name} to be indexed", "MiB", "", "<= 16")
        path = copy(setting, size)
        prepare(path)
        with ours(setting, database=path) as at:
            # The keeper begins two seconds after a conversation: each of these comes in
            # the midst of its work.
            for _ in range(setting.runs):
                time.sleep(2.5)
                row.add(max(worst(setting, at.port, 200), worst(setting, at.port, 20_000, 1024)))
                log.add(path.with_name(path.name + "-wal").stat().st_size / (1 << 20))
        rows += [row, log]
    return rows


def worst(setting, port, count=2000, window=1):
    return setting.numbers("talk", count, window, port)[3] / 1000


def copy(setting, size):
    """In a folder of its own, since it is written to."""
    path = fresh(setting)
    shutil.copy(setting.database(size), path)
    return path


def empty_index(path):
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO message_fts (message_fts) VALUES ('delete-all')")
        database.execute("UPDATE message_fts_state SET form = 0, indexed_through = 0")


def shorten_index(path):
    """Its last tenth is in it already, and is put in once more: the work is the same,
    beside one big segment."""
    with sqlite3.connect(path) as database:
        database.execute(
            "UPDATE message_fts_state SET indexed_through = indexed_through / 10 * 9 WHERE id = 1")


class again_and_again:
    """Runs a command until it is left."""

    def __init__(self, command):
        self.command = command
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over.is_set():
            with subprocess.Popen(self.command, stdout=subprocess.DEVNULL) as child:
                while child.poll() is None and not self.is_over.wait(0.01):
                    pass
                child.terminate()

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
