"""Cuts, kills and stops around one conversation, and what is left of it.

    python3 cut.py CHATSERVE CHATCLIENT HOME SEED ROUNDS clear|tls free|turns

Both sides enter numbered lines while a relay between them resets, half-closes, stalls or cuts in the
middle of a record, and while client, conversation and server are killed, stopped or started again. At the
end says, a line each, what of the three differs: the transcript, what the server showed, what the
client showed. Nothing is said when they are the same. A line that a killed process had read and not
taken is in none of them.
"""

import json, os, pty, random, re, signal, socket, struct, subprocess, sys, termios, threading, time
import fcntl

chatserve, chatclient, home, seed, rounds, wire, mode = sys.argv[1:]
choices = random.Random(int(seed))
environment = {
    "HOME": home, "XDG_STATE_HOME": home + "/state", "XDG_CONFIG_HOME": home + "/config",
    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC"}


class Program:
    """A program whose input is a terminal, and whose output is not."""

    def __init__(self, name, *arguments):
        self.terminal, other = pty.openpty()
        self.output, self.errors = f"{home}/{name}.out", f"{home}/{name}.err"

        def lead():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        with open(self.output, "ab") as output, open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                arguments, stdin=other, stdout=output, stderr=errors, env=environment,
                preexec_fn=lead)
        os.close(other)
        threading.Thread(target=self.drain, daemon=True).start()

    def drain(self):
        try:
            while os.read(self.terminal, 65536):
                pass
        except OSError:
            pass

    def enter(self, line):
        os.write(self.terminal, line.encode() + b"\n")

    def said(self):
        return open(self.output, errors="replace").read()

    def noticed(self):
        return open(self.errors, errors="replace").read()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Relay:
    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.target = self.listener.getsockname()[1], port
        self.pairs, self.stalled, self.cut = [], [], None
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            near, _ = self.listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                self.close(near)
                continue
            pair = (near, far)
            self.pairs.append(pair)
            for one, other in (pair, (far, near)):
                threading.Thread(target=self.carry, args=(one, other, pair), daemon=True).start()

    def close(self, end):
        try:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()

    def reset(self, pair):
        if pair in self.pairs:
            self.pairs.remove(pair)
        for end in pair:
            self.close(end)

    def carry(self, one, other, pair):
        try:
            while True:
                part = one.recv(4096)
                while pair in self.stalled:
                    time.sleep(0.02)
                if not part:
                    other.shutdown(socket.SHUT_WR)
                    return
                if self.cut is not None:
                    part, self.cut = part[:self.cut % len(part)], None
                    other.sendall(part)
                    return self.reset(pair)
                other.sendall(part)
        except OSError:
            self.reset(pair)

    def reset_all(self):
        for pair in list(self.pairs):
            self.reset(pair)

    def half_close(self):
        for pair in list(self.pairs):
            try:
                pair[choices.randrange(2)].shutdown(socket.SHUT_WR)
            except OSError:
                pass


def wait(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            print(f"not in time: {what}", flush=True)
            return False
        time.sleep(0.02)
    return True


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


port = free_port()


def start_server():
    options = ["--mode", mode, "--plain", "--max-start", "0", "--per-source", "0",
               "--max-penalty", "0", "--resume-within", "120"]
    server = Program("server", chatserve, str(port), *options)
    before = starts[0]
    starts[0] += 1
    wait(lambda: server.noticed().count("Ctrl-C stops") > before, "a server")
    return server


starts = [0]
server = start_server()
relay = Relay(port)
clients = []


def start_client():
    options = (["--clear"] if wire == "clear" else []) + (["--handle", "bob"] if not clients else [])
    clients.append(Program(
        f"client{len(clients)}", chatclient, "127.0.0.1", str(relay.port), *options))


def kill_conversations():
    found = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(server.process.pid)], capture_output=True, text=True)
    for line in found.stdout.splitlines():
        if "chatserve-talk" in line:
            os.kill(int(line.split()[0]), signal.SIGKILL)


def happen(what):
    global server
    if what == "reset":
        relay.reset_all()
    elif what == "half-close":
        relay.half_close()
    elif what == "cut":
        relay.cut = choices.randrange(200)
    elif what == "stall":
        relay.stalled = list(relay.pairs)
        time.sleep(choices.random())
        if choices.random() < 0.5:
            relay.reset_all()
        relay.stalled = []
    elif what == "kill client":
        clients[-1].kill()
        start_client()
    elif what == "stop client":
        os.kill(clients[-1].process.pid, signal.SIGSTOP)
        time.sleep(choices.random())
        os.kill(clients[-1].process.pid, signal.SIGCONT)
    elif what == "kill conversation":
        kill_conversations()
    else:
        if what == "kill server":
            server.kill()
        else:
            server.process.send_signal(signal.SIGUSR2)
            server.process.wait(30)
        server = start_server()


def client_said():
    return "".join(client.said() for client in clients)


def numbers(pattern, text):
    return [int(number) for number in re.findall(pattern, text, re.M)]


events = ["reset", "half-close", "cut", "stall", "kill client", "stop client", "kill conversation",
          "kill server", "restart server"]
start_client()
wait(lambda: "opened" in server.said() + server.noticed(), "the floor")
entered = {"c": 0, "s": 0}
for _ in range(int(rounds)):
    for _ in range(choices.randint(1, 4) if mode == "free" else 1):
        for who, side in (("c", clients[-1]), ("s", server)):
            entered[who] += 1
            side.enter(f"{who} {entered[who]}")
    time.sleep(choices.random() * 0.3)
    happen(choices.choice(events))
    time.sleep(choices.random() * 0.5)

# Lines that a process took with it are entered by nobody again, and in turns the other
# side waits for one: so until a line of each has come that was entered when nothing
# happened any more.
first = dict(entered)


def has_come(who, text):
    return any(number > first[who] for number in numbers(rf"{who} (\d+)$", text))


for _ in range(60):
    for who, side in (("c", clients[-1]), ("s", server)):
        entered[who] += 1
        side.enter(f"{who} {entered[who]}")
    time.sleep(1)
    if has_come("c", server.said()) and has_come("s", client_said()):
        break
else:
    print("the two do not talk any more")


def shown(party):
    if party == "client":
        return numbers(r"^bob> c (\d+)$", server.said())
    return numbers(r"^SERVER> s (\d+)$", client_said())


def look():
    """Whether what is kept is what was shown."""
    global rows, kept
    exported = subprocess.run(
        [chatserve, "history", "export", "1..99"], env=environment, capture_output=True, text=True)
    rows = [row for row in map(json.loads, exported.stdout.splitlines())
            if row.get("kind") == "message"]
    kept = {party: [int(row["text"][2:]) for row in rows if row["from"] == party]
            for party in ("client", "server")}
    return all(kept[party] == shown(party) for party in kept)


end = time.monotonic() + 20
while not look() and time.monotonic() < end:
    time.sleep(0.5)
if len({row["conversation"] for row in rows}) != 1:
    print("not one conversation")
for party in kept:
    if shown(party) != kept[party]:
        print(f"of the {party}'s {kept[party]} was shown {shown(party)}")
    if kept[party] != sorted(set(kept[party])):
        print(f"out of order: {kept[party]}")
checked = subprocess.run([chatserve, "history", "verify"], env=environment, capture_output=True, text=True)
if checked.returncode != 0:
    print(checked.stdout + checked.stderr)
for program in [server] + clients:
    program.kill()
