"""A transcript that Litestream replicates, while people talk and everything is killed.

    python3 replication.py CHATSERVE LITESTREAM DIRECTORY SEED [MOTO_SERVER]

Works in DIRECTORY, which is empty, and prints a line for each of these; it ends with 0
when all that had to be so was:

    directory   to a directory: kills of Litestream and of the server, a stop, a restore
    moment      restored as it was before a prune, and found to be older than a kept seal
    lost        the disk is lost while people talk: what the replica has is whole
    full        the replica's disk is full for a while, and then is not (as root)
    s3          as directory, to an S3 server (MOTO_SERVER)
    together    what two servers replicated, read together
"""
import atexit
import datetime
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.request

CHATSERVE, LITESTREAM, ROOT, SEED = sys.argv[1:5]
MOTO = sys.argv[5] if len(sys.argv) > 5 else None
LIMIT = 60
chance = random.Random(int(SEED))
os.umask(0o077)
failed = []
started = []


def start(*words, **options):
    started.append(subprocess.Popen(*words, **options))
    return started[-1]


@atexit.register
def end_all():
    for process in started:
        if process.poll() is None:
            process.kill()




class Damaged(Exception):
    """A copy that Litestream made is not whole, which was found out; the transcript is.

    Litestream 0.5.17 makes such a one once in a while, after kills
    (github.com/benbjohnson/litestream/issues/1164)."""


def demand(is_so, what):
    if not is_so:
        failed.append(what)
        print(f"NOT SO: {what}", flush=True)


