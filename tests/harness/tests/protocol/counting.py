"""Section 16 of docs/protocol.md: what a vote comes to."""

import primitives as p


def act_name(act):
    return p.derive_key("kyhop/1 act hash", act[0] + act[1])


def read(act, kind):
    """What an act of this kind declares, if it holds."""
    body, device, signature = act
    p.signed_by(device, "kyhop/1/act", body, signature)
    version, (found, (fields,)) = p.decode(body)
    return fields if (version, found) == (1, kind) else None


def share(kind, of):
    return max(1, [of // 2 + 1, of - of // 3, (of + 1) // 2, of, 1][kind])


def count(opening_act, ballot_acts, closing_acts, acknowledgement_acts, people):
    vote, _, _, _, rules, roll, _ = read(opening_act, 0)
    opening, opener = act_name(opening_act), opening_act[1]
    seats, twice = {}, set()
    for seat, (person, _, device, _) in enumerate(roll):
        if device is not None and people.get(device, person) == person:
            twice |= {device} & seats.keys()
            seats[device] = seat
    seats = {device: seat for device, seat in seats.items() if device not in twice}
    on_roll = {entry[0] for entry in roll}

    closings = {}
    for act in closing_acts:
        of, cited, named, _ = read(act, 2)
        if act[1] == opener and (of, cited) == (vote, opening) and named == sorted(set(named)):
            closings[act_name(act)] = named
    said = {}
    for act in acknowledgement_acts:
        of, closing = read(act, 3)
        if of == vote and act[1] in seats:
            said.setdefault(act[1], set()).add(closing)
    support = {}
    for mine in said.values():
        if len(mine) == 1:
            (closing,) = mine
            support[closing] = support.get(closing, 0) + 1
    closing = min(closings, key=lambda name: (-support.get(name, 0), name), default=None)
    named = closings.get(closing, [])

    ballots = {act_name(act): (act[1], read(act, 1)) for act in ballot_acts}
    status, own = {}, {}
    for name, (device, ballot) in ballots.items():
        if ballot[:2] != [vote, opening]:
            status[name] = "wrong_opening"
        elif device not in seats:
            status[name] = "not_counted_wrong_device" if people.get(device) in on_roll else "not_on_roll"
        elif len(ballot) > 4 and not rules[7]:
            status[name] = "double"
        else:
            own.setdefault(seats[device], {})[name] = ballot[4] if len(ballot) > 4 else None
    missing = {name for name in named if name not in ballots}
    for mine in own.values():
        order = chain(mine, ballots)
        if closing is None:
            missing |= {before for before in mine.values() if before is not None and before not in ballots}
        counted = [name for name in mine if name in named]
        if order is None or len(counted) > 1:
            stands = counted[0] if len(counted) == 1 else None
            status |= {name: "counts" if name == stands else "double" for name in mine}
            continue
        stands = order.index(counted[0]) if counted else len(order) - 1 if closing is None else None
        for place, name in enumerate(order):
            if stands is None:
                status[name] = "late" if place + 1 == len(order) else "replaced"
            else:
                status[name] = "counts" if place == stands else "replaced" if place < stands else "not_named"

    counts = [0, 0, 0]
    chairs = [entry[0] for entry in roll if entry[3]]
    side = None
    for name, (device, ballot) in ballots.items():
        if status[name] == "counts":
            counts[ballot[2]] += 1
            if chairs == [roll[seats[device]][0]]:
                side = ballot[2]
    devices = sum(entry[2] is not None for entry in roll)
    needed = share(rules[3], devices if rules[2] == 1 else len(roll))
    reached = counts[0] >= needed
    tie = rules[5] == 1 and not reached and counts[0] == counts[1] and counts[0] + 1 >= needed and side in (0, 1)
    acknowledged = support.get(closing, 0)
    return {
        "closing": closing and closing.hex(),
        "ballots": {name.hex(): code for name, code in status.items()},
        "for": counts[0],
        "against": counts[1],
        "not_voting": counts[2],
        "needed": needed,
        "passed": side == 0 if tie else reached,
        "by_chair": tie,
        "acknowledgements": acknowledged,
        "acknowledgements_needed": devices // 2 + 1,
        "final": closing is not None and not missing and acknowledged >= devices // 2 + 1,
        "missing": sorted(name.hex() for name in missing),
    }


def chain(mine, ballots):
    """The ballots of one seat, oldest first; None if they do not follow from one another."""
    befores = [before for before in mine.values() if before is not None]
    starts = [name for name, before in mine.items() if before not in mine]
    if len(starts) != 1 or len(befores) != len(set(befores)) or mine[starts[0]] in ballots:
        return None
    order, after = [starts[0]], {before: name for name, before in mine.items() if before is not None}
    while order[-1] in after:
        order.append(after[order[-1]])
    return order
