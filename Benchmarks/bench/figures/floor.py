"""From connect(2) to the floor, for a peer whom nobody is before."""

from ..figure import Figure
from ..servers import floor, ours

# How a peer begins, and what may come on top of twice the floor's time: who
# waits for a greeting may wait 100 ms for it, in which a server can hear
# whether the other side begins with encryption (docs/protocol.md).
WAYS = {"first": ("speaks first", "<= 2 x"), "greeted": ("waits for the greeting", "<= 2 x + 100")}


def figures(setting):
    count = setting.size(50, 200)
    rows = []
    for way, (name, goal) in WAYS.items():
        p50, p99 = (
            Figure(f"connect to floor, {name}, p{share}", "ms", "C fork, commit of the open", goal)
            for share in (50, 99))
        for _ in range(setting.runs):
            with ours(setting) as at:
                mine = setting.numbers("knock", count, at.port, way)
            with floor(setting) as at:
                other = setting.numbers("knock", count, at.port, way)
            p50.add(mine[0], other[0])
            p99.add(mine[1], other[1])
        rows += [p50, p99]
    return rows
