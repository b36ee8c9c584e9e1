"""What a person feels on a terminal."""

from ..figure import Figure
from ..servers import NO_LIMITS, fresh
from ..setting import free_port

LIMIT = "<= 200"
# How many of each, quick and in full. Of fewer than a hundred the 99th
# percentile is the slowest.
AT_ONCE = (200, 1500)
TYPED = (20, 300)


def figures(setting):
    client = [setting.chatclient, "127.0.0.1", "PORT", "--handle", "bench", "--clear"]
    server = [setting.chatserve, "PORT", "--mode", "free", "--idle-timeout", "0", *NO_LIMITS,
              "--database", fresh(setting)]
    rows = []
    rows += of(setting, "key, client", "key", "connects", client)
    rows += of(setting, "key after 50 ms, client", "typed", "connects", client, TYPED)
    rows += of(setting, "key, server", "key", "listens", server)
    rows += of(setting, "message on a half line, client", "message", "connects", client)
    return rows


def of(setting, name, what, how, program, samples=AT_ONCE):
    floor = [setting.folder / "floor_echo", "PORT"]
    wall = Figure(f"{name}: to redraw, p50", "us", "C raw echo")
    wall99 = Figure(f"{name}: to redraw, p99", "us", "C raw echo")
    time = Figure(f"{name}: in process, p50", "us", "C raw echo")
    time99 = Figure(f"{name}: in process, p99", "us", "C raw echo", LIMIT)
    written = Figure(f"{name}: written", "bytes", "C raw echo")
    for _ in range(setting.runs):
        pair = [
            setting.numbers("keys", what, setting.size(*samples), port, how_it_starts, *(
                port if word == "PORT" else word for word in words))
            for words, how_it_starts, port in (
                (program, how, free_port()), (floor, "connects", free_port()))]
        for figure, a, b in zip((wall, wall99, time, time99, written), *pair):
            figure.add(a, b)
    return [wall, wall99, time, time99, written]
