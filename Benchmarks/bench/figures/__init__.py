"""The rows. A module's `figures(setting)` measures and gives its own."""

from . import (
    floor, growth, history, keys, link, logs, many, meanwhile, memory, messages, reconnect,
    scale, startup)

ALL = {
    "messages": messages, "floor": floor, "link": link, "reconnect": reconnect, "startup": startup,
    "memory": memory, "keys": keys, "history": history, "scale": scale, "meanwhile": meanwhile,
    "logs": logs, "growth": growth, "many": many}
