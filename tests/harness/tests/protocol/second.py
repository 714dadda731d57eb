"""A second implementation of what docs/protocol.md tells: it opens, judges and folds the vectors.

Usage: second.py docs/protocol.md fixtures/protocol/v1 fixtures/golden/v1 sync/domain/src/words

What the text quotes is read from the text. Every check prints one line; the first that fails ends the program.
"""

import json
import pathlib
import re
import sys
import unicodedata
import zlib

import primitives as p
from folding import fold_directory, fold_membership
from counting import act_name, count

TEXT, VECTORS, GOLDEN, WORDS = map(pathlib.Path, sys.argv[1:5])


def read_vectors():
    """The vectors of the file, those that the text quotes taken from the text."""
    known = {}
    for entry in json.loads((VECTORS / "vectors.json").read_text()):
        known[entry["name"]] = entry["text"] if "text" in entry else bytes.fromhex(entry["hex"])
    text = TEXT.read_text()
    quoted = re.findall(r"^```vector (\S+)\n(.*?)\n```$", text, re.S | re.M)
    assert len(quoted) >= 30, len(quoted)
    for name, body in quoted:
        known[name] = body if isinstance(known[name], str) else bytes.fromhex("".join(body.split()))
    return known


V = read_vectors()
ROOT = V["root.public"]
SPACE = V["space.meeting"]


def passed(what, number=1):
    print(f"ok {what} ({number})")


def refused(work):
    try:
        work()
    except Exception:
        return True
    return False


# 1 Bytes


def check_bytes():
    assert p.decode(V["encoding.role"]) == 2
    assert p.decode(V["encoding.issuer-root"]) == [0, []]
    version, (kind, (ballot,)) = p.decode(V["encoding.ballot"])
    assert (version, kind, len(ballot)) == (1, 1, 4), "the absent last field is left out"
    # An acknowledgement: space, ends, lazy, run.
    shape = [13, [bytes, list, bool, bool]]

    def as_ack(data):
        kind, fields = p.decode(data)
        assert kind == shape[0] and [type(field) for field in fields] == shape[1]

    as_ack(V["encoding.ack"])
    wrong = [name for name in V if name.startswith("refused.")]
    for name in wrong:
        assert refused(lambda: as_ack(V[name])), name
    passed("canonical forms taken, others refused", len(wrong))
    messages = [name for name in V if name.startswith("message.")]
    for name in messages:
        assert p.encode(p.decode(V[name])) == V[name], name
    frame = V["frame.blob-get"]
    assert int.from_bytes(frame[:4], "big") == len(frame) - 4 and frame[4:] == V["message.blob-get"]
    passed("messages decoded and written again", len(messages))


# 2 and 3


def signed(data, public, purpose):
    body, signature = data
    p.signed_by(public, purpose, body, signature)
    return p.decode(body)


CERTIFICATE = ("version root unit unit_name person person_name person_title device agreement administrator issued_at issuer").split()


def acceptable(text, most, empty=False):
    hidden = {0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070)}
    hidden |= {*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)}
    shows = not any(ord(c) in hidden or unicodedata.category(c) == "Cc" for c in text)
    return text.strip() == text and len(text) <= most and shows and (empty or text != "")


def certificate(data, issuer, root):
    """What a certificate says, if it holds below its issuer's (None: the root's)."""
    c = dict(zip(CERTIFICATE, p.decode(data[0]), strict=True))
    assert c["version"] == 1 and c["root"] == p.blake3(root)
    assert acceptable(c["unit_name"], 200) and acceptable(c["person_name"], 120) and acceptable(c["person_title"], 200, True)
    if c["issuer"] == [0, []]:
        signed(data, root, "kyhop/1/certificate")
        return c
    assert c["issuer"] == [1, [issuer["device"]]] and issuer["device"] != c["device"]
    signed(data, issuer["device"], "kyhop/1/certificate")
    unit = all(issuer[field] == c[field] for field in ("unit", "unit_name"))
    if issuer["administrator"]:
        assert issuer["issuer"] == [0, []] or unit
    else:
        same = all(issuer[field] == c[field] for field in ("person", "person_name", "person_title"))
        assert not c["administrator"] and same and unit
    return c


def chain(certificates, root):
    assert 0 < len(certificates) <= 8
    above = None
    for data in reversed(certificates):
        assert above is None or p.decode(data[0])[11] != [0, []]
        above = certificate(data, above, root)
    return above


