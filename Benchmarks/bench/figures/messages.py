"""Messages of one peer: one in flight, and many."""

from ..figure import Figure
from ..servers import floor, ours

WINDOW = 1024


def figures(setting):
    p50 = Figure("durable round trip, p50", "us", "C read, commit, ack", "<= 1.15 x")
    p99 = Figure("durable round trip, p99", "us", "C read, commit, ack")
    native = Figure(f"acknowledged, {WINDOW} in flight", "msg/s", "C, group commit", ">= 0.8 x")
    line = Figure("recorded, line dialect", "msg/s", "C, group commit", ">= 0.8 x")
    single, many = setting.size(250, 4000), setting.size(15000, 200000)
    for _ in range(setting.runs):
        results = {}
        for server in (ours, floor):
            with server(setting) as at:
                alone = setting.numbers("talk", single, 1, at.port)
            with server(setting) as at:
                together = setting.numbers("talk", many, WINDOW, at.port)
            with server(setting) as at:
                lines = setting.numbers("dictate", many, at.port, at.database)
            results[server] = alone[0], alone[1], together[2], lines[0]
        for figure, a, b in zip((p50, p99, native, line), results[ours], results[floor]):
            figure.add(a, b)
    return [p50, p99, native, line]
