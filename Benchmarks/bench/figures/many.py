"""Many servers on one transcript, all committing one message at a time."""

from ..figure import Figure
from ..servers import fresh, running, start_floor, start_ours


def figures(setting):
    rows = []
    # Starting and stopping hundreds of servers is most of the time.
    for count in setting.size((8, 32), (8, 32, 64)):
        p99 = Figure(f"{count} servers, commit p99", "ms", "C, blocking fcntl lock", "<= 1.2 x")
        rate = Figure(f"{count} servers, commits", "1/s", "C, blocking fcntl lock")
        one, two = fresh(setting), fresh(setting)
        each = max(10, setting.size(800, 9600) // count)
        with running([start_ours(setting, one) for _ in range(count)]) as mine, \
                running([start_floor(setting, two, "queue") for _ in range(count)]) as others:
            for _ in range(setting.runs):
                a, b = (
                    setting.numbers("talk", each, 1, *(server.port for server in servers))
                    for servers in (mine, others))
                p99.add(a[1] / 1000, b[1] / 1000)
                rate.add(a[2], b[2])
        rows += [p99, rate]
    return rows
