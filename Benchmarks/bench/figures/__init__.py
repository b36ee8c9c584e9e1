"""The rows. A module's `figures(setting)` measures and gives its own."""

from . import floor, growth, history, keys, logs, many, memory, messages, scale, startup

ALL = {
    "messages": messages, "floor": floor, "startup": startup, "memory": memory, "keys": keys,
    "history": history, "scale": scale, "logs": logs, "growth": growth, "many": many}
