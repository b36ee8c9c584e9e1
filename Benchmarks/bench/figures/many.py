"""Many servers on one transcript, all committing one message at a time."""

import contextlib

from ..figure import Figure
from ..servers import floor, fresh, ours


def figures(setting):
    rows = []
    for servers in (8, 32, 64):
        p99 = Figure(
            f"{servers} servers, commit p99", "ms", "C, blocking fcntl lock", "<= 1.2 x")
        rate = Figure(f"{servers} servers, commits", "1/s", "C, blocking fcntl lock")
        mine, other = [], []
        with contextlib.ExitStack() as stack:
            one, two = fresh(setting), fresh(setting)
            for _ in range(servers):
                mine.append(stack.enter_context(ours(setting, database=one)).port)
                other.append(stack.enter_context(floor(setting, "queue", database=two)).port)
            each = max(10, setting.size(1500, 9600) // servers)
            for _ in range(setting.runs):
                a = setting.numbers("talk", each, 1, *mine)
                b = setting.numbers("talk", each, 1, *other)
                p99.add(a[1] / 1000, b[1] / 1000)
                rate.add(a[2], b[2])
        rows += [p99, rate]
    return rows
