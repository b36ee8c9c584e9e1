"""What encryption costs, each figure beside the same in clear."""

import os
import pathlib
import socket
import ssl

from ..figure import Figure
from ..servers import ours
from .memory import MESSAGES, children, pss, read_until
from .messages import WINDOW

TICKS = os.sysconf("SC_CLK_TCK")


def figures(setting):
    trip = Figure("durable round trip in TLS, p50", "us", "the same in clear", "<= 1.08 x")
    many = Figure(f"acknowledged in TLS, {WINDOW} in flight", "msg/s", "the same in clear", ">= 0.95 x")
    floor = Figure("connect to floor in TLS, p50", "ms", "the same in clear, speaks first")
    cost = Figure(
        "conversation in TLS, processor time", "ms", "the same in clear", "<= 1 x + 2.1")
    memory = Figure("all processes, one conversation in TLS: PSS", "MiB", "the same in clear", "<= 14")
    single, window, knocks = setting.size(250, 4000), setting.size(15000, 200000), setting.size(50, 200)
    for _ in range(setting.runs):
        results = []
        for tls in (True, False):
            with ours(setting) as at:
                alone = setting.numbers("talk", single, 1, at.port, tls=tls)
            with ours(setting) as at:
                together = setting.numbers("talk", window, WINDOW, at.port, tls=tls)
            with ours(setting) as at:
                before = processor_time(at)
                connected = setting.numbers("knock", knocks, at.port, "first", tls=tls)
                spent = (processor_time(at) - before) * 1000 / knocks
            results.append((alone[0], together[2], connected[0], spent, held(setting, tls)))
        for figure, a, b in zip((trip, many, floor, cost, memory), *results):
            figure.add(a, b)
    # The goal is of ours alone.
    memory.other = []
    return [trip, many, floor, cost, memory]


def processor_time(server):
    """Seconds of the listener, of the children that it has reaped, and of the living."""
    def of(pid, with_reaped):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15 if with_reaped else 13])) / TICKS

    listener = server.process.pid
    return of(listener, True) + sum(of(child, False) for child in children(listener))


def held(setting, tls):
    with ours(setting) as at:
        listener = at.process.pid
        with socket.create_connection(("127.0.0.1", at.port)) as plain:
            peer = plain
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                context.set_alpn_protocols(["chatserve/1"])
                peer = context.wrap_socket(plain)
            read_until(peer, b"SERVER\0")
            peer.sendall(b"bench\0")
            read_until(peer, b"floor\0")
            for number in range(1, MESSAGES + 1):
                peer.sendall(b"say %d the meeting is at noon\0" % number)
                read_until(peer, b"ack %d\0" % number)
            return sum(map(pss, [listener, *children(listener)]))
