"""A second verifier of secret votes, written from docs/secret-ballots.md, RFC 9496 and the BLAKE3 paper alone.

    python3 secret_ballots.py fixtures/golden/v1/secret-ballots.json

Prints one line for each vote and ends with 0 if everything in the file is as it says. Needs nothing but Python. Slow, and
not in constant time: for checking, never for sealing.
"""

import json
import sys

# --- BLAKE3 -------------------------------------------------------------------------------------------------------

IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
CHUNK_START, CHUNK_END, PARENT, ROOT, CONTEXT, MATERIAL = 1, 2, 4, 8, 32, 64
MASK = 0xFFFFFFFF


def compress(chaining, words, counter, length, flags):
    v = chaining + IV[:4] + [counter & MASK, counter >> 32, length, flags]

    def mix(a, b, c, d, x, y):
        for value, far, near in ((x, 16, 12), (y, 8, 7)):
            v[a] = (v[a] + v[b] + value) & MASK
            v[d] ^= v[a]
            v[d] = (v[d] >> far | v[d] << (32 - far)) & MASK
            v[c] = (v[c] + v[d]) & MASK
            v[b] ^= v[c]
            v[b] = (v[b] >> near | v[b] << (32 - near)) & MASK

    for _ in range(7):
        for at in range(4):
            mix(at, at + 4, at + 8, at + 12, words[2 * at], words[2 * at + 1])
        for at in range(4):
            mix(at, (at + 1) % 4 + 4, (at + 2) % 4 + 8, (at + 3) % 4 + 12, words[8 + 2 * at], words[9 + 2 * at])
        words = [words[at] for at in PERMUTATION]
    return [v[at] ^ v[at + 8] for at in range(8)] + [v[at + 8] ^ chaining[at] for at in range(8)]


def words_of(block):
    block = block.ljust(64, b"\0")
    return [int.from_bytes(block[at : at + 4], "little") for at in range(0, 64, 4)]


def blake3(message, length, key=IV, mode=0):
    def chunk(data, counter):
        """The last, not yet compressed step of a chunk."""
        chaining = key
        blocks = [data[at : at + 64] for at in range(0, len(data), 64)] or [b""]
        for at, block in enumerate(blocks):
            flags = mode | (CHUNK_START if at == 0 else 0) | (CHUNK_END if at == len(blocks) - 1 else 0)
            step = (chaining, words_of(block), counter, len(block), flags)
            if at < len(blocks) - 1:
                chaining = compress(*step)[:8]
        return step

    def tree(data, counter):
        if len(data) <= 1024:
            return chunk(data, counter)
        left = 1 << ((len(data) - 1) // 1024).bit_length() - 1
        halves = tree(data[: left * 1024], counter), tree(data[left * 1024 :], counter + left)
        return key, sum((compress(*half)[:8] for half in halves), []), 0, 64, mode | PARENT

    chaining, words, _, size, flags = tree(message, 0)
    out = b""
    while len(out) < length:
        # The root counts the blocks of output.
        state = compress(chaining, words, len(out) // 64, size, flags | ROOT)
        out += b"".join(word.to_bytes(4, "little") for word in state)
    return out[:length]


def derive_key(context, material, length=32):
    key = words_of(blake3(context.encode(), 32, mode=CONTEXT))[:8]
    return blake3(material, length, key, MATERIAL)


# --- ristretto255 (RFC 9496) --------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def negative(x):
    return x & 1


def magnitude(x):
    return P - x if negative(x) else x


def root_of_ratio(u, v):
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    is_square = check == u % P or check == -u % P
    if check == -u % P or check == -u * ROOT_OF_MINUS_ONE % P:
        r = r * ROOT_OF_MINUS_ONE % P
    return is_square, magnitude(r)


INVERSE_ROOT_A_MINUS_D = root_of_ratio(1, (-1 - D) % P)[1]


def decode(data):
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or negative(s):
        raise ValueError("not an element")
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, inverse = root_of_ratio(1, v * u2 * u2 % P)
    x_part = inverse * u2 % P
    y_part = inverse * x_part * v % P
    x = magnitude(2 * s * x_part % P)
    y = u1 * y_part % P
    t = x * y % P
    if not was_square or negative(t) or y == 0:
        raise ValueError("not an element")
    return x, y, 1, t


def encode(point):
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    inverse = root_of_ratio(1, u1 * u2 * u2 % P)[1]
    d1, d2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = d1 * d2 * t % P
    if negative(t * z_inverse % P):
        x, y, d = y * ROOT_OF_MINUS_ONE % P, x * ROOT_OF_MINUS_ONE % P, d1 * INVERSE_ROOT_A_MINUS_D % P
    else:
        d = d2
    if negative(x * z_inverse % P):
        y = -y % P
    return magnitude(d * (z - y) % P).to_bytes(32, "little")


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


NEUTRAL = (0, 1, 1, 0)
G = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))


