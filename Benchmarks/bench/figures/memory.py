"""Memory, once a conversation has gone on for a while."""

import contextlib
import pathlib
import socket
import subprocess
import time

from ..figure import Figure
from ..servers import floor, ours
from ..setting import free_port

MESSAGES = 200


def figures(setting):
    # What the machine loses to one conversation: a page that several processes
    # share counts once in their PSS together, and in each one's RSS.
    server = Figure("listener, keeper, conversation: PSS", "MiB", "C floor", "<= 9")
    client = Figure("client: PSS", "MiB", "ncat, connected")
    for _ in range(setting.runs):
        server.add(of_server(setting, ours), of_server(setting, floor))
        client.add(of_client(setting), of_ncat())
    return [server, client]


def of_server(setting, server):
    with server(setting) as at:
        listener = at.process.pid
        with socket.create_connection(("127.0.0.1", at.port)) as peer:
            read_until(peer, b"SERVER\0")
            peer.sendall(b"bench\0")
            read_until(peer, b"floor\0")
            for number in range(1, MESSAGES + 1):
                peer.sendall(b"say %d the meeting is at noon\0" % number)
                read_until(peer, b"ack %d\0" % number)
            return sum(map(pss, [listener, *children(listener)]))


def of_ncat():
    port = free_port()
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(["ncat", "-l", "127.0.0.1", str(port)]))
        while not is_listening(port):
            time.sleep(0.005)
        client = stack.enter_context(running(["ncat", "127.0.0.1", str(port)]))
        time.sleep(0.3)
        return pss(client.pid)


def of_client(setting):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        words = [setting.chatclient, "127.0.0.1", str(port), "--handle", "bench", "--clear"]
        with running(words) as client:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"SERVER\0")
                read_until(peer, b"bench\0")
                peer.sendall(b"mode free\0floor\0")
                for number in range(1, MESSAGES + 1):
                    peer.sendall(b"say %d the meeting is at noon\0" % number)
                    read_until(peer, b"ack %d\0" % number)
                return pss(client.pid)


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


def pss(pid):
    """Proportional set in MiB, proc_pid_smaps(5)."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def read_until(peer, wanted):
    """Something may come behind it: the token of a session."""
    data = b""
    while wanted not in data:
        part = peer.recv(4096)
        if not part:
            raise RuntimeError(f"closed before {wanted!r}")
        data += part