def check_identity():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    def public(seed):
        return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()

    for name in ("secretary", "chair"):
        secret = V[f"{name}.secret"]
        assert secret[0] == 1 and public(secret[1:33]) == V[f"{name}.device"]
        assert p.agreement_public(secret[33:]) == V[f"{name}.agreement"]
    assert public(V["root.secret"][1:]) == ROOT and p.blake3(ROOT) == V["root.fingerprint"]
    p.signed_by(V["chair.device"], "kyhop/1/act", V["signature.message"], V["signature.act"])
    other = lambda: p.signed_by(V["chair.device"], "kyhop/1/envelope", V["signature.message"], V["signature.act"])
    assert refused(other), "a signature for another purpose"
    passed("keys, fingerprint, a signature for its purpose only", 6)

    by_root, by_secretary = p.decode(V["certificate.secretary"]), p.decode(V["certificate.chair"])
    assert chain([by_secretary, by_root], ROOT)["device"] == V["chair.device"]
    assert refused(lambda: chain([by_secretary], ROOT)) and refused(lambda: chain([by_root, by_secretary], ROOT))
    assert p.blake3(by_secretary[0]) == V["certificate.chair.hash"]
    request = p.decode(V["join-request"])
    told = p.decode(request[0])
    assert told[6] is None, "no unit is named, and the place is kept"
    signed(request, told[1], "kyhop/1/join")
    passed("a chain of certificates up to the root, a request to join", 2)

    words = (WORDS / "words_vi.txt").read_text().split("\n")[:-1]
    assert len(words) == 2048
    bits = int.from_bytes(p.derive_key("kyhop 2026 comparison words v1", ROOT + V["chair.device"], 9), "big") >> 6
    six = [words[bits >> 11 * (5 - at) & 2047] for at in range(6)]
    assert " ".join(six) == V["six-words"], six
    passed("six words")


# 4 and 5


def document(space, kind, owner, subject=b""):
    middle = b"\0" if owner is None else b"\1" + owner
    return p.derive_key("kyhop 2026 document v1", space + kind.to_bytes(2, "big") + middle + subject)[:16]


def check_names():
    assert p.derive_key("kyhop 2026 directory v1", ROOT)[:16] == V["space.directory"]
    assert p.derive_key("kyhop 2026 space v1", V["space.genesis"])[:16] == SPACE
    chairs = p.decode(p.decode(V["certificate.chair"])[0])[4]
    assert document(SPACE, 10, None) == V["document.meeting"]
    assert document(SPACE, 11, chairs) == V["document.seat"]
    assert document(SPACE, 0, None) == V["document.control"]
    own = document(SPACE, 30, chairs)[:8] + p.derive_key("kyhop 2026 own document v1", b"a thread")[:8]
    assert own == V["document.own"]
    assert p.derive_key("kyhop 2026 automerge actor v1", V["chair.device"] + b"\x11" * 8 + bytes(8))[:16] == V["actor.chair"]
    for log, name in ((b"\x11", "epoch.next"), (b"\x22", "epoch.next-of-another-log")):
        tag = p.derive_key("kyhop 2026 epoch tag v1", V["chair.device"] + log * 8)[:2]
        assert str(65536 + int.from_bytes(tag, "big")) == V[name]
    passed("names of spaces, documents, actors, keys", 8)


HEADER = "version space device incarnation seq prev seen epoch doc kind payload_hash made_at".split()


def envelope(data):
    """Header and name of an envelope whose form, payload and signature hold."""
    header, signature, payload = p.decode(data)
    h = dict(zip(HEADER, p.decode(header), strict=True))
    assert h["version"] == 1 and h["seq"] >= 1 and len(header) <= 2048 and len(payload) <= 524288
    assert h["seen"] == sorted(set(h["seen"])) and len(h["seen"]) <= 32
    assert p.blake3(payload) == h["payload_hash"]
    p.signed_by(h["device"], "kyhop/1/envelope", header, signature)
    return h | {"name": p.derive_key("kyhop 2026 envelope v1", header), "payload": payload, "header": header}


def leb(data):
    value = shift = 0
    for at, byte in enumerate(data):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, data[at + 1 :]