def times(number, point):
    number %= ORDER
    result = NEUTRAL
    for bit in bin(number)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def total(points):
    result = NEUTRAL
    for point in points:
        result = add(result, point)
    return result


def number(data):
    value = int.from_bytes(data, "little")
    if len(data) != 32 or value >= ORDER:
        raise ValueError("not a number")
    return value


# --- CBOR, as much as acts need -----------------------------------------------------------------------------------


def cbor(data):
    def item(at):
        kind, info = data[at] >> 5, data[at] & 31
        at += 1
        if info >= 24:
            size = 1 << info - 24
            info = int.from_bytes(data[at : at + size], "big")
            at += size
        if kind == 0:
            return info, at
        if kind == 1:
            return -1 - info, at
        if kind in (2, 3):
            return (data[at : at + info] if kind == 2 else data[at : at + info].decode()), at + info
        if kind == 4:
            values = []
            for _ in range(info):
                value, at = item(at)
                values.append(value)
            return values, at
        return {20: False, 21: True, 22: None}[info], at

    value, end = item(0)
    if end != len(data):
        raise ValueError("bytes after the value")
    return value


# --- The protocol -------------------------------------------------------------------------------------------------


def pieces(*parts):
    out = b""
    for part in parts:
        part = part.to_bytes(8, "little") if isinstance(part, int) else encode(part) if isinstance(part, tuple) else part
        out += len(part).to_bytes(8, "little") + part
    return out


def challenge(context, *parts):
    return int.from_bytes(derive_key(context, pieces(*parts), 64), "little") % ORDER


def digest(context, *parts):
    return derive_key(context, pieces(*parts))


def knows(proof, public, context, *parts):
    c, z = map(number, proof)
    return challenge(context, *parts, public, add(times(z, G), times(-c, public))) == c


def same(proof, public, base, image, context, *parts):
    c, z = map(number, proof)
    on_generator = add(times(z, G), times(-c, public))
    on_base = add(times(z, base), times(-c, image))
    return challenge(context, *parts, public, base, image, on_generator, on_base) == c


def demand(condition, what):
    if not condition:
        raise SystemExit(f"NOT as it should be: {what}")


def body(act, kind):
    """The one field of an act of this kind, after checking its name."""
    data, device = bytes.fromhex(act["body"]), bytes.fromhex(act["device"])
    demand(derive_key("kyhop/1 act hash", data + device).hex() == act["hash"], "the name of an act")
    version, (found, (value,)) = cbor(data)
    demand((version, found) == (1, kind), "the kind of an act")
    return value


def polynomial(commitments, at):
    return total(times(pow(at, k, ORDER), commitment) for k, commitment in enumerate(commitments))


def make_key(vote):
    """Checks the ceremony; gives the key and the public counterpart of each teller's share."""
    election = bytes.fromhex(vote["election"]["hash"])
    _, tellers, threshold, _ = body(vote["election"], 9)
    n = len(tellers)
    acts = vote["ceremony"]
    demand([act["device"] for act in acts] == [teller[2].hex() for teller in tellers] * 3, "who speaks in the ceremony")
    names = [bytes.fromhex(act["hash"]) for act in acts]
    offers_name = digest("kyhop/1 teller offers", *names[:n])
    dealings_name = digest("kyhop/1 teller dealings", *names[n : 2 * n])
    keys = []
    for j, act in enumerate(acts[:n]):
        of, key, proof = body(act, 10)
        keys.append(decode(key))
        demand(of == election and knows(proof, keys[j], "kyhop/1 teller offer", election, j), f"offer {j}")
    dealings = []
    for i, act in enumerate(acts[n : 2 * n]):
        of, offers, commitments, constant, sealer, knows_sealer, sealed = body(act, 11)
        commitments, sealer = [decode(commitment) for commitment in commitments], decode(sealer)
        demand(of == election and offers == offers_name and (len(commitments), len(sealed)) == (threshold, n), f"dealing {i}")
        parts = (election, i, offers, *commitments)
        demand(knows(constant, commitments[0], "kyhop/1 teller constant", *parts), f"constant of dealing {i}")
        demand(knows(knows_sealer, sealer, "kyhop/1 teller sealer", election, i, offers), f"sealer of dealing {i}")
        dealings.append((commitments, sealer, sealed))
    for j, act in enumerate(acts[2 * n :]):
        demand(body(act, 12) == [election, dealings_name, []], f"confirmation {j}")
    shares_public = []
    for j in range(n):
        secret = number(bytes.fromhex(vote["teller_secrets"][j]))
        demand(encode(times(secret, G)) == encode(keys[j]), f"secret of teller {j}")
        share = 0
        for i, (commitments, sealer, sealed) in enumerate(dealings):
            pad = digest("kyhop/1 teller share", election, i, j, sealer, keys[j], times(secret, sealer))
            value = number(bytes(a ^ b for a, b in zip(pad, sealed[j])))
            demand(encode(times(value, G)) == encode(polynomial(commitments, j + 1)), f"share {i} to {j}")
            share += value
        shares_public.append(total(polynomial(commitments, j + 1) for commitments, _, _ in dealings))
        demand(encode(times(share, G)) == encode(shares_public[j]), f"share of teller {j}")
    key = total(commitments[0] for commitments, _, _ in dealings)
    demand(encode(key).hex() == vote["key"], "the key")
    return key, shares_public, threshold


