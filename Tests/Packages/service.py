#!/usr/bin/env python3
"""Tries the units of the Debian package under a systemd that is process 1 of namespaces of its own.

    Tests/Packages/service.py PACKAGES [ROOT]

PACKAGES: where `make deb` puts them; ROOT: a Debian made by debootstrap(8), which is copied; made
when it is not given. As root, with cgroup2 mounted. Prints what is done and what systemd says; the
status is 0 when all of it went well.
"""

import glob, os, pty, select, shutil, subprocess, sys, tempfile, time

PATIENCE = 60
OPERATOR = "olga"
UNIT = f"chatserve@{OPERATOR}"
ALONE = "Nobody is at the server's terminal just now"
packages = os.path.abspath(sys.argv[1])
work = tempfile.mkdtemp(prefix="service.")
root = f"{work}/root"
# Of its own: a systemd takes the group that it finds itself in for the whole system.
group = next(row.split()[1] for row in open("/proc/mounts") if row.split()[2] == "cgroup2") + f"/service.{os.getpid()}"
boot = None
init = None

# Runs in the new namespaces. What of /dev is missing is of no use to a service.
BOOT = """
set -e
mount --make-rprivate /
mount --bind "$0" "$0"
cd "$0"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
for place in run tmp dev; do mount -t tmpfs -o mode=1755 tmpfs $place; done
for device in null zero full random urandom tty; do
  touch dev/$device; mount --bind /dev/$device dev/$device
done
mkdir -p dev/pts dev/shm old
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs dev/shm
ip link set lo up
pivot_root . old
umount -l /old
exec env -i container=chat PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system \
  --unit=multi-user.target </dev/null >/dev/null 2>&1
"""


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def inside(*command):
    return ["nsenter", "-t", str(init), "-m", "-u", "-i", "-n", "-p", "-C", "--", *command]


