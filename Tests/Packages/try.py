#!/usr/bin/env python3
"""Tries the Debian packages where there is no compiler: in two clean roots, each in a
network namespace of its own, with two terminals.

    Tests/Packages/try.py PACKAGES LATER [ROOT]

PACKAGES: where `make deb dist` puts them; LATER: .deb files of a later version;
ROOT: a Debian made by debootstrap(8), which is copied; made when it is not given. As root.
Prints what is done and what the screens show; the status is 0 when all of it went well.
"""

import glob, os, shutil, signal, subprocess, sys, tempfile, time

PATIENCE = 60
MOUNTS = ["proc", "dev", "dev/pts"]
packages, later = (os.path.abspath(path) for path in sys.argv[1:3])
work = tempfile.mkdtemp(prefix="packages.")
SERVER, CLIENT = f"{work}/server", f"{work}/client"
SPACES = {SERVER: "chat-server", CLIENT: "chat-client"}
ADDRESSES = {SERVER: "10.77.0.1", CLIENT: "10.77.0.2"}
USERS = {SERVER: "olga", CLIENT: "amy"}


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def inside(root, *command):
    return run("chroot", root, *command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                                              "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})


def step(text):
    print(f"== {text}", flush=True)


def expect(condition, text):
    if not condition:
        sys.exit(f"FAILED: {text}")


class Terminal:
    """A terminal of the user that a root has, in its namespace."""

    def __init__(self, root):
        self.name = os.path.basename(root)
        run("tmux", "-L", work.replace("/", "."), "new-session", "-d", "-s", self.name, "-x", "90", "-y", "30",
            "ip", "netns", "exec", SPACES[root], "chroot", root, "su", "-", USERS[root])

    def tmux(self, *command):
        return run("tmux", "-L", work.replace("/", "."), *command)

    def type(self, text):
        self.tmux("send-keys", "-t", self.name, "-l", text)
        self.tmux("send-keys", "-t", self.name, "Enter")

    def press(self, key):
        self.tmux("send-keys", "-t", self.name, key)

    @property
    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", self.name).rstrip()

    def wait(self, text):
        until = time.monotonic() + PATIENCE
        while text not in self.screen:
            if time.monotonic() > until:
                sys.exit(f"FAILED: {text!r} is not on the screen of {self.name}:\n{self.screen}")
            time.sleep(0.05)

    def wait_last(self, prompt):
        """Until the last row is that prompt alone."""
        until = time.monotonic() + PATIENCE
        while not self.screen.splitlines()[-1:] or not self.screen.splitlines()[-1].endswith(prompt):
            if time.monotonic() > until:
                sys.exit(f"FAILED: no {prompt!r} at the end of {self.name}:\n{self.screen}")
            time.sleep(0.05)

    def show(self):
        print("\n".join(f"{self.name}| {row}" for row in self.screen.splitlines()), flush=True)

    def clear(self):
        self.press("C-l")


def files(directory, *names):
    found = [path for name in names for path in glob.glob(f"{directory}/{name}_*.deb")]
    expect(len(found) == len(names), f"{names} in {directory}")
    return found


def install(root, directory, *names):
    for path in files(directory, *names):
        shutil.copy(path, f"{root}/tmp")
    print(inside(root, "apt-get", "install", "-y", "-q", "--no-install-recommends",
                 *(f"/tmp/{os.path.basename(path)}" for path in files(directory, *names))))


def listener(root):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            inside_root = os.readlink(f"/proc/{pid}/root") == root
            name = open(f"/proc/{pid}/comm").read().strip()
        except OSError:
            continue
        if inside_root and name == "chatserve":
            return int(pid)
    sys.exit("FAILED: no listener")


def try_all():
    step("two clean roots")
    base = sys.argv[3] if len(sys.argv) > 3 else f"{work}/base"
    if len(sys.argv) <= 3:
        run("debootstrap", "--variant=minbase", "bookworm", base)
    for root in (SERVER, CLIENT):
        run("cp", "-a", base, root)
        for point in MOUNTS:
            run("mount", "--bind", f"/{point}", f"{root}/{point}")
        shutil.copy("/etc/resolv.conf", f"{root}/etc/resolv.conf")
        inside(root, "apt-get", "update", "-q")
        inside(root, "apt-get", "install", "-y", "-q", "--no-install-recommends", "man-db", "bash-completion")
        inside(root, "useradd", "-m", "-s", "/bin/bash", USERS[root])
        for tool in ("swift", "cc", "gcc", "clang"):
            expect(shutil.which(tool, path=f"{root}/usr/bin") is None, f"no {tool} in {root}")
    for root, space in SPACES.items():
        run("ip", "netns", "add", space)
    run("ip", "link", "add", "chat-s", "netns", SPACES[SERVER], "type", "veth", "peer", "name", "chat-c",
        "netns", SPACES[CLIENT])
    for root, link in ((SERVER, "chat-s"), (CLIENT, "chat-c")):
        for command in (["addr", "add", ADDRESSES[root] + "/24", "dev", link], ["link", "set", link, "up"],
                        ["link", "set", "lo", "up"]):
            run("ip", "-n", SPACES[root], *command)

    step("the tarball")
    with tempfile.TemporaryDirectory() as made:
        for path in glob.glob(f"{packages}/chat-*.tar.gz") + [f"{packages}/SHA256SUMS"]:
            shutil.copy(path, made)
        print(run("sha256sum", "--check", "SHA256SUMS", cwd=made))
        for root in (SERVER, CLIENT):
            run("tar", "-xzf", glob.glob(f"{made}/chat-*.tar.gz")[0], "-C", f"{root}/opt", "--strip-components=1")
    for root, program in ((SERVER, "chatserve"), (CLIENT, "chatclient")):
        print(inside(root, f"/opt/bin/{program}", "--version"))
        run("rm", "-r", *glob.glob(f"{root}/opt/*"))

    step("install, and install once more")
    for _ in range(2):
        install(SERVER, packages, "chatserve")
        install(CLIENT, packages, "chatclient")

    step("manuals and completions")
    for root, pages in ((SERVER, ["chatserve", "chatserve-history"]), (CLIENT, ["chatclient"])):
        for page in pages:
            text = inside(root, "man", "-P", "cat", page)
            expect("SYNOPSIS" in text, f"man {page}")
            print(text.splitlines()[0])
    for root, program in ((SERVER, "chatserve"), (CLIENT, "chatclient")):
        print(inside(root, "bash", "-c", f"""
            . /usr/share/bash-completion/bash_completion; _completion_loader {program}; complete -p {program}"""))

    step("a talk, encrypted")
    server, client = Terminal(SERVER), Terminal(CLIENT)
    server.type("chatserve 1027")
    server.wait("1027")
    server.wait("SHA256:")
    client.type(f"chatclient {ADDRESSES[SERVER]} 1027")
    client.wait("SHA256:")
    client.wait("User Name:")
    client.type("amy")
    client.wait("amy>")
    client.type("hello from a package")
    server.wait("hello from a package")
    server.type("hello to a package")
    client.wait("hello to a package")
    server.show()
    client.show()

    step("an upgrade under a live talk")
    install(SERVER, later, "chatserve")
    client.wait_last("amy>")
    client.type("said on the old one")
    server.wait("said on the old one")
    os.kill(listener(SERVER), signal.SIGUSR2)
    server.wait_last("$")
    server.clear()
    server.type("chatserve 1027")
    server.wait_last("SERVER>")
    server.type("said on the new one")
    client.wait("said on the new one")
    server.show()
    client.show()
    client.wait_last("amy>")
    client.type("\\quit")
    client.wait_last("$")
    server.press("C-c")
    server.wait_last("$")
    server.clear()
    server.type("chatserve history verify && chatserve history show 1 | cat")
    server.wait("said on the new one")
    server.show()

    step("remove, then purge: what people said stays")
    inside(SERVER, "apt-get", "remove", "-y", "-q", "chatserve")
    home = f"{SERVER}/home/{USERS[SERVER]}"
    kept = [path for path in glob.glob(home + "/.*/**", recursive=True) if "transcript.db" in path]
    expect(kept, "the transcript is there after a remove")
    said = inside(SERVER, "apt-get", "purge", "-y", "-q", "chatserve")
    print(said)
    for path in kept:
        expect(os.path.dirname(path).removeprefix(SERVER) in said, f"purge names where {path} is")
    expect(all(map(os.path.exists, kept)), "the transcript is there after a purge")
    left = inside(SERVER, "sh", "-c", "find / -xdev -name '*chatserve*' -not -path '/home/*' -not -path '/proc/*' -not -path '/tmp/*' -not -path '/var/cache/*'")
    expect(left.split() == [], f"nothing else is left: {left}")
    step("all of it went well")


try:
    try_all()
finally:
    subprocess.run(["tmux", "-L", work.replace("/", "."), "kill-server"], stderr=subprocess.DEVNULL)
    for root, space in SPACES.items():
        subprocess.run(["ip", "netns", "del", space], stderr=subprocess.DEVNULL)
        for point in reversed(MOUNTS):
            subprocess.run(["umount", "-l", f"{root}/{point}"], stderr=subprocess.DEVNULL)
    # Never what a mount that stayed leads to.
    subprocess.run(["rm", "-rf", "--one-file-system", work])
