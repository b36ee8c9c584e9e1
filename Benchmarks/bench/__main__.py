"""Measures, prints the table, writes results.json."""

import json
import platform
import re
import subprocess
import sys
import time

from .figure import table
from .figures import ALL
from .setting import HERE, ROOT, Setting


def main(words):
    names, messages = options(words)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.exit(f"no such rows: {' '.join(unknown)}; there are {' '.join(ALL)}")
    setting = Setting(messages)
    figures, seconds, failed = [], {}, []
    try:
        for name in names or ALL:
            start = time.monotonic()
            print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
            try:
                figures += ALL[name].figures(setting)
            except (RuntimeError, subprocess.SubprocessError) as error:
                # The other rows are worth having all the same.
                failed.append(name)
                print(f"failed: {error}", end=" ", file=sys.stderr)
            seconds[name] = round(time.monotonic() - start, 1)
            print(f"{seconds[name]} s", file=sys.stderr)
    finally:
        setting.close()
        print(table(figures))
    report = {
        "commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain")),
        "quick": setting.is_quick, "runs": setting.runs, "seconds": seconds, "failed": failed,
        "machine": f"{platform.machine()}, {platform.release()}",
        "figures": [figure.json() for figure in figures]}
    (HERE / "results.json").write_text(json.dumps(report, indent=1) + "\n")
    if failed:
        sys.exit(f"not measured: {' '.join(failed)}")


def options(words):
    """The rows that are named, and what `--size` says: 10M, 200k, 5000; None without."""
    names, messages = list(words), None
    if "--size" in names:
        place = names.index("--size")
        size = re.fullmatch("([0-9]+)([kM]?)", "".join(names[place + 1:place + 2]))
        if not size:
            sys.exit("--size wants a number of messages: 10M, 200k, 5000")
        messages = int(size[1]) * {"": 1, "k": 1000, "M": 1_000_000}[size[2]]
        del names[place:place + 2]
    return names, messages


def git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


main(sys.argv[1:])