def said(*command, check=True):
    done = subprocess.run(inside(*command), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print("$", " ".join(command), f"({done.returncode})\n" + done.stdout, end="", flush=True)
    expect(not check or done.returncode == 0, " ".join(command))
    return done.stdout.strip()


def step(text):
    print(f"== {text}", flush=True)


def expect(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


def wait(text, look):
    until = time.monotonic() + PATIENCE
    while not look():
        expect(time.monotonic() < until, text() if callable(text) else text)
        time.sleep(0.1)


def show(what):
    return subprocess.run(inside("systemctl", "show", "-p", what, "--value", UNIT), text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def transcript():
    return subprocess.run(
        inside("chatserve", "history", "show", "1", "--database",
               f"/var/lib/chatserve/{OPERATOR}/state/chatserve/transcript.db"),
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


class Client:
    """chatclient on a terminal of its own."""

    def __init__(self, name):
        self.seen = b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            command = inside("env", "TERM=xterm", f"HOME=/tmp/{name}", "chatclient", "--handle", name,
                             "127.0.0.1", "1027")
            os.execvp(command[0], command)

    def read(self):
        while select.select([self.terminal], [], [], 0)[0]:
            try:
                more = os.read(self.terminal, 65536)
            except OSError:
                return
            if not more:
                return
            self.seen += more

    def wait(self, text, times=1):
        def look():
            self.read()
            return self.seen.count(text.encode()) >= times
        wait(lambda: f"{text!r} at the client: {self.seen.decode(errors='replace')}", look)

    def say(self, text):
        os.write(self.terminal, text.encode() + b"\r")
        wait(f"{text!r} in the transcript", lambda: text in transcript())


def make_root():
    base = sys.argv[2] if len(sys.argv) > 2 else f"{work}/base"
    if len(sys.argv) <= 2:
        run("debootstrap", "--variant=minbase", "bookworm", base)
    run("cp", "-a", base, root)
    for path in glob.glob(f"{packages}/chatserve_*.deb") + glob.glob(f"{packages}/chatclient_*.deb"):
        shutil.copy(path, f"{root}/var/tmp")
    shutil.copy("/etc/resolv.conf", f"{root}/etc/resolv.conf")
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
    run("chroot", root, "apt-get", "install", "-y", "-q", "--no-install-recommends", "systemd", env=environment)
    # There is no network later.
    run("chroot", root, "sh", "-c", "apt-get install -y -q --no-install-recommends --download-only /var/tmp/*.deb",
        env=environment)
    run("chroot", root, "useradd", "-m", OPERATOR, env=environment)


def start_systemd():
    global boot, init
    os.mkdir(group)
    boot = subprocess.Popen(["sh", "-c", """
        echo $$ > "$0/cgroup.procs"
        exec unshare --pid --fork --mount --cgroup --uts --ipc --net --kill-child sh -c "$1" "$2"
        """, group, BOOT, root])
    wait("systemd", lambda: children(boot.pid))
    init = children(boot.pid)[0]
    wait("a booted system", lambda: subprocess.run(
        inside("systemctl", "is-system-running"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True).stdout.strip() in ("running", "degraded"))


def children(process):
    with open(f"/proc/{process}/task/{process}/children") as file:
        return [int(number) for number in file.read().split()]


def try_all():
    step("a clean root and its systemd")
    make_root()
    start_systemd()
    said("systemctl", "--version")

    step("the package starts nothing unasked")
    said("sh", "-c", "DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends /var/tmp/*.deb")
    expect("chatserve" not in said("systemctl", "list-units", "--all", "--no-legend", "chatserve*"), "no unit")

    step("enabled, a client talks")
    said("systemctl", "enable", "--now", f"{UNIT}.socket", f"{UNIT}.service")
    client = Client("amy")
    client.wait(ALONE)
    wait("the status", lambda: "Talking with amy" in show("StatusText"))
    client.say("before all")
    said("systemctl", "status", "--no-pager", UNIT)

    step("a restart, a kill and a hang: each time another server goes on with the talk")
    breaks = [
        ["systemctl", "restart", UNIT],
        ["systemctl", "kill", "--kill-whom=main", "--signal=KILL", UNIT],
        # The watchdog's 30 s.
        ["systemctl", "kill", "--kill-whom=main", "--signal=STOP", UNIT],
    ]
    for count, command in enumerate(breaks, start=1):
        before = show("MainPID")
        said(*command)
        wait("another server", lambda: show("MainPID") not in ("0", before))
        wait("the talk with it", lambda: "Talking with amy" in show("StatusText"))
    client.read()
    expect(client.seen.count(ALONE.encode()) == 1 and b"Good Bye" not in client.seen, "the client notices little")
    print(transcript())

    step("a stop is a goodbye, and the socket starts the next one")
    said("systemctl", "stop", f"{UNIT}.service")
    client.wait("Good Bye")
    Client("bob").wait(ALONE)
    expect(show("ActiveState") == "active", "the service runs again")

    step("the log has no word of what was said")
    log = said("journalctl", "-u", UNIT, "--no-pager", "-o", "short")
    expect('event="floor" name="amy"' in log and "before all" not in log, "the log")
    faults = said("journalctl", "-u", UNIT, "--no-pager", "-o", "cat", "-p", "err", "-t", "chatserve")
    expect("event=" not in faults, "no fault")

    step("an upgrade leaves it running, a removal ends it, a purge names what stays")
    before = show("MainPID")
    said("sh", "-c", "dpkg --install /var/tmp/chatserve_*.deb")
    expect(show("MainPID") == before, "the server was left alone")
    said("apt-get", "remove", "-y", "-q", "chatserve")
    expect(show("MainPID") == "0", "the server is gone")
    named = said("apt-get", "purge", "-y", "-q", "chatserve")
    expect(f"stay: /var/lib/chatserve/{OPERATOR}" in named, "the purge names it")
    expect(os.path.exists(f"{root}/var/lib/chatserve/{OPERATOR}/state/chatserve/transcript.db"), "it stays")
    step("all of it went well")


try:
    try_all()
finally:
    if boot:
        # It heeds no other signal while it waits.
        boot.kill()
        boot.wait()
        for place, _, _ in os.walk(group, topdown=False):
            wait("an empty " + place, lambda: not open(place + "/cgroup.procs").read())
            os.rmdir(place)
    subprocess.run(["rm", "-rf", "--one-file-system", work])
