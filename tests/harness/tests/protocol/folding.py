"""Sections 6 and 9 of docs/protocol.md: who belongs, who is trusted, what is void."""

import primitives as p

ROLES = ["chair", "secretary", "delegate", "guest"]
GENESIS, MEMBER, REMOVE, EPOCH, WRAPS = 10, 11, 12, 13, 14
ORGANISATION, CERTIFY, REVOKE, HUB = 0, 1, 2, 6


class Order:
    """Control envelopes by name, in folding order, with what each has behind itself."""

    def __init__(self, envelopes):
        self.nodes = {h["name"]: h | {"op": p.decode(h["payload"])} for h in envelopes}
        ranks = {}

        def rank(name):
            if name not in ranks:
                ranks[name] = 1 + max((rank(seen) for seen in self.nodes[name]["seen"]), default=0)
            return ranks[name]

        key = lambda name: (rank(name), self.nodes[name]["op"][0] not in (REMOVE, REVOKE), name)
        self.names = sorted(self.nodes, key=key)

    def past(self, heads):
        found, waiting = set(), list(heads)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(self.nodes[name]["seen"])
        return found

    def is_past(self, name, node):
        return name in self.past(node["seen"])


def covered(seen, h):
    return any(log[:3] == [h["space"], h["device"], h["incarnation"]] and h["seq"] <= log[3] for log in seen)


class Membership:
    def __init__(self, space, order, people):
        self.space, self.order, self.people = space, order, people

    def person(self, node):
        return self.people.get(node["device"])

    def removals(self, names):
        nodes = self.order.nodes
        managed = set()
        for name in names:
            kind, fields = nodes[name]["op"]
            if kind == GENESIS:
                managed.add(fields[0][2].hex())
            if kind == MEMBER and fields[1] < 2:
                managed.add(fields[0].hex())
        found = {}
        for name in names:
            node = nodes[name]
            kind, fields = node["op"]
            target = fields[0].hex() if kind in (MEMBER, REMOVE) else None
            out = kind == REMOVE
            if not (out or kind == MEMBER and fields[1] >= 2 and target in managed):
                continue
            past = self.order.past(node["seen"])
            before = {known: removal for known, removal in found.items() if known in past}
            then = self.replay([known for known in names if known in past], before)
            holds = target in then["members"] if out else self.manages(then, target)
            if self.manages(then, self.person(node)) and holds:
                found[name] = (target, out)
        return found

    @staticmethod
    def manages(state, person):
        return state["members"].get(person, 3) < 2

    def replay(self, names, removals):
        nodes = self.order.nodes
        state = {"members": {}, "removed": {}, "epochs": {}, "cuts": [], "void": set(), "kind": None}

        def concurrent(a, b):
            return a != b and not self.order.is_past(a, nodes[b]) and not self.order.is_past(b, nodes[a])

        for name in names:
            node = nodes[name]
            author, (kind, fields) = self.person(node), node["op"]
            target = fields[0].hex() if kind in (MEMBER, REMOVE) else None
            undone = any(
                concurrent(removal, name) and (whom == author or out and kind == MEMBER and whom == target)
                for removal, (whom, out) in removals.items()
            )
            stands = name in removals
            if stands:
                undone = not removals[name][1] and undone and not self.manages(state, target)
            if undone or not self.apply(state, name, node, author, kind, fields, target, stands):
                state["void"].add(name)
        return state

    def apply(self, state, name, node, author, kind, fields, target, stands):
        manages = self.manages(state, author) or stands
        if kind == GENESIS:
            space = p.derive_key("kyhop 2026 space v1", p.encode(fields[0]))[:16]
            fits = (space, fields[0][3], fields[0][2].hex()) == (self.space, node["device"], author)
            if state["kind"] is None and fits:
                state["kind"] = fields[0][0]
                state["members"][author] = 1
        elif kind == MEMBER and manages:
            state["members"][target] = fields[1]
            state["removed"].pop(target, None)
        elif kind == REMOVE and manages:
            if state["members"].pop(target, None) is not None or stands:
                state["removed"][target] = fields[1]
                state["cuts"].append((name, target, fields[1]))
        elif kind == EPOCH and manages:
            state["epochs"].setdefault(fields[0], fields[1])
        elif kind != WRAPS:
            return False
        return True

    def fold(self, names):
        return self.replay(names, self.removals(names))


