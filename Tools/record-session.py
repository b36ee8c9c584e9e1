#!/usr/bin/env python3
"""Records a session of the built programs as an asciicast (version 2), on standard output.

  Tools/record-session.py [DIRECTORY] > docs/session.cast

DIRECTORY holds chatserve and chatclient (.build/release). The terminal is one of tmux's with
two panes, the server's above the client's; what is typed is below, and nothing is shown that
the programs did not write.
"""
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

COLUMNS, ROWS = 92, 27
PORT = "1027"
SOCKET = f"recording-{os.getpid()}"


def tmux(*words):
    return subprocess.run(
        ["tmux", "-L", SOCKET, *words], check=True, capture_output=True, text=True).stdout


class Recording:
    """A terminal on which tmux shows both panes, and what it wrote there, and when."""

    def __init__(self, home, programs):
        environment = {
            "HOME": home, "PATH": f"{programs}:{os.environ['PATH']}", "TERM": "screen-256color",
            "LC_ALL": "C.UTF-8"}
        configuration = pathlib.Path(home, "tmux.conf")
        configuration.write_text(
            "set -g status off\nset -g default-command \"exec env PS1='$ ' bash --norc\"\nset -g escape-time 0\n"
            "set -g pane-border-style fg=colour240\nset -g pane-active-border-style fg=colour240\n")
        process, self.terminal = pty.fork()
        if process == 0:
            command = ["tmux", "-L", SOCKET, "-f", str(configuration), "new-session", ";"]
            os.execvpe("tmux", [*command, "split-window", "-v", ";", "select-pane", "-t", "0"],
                       environment)
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)
        self.started = time.monotonic()
        self.events = []

    def listen(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.terminal], [], [], left)[0]:
                return
            text = os.read(self.terminal, 65536).decode(errors="replace")
            self.events.append([round(time.monotonic() - self.started, 3), "o", text])

    def wait(self, pane, text):
        for _ in range(300):
            self.listen(0.1)
            shown = tmux("capture-pane", "-p", "-J", "-t", str(pane))
            if text in shown:
                return self.listen(0.9)
        sys.exit(f"“{text}” did not come. The pane shows:\n{shown}")

    def type(self, pane, text, enter=True):
        tmux("select-pane", "-t", str(pane))
        for character in text:
            tmux("send-keys", "-t", str(pane), "-l", character)
            self.listen(0.06)
        self.listen(0.3)
        if enter:
            tmux("send-keys", "-t", str(pane), "Enter")


def talk(recording):
    server, client = 0, 1
    recording.wait(client, "$")
    recording.type(server, f"chatserve {PORT}")
    recording.wait(server, "stops.")
    recording.type(client, f"chatclient localhost {PORT}")
    recording.wait(client, "User Name:")
    recording.type(client, "tatyana")
    recording.wait(server, "opened.")
    recording.type(client, "hi, can you hear me?")
    recording.wait(server, "hear me?")
    recording.type(server, "every word")
    recording.wait(client, "every word")
    recording.type(client, "and when somebody pulls the plug?")
    recording.wait(server, "plug?")
    recording.type(server, "then I go on", enter=False)
    recording.listen(1.5)
    conversation = subprocess.run(
        ["pgrep", "-f", f"chatserve {PORT}$"], capture_output=True,
        text=True).stdout.split()
    os.kill(int(conversation[-1]), signal.SIGKILL)
    recording.wait(server, "is back")
    recording.type(server, ", in the middle of a line")
    recording.wait(client, "of a line")
    recording.type(client, "\\quit")
    recording.wait(client, "Good Bye")
    recording.type(client, "chatserve history show 1 --color always")
    recording.wait(client, "client quit")
    recording.listen(3)
    tmux("send-keys", "-t", str(server), "C-c")
    recording.wait(server, "\n$")


def main():
    programs = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".build/release").resolve()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        recording = Recording(home, programs)
        try:
            talk(recording)
        finally:
            subprocess.run(["tmux", "-L", SOCKET, "kill-server"], capture_output=True)
    print(json.dumps({"version": 2, "width": COLUMNS, "height": ROWS}))
    for event in recording.events:
        print(json.dumps(event, ensure_ascii=False))


if __name__ == "__main__":
    main()
