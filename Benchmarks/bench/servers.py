"""The servers that are compared, each started for one run and stopped after."""

import contextlib
import itertools
import pathlib
import subprocess
import time

from .setting import free_port

_serial = itertools.count()


class Server:
    def __init__(self, process, port, database):
        self.process = process
        self.port = port
        self.database = database


@contextlib.contextmanager
def ours(setting, database=None, waiting=8):
    """chatserve that only listens: free, no operator, output to nowhere."""
    database = database or fresh(setting)
    port = free_port()
    words = [setting.chatserve, str(port), "--mode", "free", "--idle-timeout", "0",
             "--max-waiting", str(waiting), "--database", database]
    with _serve(setting, words, port, database) as server:
        yield server


@contextlib.contextmanager
def floor(setting, *options, database=None):
    """The C server of programs/floor_server.c."""
    database = database or fresh(setting)
    port = free_port()
    words = [setting.folder / "floor_server", str(port), database, *options]
    with _serve(setting, words, port, database) as server:
        yield server


def fresh(setting):
    return setting.folder / f"transcript-{next(_serial)}.db"


@contextlib.contextmanager
def _serve(setting, words, port, database):
    notices = setting.folder / f"notices-{next(_serial)}"
    with open(notices, "wb") as stderr:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        _await_listening(process, notices)
        yield Server(process, port, database)
    finally:
        process.terminate()
        process.wait(30)
        if setting.folder in pathlib.Path(database).parents:
            for suffix in ("", "-wal", "-shm", "-lock", "-floorlock"):
                pathlib.Path(f"{database}{suffix}").unlink(missing_ok=True)


def _await_listening(process, notices):
    deadline = time.monotonic() + 30
    while b"Listening" not in notices.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(notices.read_text())
        time.sleep(0.005)
