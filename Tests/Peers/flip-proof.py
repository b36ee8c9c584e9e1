"""Every byte of a proof, changed in every bit, taken away and doubled.

    python3 flip-proof.py CHECK-PROOF.PY FILE SHA256:...

Ends with 0 when the checker takes FILE and none of the changed ones.
"""

import importlib.util
import sys

path, file, key = sys.argv[1:]
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("check_proof", path)
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)

with open(file, "rb") as proof:
    data = proof.read()
if not checker.examine(data, key)[1] or not checker.examine(data)[1]:
    sys.exit("the proof itself is refused")
taken = []
tried = 0
for at in range(len(data)):
    changes = [data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:] for bit in range(8)]
    changes += [data[:at] + data[at + 1:], data[:at + 1] + data[at:]]
    for changed in changes:
        tried += 1
        # Of two the same, one taken away is the other.
        if changed != data and checker.examine(changed)[1]:
            taken.append(at)
if taken:
    sys.exit(f"changed at {taken} and taken")
print(f"{len(data)} bytes, {tried} changes, all refused")
