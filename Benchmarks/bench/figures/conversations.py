"""Whole conversations, one after the other and four at once."""

from ..figure import Figure
from ..servers import floor, ours


def figures(setting):
    count = setting.size(32, 400)
    rows = []
    for peers in (1, 4):
        ends = Figure(
            f"conversations, {peers} peer{'s' * (peers > 1)}", "1/s",
            "C fork, commits open, close", ">= 0.8 x")
        whole = Figure(
            f"conversations, {peers} peer{'s' * (peers > 1)}", "1/s", "C, message committed too")
        for _ in range(setting.runs):
            with ours(setting) as at:
                mine = setting.numbers("converse", count, peers, at.port)[0]
            with floor(setting, "ends") as at:
                ends.add(mine, setting.numbers("converse", count, peers, at.port)[0])
            with floor(setting) as at:
                whole.add(mine, setting.numbers("converse", count, peers, at.port)[0])
        rows += [ends, whole]
    return rows
