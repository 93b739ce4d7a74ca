"""Files that people attach to tickets (V6), made here."""

from __future__ import annotations

import random
import struct
import zlib


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(side: int = 8, noise: int = 1) -> bytes:
    """A picture that no compression makes small, with the name of who made it in it."""
    dice = random.Random(noise)
    rows = b"".join(b"\0" + dice.randbytes(side * 3) for _ in range(side))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + chunk(b"tEXt", b"Author\0Petrova")
        + chunk(b"IDAT", zlib.compress(rows, 0))
        + chunk(b"IEND", b"")
    )


def pdf() -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate((b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [] >>"), 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 3\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