def actor_of(chunk):
    assert chunk[:4].hex() == "856f4a83" and chunk[8] == 1
    length, rest = leb(chunk[9:])
    assert length == len(rest)
    deps, rest = leb(rest)
    length, rest = leb(rest[32 * deps :])
    return rest[:length]


def content(h, key):
    associated = p.encode([bytes(32) if field == "payload_hash" else h[field] for field in HEADER])
    content_key = p.derive_key("kyhop 2026 content key v1", key)
    plain = p.open_sealed(content_key, h["payload"][:24], h["payload"][24:], associated)
    return p.decode(plain), plain, associated, content_key


def check_envelopes():
    names = ["genesis", "epoch", "member", "wraps", "meeting", "unknown"]
    log = [envelope(V[f"envelope.{name}"]) for name in names]
    prev = bytes(32)
    for at, h in enumerate(log):
        assert (h["seq"], h["prev"], h["device"], h["space"]) == (at + 1, prev, V["secretary.device"], SPACE)
        prev = h["name"]
    begun = log[0]
    assert begun["header"] == V["envelope.genesis.header"] and begun["name"] == V["envelope.genesis.hash"]
    assert begun["payload"] == V["envelope.genesis.payload"] and p.decode(begun["payload"])[0] == 10
    passed("a log of envelopes, each signed and naming the one before", len(log))

    seat = envelope(V["envelope.seat"])
    assert seat["name"] == V["envelope.seat.hash"] and seat["doc"] == V["document.seat"]
    (nonce, changes, acts), plain, associated, content_key = content(seat, V["space.key"])
    assert plain == V["envelope.seat.content"] and associated == V["envelope.seat.associated"]
    assert content_key == V["space.content-key"] and nonce == [0] * 8
    assert changes and all(actor_of(change) == V["actor.chair"] for change in changes)
    body, device, signature = p.decode(acts[0])
    p.signed_by(device, "kyhop/1/act", body, signature)
    assert device == seat["device"] and p.decode(body)[1][0] == 1
    assert refused(lambda: content(seat | {"seq": 2}, V["space.key"])), "another header opens nothing"
    passed("content opened: changes of the author's actor, an act of the author", 2)

    ends = sorted((h["device"], h["incarnation"], h["seq"], h["name"]) for h in (log[-1], seat))
    told = b"".join(device + log_ + seq.to_bytes(8, "big") + name for device, log_, seq, name in ends)
    assert p.derive_key("kyhop 2026 space digest v1", SPACE + told) == V["digest.meeting"]
    passed("digest of a space")


# 7


def check_wrap():
    sealed, secret = V["wrap.sealed"], V["chair.secret"][33:]
    assert len(sealed) == 105 and sealed[0] == 1 and V["wrap.associated"] == SPACE + (1).to_bytes(4, "big")
    ephemeral, nonce, body = sealed[1:33], sealed[33:57], sealed[57:]
    key = p.derive_key("kyhop/1 space key wrap", ephemeral + V["chair.agreement"] + p.agree(secret, ephemeral))
    assert p.open_sealed(key, nonce, body, V["wrap.associated"]) == V["space.key"]
    assert refused(lambda: p.open_sealed(key, nonce, body, SPACE + (2).to_bytes(4, "big"))), "another epoch"
    assert p.derive_key("kyhop/1 space key commitment", V["space.key"]) == V["wrap.commitment"]
    _, (epoch, commitment, _) = p.decode(envelope(V["envelope.epoch"])["payload"])
    assert (epoch, commitment) == (1, V["wrap.commitment"])
    passed("a space key sealed to a device")


# 10 to 13


def check_connection():
    proof = p.decode(V["hello.proof"])
    assert proof[0] == ROOT and proof[1] == [1] * 32
    _, (signature,) = p.decode(V["message.proof"])
    p.signed_by(V["chair.device"], "kyhop/1/hello", V["hello.proof"], signature)
    _, (versions, nonce, root, _, certificates) = p.decode(V["message.hello"])
    assert versions == [1] and len(nonce) == 32 and root == ROOT
    assert chain(certificates, root)["device"] == V["chair.device"]
    passed("a hello and its proof", 2)

    kind, (body, signature) = p.decode(V["beat.message"])
    space, device, counter, sealed = p.decode(body)
    p.signed_by(device, "kyhop/1/presence", body, signature)
    key = p.derive_key("kyhop 2026 beat key v1", V["space.key"])
    said = p.open_sealed(key, sealed[:24], sealed[24:], space + device + counter.to_bytes(8, "big"))
    assert kind == 20 and said == V["beat.said"] == b"here, on page 3"
    passed("a beat heard")