def fold_membership(space, told, people, document):
    control = {label: h for label, h in told.items() if h["kind"] == 0}
    order = Order(control.values())
    membership = Membership(space, order, people)
    now = membership.fold(order.names)

    def suspect(h):
        author = people[h["device"]]
        if any(
            whom == author and not covered(seen, h) and removal not in order.past(h["seen"])
            for removal, whom, seen in now["cuts"]
        ):
            return True
        past = order.past(h["seen"])
        then = membership.fold([name for name in order.names if name in past])
        # The stories write the meeting's document only.
        return not (Membership.manages(then, author) and h["doc"] == document(space, 10, None))

    return {
        "members": {person: ROLES[role] for person, role in sorted(now["members"].items())},
        "removed": sorted(now["removed"]),
        "epochs": sorted(now["epochs"]),
        "void_control": [label for label, h in control.items() if h["name"] in now["void"]],
        "void_content": [label for label, h in told.items() if h["kind"] != 0 and suspect(h)],
    }


class Directory:
    def __init__(self, order, judge, known=None):
        self.order, self.judge = order, judge
        self.certificates, self.brought, self.revoked = known or ({}, {}, {})
        self.waiting, self.hubs, self.name = [], {}, ""

    def permits(self, node):
        kind, fields = node["op"]
        author = self.certificates.get(node["device"])
        if author is None:
            return kind == CERTIFY and not self.fails(fields[0], None, node["device"])
        author = author[1]
        by_root = author["administrator"] and author["issuer"] == [0, []]
        if kind == CERTIFY:
            return True
        if kind == ORGANISATION:
            return by_root and len(fields[0]) <= 200
        target = self.certificates.get(fields[0])
        if kind not in (REVOKE, HUB) or target is None:
            return False
        above = by_root or author["administrator"] and target[1]["unit"] == author["unit"]
        return above or kind == REVOKE and target[1]["person"] == author["person"]

    def fails(self, data, issuer, device):
        try:
            return self.judge(data, issuer)["device"] != device
        except Exception:
            return True

    def settle(self):
        before = None
        while before != len(self.waiting):
            before, waiting, self.waiting = len(self.waiting), self.waiting, []
            for data in waiting:
                claim = p.decode(data[0])
                issuer = None
                if claim[11] != [0, []]:
                    issuer = self.certificates.get(claim[11][1][0])
                    if issuer is None:
                        self.waiting.append(data)
                        continue
                    issuer = issuer[1]
                if not self.fails(data, issuer, claim[7]):
                    hashed, c = p.blake3(data[0]), self.judge(data, issuer)
                    if claim[7] not in self.certificates or hashed < self.certificates[claim[7]][0]:
                        self.certificates[claim[7]] = (hashed, c)

    def is_seen(self, h):
        return all(covered(seen, h) for seen in self.revoked.get(h["device"], {}).values())

    def stands(self, device):
        for _ in range(8):
            if device not in self.certificates:
                return False
            issuer = self.certificates[device][1]["issuer"]
            if issuer == [0, []]:
                return True
            issuer = issuer[1][0]
            brought = any(h["device"] == issuer and self.is_seen(h) for h in self.brought.get(self.certificates[device][0], []))
            if self.revoked.get(issuer) and not brought:
                return False
            device = issuer
        return False

    def counts(self, h):
        return self.is_seen(h) and (h["device"] not in self.certificates or self.stands(h["device"]))

    def is_trusted(self, device):
        return device in self.certificates and not self.revoked.get(device) and self.stands(device)

    def gather(self):
        for name in self.order.names:
            node = self.order.nodes[name]
            kind, fields = node["op"]
            if kind == CERTIFY:
                bringers = self.brought.setdefault(p.blake3(fields[0][0]), [])
                if node not in bringers:
                    bringers.append(node)
                self.waiting.append(fields[0])
                self.settle()

    def apply_all(self):
        self.gather()
        for name in self.order.names:
            node = self.order.nodes[name]
            if not self.permits(node):
                continue
            kind, fields = node["op"]
            if kind == REVOKE:
                if not any(self.order.is_past(known, node) for known in self.revoked.get(node["device"], {})):
                    self.revoked.setdefault(fields[0], {})[name] = fields[1]
            elif self.counts(node):
                if kind == HUB:
                    self.hubs[fields[0]] = fields[1]
                if kind == ORGANISATION:
                    self.name = fields[0]


def fold_directory(root, told, judge):
    order = Order(told.values())
    directory = Directory(order, judge)
    directory.apply_all()
    if any(directory.revoked.values()):
        directory = Directory(order, judge, (directory.certificates, directory.brought, directory.revoked))
        directory.apply_all()
    known = sorted(directory.certificates)
    return {
        "name": directory.name,
        "trusted": [device.hex() for device in known if directory.is_trusted(device)],
        "not_trusted": [device.hex() for device in known if not directory.is_trusted(device)],
        "hubs": [device.hex() for device in known if directory.hubs.get(device) and directory.is_trusted(device)],
    }
