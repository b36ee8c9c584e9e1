"""A message's round trip with much stored already, against none stored."""

from ..figure import Figure
from ..servers import ours


def figures(setting):
    sizes = setting.stored([200_000], [1_000_000, 10_000_000])
    count = setting.size(250, 1000)
    rows = [Figure(f"round trip, {size} stored, p50", "us", "itself empty", "<= 1.1 x")
            for size in sizes]
    for _ in range(setting.runs):
        with ours(setting) as at:
            empty = setting.numbers("talk", count, 1, at.port)[0]
        for row, size in zip(rows, sizes):
            # The messages stay; a few thousand among millions.
            with ours(setting, database=setting.database(size)) as at:
                row.add(setting.numbers("talk", count, 1, at.port)[0], empty)
    return rows
