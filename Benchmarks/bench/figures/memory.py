"""Memory of each process, once a conversation has gone on for a while."""

import contextlib
import pathlib
import socket
import subprocess
import time

from ..figure import Figure
from ..servers import floor, ours
from ..setting import free_port

LIMIT = "<= 12"
MESSAGES = 200


def figures(setting):
    rows = {
        (role, kind): Figure(
            f"{role}, {kind}", "MiB", against, LIMIT if kind == "RSS" and role != "keeper" else "")
        for role, against in (
            ("listener", "C floor"), ("keeper", "C floor"), ("conversation", "C floor"),
            ("conversation vs ncat", "ncat -l, connected"), ("client", "ncat, connected"))
        for kind in ("RSS", "PSS")}
    for _ in range(setting.runs):
        mine, other = measure(setting, ours), measure(setting, floor)
        peer, listening = ncat()
        client = of_client(setting)
        for kind in ("RSS", "PSS"):
            for role in ("listener", "keeper", "conversation"):
                rows[role, kind].add(mine[role][kind], other[role][kind])
            rows["conversation vs ncat", kind].add(mine["conversation"][kind], listening[kind])
            rows["client", kind].add(client[kind], peer[kind])
    return list(rows.values())


def measure(setting, server):
    with server(setting) as at:
        listener = at.process.pid
        keeper = children(listener)
        with socket.create_connection(("127.0.0.1", at.port)) as peer:
            read_until(peer, b"SERVER\0")
            peer.sendall(b"bench\0")
            read_until(peer, b"floor\0")
            for number in range(1, MESSAGES + 1):
                peer.sendall(b"say %d the meeting is at noon\0" % number)
                read_until(peer, b"ack %d\0" % number)
            conversation = [pid for pid in children(listener) if pid not in keeper]
            return {
                "listener": of(listener), "keeper": of(keeper[0]),
                "conversation": of(conversation[0])}


def ncat():
    """Of a connected pair: the client's, and the listener's."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(running(["ncat", "-l", "127.0.0.1", str(port)]))
        while not is_listening(port):
            time.sleep(0.005)
        client = stack.enter_context(running(["ncat", "127.0.0.1", str(port)]))
        time.sleep(0.3)
        return of(client.pid), of(listener.pid)


def of_client(setting):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        words = [setting.chatclient, "127.0.0.1", str(port), "--handle", "bench"]
        with running(words) as client:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"SERVER\0")
                read_until(peer, b"bench\0")
                peer.sendall(b"mode free\0floor\0")
                for number in range(1, MESSAGES + 1):
                    peer.sendall(b"say %d the meeting is at noon\0" % number)
                    read_until(peer, b"ack %d\0" % number)
                return of(client.pid)


@contextlib.contextmanager
def running(words):
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


def is_listening(port):
    """Without connecting, which ncat would take for its one peer."""
    wanted = f"0100007F:{port:04X}"
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()
    return any(wanted == line.split()[1] and line.split()[3] == "0A" for line in lines[1:])


def children(pid):
    return [int(word) for word in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def of(pid):
    """Resident and proportional set in MiB, proc_pid_smaps(5)."""
    sizes = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, *rest = line.split()
        if name in ("Rss:", "Pss:"):
            sizes[name[:-1].upper()] = int(rest[0]) / 1024
    return sizes


def read_until(peer, wanted):
    data = b""
    while not data.endswith(wanted):
        part = peer.recv(4096)
        if not part:
            raise RuntimeError(f"closed before {wanted!r}")
        data += part
