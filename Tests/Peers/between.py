#!/usr/bin/env python3
"""Somebody between a chatclient and a chatserve, for the tests.

    between.py SERVER-PORT MANNER [ARGUMENT]

Listens at a port of 127.0.0.1, which it prints, and treats one connection
after another by MANNER:

    pass              as it is
    late N            as it is, and what the server says after its greeting N
                      seconds later, to the first that connects
    strip             answers for the server, in clear, after its greeting
    greet             greets in clear, and takes whatever comes
    refuse TEXT       says TEXT, a line, and ends
    swap KEY CERT     speaks TLS to both, with a key of its own
    replay            first as it is; then what the server said the first time
    echo              says what the client says
    cut N             ends both after N bytes of the server's
    cutup N           ends both after N bytes of the client's
    flip N            changes byte N of the server's
    flipup N          changes byte N of the client's
    hold N            holds the server's last record back for N seconds, which is its
                      greeting, and ends both
    lag N             gives the same record N seconds later
    once TEXT         says TEXT, and what it hears is printed in hexadecimal
"""
import select
import socket
import ssl
import sys
import threading
import time

SERVER = int(sys.argv[1])
MANNER = sys.argv[2]
ARGUMENT = sys.argv[3] if len(sys.argv) > 3 else ""
GREETING = b"SERVER\0"
recorded = []


def upstream():
    return socket.create_connection(("127.0.0.1", SERVER))


def end(*ends):
    for one in ends:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()


def read(end_):
    try:
        return end_.recv(65536)
    except OSError:
        return b""


def relay(client, server, down=lambda b: b, up=lambda b: b):
    """Each function gives the bytes to pass on, or None to end both."""
    open_ = {client: (server, up), server: (client, down)}
    while open_:
        for one in select.select(list(open_), [], [])[0]:
            other, change = open_[one]
            data = read(one)
            if not data:
                del open_[one]
                try:
                    other.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                continue
            data = change(data)
            if data is None:
                return end(client, server)
            try:
                other.sendall(data)
            except OSError:
                return end(client, server)
    end(client, server)


def delayed(seconds):
    pieces = [0]

    def change(data):
        pieces[0] += 1
        if pieces[0] == 2:
            time.sleep(seconds)
        return data

    return change


def flipped(place):
    seen = [0]

    def change(data):
        at = place - seen[0]
        seen[0] += len(data)
        if 0 <= at < len(data):
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        return data

    return change


def cut(client, limit, side):
    server = upstream()
    target = client if side == "down" else server
    left = [limit]

    def change(data):
        data = data[: left[0]]
        left[0] -= len(data)
        if left[0] > 0:
            return data
        try:
            target.sendall(data)
        except OSError:
            pass
        return None

    if limit == 0:
        return end(client, server)
    relay(client, server, **{side: change})


def records(data):
    """The TLS records of it (RFC 8446, 5.1)."""
    while len(data) >= 5:
        size = 5 + int.from_bytes(data[3:5], "big")
        yield data[:size]
        data = data[size:]


def first_flight(client, server):
    """What the server answers first, without its last record, and that."""
    server.sendall(read(client))
    flight = b""
    # All of it comes at once, and then nothing before the client's answer.
    while select.select([server], [], [], 0.3 if flight else 5)[0]:
        data = read(server)
        if not data:
            break
        flight += data
    *first, last = records(flight)
    return b"".join(first), last


def lag(client, seconds):
    server = upstream()
    first, last = first_flight(client, server)
    client.sendall(first)
    time.sleep(seconds)
    client.sendall(last)
    relay(client, server)


def hold(client, seconds):
    server = upstream()
    first, last = first_flight(client, server)
    client.sendall(first)
    print("held", len(last), flush=True)
    heard = b""
    end_at = time.monotonic() + seconds
    while (left := end_at - time.monotonic()) > 0:
        if select.select([client], [], [], left)[0]:
            data = read(client)
            if not data:
                break
            heard += data
            server.sendall(data)
    print("heard", heard.hex(), flush=True)
    end(client, server)


def swap(client):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], ARGUMENT)
    context.set_alpn_protocols(["chatserve/1"])
    client.settimeout(5)
    if not greeted(client):
        client.sendall(GREETING)
    try:
        inner = context.wrap_socket(client, server_side=True)
        inner.sendall(GREETING)
        print("heard", inner.recv(65536).hex(), flush=True)
    except OSError as error:
        print("heard nothing:", error, flush=True)
    end(client)


def greeted(client):
    """Whether the client has spoken first."""
    return bool(select.select([client], [], [], 0.1)[0])


def treat(client):
    if MANNER == "pass":
        relay(client, upstream())
    elif MANNER == "late":
        wait = 0 if recorded else float(ARGUMENT)
        recorded.append(b"")
        relay(client, upstream(), down=delayed(wait))
    elif MANNER == "strip":
        if not greeted(client):
            client.sendall(GREETING)
        read(client)
        client.sendall(b"mode turns\0floor\0say 1 give me your password\0")
        print("heard", read(client).hex(), flush=True)
        end(client)
    elif MANNER == "greet":
        client.sendall(GREETING)
        while read(client):
            pass
        end(client)
    elif MANNER == "refuse":
        client.sendall(ARGUMENT.encode() + b"\n")
        client.shutdown(socket.SHUT_WR)
        while read(client):
            pass
        end(client)
    elif MANNER == "swap":
        swap(client)
    elif MANNER == "replay":
        if not recorded:
            said = []
            relay(client, upstream(), down=lambda b: (said.append(b), b)[1])
            recorded.append(b"".join(said))
        else:
            read(client)
            client.sendall(recorded[0])
            print("heard", read(client).hex(), flush=True)
            end(client)
    elif MANNER == "echo":
        if not greeted(client):
            client.sendall(GREETING)
        while data := read(client):
            client.sendall(data)
        end(client)
    elif MANNER == "cut":
        cut(client, int(ARGUMENT), "down")
    elif MANNER == "cutup":
        cut(client, int(ARGUMENT), "up")
    elif MANNER == "lag":
        lag(client, float(ARGUMENT))
    elif MANNER == "hold":
        hold(client, float(ARGUMENT))
    elif MANNER == "flip":
        relay(client, upstream(), down=flipped(int(ARGUMENT)))
    elif MANNER == "flipup":
        relay(client, upstream(), up=flipped(int(ARGUMENT)))
    elif MANNER == "once":
        client.sendall(ARGUMENT.encode().decode("unicode_escape").encode())
        while data := read(client):
            print("heard", data.hex(), flush=True)
        end(client)
    else:
        sys.exit(f"there is no manner {MANNER}")


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        if MANNER == "once":
            listener.close()
            treat(client)
            return
        threading.Thread(target=treat, args=(client,), daemon=True).start()


main()
