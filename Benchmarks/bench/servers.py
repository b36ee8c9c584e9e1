"""The servers that are compared, each started for one run and stopped after."""

import contextlib
import itertools
import pathlib
import subprocess
import time

from .setting import free_port

_serial = itertools.count()


class Server:
    """A server that has been started, and listens once `wait` returned."""

    def __init__(self, setting, words, port, database):
        self.setting = setting
        self.port = port
        self.database = pathlib.Path(database)
        self.notices = setting.folder / f"notices-{next(_serial)}"
        with open(self.notices, "wb") as stderr:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)

    def wait(self):
        deadline = time.monotonic() + 60
        while b"Listening" not in self.notices.read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.notices.read_text())
            time.sleep(0.005)

    def stop(self):
        self.process.terminate()

    def end(self):
        self.process.wait(60)
        if self.setting.folder in self.database.parents:
            for suffix in ("", "-wal", "-shm", "-lock", "-floorlock"):
                pathlib.Path(f"{self.database}{suffix}").unlink(missing_ok=True)


# All peers of a benchmark come from one address.
NO_LIMITS = ["--max-start", "0", "--per-source", "0", "--max-penalty", "0", "--rate", "0"]


def start_ours(setting, database, port=None):
    """chatserve that only listens: free, no operator, output to nowhere."""
    port = port or free_port()
    words = [setting.chatserve, str(port), "--mode", "free", "--idle-timeout", "0",
             *NO_LIMITS, "--database", database]
    return Server(setting, words, port, database)


def start_floor(setting, database, *options):
    """The C server of programs/floor_server.c."""
    port = free_port()
    return Server(
        setting, [setting.folder / "floor_server", str(port), database, *options], port, database)


@contextlib.contextmanager
def running(servers):
    """Starts are together, and stops: a hundred one by one would take long."""
    try:
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            server.stop()
        for server in servers:
            server.end()


@contextlib.contextmanager
def ours(setting, database=None):
    with running([start_ours(setting, database or fresh(setting))]) as (server,):
        yield server


@contextlib.contextmanager
def floor(setting, *options):
    with running([start_floor(setting, fresh(setting), *options)]) as (server,):
        yield server


def fresh(setting):
    """The path of a transcript that is not there yet."""
    return setting.folder / f"transcript-{next(_serial)}.db"