def ballot_holds(vote, key, ballot):
    try:
        slots, c, marks, sums = cbor(bytes.fromhex(ballot["sealed"]))
        slots = [(decode(a), decode(b)) for a, b in slots]
        c = number(c)
        about = [(slot, 0, 1, proof) for slot, proof in zip(slots, marks, strict=True)]
        for (first, length, least, most), proof in zip(vote["groups"], sums, strict=True):
            of = slots[first : first + length]
            about.append(((total(a for a, _ in of), total(b for _, b in of)), least, most, proof))
        commitments = []
        for (a, b), least, most, (challenges, responses) in about:
            challenges = [number(one) for one in challenges]
            challenges.append((c - sum(challenges)) % ORDER)
            if len(challenges) != most - least + 1 or len(responses) != len(challenges):
                return False
            for value, one, response in zip(range(least, most + 1), challenges, map(number, responses)):
                commitments.append(add(times(response, G), times(-one, a)))
                commitments.append(add(times(response, key), times(-one, add(b, times(-value, G)))))
        parts = [part for slot in slots for part in slot] + commitments
        opening, person, device = (bytes.fromhex(text) for text in (vote["opening"], ballot["person"], ballot["device"]))
        return challenge("kyhop/1 secret ballot", opening, ballot["seat"], person, device, key, *parts) == c
    except ValueError:
        return False


def check(vote):
    key, shares_public, threshold = make_key(vote)
    for at, ballot in enumerate(vote["ballots"]):
        demand(ballot_holds(vote, key, ballot) == ballot["holds"], f"ballot {at}")
    counted = [cbor(bytes.fromhex(vote["ballots"][at]["sealed"]))[0] for at in vote["counted"]]
    places = len(vote["totals"])
    sums = [tuple(total(decode(ballot[s][half]) for ballot in counted) for half in (0, 1)) for s in range(places)]
    opening, closing = bytes.fromhex(vote["opening"]), bytes.fromhex(vote["closing"])
    tellers = [teller[2].hex() for teller in body(vote["election"], 9)[1]]
    given = {}
    for act in vote["totals_opened"]:
        j = tellers.index(act["device"])
        _, of, shares = body(act, 15)
        demand(of == closing and len(shares) == places, f"what teller {j} opens")
        given[j] = []
        for s, (share, proof) in enumerate(shares):
            given[j].append(decode(share))
            context = ("kyhop/1 total share", opening, closing, j, s)
            demand(same(proof, shares_public[j], sums[s][0], given[j][s], *context), f"share {s} of teller {j}")
    demand(len(given) >= threshold, "enough tellers")
    for s in range(places):
        opened = sums[s][1]
        for j in given:
            weight = 1
            for m in given:
                if m != j:
                    weight = weight * (m + 1) * pow(m - j, -1, ORDER) % ORDER
            opened = add(opened, times(-weight, given[j][s]))
        found = [value for value in range(len(counted) + 1) if encode(times(value, G)) == encode(opened)]
        demand(found == [vote["totals"][s]], f"total {s}")
    return vote["totals"]


if __name__ == "__main__":
    demand(blake3(b"", 32).hex() == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", "BLAKE3 of nothing")
    with open(sys.argv[1], encoding="utf-8") as file:
        for name, vote in json.load(file).items():
            print(f"{name}: {check(vote)}")
