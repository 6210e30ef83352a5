#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tufrepo.py DIR CODE: makes and changes a TUF repository below DIR/repo, with
real keys and signatures (openssl). What it knows lies in DIR/state.json, private
keys in DIR/keys. CODE is Python that uses these functions:

  init(days=30, consistent=True)  keys, root 1 and empty metadata
  add(name, data, role="targets", custom=None, hashes=["sha256"])
  drop(name, role="targets")
  delegate(role, by="targets", paths=["*"], terminating=False)
  publish(role...)                next versions, signed, into DIR/repo
  commit()                        publish targets, delegated roles, snapshot, timestamp
  key(role, kind="ecdsa")         one key more (ecdsa, p384, ed25519, rsa)
  rotate(role)                    a new key in place of the old ones
  expire(role, when)              RFC 3339, or days from now
  version(role, n)                what the next publish counts on from
  meta(role)                      its "signed" member, to be changed
  put(path, data)                 a file as it is
"""
import datetime
import hashlib
import json
import os
import subprocess
import sys
from urllib.parse import quote

TOP = ["root", "timestamp", "snapshot", "targets"]
KINDS = {
    "ecdsa": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "ecdsa", "ecdsa-sha2-nistp256"),
    "p384": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "ecdsa", "ecdsa-sha2-nistp384"),
    "ed25519": (["-algorithm", "ED25519"], "ed25519", "ed25519"),
    "rsa": (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "rsa", "rsassa-pss-sha256"),
}
top = os.path.abspath(sys.argv[1])
state_file = os.path.join(top, "state.json")
state = {"signers": {}, "kinds": {}, "signed": {}, "fresh": []}


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True).stdout


def canonical(v):
    if isinstance(v, dict):
        return b"{" + b",".join(canonical(k) + b":" + canonical(v[k]) for k in sorted(v)) + b"}"
    if isinstance(v, list):
        return b"[" + b",".join(map(canonical, v)) + b"]"
    if isinstance(v, str):
        return b'"' + v.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
    return json.dumps(v).encode()


def expiry(days):
    when = days if isinstance(days, str) else None
    return when or (datetime.datetime.utcnow() + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_file(keyid):
    return os.path.join(top, "keys", keyid + ".pem")


def sign(keyid, message):
    kind = state["kinds"][keyid]
    if kind == "ed25519":
        name = os.path.join(top, "keys", f"message.{os.getpid()}")
        with open(name, "wb") as f:
            f.write(message)
        sig = openssl("pkeyutl", "-sign", "-rawin", "-inkey", key_file(keyid), "-in", name)
        os.unlink(name)
        return sig.hex()
    extra = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if kind == "rsa" else []
    return openssl("dgst", "-sha384" if kind == "p384" else "-sha256", *extra, "-sign", key_file(keyid), data=message).hex()


def meta(role):
    return state["signed"][role]


def delegator(role):
    for m in state["signed"].values():
        for d in m.get("delegations", {}).get("roles", []):
            if d["name"] == role:
                return m["delegations"], d
    return None


def key(role, kind="ecdsa"):
    args, keytype, scheme = KINDS[kind]
    private = openssl("genpkey", *args)
    public = openssl("pkey", "-pubout", data=private).decode()
    if kind == "ed25519":
        public = openssl("pkey", "-pubout", "-outform", "DER", data=private)[-32:].hex()
    value = {"keytype": keytype, "scheme": scheme, "keyval": {"public": public}}
    keyid = hashlib.sha256(canonical(value)).hexdigest()
    with open(key_file(keyid), "wb") as f:
        f.write(private)
    state["kinds"][keyid] = kind
    state["signers"].setdefault(role, []).append(keyid)
    if role in TOP:
        meta("root")["keys"][keyid] = value
        meta("root")["roles"][role]["keyids"].append(keyid)
    else:
        where, d = delegator(role)
        where["keys"][keyid] = value
        d["keyids"].append(keyid)
    return keyid


def rotate(role):
    old = state["signers"][role]
    state["signers"][role] = []
    meta("root")["roles"][role]["keyids"] = []
    key(role)
    if role == "root":
        # The old ones vouch for the new.
        state["signers"]["root"] += old
        publish("root")
        state["signers"]["root"] = state["signers"]["root"][:1]
    else:
        publish("root")


def put(path, data):
    path = os.path.join(top, "repo", path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    os.rename(path + ".new", path)


def publish(*roles):
    for role in roles:
        m = meta(role)
        m["version"] += 1
        message = canonical(m)
        data = json.dumps({"signatures": [{"keyid": k, "sig": sign(k, message)} for k in state["signers"][role]],
                           "signed": m}, indent=1, ensure_ascii=False).encode()
        about = {"version": m["version"], "length": len(data), "hashes": {"sha256": hashlib.sha256(data).hexdigest()}}
        versioned = role != "timestamp" and (role == "root" or meta("root")["consistent_snapshot"])
        put((f"{m['version']}." if versioned else "") + quote(role, "") + ".json", data)
        if role == "snapshot":
            meta("timestamp")["meta"]["snapshot.json"] = about
        elif role not in TOP or role == "targets":
            meta("snapshot")["meta"][role + ".json"] = about


def commit():
    publish(*[r for r in state["signed"] if r not in TOP], "targets", "snapshot", "timestamp")


def init(days=30, consistent=True, kinds=None):
    os.makedirs(os.path.join(top, "keys"), exist_ok=True)
    base = {"spec_version": "1.0.31", "version": 0, "expires": expiry(days)}
    state["signed"].update({
        "root": {"_type": "root", "consistent_snapshot": consistent, "keys": {},
                 "roles": {r: {"keyids": [], "threshold": 1} for r in TOP}, **base},
        "timestamp": {"_type": "timestamp", "meta": {}, **base},
        "snapshot": {"_type": "snapshot", "meta": {}, **base},
        "targets": {"_type": "targets", "targets": {}, **base}})
    for role in TOP:
        key(role, (kinds or {}).get(role, "ecdsa"))
    publish("root", "targets", "snapshot", "timestamp")


def add(name, data, role="targets", custom=None, hashes=("sha256",)):
    data = data if isinstance(data, bytes) else data.encode()
    about = {"length": len(data), "hashes": {h: hashlib.new(h, data).hexdigest() for h in hashes}}
    if custom:
        about["custom"] = custom
    meta(role)["targets"][name] = about
    folder, slash, base = name.rpartition("/")
    for value in about["hashes"].values():
        put(f"targets/{folder}{slash}{value}.{base}", data)
    put("targets/" + name, data)


def drop(name, role="targets"):
    del meta(role)["targets"][name]


def delegate(role, by="targets", paths=("*",), terminating=False, days=30):
    d = meta(by).setdefault("delegations", {"keys": {}, "roles": []})
    d["roles"].append({"name": role, "keyids": [], "threshold": 1, "terminating": terminating, "paths": list(paths)})
    state["signed"].setdefault(role, {"_type": "targets", "targets": {}, "spec_version": "1.0.31", "version": 0,
                                      "expires": expiry(days)})
    key(role)


def expire(role, when):
    meta(role)["expires"] = expiry(when)


def version(role, n):
    meta(role)["version"] = n


def main():
    if os.path.exists(state_file):
        with open(state_file) as f:
            state.update(json.load(f))
    exec(compile(sys.argv[2], "CODE", "exec"), globals())
    with open(state_file, "w") as f:
        json.dump(state, f)


main()
