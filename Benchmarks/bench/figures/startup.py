"""From exec to being of use, against ncat."""

from ..figure import Figure
from ..servers import fresh
from ..setting import free_port


def figures(setting):
    again = Figure("start to listening", "ms", "ncat -l", "<= 2 x")
    first = Figure("start to listening, new transcript", "ms", "ncat -l")
    client = Figure("client start to prompt", "ms", "ncat to greeting", "<= 2 x")
    kept = fresh(setting)
    until_listening(setting, kept)
    for _ in range(setting.runs):
        ncat = median_of(setting, lambda: ncat_listening(setting))
        again.add(median_of(setting, lambda: until_listening(setting, kept)), ncat)
        first.add(median_of(setting, lambda: until_listening(setting, fresh(setting))), ncat)
        port = free_port()
        client.add(
            median_of(setting, lambda: setting.numbers(
                "startup", "prompt", port, "User Name", setting.chatclient, "127.0.0.1", port,
                "--clear")[0]),
            median_of(setting, lambda: setting.numbers(
                "startup", "prompt", port, "SERVER", "ncat", "127.0.0.1", port)[0]))
    return [again, first, client]


def median_of(setting, measure):
    times = sorted(measure() for _ in range(setting.size(1, 7)))
    return times[len(times) // 2]


def until_listening(setting, database):
    port = free_port()
    return setting.numbers(
        "startup", "listen", port, setting.chatserve, port, "--database", database)[0]


def ncat_listening(setting):
    port = free_port()
    return setting.numbers("startup", "listen", port, "ncat", "-l", "127.0.0.1", port)[0]
