"""Some servers on one transcript, all committing one message at a time."""

from ..figure import Figure
from ..servers import fresh, running, start_floor, start_ours

SERVERS = 8


def figures(setting):
    p99 = Figure(f"{SERVERS} servers, commit p99", "ms", "C, blocking fcntl lock", "<= 1.5 x")
    rate = Figure(f"{SERVERS} servers, commits", "1/s", "C, blocking fcntl lock")
    one, two = fresh(setting), fresh(setting)
    each = setting.size(800, 9600) // SERVERS
    with running([start_ours(setting, one) for _ in range(SERVERS)]) as mine, \
            running([start_floor(setting, two, "queue") for _ in range(SERVERS)]) as others:
        for _ in range(setting.runs):
            a, b = (
                setting.numbers("talk", each, 1, *(server.port for server in servers))
                for servers in (mine, others))
            p99.add(a[1] / 1000, b[1] / 1000)
            rate.add(a[2], b[2])
    return [p99, rate]
