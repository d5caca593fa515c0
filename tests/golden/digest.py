"""The digest of a small history, after the description in src/analysis/history/content.rs and by nothing else.

python3 tests/golden/digest.py prints the digest that the test `the_digest_is_the_one_described` expects.
"""

import hashlib
import struct


def length(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def text(value):
    value = value.encode()
    return length(len(value)) + value


def presence(cells):
    present = [cell is not None for cell in cells]
    if not any(present):
        return b"\0"
    if all(present):
        return b"\1"
    bits = sum(1 << row for row, there in enumerate(present) if there)
    return b"\2" + bits.to_bytes((len(cells) + 7) // 8, "little")


def numbers(cells, form):
    return presence(cells) + b"".join(struct.pack(form, cell) for cell in cells if cell is not None)


def texts(cells):
    there = [cell.encode() for cell in cells if cell is not None]
    return presence(cells) + b"".join(length(len(cell)) for cell in there) + b"".join(there)


def names(cells):
    distinct = sorted(set(cells), key=str.encode)
    places = b"".join(struct.pack("<H", distinct.index(cell)) for cell in cells)
    return length(len(distinct)) + b"".join(text(name) for name in distinct) + places


# More rows than a block has.
ROWS = 70_000
START = 1_600_000_000_000
row = range(ROWS)
columns = [
    lambda part: texts([str(at) for at in part]),
    lambda part: names([["کرج", "b", "a"][at // 40_000 + at // 69_000] for at in part]),
    lambda part: names(["x" for at in part]),
    lambda part: numbers([START + at * 1_000 for at in part], "<q"),
    lambda part: numbers([START + at * 1_007 if at % 3 else None for at in part], "<q"),
    lambda part: numbers([None for at in part], "<q"),
    lambda part: numbers([-1 if at == 69_999 else None for at in part], "<q"),
    lambda part: numbers([at % 256 for at in part], "<B"),
    lambda part: numbers([[None, 0, 1][at % 3] for at in part], "<B"),
    lambda part: numbers([None for at in part], "<q"),
    lambda part: numbers([at * 7 if at < 100 else None for at in part], "<I"),
    lambda part: numbers([None for at in part], "<I"),
    lambda part: texts([None if at % 2 else "" if at % 4 else "ی" * (at % 300) for at in part]),
]

head = b"nobat visits 2\n" + text("Asia/Tehran") + struct.pack("<Q", ROWS) + length(1) + text("note")
blocks = [row[start : start + 65_536] for start in range(0, ROWS, 65_536)]
digests = [hashlib.sha256(b"".join(column(block) for column in columns)).digest() for block in blocks]
print(hashlib.sha256(head + b"".join(digests)).hexdigest())
