"""How soon a conversation goes on that lost its connection or its server, and what chatclient
pays for it."""

import statistics
import subprocess

from ..figure import Figure
from ..servers import fresh, ours, running, start_ours
from ..setting import free_port

LINKS = {"": False, " in TLS": True}


def figures(setting):
    rows = []
    for name, tls in LINKS.items():
        against = "connect to floor" + name
        reset = [
            Figure(f"reset to first word{name}, p{share}", "ms", against, "<= 1.5 x")
            for share in (50, 99)]
        ended = [
            Figure(f"word after a link that was down{name}, p{share}", "ms", against, "<= 1.5 x")
            for share in (50, 99)]
        back = Figure(f"server back to first word{name}, p50", "ms", against, "<= 1.5 x")
        count = setting.size(30, 200)
        for _ in range(setting.runs):
            with ours(setting) as at:
                times = setting.numbers("reconnect", "reset", count, at.port, tls=tls)
            for share in (0, 1):
                reset[share].add(times[2 + share], times[share])
                ended[share].add(times[4 + share], times[share])
            restarts = [restarted(setting, tls) for _ in range(setting.size(3, 15))]
            back.add(statistics.median(restarts), times[0])
        rows += reset + ended + [back]
    return rows + lines(setting)


def restarted(setting, tls):
    """A server is killed, and another one started in its place."""
    database, port = fresh(setting), free_port()
    with running([start_ours(setting, database, port)]) as (server,):
        peer = setting.program("reconnect", "restart", port, tls=tls)
        peer.stdout.readline()
        server.process.kill()
        server.process.wait(60)
        with running([start_ours(setting, database, port)]):
            said, _ = peer.communicate(timeout=60)
    if peer.returncode:
        raise subprocess.SubprocessError(f"reconnect left with {peer.returncode}")
    return float(said)


def lines(setting):
    """chatclient on a terminal, with its file of the conversation and without."""
    p50, p99 = (
        Figure(f"line from Enter to the wire, p{share}", "us", "the same with --no-state")
        for share in (50, 99))
    count = setting.size(200, 2000)
    for _ in range(setting.runs):
        kept, bare = (typed(setting, count, *options) for options in ((), ("--no-state",)))
        p50.add(kept[0], bare[0])
        p99.add(kept[1], bare[1])
    return [p50, p99]


def typed(setting, count, *options):
    port = free_port()
    return setting.numbers(
        "typist", count, port, setting.chatclient, "127.0.0.1", port, "--clear", "--handle",
        "bench", "--mode", "free", *options)