def check_file():
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

    plain = bytes(at % 251 for at in range(int(V["blob.size"])))
    assert p.blake3(plain) == V["blob.plain"]
    key = p.derive_key("kyhop 2026 blob key v1", V["space.key"] + V["blob.plain"])
    cipher = Cipher(algorithms.ChaCha20(key, bytes(16)), None).encryptor().update(plain)
    assert p.blake3(cipher) == V["blob.cipher"] and cipher[:64] == V["blob.first"]
    _, (name, offset, length) = p.decode(V["blob.get"])
    kind, (of, same, as_asked, encoded) = p.decode(V["blob.data"])
    assert (kind, of, same, as_asked) == (33, name, offset, length) and name == V["blob.cipher"]
    found = p.open_range(name, len(cipher), offset, offset + length, encoded)
    assert found == cipher[offset : offset + length]
    for at in (0, 40, 64, len(encoded) - 1):
        spoiled = bytearray(encoded)
        spoiled[at] ^= 1
        assert refused(lambda: p.open_range(name, len(cipher), offset, offset + length, bytes(spoiled))), at
    passed("a file by name, a piece of it proved, four lies found", 5)


# 9 and 16


def check_folds():
    for story in json.loads((VECTORS / "folds.json").read_text()):
        told = {entry["label"]: envelope(bytes.fromhex(entry["envelope"])) for entry in story["envelopes"]}
        if story["kind"] == "membership":
            people = {bytes.fromhex(device): person for device, person in story["people"].items()}
            result = fold_membership(bytes.fromhex(story["space"]), told, people, document)
        else:
            root = bytes.fromhex(story["root"])
            result = fold_directory(root, told, lambda data, issuer: certificate(data, issuer, root))
        for field, expected in story["expected"].items():
            assert result[field] == expected, (story["name"], field, result[field], expected)
        passed(f"fold: {story['name']}")


def check_votes():
    for vote in json.loads((VECTORS / "votes.json").read_text()):
        people = {bytes.fromhex(device): bytes.fromhex(person) for device, person in vote["people"].items()}
        wire = lambda key: [p.decode(bytes.fromhex(act)) for act in vote[key]]
        opening = p.decode(bytes.fromhex(vote["opening"]))
        result = count(opening, wire("ballots"), wire("closings"), wire("acknowledgements"), people)
        for field, expected in vote["expected"].items():
            assert result[field] == expected, (vote["name"], field, result[field], expected)
        passed(f"vote: {vote['name']}")


# 17


def check_bundle():
    file = (GOLDEN / "vote.kyhopvote").read_bytes()
    assert file[:8] == b"KYHOPV1\n"
    body, signature = p.decode(file[8:])
    version, root, _, certificates, opening, ballots, closings, acknowledgements, exporter, _ = p.decode(body)
    assert version == 1
    p.signed_by(exporter, "kyhop/1/bundle", body, signature)
    hashes = [p.blake3(data[0]) for data in certificates]
    assert hashes == sorted(set(hashes))
    for acts in (ballots, closings, acknowledgements):
        names = [act_name(act) for act in acts]
        assert names == sorted(set(names))
    held, waiting = {}, list(certificates)
    for _ in range(8):
        for data in list(waiting):
            issuer = p.decode(data[0])[11]
            if issuer == [0, []] or issuer[1][0] in held:
                c = certificate(data, held.get(issuer[1][0]) if issuer[1] else None, root)
                held[c["device"]] = c
                waiting.remove(data)
    assert not waiting and exporter in held
    people = {device: c["person"] for device, c in held.items()}
    result = count(opening, ballots, closings, acknowledgements, people)
    assert (result["for"] + result["against"] + result["not_voting"], result["passed"]) == (2, True) and not result["missing"]
    passed("an exported vote")


