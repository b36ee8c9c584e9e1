#!/usr/bin/env python3
"""Checks what `chatserve history export -o json --proof` wrote.

    check-proof.py FILE [SHA256:...]

FILE is that, a conversation a line; the second word is the fingerprint of the key that
must have sealed it, as `chatserve key` prints it. Without one it is printed whose it is.

Says of each conversation whether every byte of it is what was sealed, and ends with 1
where one is not. Needs the package cryptography (https://cryptography.io); nothing of
chatserve. The form is in docs/transcript.md, "A proof for others".
"""

import base64
import hashlib
import json
import sys
from datetime import datetime, timezone

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    if not {"-h", "--help"} & set(sys.argv):
        sys.exit("check-proof.py: needs the package cryptography (https://cryptography.io)")

NAME = b"chatserve seal 1\0"
# SubjectPublicKeyInfo of Ed25519 up to the 32 bytes of the key (RFC 8410, 4).
INFO = bytes.fromhex("302a300506032b6570032100")
# Kinds of events whose links are over what other rows say, too.
FURTHER = ("open", "handle", "resume", "close")
SEAL = ["id", "at", "kind", "last_event", "run_id", "stopped_at", "note", "key"]


class Refused(Exception):
    pass


def blob(value, length):
    """The bytes of {"blob":"00ff..."}."""
    if type(value) is not dict or list(value) != ["blob"] or type(value["blob"]) is not str:
        raise Refused("bytes are missing")
    data = bytes.fromhex(value["blob"])
    # Capitals and blanks would be the same bytes.
    if data.hex() != value["blob"]:
        raise Refused("bytes are not written as they must be")
    if length is not None and len(data) != length:
        raise Refused("bytes of another length")
    return data


def packed(value):
    """A value with its type and, of a text and of bytes, its length before it."""
    if value is None:
        return b"\0"
    if type(value) is int:
        return b"\1" + value.to_bytes(8, "big", signed=True)
    if type(value) is str:
        data = value.encode()
        return b"\2" + len(data).to_bytes(8, "big") + data
    data = blob(value, None)
    return b"\3" + len(data).to_bytes(8, "big") + data


def link(before, values):
    return hashlib.sha256(before + b"".join(map(packed, values))).digest()


def check(line):
    """The conversation, its number of events, when it was sealed and by which key."""
    proof = json.loads(line)
    # One text for one proof: no byte of it can be another.
    if json.dumps(proof, separators=(",", ":")).encode() != line:
        raise Refused("the line is not as it was written")
    if list(proof) != ["v", "type", "conversation", "events", "seal"]:
        raise Refused("there are other members in it")
    conversation, seal = proof["conversation"], proof["seal"]
    # true is 1 to Python.
    if type(proof["v"]) is not int or type(conversation) is not int:
        raise Refused("a number is missing")
    if proof["v"] != 1 or proof["type"] != "proof" or not proof["events"]:
        raise Refused("it is no proof of version 1")
    head = bytes(32)
    for values in proof["events"]:
        if values[1] != conversation or values[12:] and values[3] not in FURTHER:
            raise Refused("an event is of another conversation")
        head = link(head, values)
    if list(seal) != SEAL + ["previous", "heads", "signature"]:
        raise Refused("there are other members in the seal")
    if [conversation, proof["events"][-1][0], {"blob": head.hex()}] not in seal["heads"]:
        raise Refused("the events are not those that were sealed")
    values = [seal[name] for name in SEAL]
    for entry in seal["heads"]:
        if len(entry) != 3:
            raise Refused("a head has three values")
        values += entry
    before = bytes(32) if seal["previous"] is None else blob(seal["previous"], 32)
    if seal["previous"] is not None and before == bytes(32):
        raise Refused("no seal has that before it")
    key = blob(seal["key"], 32)
    statement = NAME + link(before, values)
    Ed25519PublicKey.from_public_bytes(key).verify(blob(seal["signature"], 64), statement)
    digest = base64.b64encode(hashlib.sha256(INFO + key).digest()).decode().rstrip("=")
    return conversation, len(proof["events"]), seal, "SHA256:" + digest


def examine(data, wanted=None):
    """What is to be said of each line, and whether all of it is as it was sealed."""
    lines = data.split(b"\n")
    # What is cut off at the end is no proof, however many there are before it.
    whole = len(lines) > 1 and lines.pop() == b""
    said = []
    for number, line in enumerate(lines, 1):
        try:
            conversation, events, seal, key = check(line)
            if wanted is not None and key != wanted:
                raise Refused(f"it is sealed by {key}")
            time = datetime.fromtimestamp(seal["at"] / 1000, timezone.utc)
            said.append(f"conversation {conversation}: {events} events, in seal {seal['id']} of "
                        f"{time.isoformat(timespec='milliseconds')} by {key}")
        except InvalidSignature:
            whole = False
            said.append(f"line {number}: the signature does not fit")
        except (Refused, ValueError, TypeError, KeyError, IndexError, OverflowError, OSError,
                AttributeError, RecursionError) as error:
            whole = False
            said.append(f"line {number}: {error}")
    return said, whole


def main():
    arguments = sys.argv[1:]
    if arguments in (["-h"], ["--help"]):
        print(__doc__)
        return
    if len(arguments) not in (1, 2) or any(word.startswith("-") for word in arguments):
        sys.exit(__doc__)
    try:
        with open(arguments[0], "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        sys.exit(f"check-proof.py: cannot read {arguments[0]}: {getattr(error, 'strerror', error)}")
    # Of what is something else, such as an export without --proof, no line is worth a word.
    if b'"type":"proof"' not in data:
        sys.exit(f"check-proof.py: {arguments[0]} is no proof; "
                 "chatserve history export -o json --proof writes one")
    said, whole = examine(data, *arguments[1:])
    print("\n".join(said))
    if not whole:
        sys.exit("not all of it is as it was sealed")


if __name__ == "__main__":
    main()
