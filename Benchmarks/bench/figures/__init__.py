"""The rows. A module's `figures(setting)` measures and gives its own."""

from . import conversations, growth, history, keys, many, memory, messages, startup

ALL = {
    "messages": messages, "conversations": conversations, "startup": startup, "memory": memory,
    "keys": keys, "history": history, "growth": growth, "many": many}
