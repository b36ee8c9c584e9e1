"""What all figures share: sizes, folders, built programs, free ports."""

import hashlib
import itertools
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent
PROGRAMS = HERE / "programs"
MIGRATIONS = sorted((ROOT / "schema").glob("migration-*.sql"))


def fnv1a(content):
    """The 32 bits of FNV-1a (RFC 9923)."""
    value = 0x811c9dc5
    for byte in content:
        value = (value ^ byte) * 0x01000193 & 0xffffffff
    return value


# As Connection.schemaVersion has it.
VERSION = fnv1a(MIGRATIONS[0].read_bytes()) & 0x3fffffff | 0x40000000
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))


class Setting:
    """One run of the benchmark."""

    def __init__(self, messages=None):
        # How long transcripts are; None for as long as each row says.
        self.messages = messages
        self.is_quick = os.environ.get("BENCH") == "quick"
        # Odd, so that the median is one of them; five is what the table promises.
        self.runs = int(os.environ.get("RUNS", "5"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chatserve-bench."))
        self.cache = CACHE / "chatserve-bench"
        # Not the user's own, and not below a transcript, where no key may be.
        self.config = pathlib.Path(tempfile.mkdtemp(prefix="chatserve-bench."))
        os.environ["XDG_CONFIG_HOME"] = str(self.config)
        os.environ["XDG_STATE_HOME"] = str(self.folder / "state")
        release = pathlib.Path(os.environ.get("RELEASE", ROOT / ".build" / "release"))
        self.chatserve = release / "chatserve"
        self.chatclient = release / "chatclient"
        for program in (self.chatserve, self.chatclient):
            if not program.exists():
                sys.exit(f"{program} is missing: make build")
        self._compile()

    def _compile(self):
        compiler = shutil.which("clang") or shutil.which("cc") or sys.exit("no C compiler")
        for source in PROGRAMS.glob("*.c"):
            subprocess.run(
                [compiler, "-O2", "-Wall", "-Wextra", "-Werror", source, "-o",
                 self.folder / source.stem, "-lsqlite3", "-lm", "-lssl", "-lcrypto"],
                check=True)

    def close(self):
        shutil.rmtree(self.folder)
        shutil.rmtree(self.config)

    def size(self, quick, full):
        return quick if self.is_quick else full

    def stored(self, quick, full):
        """How many messages a transcript has, or several: what `--size` says, where it was given."""
        size = self.size(quick, full)
        if self.messages is None:
            return size
        return [self.messages] if isinstance(size, list) else self.messages

    def numbers(self, program, *arguments, tls=False):
        """What one of the C programs prints, as numbers; its peers may talk in TLS."""
        words = [str(self.folder / program), *map(str, arguments)]
        environment = os.environ | ({"BENCH_TLS": "1"} if tls else {})
        done = subprocess.run(
            words, stdout=subprocess.PIPE, check=True, text=True, timeout=600, env=environment)
        return [float(word) for word in done.stdout.split()]

    def program(self, name, *arguments, tls=False):
        """One of the C programs, started; what it prints is to be read as it comes."""
        words = [str(self.folder / name), *map(str, arguments)]
        environment = os.environ | ({"BENCH_TLS": "1"} if tls else {})
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)

    def database(self, messages):
        """A generated transcript, kept between runs; 100 messages a conversation."""
        # Another generator or schema makes other databases.
        made_by = hashlib.sha256()
        for part in (PROGRAMS / "generate.c", *MIGRATIONS):
            made_by.update(part.read_bytes())
        path = self.cache / f"{messages}-{made_by.hexdigest()[:12]}.db"
        if not path.exists():
            self.cache.mkdir(parents=True, exist_ok=True)
            print(f"Generating {messages} messages: {path}", file=sys.stderr, flush=True)
            new = path.with_suffix(".new")
            new.unlink(missing_ok=True)
            subprocess.run(
                [self.folder / "generate", new, str(messages), str(messages // 100), str(VERSION),
                 *MIGRATIONS],
                check=True)
            new.rename(path)
        return path


# Below the ports that the system gives to whoever connects (32768 on, ip(7)), and each is given out
# once: one that was free a moment ago would else be another server's by the time it is listened at.
_ports = itertools.count(20000)


def free_port():
    for port in _ports:
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("", port))
            except OSError:
                continue
            return port