def check_package():
    for name in ("whole.kyhopb", "update.kyhopb"):
        file = (GOLDEN / "handbook" / name).read_bytes()
        assert file[:8] == b"KYHOPB\x01\n"
        length = int.from_bytes(file[8:12], "little")
        root, certificates, manifest = p.decode(file[12 : 12 + length])
        signer = chain(certificates, root)
        _, _, _, _, base, _, articles, content_hash, rows, blocks = signed(manifest, signer["device"], "kyhop/1/package")
        at, count_, last, inside = 12 + length, 0, b"", b""
        for hashed, packed, unpacked, in_block, first in blocks:
            piece = file[at : at + packed]
            assert p.blake3(piece) == hashed
            data, at = zlib.decompress(piece, wbits=-15), at + packed
            assert len(data) == unpacked
            here = 0
            while data:
                kind, size = data[0], int.from_bytes(data[1:3], "little")
                row, data = data[3 : 3 + size], data[3 + size :]
                size = int.from_bytes(data[:4], "little")
                article, data = data[4 : 4 + size], data[4 + size :]
                assert row > last and (here or row == first.encode())
                last, here = row, here + 1
                if kind == 0:
                    assert p.decode(article)[0] == row.decode()
                    inside += len(row).to_bytes(8, "little") + row + p.blake3(article)
                else:
                    assert kind == 1 and article == b"" and base is not None
            assert here == in_block
            count_ += here
        assert at == len(file) and count_ == rows
        if base is None:
            assert p.blake3(inside) == content_hash and rows == articles
            whole = content_hash
        else:
            assert base[1] == whole
    passed("a package of the handbook and its update", 2)


def unsealed(file, magic, passphrase):
    """What a sealed file holds; None where the library has no Argon2id."""
    try:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    except ImportError:
        return None
    assert file[:8] == magic and p.blake3(file[:-16])[:16] == file[-16:]
    memory, passes, lanes = (int.from_bytes(file[8 + 4 * at : 12 + 4 * at], "little") for at in range(3))
    key = Argon2id(salt=file[20:36], length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(passphrase.encode())
    return p.open_sealed(key, file[36:60], file[60:-16], file[:60])


def check_sealed():
    secret = unsealed((GOLDEN / "root.sealed").read_bytes(), b"KYHOPS1\n", "root passphrase")
    if secret is not None:
        assert secret[0] == 1 and len(secret) == 33
        passed("a sealed file")


def first_page(database, key):
    """The beginning of an SQLCipher 4 database under a raw key, after every page was authenticated."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    size, tail, salt = 4096, 80, database[:16]
    mac = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
    assert len(database) % size == 0
    for number in range(len(database) // size):
        page = database[number * size : (number + 1) * size]
        told = page[16 if number == 0 else 0 : size - 64] + (number + 1).to_bytes(4, "little")
        assert hmac.new(mac, told, "sha512").digest() == page[size - 64 :], number
    vector = database[size - tail : size - 64]
    return b"SQLite format 3\0" + Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor().update(database[16 : size - tail])


def check_backup():
    files = sorted((GOLDEN / "store").glob("*.kyhop-backup"))
    assert files
    for path in files:
        file = path.read_bytes()
        assert file[:8] == b"KYHOPBK\x01"
        at, hashes, entries = 8, b"", {}
        while length := int.from_bytes(file[at : at + 2], "big"):
            start, name = at, file[at + 2 : at + 2 + length].decode()
            at += 2 + length
            length = int.from_bytes(file[at : at + 8], "big")
            entries[name], at = file[at + 8 : at + 8 + length], at + 8 + length
            assert p.blake3(file[start:at]) == file[at : at + 32], name
            hashes, at = hashes + file[at : at + 32], at + 32
        assert file[at + 2 :] == len(entries).to_bytes(8, "big") + p.blake3(hashes)
        assert list(entries)[0] == "profile.key" and {"kyhop.check", "kyhop.db"} < entries.keys()
        profile = unsealed(entries["profile.key"], b"KYHOPK1\n", "mật khẩu")
        if profile is not None:
            key = p.derive_key("kyhop/1 profile key, purpose: database", profile)
            assert p.derive_key("kyhop/1 database key check", key) == entries["kyhop.check"]
            for name in ("kyhop.db", "library.db"):
                page = first_page(entries[name], key)
                assert int.from_bytes(page[60:64], "big") >= 1, "the number of the layout"
        passed(f"a backup, its key and its databases: {path.name}")


for check in (
    check_bytes,
    check_identity,
    check_names,
    check_envelopes,
    check_wrap,
    check_connection,
    check_file,
    check_folds,
    check_votes,
    check_bundle,
    check_package,
    check_sealed,
    check_backup,
):
    check()
