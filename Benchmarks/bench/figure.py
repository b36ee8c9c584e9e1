"""One row of the table."""

import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    name: str
    unit: str
    # What it is compared with, and the goal as it is read: "<= 1.15 x",
    # ">= 0.8 x", "<= 2 x + 100" in the row's unit, or "<= 200" for ours alone;
    # empty when there is none.
    against: str
    goal: str = ""
    ours: list = dataclasses.field(default_factory=list)
    other: list = dataclasses.field(default_factory=list)

    def add(self, ours, other=None):
        """The two of one run, measured one after the other."""
        self.ours.append(ours)
        if other is not None:
            self.other.append(other)

    @property
    def ratios(self):
        return [a / b for a, b in zip(self.ours, self.other) if b]

    @property
    def verdict(self):
        if not self.goal:
            return ""
        sign, limit, *more = self.goal.split()
        limit = float(limit)
        if "+" in more:
            values = [a - limit * b for a, b in zip(self.ours, self.other)]
            limit = float(more[-1])
        else:
            values = self.ratios if more else self.ours
        if not values:
            return "not measured"
        value = statistics.median(values)
        return "met" if (value <= limit if sign == "<=" else value >= limit) else "NOT MET"

    def cells(self):
        ratios = self.ratios
        shown = ratios or self.ours
        return [
            self.name, self.unit, _number(statistics.median(self.ours)),
            _number(statistics.median(self.other)) if self.other else "",
            f"{statistics.median(ratios):.2f}" if ratios else "",
            f"{_number(min(shown))}-{_number(max(shown))}", self.against, self.goal, self.verdict]

    def json(self):
        return dataclasses.asdict(self) | {
            "median": statistics.median(self.ours),
            "ratio": statistics.median(self.ratios) if self.ratios else None,
            "verdict": self.verdict}


def _number(value):
    if value >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}" if value < 1 else f"{value:.4g}"


HEADINGS = ["figure", "unit", "ours", "other", "ratio", "spread", "against", "goal", ""]


def table(figures):
    rows = [HEADINGS] + [figure.cells() for figure in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if 2 <= i <= 4 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
