"""What docs/protocol.md builds on and the library at hand lacks: BLAKE3, XChaCha20-Poly1305, canonical CBOR, bao ranges.

Written from the papers (BLAKE3 section 2, draft-irtf-cfrg-xchacha, RFC 8949 4.2.1) and the text, not from our Rust.
"""

import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

# BLAKE3

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEY_CONTEXT, KEY_MATERIAL = 1, 2, 4, 8, 32, 64
MASK = 0xFFFFFFFF
QUARTERS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _compress(cv, block, counter, length, flags):
    v = list(cv) + list(IV[:4]) + [counter & MASK, counter >> 32, length, flags]
    m = list(struct.unpack("<16I", block.ljust(64, b"\0")))
    for turn in range(7):
        for i, (a, b, c, d) in enumerate(QUARTERS):
            for word, high, low in ((m[2 * i], 16, 12), (m[2 * i + 1], 8, 7)):
                v[a] = (v[a] + v[b] + word) & MASK
                x = v[d] ^ v[a]
                v[d] = (x >> high | x << (32 - high)) & MASK
                v[c] = (v[c] + v[d]) & MASK
                x = v[b] ^ v[c]
                v[b] = (x >> low | x << (32 - low)) & MASK
        m = [m[i] for i in PERMUTATION]
    return [v[i] ^ v[i + 8] for i in range(8)] + [v[i + 8] ^ cv[i] for i in range(8)]


class _Node:
    """A node before it is known whether it is the root."""

    def __init__(self, cv, block, counter, length, flags):
        self.parts = (cv, block, counter, length, flags)

    def chain(self):
        return _compress(*self.parts)[:8]

    def root(self, length):
        cv, block, _, block_length, flags = self.parts
        out = b""
        for counter in range((length + 63) // 64):
            out += struct.pack("<16I", *_compress(cv, block, counter, block_length, flags | ROOT))
        return out[:length]


def _chunk(key, data, counter, flags):
    cv, blocks = list(key), [data[i : i + 64] for i in range(0, len(data), 64)] or [b""]
    for number, block in enumerate(blocks):
        here = flags | (CHUNK_START if number == 0 else 0) | (CHUNK_END if number + 1 == len(blocks) else 0)
        if number + 1 == len(blocks):
            return _Node(cv, block, counter, len(block), here)
        cv = _compress(cv, block, counter, 64, here)[:8]


def _left(length):
    """Bytes of the left half: the largest power of two of whole chunks that leaves something for the right."""
    return 1 << ((length - 1).bit_length() - 1)


def _tree(key, data, counter, flags):
    if len(data) <= 1024:
        return _chunk(key, data, counter, flags)
    half = _left(len(data))
    left = _tree(key, data[:half], counter, flags).chain()
    right = _tree(key, data[half:], counter + half // 1024, flags).chain()
    return _parent(key, left, right, flags)


def _parent(key, left, right, flags):
    return _Node(key, struct.pack("<16I", *(left + right)), 0, 64, flags | PARENT)


def blake3(data, length=32):
    return _tree(IV, data, 0, 0).root(length)


def derive_key(context, material, length=32):
    key = struct.unpack("<8I", _tree(IV, context.encode(), 0, KEY_CONTEXT).root(32))
    return _tree(key, material, 0, KEY_MATERIAL).root(length)


# A range of a file with the hashes that prove it

GROUP = 16 * 1024


def open_range(root, size, start, end, encoded):
    """The bytes from start to end, proved against the hash of the whole. Both are multiples of a group, or the end of the file."""
    found, at = bytearray(), 0

    def take(length):
        nonlocal at
        piece = encoded[at : at + length]
        assert len(piece) == length, "the range ends early"
        at += length
        return piece

    def walk(expected, first, length, is_root):
        if first >= end or first + length <= start:
            return
        if length <= GROUP:
            piece = take(length)
            node = _tree(IV, piece, first // 1024, 0)
            found.extend(piece)
        else:
            pair = take(64)
            left, right = pair[:32], pair[32:]
            node = _parent(IV, list(struct.unpack("<8I", left)), list(struct.unpack("<8I", right)), 0)
        hashed = node.root(32) if is_root else struct.pack("<8I", *node.chain())
        assert hashed == expected, "a hash does not fit"
        if length > GROUP:
            half = _left(length)
            walk(left, first, half, False)
            walk(right, first + half, length - half, False)

    walk(root, 0, size, True)
    return bytes(found)


# XChaCha20-Poly1305


def _hchacha(key, nonce):
    v = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key)) + list(struct.unpack("<4I", nonce))
    for _ in range(10):
        for a, b, c, d in QUARTERS:
            for high, low in ((16, 12), (8, 7)):
                v[a] = (v[a] + v[b]) & MASK
                x = v[d] ^ v[a]
                v[d] = (x << high | x >> (32 - high)) & MASK
                v[c] = (v[c] + v[d]) & MASK
                x = v[b] ^ v[c]
                v[b] = (x << low | x >> (32 - low)) & MASK
    return struct.pack("<8I", *(v[:4] + v[12:]))


def open_sealed(key, nonce, sealed, associated):
    """Raises if the key, the place or a byte is another."""
    return ChaCha20Poly1305(_hchacha(key, nonce[:16])).decrypt(b"\0\0\0\0" + nonce[16:], sealed, associated)


# Signatures and key agreement


def signed_by(public, context, message, signature):
    """Raises if it does not hold."""
    Ed25519PublicKey.from_public_bytes(public).verify(signature, context.encode() + b"\0" + message)


def agree(secret, public):
    return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))


def agreement_public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


# Canonical CBOR


class Refused(Exception):
    pass


def decode(data):
    """Exactly one value in canonical form: lists, bytes, str, int, bool, None. Nothing else occurs in the protocol."""
    value, at = _item(data, 0, 0)
    if at != len(data):
        raise Refused("bytes follow the value")
    return value


def _item(data, at, depth):
    if at >= len(data) or depth > 64:
        raise Refused("cut off")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if info in (20, 21):
            return info == 21, at
        if info == 22:
            return None, at
        raise Refused("no such value here")
    if info < 24:
        number = info
    elif info < 28:
        size = 1 << (info - 24)
        number = int.from_bytes(data[at : at + size], "big")
        if at + size > len(data) or number < (24 if size == 1 else 1 << (4 * size)):
            raise Refused("a longer head than needed")
        at += size
    else:
        raise Refused("an indefinite length")
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        if at + number > len(data):
            raise Refused("cut off")
        piece = data[at : at + number]
        return (piece if major == 2 else piece.decode()), at + number
    if major == 4:
        items = []
        for _ in range(number):
            item, at = _item(data, at, depth + 1)
            items.append(item)
        return items, at
    raise Refused("maps and tags do not occur")


def encode(value):
    def head(major, number):
        if number < 24:
            return bytes([major << 5 | number])
        size = next(size for size in (1, 2, 4, 8) if number < 1 << (8 * size))
        return bytes([major << 5 | 24 + size.bit_length() - 1]) + number.to_bytes(size, "big")

    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(4, len(value)) + b"".join(encode(item) for item in value)