def wait(what, is_so, limit=LIMIT):
    end = time.monotonic() + limit
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"not within {limit} s: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Place:
    """A server's home: its transcript, its key, and what replicates it."""

    def __init__(self, name, replica=None):
        self.home = f"{ROOT}/{name}"
        os.makedirs(self.home + "/db")
        self.database = self.home + "/db/transcript.db"
        self.replica = dict(replica or {"path": self.home + "/replica"})
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.home, "XDG_CONFIG_HOME": self.home + "/config",
            "CHATSERVE_DATABASE": self.database, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.server = self.litestream = None
        self.log = self.damaged = self.resets = self.copies = 0
        self.configure()

    def configure(self):
        self.settings = f"{self.home}/settings.{self.resets}.yml"
        replica = {"sync-interval": "200ms", **self.replica}
        # JSON is YAML.
        with open(self.settings, "w") as file:
            json.dump({"dbs": [{"path": self.database, "replica": replica}]}, file)

    def start_server(self):
        log = open(f"{self.home}/server.{self.log}", "wb")
        self.log += 1
        self.server = start(
            [CHATSERVE, str(self.port), "--mode", "free", "--rate", "0", "--max-start", "0",
             "--per-source", "0", "--max-penalty", "0"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait("the server listens", lambda: b"Ctrl-C stops." in open(log.name, "rb").read())

    def start_litestream(self):
        log = open(f"{self.home}/litestream.{self.log}", "wb")
        self.log += 1
        self.litestream = start(
            [LITESTREAM, "replicate", "-config", self.settings],
            env=self.environment, stdout=log, stderr=log)

    def reset_litestream(self):
        """What docs/replication.md says to do where a copy is not as it should be."""
        self.resets += 1
        self.end(self.litestream, signal.SIGTERM)
        self.replica["path"] += f".{self.resets}"
        self.configure()
        reset = subprocess.run(
            [LITESTREAM, "reset", "-config", self.settings, self.database],
            env=self.environment, capture_output=True, timeout=LIMIT)
        demand(reset.returncode == 0, f"reset: {reset.stderr.decode()}")
        self.start_litestream()

    def end(self, process, how):
        process.send_signal(how)
        return process.wait(LIMIT)

    def end_all(self):
        for process in [self.server, self.litestream]:
            if process and process.poll() is None:
                self.end(process, signal.SIGKILL)

    def stop(self):
        demand(self.end(self.server, signal.SIGTERM) == 0, "the server stops with 0")
        # What it has not sent yet it sends when it is stopped.
        self.end(self.litestream, signal.SIGTERM)

    def history(self, *words, database=None):
        # Arguments count before the environment.
        run = subprocess.run(
            [CHATSERVE, "history", *words, "--database", database or self.database],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
        return run.returncode, run.stdout.decode(), run.stderr.decode()

    def messages(self, database=None):
        code, text, errors = self.history("export", "-o", "json", database=database)
        demand(code == 0, f"export ends with 0: {errors}")
        rows = [json.loads(row) for row in text.splitlines()]
        return {row["text"] for row in rows if row.get("kind") == "message"}

    def digest(self, database=None):
        """Of every event, as it is exported."""
        code, text, errors = self.history("export", "-o", "json", database=database)
        demand(code == 0, f"export ends with 0: {errors}")
        return hashlib.sha256(text.encode()).hexdigest()

    def run_restore(self, target, *words, settings=None):
        return subprocess.run(
            [LITESTREAM, "restore", "-config", settings or self.settings, "-o", target, *words,
             self.database], env=self.environment, capture_output=True, timeout=LIMIT)

    def restore(self, name, *words, settings=None):
        target = f"{self.home}/{name}.db"
        run = self.run_restore(target, *words, settings=settings)
        if run.returncode != 0:
            sys.exit(f"restore {name}: {run.stderr.decode()[-300:]}")
        demand(stat.S_IMODE(os.stat(target).st_mode) & 0o077 == 0, f"{name} is nobody else's")
        return target

    def restorable(self):
        target = f"{self.home}/begun.{time.monotonic_ns()}"
        return self.run_restore(target).returncode == 0 and os.path.exists(target)

    def verify(self, database, *words):
        return self.history("verify", *words, database=database)

    def demand_whole(self, copy, what):
        if self.verify(copy)[0] == 0:
            return
        code, text, errors = self.verify(self.database) if os.path.exists(self.database) else (
            0, "", "")
        demand(code == 0, f"{what}: the transcript itself is clean: {text}{errors}")
        raise Damaged(what)


class Talk(threading.Thread):
    """Somebody who talks until told to stop, and comes back as somebody new."""

    def __init__(self, place, name):
        super().__init__(daemon=True)
        self.place, self.name_, self.acknowledged, self.is_over = place, name, {}, False
        self.count = 0
        self.start()

    def run(self):
        while not self.is_over:
            try:
                self.talk()
            except OSError:
                time.sleep(0.05)

    def talk(self):
        with socket.create_connection(("127.0.0.1", self.place.port), 5) as peer:
            peer.settimeout(5)
            peer.sendall(self.name_.encode() + b"\0")
            rest, number, waiting = b"", 0, {}
            while True:
                data = peer.recv(65536)
                if not data:
                    return
                *records, rest = (rest + data).split(b"\0")
                for record in records:
                    if record == b"ping":
                        peer.sendall(b"pong\0")
                    if record.startswith(b"ack "):
                        text = waiting.pop(int(record[4:]))
                        self.acknowledged[text] = time.time()
                    has_floor = record in (b"floor", b"mode free")
                    if has_floor and record == b"floor" or record.startswith(b"ack "):
                        if self.is_over:
                            peer.sendall(b"quit user\0")
                            return
                        number += 1
                        self.count += 1
                        waiting[number] = f"{self.name_} {self.count}"
                        peer.sendall(f"say {number} {waiting[number]}\0".encode())

    def stop(self):
        self.is_over = True
        self.join(LIMIT)
        return set(self.acknowledged)


class Sizes(threading.Thread):
    """The largest that the transcript's log was."""

    def __init__(self, place):
        super().__init__(daemon=True)
        self.path, self.most, self.is_over = place.database + "-wal", 0, False
        self.start()

    def run(self):
        while not self.is_over:
            try:
                self.most = max(self.most, os.stat(self.path).st_size)
            except OSError:
                pass
            time.sleep(0.01)


def until(talk, more):
    goal = len(talk.acknowledged) + more
    wait(f"{more} more messages", lambda: len(talk.acknowledged) >= goal)


def kilobytes(count):
    return f"{count // 1024} KiB"


def last_copy(place):
    """What is restored when all is stopped, after a reset where it is damaged."""
    place.copies += 1
    copy = place.restore(f"restored.{place.copies}")
    if place.verify(copy)[0] == 0:
        return copy
    place.damaged += 1
    place.start_litestream()
    place.reset_litestream()
    wait("Litestream has it all after a reset", lambda: replicated(place))
    place.end(place.litestream, signal.SIGTERM)
    return place.restore(f"restored-again.{place.copies}")


def through_kills(name, replica=None):
    place = Place(name, replica)
    place.start_litestream()
    place.start_server()
    sizes = Sizes(place)
    talk = Talk(place, "olga")
    kills = {"server": 0, "Litestream": 0}
    for turn in range(8):
        until(talk, chance.randrange(50, 300))
        if turn % 2:
            place.end(place.server, signal.SIGKILL)
            kills["server"] += 1
            place.start_server()
        else:
            place.end(place.litestream, signal.SIGKILL)
            kills["Litestream"] += 1
            until(talk, chance.randrange(1, 200))
            place.start_litestream()
    until(talk, 200)
    said = talk.stop()
    settle(place)
    place.stop()
    sizes.is_over = True
    restored = last_copy(place)
    have = place.messages(restored)
    code, text, errors = place.verify(restored)
    demand(code == 0, f"{name}: the restored copy is clean: {text}{errors}")
    demand(said <= have, f"{name}: {len(said - have)} acknowledged messages are missing")
    demand(place.digest() == place.digest(restored), f"{name}: both have the same events")
    print(f"{name}: {len(said)} acknowledged, {len(said & have)} restored, {len(have)} recorded; "
          f"{kills['server']} kills of the server, {kills['Litestream']} of Litestream; "
          f"the log at most {kilobytes(sizes.most)}; damaged copies found out: {place.damaged}, "
          f"resets: {place.resets}", flush=True)
    return place, said


def moment(attempt, place):
    """Goes on with a place that was stopped."""
    place.end_all()
    place.start_litestream()
    place.start_server()
    talk = Talk(place, "amy")
    until(talk, 100)
    before = talk.stop()
    # The server seals after each talk.
    code, line, errors = place.history("seal")
    demand(code == 0, f"there is a seal: {errors}")
    older = line
    settle(place)
    then = place.settings
    # What is given with the moment is whole seconds.
    time.sleep(1.1)
    now = datetime.datetime.now(datetime.timezone.utc)
    time.sleep(1.1)
    kept = place.messages()
    code, _, errors = place.history("prune", "--before", "now", "-y")
    demand(code == 0, f"prune ends with 0: {errors}")
    talk = Talk(place, "eva")
    until(talk, 100)
    after = talk.stop()
    code, newest, errors = place.history("seal")
    demand(code == 0, f"there is a newer seal: {errors}")
    settle(place)
    place.stop()
    last = last_copy(place)
    demand(place.verify(last, "--seal", newest.strip())[0] == 0, "the newest copy has the seal")
    demand(place.messages(last) == place.messages() >= after, "the newest copy has what is left")
    demand(not kept & place.messages(last), "what was pruned is not in it")
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    past = place.restore(f"past.{attempt}", "-timestamp", stamp, settings=then)
    place.demand_whole(past, "moment")
    demand(place.messages(past) == kept >= before, "as it was before the prune")
    code, text, errors = place.verify(past, "--seal", older.strip())
    demand(code == 0, f"the older copy is whole, with its own seal: {text}{errors}")
    code, text, _ = place.verify(past, "--seal", newest.strip())
    found = "as it was kept elsewhere, is not in this transcript" in text
    demand(code == 1 and found, f"that it is older is found out: {text}")
    print(f"moment: {len(kept)} messages before a prune, {len(place.messages(past))} restored; "
          f"{len(place.messages(last))} after it; the older copy is found out; damaged copies "
          f"found out: {place.damaged}, resets: {place.resets}", flush=True)


def replicated(place):
    """Whether what is restored now is all there is; a damaged copy is found out."""
    target = f"{place.home}/probe.{time.monotonic_ns()}"
    run = place.run_restore(target)
    try:
        if run.returncode != 0 or not os.path.exists(target):
            return False
        code, text, _ = place.verify(target, "-o", "json")
        if code != 0:
            place.damaged += 1
            return False
        own = json.loads(place.verify(place.database, "-o", "json")[1])
        copy = json.loads(text)
        return all(copy[name] == own[name] for name in ["events", "seals", "pruned_conversations"])
    finally:
        for ending in ["", "-wal", "-shm"]:
            if os.path.exists(target + ending):
                os.unlink(target + ending)


def settle(place):
    """Waits until the replica has it all, by way of a reset where it does not get it."""
    end = time.monotonic() + 30
    while not replicated(place):
        if time.monotonic() > end:
            place.reset_litestream()
            wait("Litestream has it all after a reset", lambda: replicated(place))
            return
        time.sleep(0.1)


def lost(attempt):
    place = Place(f"lost.{attempt}")
    place.start_litestream()
    place.start_server()
    talk = Talk(place, "olga")
    until(talk, 500)
    wait("the replica has something", lambda: place.restorable())
    gone = time.time()
    for process in [place.server, place.litestream]:
        process.send_signal(signal.SIGKILL)
    for process in [place.server, place.litestream]:
        process.wait(LIMIT)
    said = talk.stop()
    for name in os.listdir(place.home + "/db"):
        path = f"{place.home}/db/{name}"
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    restored = place.restore("restored")
    place.demand_whole(restored, "lost")
    have = place.messages(restored)
    missing = [gone - talk.acknowledged[message] for message in said - have]
    # A hole would be damage; an end that is missing is what was not replicated yet.
    order = [f"olga {number}" in have for number in range(1, len(have) + 1)]
    demand(all(order), "lost: what is restored has no hole")
    demand(len(have) > 0, "lost: something is restored")
    # In the place of the lost one it goes on, and so does the replica.
    os.rename(restored, place.database)
    place.start_litestream()
    place.start_server()
    talk = Talk(place, "amy")
    until(talk, 50)
    later = talk.stop()
    settle(place)
    place.stop()
    again = last_copy(place)
    demand(have | later <= place.messages(again), "lost: the new end is replicated too")
    demand(place.digest() == place.digest(again), "lost: both have the same events")
    code, text, errors = place.verify(again)
    demand(code == 0, f"lost: the copy of what goes on is clean: {text}{errors}")
    print(f"lost: {len(said)} acknowledged, {len(said & have)} restored; the "
          f"{len(said - have)} missing are of the last {max(missing, default=0):.2f} s; "
          f"in the lost one's place it goes on, {len(later)} more are restored", flush=True)


def full():
    place = Place("full")
    disk = place.home + "/replica"
    os.mkdir(disk)
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=192k,mode=700", "none", disk], capture_output=True)
    if mount.returncode != 0:
        print("full: left out, no file system can be mounted here", flush=True)
        return
    try:
        place.start_litestream()
        place.start_server()
        sizes = Sizes(place)
        talk = Talk(place, "olga")
        until(talk, 3000)
        log = place.litestream
        demand(log.poll() is None, "full: Litestream goes on")
        wait("Litestream says that there is no room", lambda: any(
            "no space left" in open(f"{place.home}/{name}").read()
            for name in os.listdir(place.home) if name.startswith("litestream.")))
        most = sizes.most
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        until(talk, 200)
        said = talk.stop()
        settle(place)
        place.stop()
        sizes.is_over = True
        restored = last_copy(place)
        have = place.messages(restored)
        demand(said <= have, f"full: {len(said - have)} are missing")
        code, text, errors = place.verify(restored)
        demand(code == 0, f"full: the copy is clean: {text}{errors}")
        print(f"full: {len(said)} acknowledged, {len(said & have)} restored; the log at most "
              f"{kilobytes(most)} while there was no room", flush=True)
    finally:
        subprocess.run(["umount", "-l", disk])


def s3():
    port = free_port()
    log = open(f"{ROOT}/moto", "wb")
    moto = start(
        [MOTO, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log,
        env={"PATH": os.environ["PATH"], "HOME": ROOT})
    try:
        def answers():
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=5)
                return True
            except OSError:
                return False
        wait("the S3 server answers", answers)
        request = urllib.request.Request(f"http://127.0.0.1:{port}/talks", method="PUT")
        urllib.request.urlopen(request, timeout=LIMIT)
        through_kills("s3", {
            "type": "s3", "bucket": "talks", "path": "server", "region": "us-east-1",
            "endpoint": f"http://127.0.0.1:{port}", "force-path-style": True,
            "access-key-id": "testing", "secret-access-key": "testing"})
    finally:
        moto.terminate()
        moto.wait(LIMIT)


def together(first, said):
    second = Place("second")
    second.start_litestream()
    second.start_server()
    talk = Talk(second, "zoe")
    until(talk, 50)
    others = talk.stop()
    settle(second)
    second.stop()
    copies = [last_copy(first), last_copy(second)]
    code, text, errors = first.history("export", "-o", "json", "--database", copies[1],
                                       database=copies[0])
    demand(code == 0, f"together: {errors}")
    rows = [json.loads(row) for row in text.splitlines()]
    have = {row["text"] for row in rows if row.get("kind") == "message"}
    names = {row.get("transcript") for row in rows}
    demand(others <= have and len(names) == 2, f"together: both are in it, as {names}")
    print(f"together: {len(have)} messages of 2 servers", flush=True)


def whole(part, *words):
    """Plays a part again where Litestream damaged what there is no remedy for: three times
    running would be something else."""
    for attempt in range(3):
        try:
            return part(attempt, *words)
        except Damaged:
            print(f"again {part.__name__}: a damaged copy was found out", file=sys.stderr, flush=True)
    demand(False, f"{part.__name__}: a copy that is whole")


print(f"seed {SEED}", flush=True)
place, said = through_kills("directory")
whole(moment, place)
whole(lost)
full()
if MOTO:
    s3()
else:
    print("s3: left out, there is no moto_server", flush=True)
together(place, said)
sys.exit(1 if failed else 0)
