"""A server that moves and a network that fails, around one chatclient.

    unshare -mn python3 moving.py CHATCLIENT HOME

Run as root in network and mount namespaces of its own (unshare(1)): this is the name
server of its /etc/resolv.conf and the server of the name chat.test. Prints, a line each,
how many seconds it took until the client was back:

    moved     the name has another address, and the old one refuses
    returned  packets to the server were dropped for 15 s, and the name server was silent
"""

import os, socket, struct, subprocess, sys, tempfile, threading, time

TOKEN = "0123456789abcdef" * 4
chatclient, home = sys.argv[1:]
address = {"now": "127.0.0.1"}


def serve_names():
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 53))
    while True:
        query, asker = names.recvfrom(1024)
        end = 12
        while query[end]:
            end += query[end] + 1
        question, kind = query[12:end + 5], query[end + 1:end + 3]
        if address["now"] is None:
            continue
        found = kind == b"\0\1"
        head = query[:2] + b"\x81\x80\0\1" + struct.pack(">H", found) + bytes(4)
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address["now"])
        names.sendto(head + question + (answer if found else b""), asker)


def listen(host, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(4)
    listener.settimeout(60)
    return listener


def wait(peer, text):
    heard = b""
    peer.settimeout(60)
    while text.encode() not in heard:
        part = peer.recv(4096)
        if not part:
            sys.exit(f"the client left after {heard}")
        heard += part


def go_on(listener, since):
    peer, _ = listener.accept()
    peer.sendall(b"SERVER\0")
    wait(peer, f"resume {TOKEN} ")
    peer.sendall(b"resumed 0\0mode turns\0floor\0")
    return peer, time.monotonic() - since


def run(*command):
    subprocess.run(command, check=True)


run("ip", "link", "set", "lo", "up")
with tempfile.NamedTemporaryFile("w", delete=False) as names:
    names.write("nameserver 127.0.0.1\n")
run("mount", "--bind", names.name, "/etc/resolv.conf")
threading.Thread(target=serve_names, daemon=True).start()

listener = listen("127.0.0.1", 0)
port = listener.getsockname()[1]
client = subprocess.Popen(
    [chatclient, "chat.test", str(port), "--handle", "bob", "--clear"],
    stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
    env={"HOME": home, "LC_ALL": "C.UTF-8"})
try:
    peer, _ = listener.accept()
    peer.sendall(b"SERVER\0")
    wait(peer, "bob\0")
    peer.sendall(f"mode turns\0floor\0session {TOKEN} 300\0".encode())
    wait(peer, "session\0")

    listener.close()
    address["now"] = "127.0.0.7"
    listener = listen(address["now"], port)
    since = time.monotonic()
    peer.close()
    peer, seconds = go_on(listener, since)
    print(f"moved {seconds:.3f}", flush=True)

    address["now"] = None
    run("nft", "add table t")
    run("nft", "add chain t out { type filter hook output priority 0; }")
    run("nft", f"add rule t out tcp dport {port} drop")
    peer.close()
    time.sleep(15)
    run("nft", "delete table t")
    peer, seconds = go_on(listener, time.monotonic())
    print(f"returned {seconds:.3f}", flush=True)
finally:
    client.kill()
    os.unlink(names.name)
