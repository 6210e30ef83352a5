#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tuf_cases.py CLIENT [PATTERN]: a TUF repository made and signed by python-tuf
that changes while a client with tuf-conformance's command line looks at it.
Prints TAP. Needs the packages tuf and securesystemslib, and faketime."""
import copy
import datetime
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib import parse

from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import (DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, SuccinctRoles,
                              TargetFile, Targets, Timestamp)
from tuf.api.serialization.json import JSONSerializer

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
SOON = NOW + datetime.timedelta(days=30)
TOP = ["root", "timestamp", "snapshot", "targets"]
DAY = datetime.timedelta(days=1)


class Repo:
    def __init__(self, make=CryptoSigner.generate_ecdsa):
        self.make = make
        self.md = {"root": Metadata(Root(expires=SOON)), "timestamp": Metadata(Timestamp(expires=SOON)),
                   "snapshot": Metadata(Snapshot(expires=SOON)), "targets": Metadata(Targets(expires=SOON))}
        self.served = {role: [] for role in TOP}
        self.signers = {role: [] for role in TOP}
        self.files = {}
        self.asked = []
        self.targets_asked = []
        self.hashes = False
        for role in TOP:
            self.add_key(role)
        self.publish("targets", "snapshot", "timestamp", "root")

    def signed(self, role):
        return self.md[role].signed

    def add_key(self, role, by="root", signer=None):
        signer = signer or self.make()
        self.signed(by).add_key(signer.public_key, role)
        self.signers.setdefault(role, []).append(signer)
        return signer

    def rotate(self, role):
        self.signed("root").roles[role].keyids.clear()
        self.signers[role].clear()
        self.add_key(role)

    def publish(self, *roles, bump=True, edit=None):
        for role in roles:
            md = self.md[role]
            if bump and self.served[role]:
                md.signed.version += 1
            md.signatures.clear()
            for signer in self.signers[role]:
                md.sign(signer, append=True)
            data = md.to_bytes(JSONSerializer())
            if edit:
                data = edit(data)
            self.served[role].append((md.signed.version, data))
            meta = MetaFile(md.signed.version)
            if self.hashes:
                meta = MetaFile(md.signed.version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})
            if role == "snapshot":
                self.signed("timestamp").snapshot_meta = meta
            elif role not in ("root", "timestamp"):
                self.signed("snapshot").meta[role + ".json"] = meta

    def delegate(self, by, name, paths=("*",), terminating=False, expires=SOON, keys=1, prefixes=None):
        delegator = self.signed(by)
        if delegator.delegations is None:
            delegator.delegations = Delegations({}, {})
        delegator.delegations.roles[name] = DelegatedRole(name, [], 1, terminating, None if prefixes else list(paths),
                                                          prefixes)
        self.served.setdefault(name, [])
        self.md.setdefault(name, Metadata(Targets(expires=expires)))
        for _ in range(keys):
            self.add_key(name, by)

    def add(self, role, path, data, hashes=("sha256",)):
        self.signed(role).targets[path] = TargetFile.from_data(path, data, list(hashes))
        self.files[path] = data

    def latest(self, role):
        return self.served[role][-1][1]

    def get(self, path):
        if path.startswith("metadata/") and path.endswith(".json"):
            name = path[len("metadata/"):-len(".json")]
            version, role = None, name
            if name != "timestamp" and (name.endswith(".root") or self.signed("root").consistent_snapshot):
                version, _, role = name.partition(".")
                version = int(version)
            self.asked.append((role, version))
            for v, data in reversed(self.served.get(parse.unquote(role), [])):
                if version in (None, v):
                    return data
            return None
        path = parse.unquote(path[len("targets/"):])
        self.targets_asked.append(path)
        folder, slash, base = path.rpartition("/")
        if self.signed("root").consistent_snapshot:
            base = base.partition(".")[2]
        return self.files.get(folder + slash + base)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        data = self.server.repo.get(self.path.lstrip("/"))
        if data is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Client:
    def __init__(self, repo, root=None):
        self.repo = repo
        self.dir = tempfile.TemporaryDirectory()
        self.meta = os.path.join(self.dir.name, "metadata")
        self.files = os.path.join(self.dir.name, "targets")
        os.mkdir(self.meta)
        os.mkdir(self.files)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.repo = repo
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        first = os.path.join(self.dir.name, "first.json")
        with open(first, "wb") as f:
            f.write(root or repo.served["root"][0][1])
        self.run("init", first)

    def run(self, *args, at=None):
        cmd = [CLIENT, "--metadata-dir", self.meta, *args]
        if at:
            cmd = ["faketime", f"{at:%Y-%m-%d %H:%M:%S}", *cmd]
        p = subprocess.run(cmd, stderr=subprocess.PIPE, timeout=60, env={**os.environ, "TZ": "UTC"})
        self.said = p.stderr.decode()
        assert p.returncode in (0, 1), f"status {p.returncode}: {self.said}"
        return p.returncode == 0

    def refresh(self, at=None):
        del self.repo.asked[:]
        return self.run("--metadata-url", self.url + "metadata/", "refresh", at=at)

    def download(self, *names, at=None):
        del self.repo.asked[:]
        options = [x for name in names for x in ("--target-name", name)]
        return self.run("--metadata-url", self.url + "metadata/", *options, "--target-base-url", self.url + "targets/",
                        "--target-dir", self.files, "download", at=at)

    def roles(self):
        found = {}
        for name in os.listdir(self.meta):
            if name.endswith(".json"):
                with open(os.path.join(self.meta, name), "rb") as f:
                    found[parse.unquote(name[:-5])] = json.load(f)["signed"]["version"]
        return found

    def bytes(self, role):
        with open(os.path.join(self.meta, role + ".json"), "rb") as f:
            return f.read()

    def got(self):
        names = [p for p in glob.glob(self.files + "/**", recursive=True) if os.path.isfile(p)]
        out = []
        for p in names:
            with open(p, "rb") as f:
                out.append(f.read())
        return sorted(out)


CASES = []


def case(f):
    CASES.append((f.__name__, f))
    return f


def cases(name, values):
    def wrap(f):
        for key, value in values.items():
            CASES.append((f"{name}[{key}]", lambda value=value: f(value)))
        return f
    return wrap


FIRST = [("root", 2), ("timestamp", None), ("snapshot", 1), ("targets", 1)]


def fresh(**kw):
    repo = Repo(**kw)
    return repo, Client(repo)


def is_(got, want):
    assert got == want, f"got {got}, expected {want}"


# --- the order of things ---------------------------------------------------

@case
def refresh_asks_in_order():
    repo, c = fresh()
    assert c.refresh(), c.said
    is_(repo.asked, FIRST)
    is_(c.roles(), dict.fromkeys(TOP, 1))
    for role in TOP:
        assert c.bytes(role) == repo.latest(role), "the bytes that came"
    assert c.refresh(), c.said
    is_(repo.asked, FIRST[:2])


@case
def download_refreshes_first():
    repo, c = fresh()
    assert not c.download("nonexistent artifact")
    is_(repo.asked, FIRST)
    is_(c.roles(), dict.fromkeys(TOP, 1))


@case
def many_roots():
    repo, c = fresh()
    for _ in range(20):
        repo.publish("root")
    assert c.refresh(), c.said
    is_(c.roles()["root"], 21)
    is_(repo.asked[:21], [("root", n) for n in range(2, 23)])


@case
def without_consistent_snapshot():
    repo = Repo()
    repo.signed("root").consistent_snapshot = False
    repo.publish("root")
    c = Client(repo)
    repo.add("targets", "a/b", b"plain")
    repo.publish("targets", "snapshot", "timestamp")
    assert c.download("a/b"), c.said
    is_(repo.asked, [("root", 2), ("root", 3), ("timestamp", None), ("snapshot", None), ("targets", None)])
    is_(repo.targets_asked, ["a/b"])


@cases("bad_first_root", {"version": lambda d: d["signed"].pop("version"),
                          "unsigned": lambda d: d["signatures"][0].update(sig="30" * 70),
                          "threshold 0": lambda d: d["signed"]["roles"]["root"].update(threshold=0)})
def bad_first_root(change):
    repo = Repo()
    doc = json.loads(repo.latest("root"))
    change(doc)
    c = Client(repo, root=json.dumps(doc).encode())
    assert not c.refresh()
    is_(repo.asked, [])


@cases("unsigned", {"root": ["root"], "timestamp": ["root"], "snapshot": ["root", "timestamp"],
                    "targets": ["root", "timestamp", "snapshot"]})
def unsigned(trusted):
    role = {1: "timestamp", 2: "snapshot", 3: "targets"}[len(trusted)]
    repo, c = fresh()
    repo.signers[role].clear()
    for r in TOP[1:]:
        del repo.served[r][:]
    repo.publish("targets", "snapshot", "timestamp", bump=False)
    assert not c.refresh()
    is_(sorted(c.roles()), sorted(trusted))


@case
def unsigned_root():
    repo, c = fresh()
    repo.signers["root"].clear()
    repo.publish("root")
    assert not c.refresh()
    is_(c.roles(), {"root": 1})
    is_(repo.asked, [("root", 2)])


@cases("absent", {"timestamp": ["root"], "snapshot": ["root", "timestamp"],
                  "targets": ["root", "timestamp", "snapshot"]})
def absent(trusted):
    repo, c = fresh()
    del repo.served[{1: "timestamp", 2: "snapshot", 3: "targets"}[len(trusted)]][:]
    assert not c.refresh()
    is_(sorted(c.roles()), sorted(trusted))


@cases("version_in_name", {"root": "root", "snapshot": "snapshot", "targets": "targets"})
def version_in_name(role):
    repo, c = fresh()
    repo.publish("targets", "snapshot", "timestamp")
    if role == "root":
        repo.signed("root").version += 1
        repo.publish("root")
        repo.served["root"][-1] = (2, repo.latest("root"))
    else:
        repo.served[role][-1] = (2, repo.served[role][0][1])
    assert not c.refresh()
    assert c.roles().get(role, 1) == 1


@case
def same_version_other_timestamp():
    repo, c = fresh()
    assert c.refresh(), c.said
    was = c.bytes("timestamp")
    repo.signed("timestamp").snapshot_meta.version = 100
    del repo.served["timestamp"][:]
    repo.publish("timestamp")
    assert c.refresh(), c.said
    is_(repo.asked[-1], ("timestamp", None))
    assert c.bytes("timestamp") == was


@case
def hashes_of_metadata():
    repo, c = fresh()
    repo.hashes = True
    repo.publish("targets", "snapshot", "timestamp")
    assert c.refresh(), c.said
    repo.publish("targets")
    repo.signed("snapshot").meta["targets.json"].hashes["sha256"] = "46" * 32
    repo.publish("snapshot", "timestamp")
    assert not c.refresh()
    is_(c.roles(), {"root": 1, "timestamp": 3, "snapshot": 3, "targets": 2})


@case
def length_of_metadata():
    repo, c = fresh()
    repo.hashes = True
    repo.publish("targets", "snapshot")
    repo.signed("timestamp").snapshot_meta.length -= 1
    repo.publish("timestamp")
    assert not c.refresh()
    is_(sorted(c.roles()), ["root", "timestamp"])


@case
def not_announced():
    repo, c = fresh()
    assert c.refresh(), c.said
    repo.publish("targets")
    assert c.refresh(), c.said
    is_(c.roles()["targets"], 1)
    is_(repo.asked[-1], ("timestamp", None))


@case
def unknown_members():
    repo, c = fresh()
    root = repo.signed("root")
    root.unrecognized_fields["custom"] = {"b": [1, 2], "a": "\n\"\\é"}
    root.keys[root.roles["root"].keyids[0]].unrecognized_fields["x"] = {"a": 1}
    root.roles["root"].unrecognized_fields["y"] = "z"
    repo.publish("root")
    assert c.refresh(), c.said
    is_(c.roles()["root"], 2)


@cases("wrong_type", {"timestamp": "timestamp", "snapshot": "snapshot", "targets": "targets"})
def wrong_type(role):
    # Signed by the right key, but about another role.
    repo, c = fresh()
    signer = repo.signers[role][0]
    md = Metadata(Root(expires=SOON))
    md.sign(signer)
    repo.served[role] = [(1, md.to_bytes(JSONSerializer()))]
    assert not c.refresh()
    assert role not in c.roles()


# --- expiry ----------------------------------------------------------------

@case
def expired_root():
    repo, c = fresh()
    assert c.refresh(), c.said
    repo.signed("root").expires = NOW - DAY
    repo.publish("root", "timestamp")
    assert not c.refresh()
    is_(c.roles(), {"root": 2, "timestamp": 1, "snapshot": 1, "targets": 1})
    repo.signed("root").expires = SOON
    repo.publish("root")
    assert c.refresh(), c.said
    is_(c.roles()["root"], 3)


@cases("expired", {"timestamp": "timestamp", "snapshot": "snapshot", "targets": "targets"})
def expired(role):
    repo, c = fresh()
    assert c.refresh(), c.said
    repo.signed(role).expires = NOW - 5 * DAY
    repo.publish("targets", "snapshot", "timestamp")
    assert not c.refresh()
    is_(c.roles()[role], 1)


@case
def expired_stored_timestamp():
    repo, c = fresh()
    repo.signed("timestamp").expires = NOW + 7 * DAY
    repo.publish("timestamp")
    assert c.refresh(), c.said
    repo.publish("targets", "snapshot")
    repo.signed("timestamp").expires = NOW + 21 * DAY
    repo.publish("timestamp")
    assert c.refresh(at=NOW + 18 * DAY), c.said
    is_(c.roles(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2})
    repo.served["timestamp"].append((2, repo.served["timestamp"][1][1]))
    assert not c.refresh(at=NOW + 22 * DAY)


@case
def expired_and_back():
    # What has expired still guards against going back.
    repo, c = fresh()
    repo.signed("timestamp").expires = NOW + 7 * DAY
    repo.publish("timestamp", "timestamp")
    assert c.refresh(), c.said
    repo.signed("timestamp").version = 1
    repo.signed("timestamp").expires = SOON
    repo.publish("timestamp", bump=False)
    assert not c.refresh(at=NOW + 10 * DAY)
    is_(c.roles()["timestamp"], 3)


@case
def clock_can_be_set():
    repo, c = fresh()
    assert not c.refresh(at=NOW + 31 * DAY)
    assert c.refresh(at=NOW + 29 * DAY), c.said


@case
def delegated_expired():
    repo, c = fresh()
    repo.delegate("targets", "delegated", ["d/*"], expires=NOW - DAY)
    repo.add("delegated", "d/t", b"old")
    repo.publish("delegated", "targets", "snapshot", "timestamp")
    assert c.refresh(), c.said
    assert not c.download("d/t")
    is_(c.got(), [])
    is_(sorted(c.roles()), sorted(TOP))


@case
def delegated_expires_later():
    repo, c = fresh()
    repo.delegate("targets", "delegated", ["d/*"], expires=NOW + 7 * DAY)
    repo.add("delegated", "d/1", b"first")
    repo.add("delegated", "d/2", b"second")
    repo.publish("delegated", "targets", "snapshot", "timestamp")
    assert c.download("d/1"), c.said
    assert not c.download("d/2", at=NOW + 18 * DAY)
    is_(c.got(), [b"first"])
    repo.signed("delegated").expires = NOW + 21 * DAY
    repo.publish("delegated", "snapshot", "timestamp")
    assert c.download("d/2", at=NOW + 18 * DAY), c.said
    is_(c.got(), [b"first", b"second"])


# --- going back ------------------------------------------------------------

@case
def timestamp_rollback():
    repo, c = fresh()
    repo.publish("timestamp")
    assert c.refresh(), c.said
    repo.signed("timestamp").version = 1
    repo.publish("timestamp", bump=False)
    assert not c.refresh()
    is_(c.roles()["timestamp"], 2)
    is_(repo.asked[-1], ("timestamp", None))


@cases("snapshot_rollback", {"plain": False, "hashes": True})
def snapshot_rollback(hashes):
    repo, c = fresh()
    repo.hashes = hashes
    repo.publish("snapshot", "timestamp")
    assert c.refresh(), c.said
    repo.signed("snapshot").version = 1
    repo.publish("snapshot", bump=False)
    repo.publish("timestamp")
    assert not c.refresh()
    is_(c.roles(), {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 1})
    is_(repo.asked[-1], ("timestamp", None))


@cases("targets_rollback", {"plain": False, "hashes": True})
def targets_rollback(hashes):
    repo, c = fresh()
    repo.hashes = hashes
    repo.publish("targets", "snapshot", "timestamp")
    assert c.refresh(), c.said
    repo.signed("targets").version = 1
    repo.publish("targets", bump=False)
    repo.publish("snapshot", "timestamp")
    assert not c.refresh()
    is_(c.roles(), {"root": 1, "timestamp": 3, "snapshot": 2, "targets": 2})


@case
def targets_taken_away():
    repo, c = fresh()
    repo.delegate("targets", "d")
    repo.publish("d", "targets", "snapshot", "timestamp")
    assert c.refresh(), c.said
    del repo.signed("snapshot").meta["d.json"]
    repo.publish("snapshot", "timestamp")
    assert not c.refresh()
    is_(c.roles()["snapshot"], 2)


@cases("fast_forward", {"timestamp": ("timestamp",), "snapshot": ("snapshot", "timestamp"), "targets": ("snapshot",)})
def fast_forward(rotated):
    role = {("timestamp",): "timestamp", ("snapshot", "timestamp"): "snapshot", ("snapshot",): "targets"}[rotated]
    repo, c = fresh()
    repo.signed(role).version = 99999
    repo.publish("targets", "snapshot", "timestamp")
    assert c.refresh(), c.said
    assert c.roles()[role] >= 99999
    for r in rotated:
        repo.rotate(r)
    repo.publish("root")
    repo.signed(role).version = 1
    repo.publish(role, bump=False)
    for r in TOP[3:0:-1]:
        if r != role:
            repo.publish(r)
    assert c.refresh(), c.said
    is_(c.roles()[role], 1)


@case
def snapshot_ahead_of_timestamp():
    repo, c = fresh()
    repo.signed("snapshot").version = 2
    repo.publish("snapshot", bump=False)
    repo.served["snapshot"] = [(1, repo.latest("snapshot"))]
    assert not c.refresh()
    is_(sorted(c.roles()), ["root", "timestamp"])
    is_(repo.asked[-1], ("snapshot", 1))


# --- keys ------------------------------------------------------------------

@cases("keytype", {"ecdsa": CryptoSigner.generate_ecdsa, "ed25519": CryptoSigner.generate_ed25519,
                   "rsa-pss": CryptoSigner.generate_rsa,
                   "rsa-pkcs1": lambda: CryptoSigner.generate_rsa(scheme="rsa-pkcs1v15-sha256")})
def keytype(make):
    one = make()
    repo, c = fresh(make=lambda: one)
    assert c.refresh(), c.said
    repo.signers["timestamp"] = [make()]
    repo.publish("timestamp")
    assert not c.refresh()


@case
def unknown_keytype():
    repo, c = fresh()
    key = SSlibKey("aa", "sigstore-oidc", "Fulcio", {"identity": "a", "issuer": "b", "public": "c"})
    repo.signed("root").add_key(key, "timestamp")
    repo.publish("root")
    assert c.refresh(), c.said


@case
def one_key_under_two_ids():
    repo, c = fresh()
    root, key = repo.signed("root"), repo.signers["snapshot"][0].public_key
    for name in ("11", "22"):
        other = SSlibKey(name, key.keytype, key.scheme, key.keyval)
        root.add_key(other, "snapshot")
    root.roles["snapshot"].threshold = 2
    repo.publish("root")

    def spread(data):
        doc = json.loads(data)
        sig = doc["signatures"][0]["sig"]
        doc["signatures"] = [{"keyid": i, "sig": sig} for i in (key.keyid, "11", "22")]
        return json.dumps(doc).encode()

    repo.publish("snapshot", edit=spread)
    repo.publish("timestamp")
    assert not c.refresh()
    assert "snapshot" not in c.roles()


@case
def one_id_twice():
    repo, c = fresh()

    def twice(data):
        doc = json.loads(data)
        doc["signed"]["roles"]["timestamp"]["keyids"] *= 2
        return json.dumps(doc).encode()

    # The list names one key twice; two of them must sign.
    root = repo.signed("root")
    root.roles["timestamp"].threshold = 2
    repo.publish("root")
    doc = json.loads(twice(repo.latest("root")))
    from securesystemslib.formats import encode_canonical
    signer = repo.signers["root"][0]
    sig = signer.sign(encode_canonical(doc["signed"]).encode())
    doc["signatures"] = [sig.to_dict()]
    repo.served["root"][-1] = (2, json.dumps(doc).encode())
    repo.publish("timestamp")
    assert not c.refresh()
    assert "timestamp" not in c.roles()


@cases("useless_signature", {"wrong": "30" * 70, "empty": "", "no hex": "zz"})
def useless_signature(sig):
    repo, c = fresh()
    extra = repo.make()
    repo.signed("root").add_key(extra.public_key, "timestamp")
    repo.publish("root")

    def add(data):
        doc = json.loads(data)
        doc["signatures"].insert(0, {"keyid": extra.public_key.keyid, "sig": sig})
        return json.dumps(doc).encode()

    repo.publish("timestamp", edit=add)
    assert c.refresh(), c.said
    is_(c.roles()["timestamp"], 2)


@case
def threshold_of_three():
    repo, c = fresh()
    assert c.refresh(), c.said
    repo.add_key("snapshot")
    repo.add_key("snapshot")
    repo.signed("root").roles["snapshot"].threshold = 3
    repo.publish("root", "snapshot", "timestamp")
    assert c.refresh(), c.said
    is_(c.roles()["snapshot"], 2)
    repo.signers["snapshot"].pop()
    repo.publish("snapshot", "timestamp")
    assert not c.refresh()
    is_(c.roles()["snapshot"], 2)


@case
def key_without_content():
    repo, c = fresh()
    repo.signed("root").roles["snapshot"].keyids.append("00" * 32)
    repo.publish("root")
    assert c.refresh(), c.said
    repo.signed("root").roles["snapshot"].threshold = 2
    repo.publish("root", "snapshot", "timestamp")
    assert not c.refresh()


KEYS = [CryptoSigner.generate_ed25519() for _ in range(10)]
ROOTS = {
    "1 rotated": [([1], 1, [1]), ([2], 1, [2, 1]), ([2], 1, [2])],
    "unused signatures": [([1], 1, [3, 1, 4]), ([2], 1, [3, 2, 1, 4]), ([2], 1, [3, 2, 4])],
    "3 of 5, others sign": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 2, 3, 4], 3, [0, 4, 1]),
                            ([0, 1, 2, 3, 4], 3, [0, 1, 3])],
    "3 of 5, one rotated": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 4, 1])],
    "3 of 5, one after another": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 2, 4, 5]),
                                  ([0, 1, 3, 4, 5], 3, [0, 4, 5])],
    "3 of 5, all rotated": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7]),
                            ([5, 6, 7, 8, 9], 3, [5, 6, 7])],
    "threshold up": [([1, 2, 3], 1, [1]), ([1, 2, 3], 2, [1, 2])],
    "threshold down": [([1, 2, 3], 2, [1, 2]), ([1, 2, 3], 1, [1, 2]), ([1, 2, 3], 1, [1])],
    "key more": [([1], 1, [1]), ([1, 2], 2, [1, 2])],
    "fails: not by the old": [([1], 1, [1]), ([2], 1, [2, 3, 4])],
    "fails: not by the new": [([1], 1, [1]), ([2], 1, [1, 3, 4])],
    "fails: not by 3 new": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 2, 4])],
    "fails: not by 3 old": [([0, 1, 2, 3, 4], 3, [0, 2, 4]), ([0, 1, 3, 4, 5], 3, [0, 4, 5])],
    "fails: new threshold": [([1, 2, 3], 1, [1]), ([1, 2, 3], 2, [2])],
    "fails: old threshold": [([1, 2, 3], 2, [1, 2]), ([1, 2, 3], 1, [1])],
}


@cases("root_rotation", {k: (k, v) for k, v in ROOTS.items()})
def root_rotation(arg):
    name, versions = arg
    repo = Repo()
    del repo.served["root"][:]
    root = repo.signed("root")
    for n, (keys, threshold, sigs) in enumerate(versions):
        root.version = n + 1
        root.roles["root"].keyids.clear()
        root.roles["root"].threshold = threshold
        for i in keys:
            root.add_key(KEYS[i].public_key, "root")
        repo.signers["root"] = [KEYS[i] for i in sigs]
        repo.publish("root", bump=False)
    c = Client(repo)
    fails = name.startswith("fails")
    is_(c.refresh(), not fails)
    assert c.bytes("root") == repo.served["root"][-2 if fails else -1][1]


@cases("other_rotation", {
    "1 rotated": ([2], 1, [2], True), "unused": ([1], 1, [3, 1, 4], True), "not by the new": ([2], 1, [1, 3, 4], False),
    "one wrong": ([0, 1, 3, 4, 5], 3, [0, 2, 4], False), "one missing": ([0, 1, 3, 4, 5], 3, [0, 4], False),
    "a": ([0, 1, 2, 3, 4], 3, [0, 2, 4], True), "b": ([0, 1, 2, 3, 4], 3, [2, 3, 4], True)})
def other_rotation(arg):
    keys, threshold, sigs, good = arg
    repo, c = fresh()
    for role in TOP[1:]:
        r = repo.signed("root").roles[role]
        r.keyids.clear()
        r.threshold = threshold
        for i in keys:
            repo.signed("root").add_key(KEYS[i].public_key, role)
        repo.signers[role] = [KEYS[i] for i in sigs]
        repo.publish("root")
        repo.publish("targets", "snapshot", "timestamp")
        is_(c.refresh(), good)
        if good:
            assert c.bytes(role) == repo.latest(role)


# --- targets ---------------------------------------------------------------

@cases("hash", {"sha256": ["sha256"], "sha512": ["sha512"], "both": ["sha256", "sha512"]})
def hash_(hashes):
    repo, c = fresh()
    repo.add("targets", "f.txt", b"bytes", hashes)
    repo.publish("targets", "snapshot", "timestamp")
    assert c.download("f.txt"), c.said
    is_(c.got(), [b"bytes"])
    repo.add("targets", "f.txt", b"other", hashes)
    hashes = repo.signed("targets").targets["f.txt"].hashes
    name = list(hashes)[-1]
    hashes[name] = "00" * (len(hashes[name]) // 2)
    repo.publish("targets", "snapshot", "timestamp")
    assert not c.download("f.txt")
    is_(c.got(), [b"bytes"])


@case
def in_a_folder():
    repo, c = fresh()
    repo.add("targets", "path/to/a/f.txt", b"deep")
    repo.publish("targets", "snapshot", "timestamp")
    assert c.download("path/to/a/f.txt"), c.said
    is_(c.got(), [b"deep"])
    is_(repo.targets_asked, ["path/to/a/" + hashlib.sha256(b"deep").hexdigest() + ".f.txt"])
    assert c.download("path/to/a/f.txt"), c.said
    is_(len(repo.targets_asked), 1)


@cases("odd_name", {"space": "a b", "percent": "a%41", "up": "../../up", "question": "a?b#c", "dot": "x/."})
def odd_name(name):
    repo, c = fresh()
    repo.add("targets", name, b"odd")
    repo.publish("targets", "snapshot", "timestamp")
    # A way up is resolved before it is asked for, and leads nowhere.
    is_(c.download(name), not name.startswith(".."))
    is_(sorted(os.listdir(c.dir.name)), ["first.json", "metadata", "targets"])


@case
def replaced_by_another():
    repo, c = fresh()
    repo.add("targets", "one", b"one")
    repo.add("targets", "two", b"two")
    repo.publish("targets", "snapshot", "timestamp")
    assert c.download("one"), c.said
    repo.files["one"] = repo.files["two"] = b"malicious data"
    c.download("one")
    assert not c.download("two")
    is_(c.got(), [b"one"])
    repo.files["two"] = b"ohh"
    assert not c.download("two")
    is_(c.got(), [b"one"])


@case
def in_the_order_given():
    repo, c = fresh()
    for name in ("a", "b", "c"):
        repo.add("targets", name, name.encode())
    repo.publish("targets", "snapshot", "timestamp")
    assert not c.download("b", "none", "a")
    is_(c.got(), [b"b"])
    assert c.download("c", "a"), c.said
    is_(c.got(), [b"a", b"b", b"c"])


@case
def changed_ten_times():
    repo, c = fresh()
    for i in range(10):
        repo.add("targets", "f", f"content {i}".encode())
        repo.publish("targets", "snapshot", "timestamp")
        assert c.download("f"), c.said
        is_(c.got(), [f"content {i}".encode()])
        repo.files["f"] = b"malicious"
        repo.publish("targets", "snapshot", "timestamp")
        c.download("f")
        is_(c.got(), [f"content {i}".encode()])


# --- delegations -----------------------------------------------------------

GRAPHS = {
    "one": ([("targets", "A")], "A"),
    "two": ([("targets", "A"), ("targets", "B")], "AB"),
    "deeper": ([("targets", "A"), ("targets", "B"), ("B", "C")], "ABC"),
    "depth first": ([("targets", "A"), ("targets", "B"), ("A", "C"), ("A", "D")], "ACDB"),
    "three levels": ([("targets", "A"), ("targets", "B"), ("A", "C"), ("C", "D")], "ACDB"),
    "terminating": ([("targets", "A"), ("targets", "B"), ("A", "C", "*", True), ("A", "D")], "AC"),
    "below terminating": ([("targets", "A"), ("targets", "B"), ("A", "C", "*", True), ("C", "D")], "ACD"),
    "paths": ([("targets", "A", "*.py"), ("targets", "B"), ("A", "C")], "B"),
    "paths below": ([("targets", "A"), ("targets", "B"), ("A", "C", "*.py"), ("C", "D")], "AB"),
    "cycle": ([("targets", "A"), ("targets", "B"), ("B", "C"), ("C", "D"), ("D", "B")], "ABCD"),
    "diamond": ([("targets", "A"), ("targets", "B"), ("B", "C"), ("A", "C")], "ACB"),
    "half a diamond": ([("targets", "A"), ("targets", "B"), ("B", "C"), ("A", "C", "*.py")], "ABC"),
}


@cases("graph", GRAPHS)
def graph(arg):
    edges, order = arg
    repo, c = fresh()
    for edge in edges:
        by, name, *more = edge
        repo.delegate(by, name, [more[0] if more else "*"], len(more) > 1)
    for name in sorted({x for e in edges for x in e[:2]} - {"targets"}):
        repo.publish(name)
    repo.publish("targets", "snapshot", "timestamp")
    assert not c.download("missingpath")
    is_(repo.asked[4:], [(name, 1) for name in order])
    is_(sorted(c.roles()), sorted([*TOP, *order]))


@cases("search", {
    "top": ("targetfile", True, ""), "pattern": ("README.md", True, "A"), "question": ("README.mx", True, "A"),
    "x": ("releases/x/x_v1", True, "BC"), "y": ("releases/y/y_v1.zip", True, "BD"),
    "y without zip": ("releases/y/y_v1.txt", False, "B"), "z": ("releases/z/z_v1.zip", False, "B"),
    "a slash more": ("releases/x/x/y", False, ""), "set": ("set-b", True, "A"), "not in set": ("set-d", False, "")})
def search(arg):
    path, found, order = arg
    repo, c = fresh()
    repo.delegate("targets", "A", ["*.md", "*.m?", "set-[a-c]"])
    repo.delegate("targets", "B", ["releases/*/*"])
    repo.delegate("B", "C", ["releases/x/*"])
    repo.delegate("B", "D", ["releases/y/*.zip"])
    for role, name in (("targets", "targetfile"), ("A", "README.md"), ("A", "README.mx"), ("C", "releases/x/x_v1"),
                       ("D", "releases/y/y_v1.zip"), ("D", "releases/y/y_v1.txt"), ("D", "releases/z/z_v1.zip"),
                       ("C", "releases/x/x/y"), ("A", "set-b"), ("A", "set-d")):
        repo.add(role, name, name.encode())
    repo.publish("A", "C", "D", "B", "targets", "snapshot", "timestamp")
    is_(c.download(path), found)
    is_(c.got(), [path.encode()] if found else [])
    is_([name for name, _ in repo.asked[4:]], list(order))


@case
def by_hash_prefix():
    repo, c = fresh()
    digest = hashlib.sha256(b"a/b").hexdigest()
    other = f"{(int(digest[0], 16) + 1) % 16:x}"
    repo.delegate("targets", "other", prefixes=[other])
    repo.delegate("targets", "mine", prefixes=[digest[:2]])
    repo.add("mine", "a/b", b"found")
    repo.publish("other", "mine", "targets", "snapshot", "timestamp")
    assert c.download("a/b"), c.said
    is_(repo.asked[4:], [("mine", 1)])


@case
def bins():
    repo, c = fresh()
    signer = repo.make()
    succinct = SuccinctRoles([], 1, 5, "bin")
    targets = repo.signed("targets")
    targets.delegations = Delegations({}, None, succinct)
    targets.add_key(signer.public_key)
    for name in succinct.get_roles():
        repo.md[name] = Metadata(Targets(expires=SOON))
        repo.served[name], repo.signers[name] = [], [signer]
    name = succinct.get_role_for_target("some/file")
    repo.add(name, "some/file", b"binned")
    repo.publish(*succinct.get_roles(), "targets", "snapshot", "timestamp")
    assert c.download("some/file"), c.said
    is_(repo.asked[4:], [(name, 1)])


@cases("role_name", {n: n for n in ("?", "#", "/delegatedrole", "../delegatedrole", ".", "..", "a b", "é")})
def role_name(name):
    repo, c = fresh()
    repo.delegate("targets", name)
    repo.publish(name, "targets", "snapshot", "timestamp")
    assert not c.download("nonexistent target")
    assert (parse.quote(name, ""), 1) in repo.asked, repo.asked
    is_(len([n for n in os.listdir(c.meta) if n.endswith(".json")]), 5)


@cases("role_pretends", {"root": "root", "timestamp": "timestamp", "snapshot": "snapshot"})
def role_pretends(name):
    repo, c = fresh()
    repo.delegate("targets", "evil")
    repo.publish("evil", "targets")

    from securesystemslib.formats import encode_canonical
    doc = json.loads(repo.latest("targets"))
    doc["signed"]["delegations"]["roles"][0]["name"] = name
    doc["signatures"] = [repo.signers["targets"][0].sign(encode_canonical(doc["signed"]).encode()).to_dict()]
    repo.served["targets"][-1] = (2, json.dumps(doc).encode())
    repo.publish("snapshot", "timestamp")
    assert not c.download("x")
    is_(c.roles()["root"], 1)
    assert c.bytes("timestamp") == repo.latest("timestamp")


@case
def each_delegator_judges():
    # C is signed by the key that A names; B names another one.
    repo, c = fresh()
    repo.delegate("targets", "A", ["a/*"])
    repo.delegate("targets", "B", ["b/*"])
    repo.delegate("A", "C", ["a/*"])
    mine = list(repo.signers["C"])
    repo.delegate("B", "C", ["b/*"])
    repo.signers["C"] = mine
    repo.add("C", "a/t", b"by A")
    repo.add("C", "b/t", b"by B")
    repo.publish("C", "A", "B", "targets", "snapshot", "timestamp")
    assert not c.download("a/t", "b/t")
    is_(c.got(), [b"by A"])
    assert not c.download("b/t")
    is_(c.got(), [b"by A"])


@case
def too_many_roles():
    repo, c = fresh()
    for i in range(40):
        repo.delegate("targets", f"r{i}")
        repo.publish(f"r{i}")
    repo.add("r39", "late", b"late")
    repo.publish("r39", "targets", "snapshot", "timestamp")
    assert not c.download("late")
    assert len(repo.asked) <= 4 + 32, len(repo.asked)


def main():
    global CLIENT
    CLIENT = os.path.abspath(sys.argv[1])
    wanted = [(n, f) for n, f in CASES if len(sys.argv) < 3 or re.search(sys.argv[2], n)]
    print(f"1..{len(wanted)}")
    failed = 0
    for i, (name, f) in enumerate(wanted, 1):
        try:
            f()
            print(f"ok {i} - {name}")
        except Exception:
            failed += 1
            print(f"not ok {i} - {name}")
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()), end="")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
