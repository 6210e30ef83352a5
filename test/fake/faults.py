#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks each request of a command in each way, one at a time, and judges.

usage: faults.py stand-in|proxy sign|verify bundle-api|bundle-tag|legacy
    [--full] [--backend HOST:PORT [--user NAME:PASSWORD]] [--only KIND] [--at TEXT]

Stands where cosign.key, other.key and their .pub are. The image has a signature
by `other` before; for verify one by `cosign` too. stand-in: test/fake/faulthttp.py
answers for cosign-remote-http. proxy: the real one, through faultproxy.py to the
backend. Prints what went wrong, a line a case, and how many cases there were.

Right is: success (after a safe retry), or an error with a reason that fits the
fault and a status above 0; `no signature` only where the fault was a 404 that
said so; the signatures of before stay, and all that is listed is there.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

import faulthttp
import faultproxy

parser = argparse.ArgumentParser()
parser.add_argument("via", choices=("stand-in", "proxy"))
parser.add_argument("command", choices=("sign", "verify"))
parser.add_argument("config", choices=("bundle-api", "bundle-tag", "legacy"))
parser.add_argument("--full", action="store_true")
parser.add_argument("--backend")
parser.add_argument("--user", default="")
parser.add_argument("--only")
parser.add_argument("--at")
parser.add_argument("--jobs", type=int, default=3)
args = parser.parse_args()

HERE = os.path.dirname(os.path.abspath(__file__))
BAD = {"digest-mismatch", "bad-json", "bad-shape", "bad-manifest", "bad-digest", "bad-encoding", "bad-reference",
       "bad-bundle", "bad-payload", "bad-signature", "no-matching-signature", "not-found", "protocol", "too-large",
       "http", "no-such-image", "wrong-subject"}
# What may be said of each fault; in the second set what a check does.
REASONS = {
    "refused": {"network"}, "reset": {"network"}, "reset-after": {"network"}, "halfhead": {"network"},
    "truncated": {"network"}, "stall": {"timeout"}, "stallbody": {"timeout"}, "exit": {"helper"},
    "garbage": {"protocol", "helper"}, "401": {"denied", "http", "bad-challenge", "protocol"}, "403": {"denied"},
    "404": {"not-found", "no-such-image", "http", "no-matching-signature", "denied"},
    "429": {"http"}, "500": {"http"}, "502": {"http"}, "503": {"http"}, "307": {"http"},
    "redirect": {"http", "protocol", "denied"}, "loop": {"protocol", "http"}, "location": BAD | {"denied"}, "endless": BAD | {"network"},
    "flip": BAD | {"network", "denied", "bad-challenge"}, "pad": BAD | {"denied"}, "short": BAD, "empty": BAD, "html": BAD, "long": BAD | {"network"},
}
SOME = {
    "stand-in": ["reset", "reset-after", "stall", "401", "403", "404", "500", "502", "truncated", "flip", "short"],
    "proxy": ["refused", "reset-after", "500+", "flip", "redirect", "truncated", "401+"],
}
ALL = {
    "stand-in": ["kill", "kill-after", "refused", "reset", "reset-after", "stall", "exit", "garbage", "401", "401+", "403", "404", "429", "500", "502",
                 "307", "loop", "endless", "truncated", "flip", "pad", "short", "empty", "html"],
    "proxy": ["refused", "refused+", "reset", "reset+", "reset-after", "reset-after+", "halfhead", "truncated", "truncated+",
              "stall", "stallbody", "401+", "403", "404", "429", "429+", "500", "500+", "502", "502+", "503", "redirect", "location",
              "loop", "endless", "flip", "pad", "long"],
}
PASSING = {"refused", "reset", "reset-after", "halfhead", "truncated", "429", "500", "502", "503"}
work = tempfile.mkdtemp(dir=os.environ.get("BATS_TEST_TMPDIR"))


def run(command, key, image, env, extra=()):
    flags = "--use-signing-config=false --tlog-upload=false --yes" if command == "sign" else "--insecure-ignore-tlog=true"
    flags += f" --new-bundle-format={'false' if args.config == 'legacy' else 'true'}"
    key += ".key" if command == "sign" else ".pub"
    started = time.monotonic()
    try:
        done = subprocess.run(["cosign", command, "--key", key, *flags.split(), "--json", *extra, image], capture_output=True,
                              env={**os.environ, **env}, timeout=60, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return 124, "hangs", "", 60
    reason = ""
    for line in done.stderr.decode("utf-8", "replace").splitlines():
        if line.startswith('{"type":"cosign.error/1"'):
            reason = json.loads(line)["reason"]
    return done.returncode, reason, done.stderr.decode("utf-8", "replace"), time.monotonic() - started


# --- what a place holds -------------------------------------------------------

def first_state():
    layer, config = "a layer", '{"architecture":"amd64","os":"linux"}'
    desc = [{"mediaType": kind, "digest": faulthttp.digest_of(text), "size": len(text)} for kind, text in (
        ("application/vnd.oci.image.config.v1+json", config), ("application/vnd.oci.image.layer.v1.tar", layer))]
    kind = "application/vnd.oci.image.manifest.v1+json"
    image = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": desc[0], "layers": desc[1:]})
    digest = faulthttp.digest_of(image)
    return {"referrers": args.config == "bundle-api", "image": digest, "known": [digest[7:]],
            "manifests": {digest: [kind, image], "1": [kind, image]},
            "blobs": {desc[0]["digest"]: config, desc[1]["digest"]: layer}}


def known(state):
    text = json.dumps([state["manifests"], state["blobs"]])
    return sorted({text[i + 7:i + 71] for i in range(len(text)) if text.startswith("sha256:", i)})


def load(path):
    with open(path) as f:
        return json.load(f)


def store(state, path):
    with open(path, "w") as f:
        json.dump(state, f)


def signed(state, key, name):
    """The state after a signature with that key."""
    path = os.path.join(work, name)
    store(state, path)
    status, _, text, _ = run("sign", key, "r.test/app:1", stand_in(path))
    if status:
        sys.exit(f"cannot prepare: {text}")
    state = load(path)
    state["known"] = known(state)
    return state


def stand_in(path, fault="", log=os.devnull):
    return {"COSIGN_REMOTE_HTTP": os.path.join(HERE, "faulthttp.py"), "FAULT_STATE": path, "FAULT": fault, "FAULT_LOG": log}


def listed(state):
    """Digests (and signatures) that readers of this form find."""
    tag = state["image"].replace(":", "-")
    if args.config == "legacy":
        layers = json.loads(state["manifests"].get(tag + ".sig", ["", "{}"])[1]).get("layers", [])
        return {json.dumps(d.get("annotations", {}), sort_keys=True) for d in layers}
    found = {d["digest"] for d in json.loads(state["manifests"].get(tag, ["", "{}"])[1]).get("manifests", [])}
    if state["referrers"]:
        found |= {n for n, (_, t) in state["manifests"].items()
                  if n.startswith("sha256:") and json.loads(t).get("subject", {}).get("digest") == state["image"]}
    return found


def half_written(state):
    for name, (_, text) in state["manifests"].items():
        m = json.loads(text)
        for d in m.get("layers", []) + ([m["config"]] if "config" in m else []):
            if d["digest"] not in state["blobs"] or len(state["blobs"][d["digest"]]) != d["size"]:
                return f"{name} names {d['digest']}, which is not there"
        for d in m.get("manifests", []):
            if d["digest"] not in state["manifests"]:
                return f"{name} lists {d['digest']}, which is not there"
    return ""


# --- a backend ------------------------------------------------------------------

class Backend:
    def __init__(self, repo):
        self.repo, self.auth = repo, {}
        if args.user:
            query = urllib.parse.urlencode({"scope": f"repository:{repo}:push,pull", "service": "tests"})
            import base64
            basic = base64.b64encode(args.user.encode()).decode()
            text = self.ask("GET", f"/token?{query}", headers={"Authorization": "Basic " + basic})[2]
            self.auth = {"Authorization": "Bearer " + json.loads(text)["token"]}

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection(args.backend)
        c.request(method, path, body, {**self.auth, **(headers or {})})
        r = c.getresponse()
        text = r.read()
        c.close()
        return r.status, r.headers, text

    def fill(self, state):
        for digest, text in state["blobs"].items():
            _, headers, _ = self.ask("POST", f"/v2/{self.repo}/blobs/uploads/")
            where = headers["Location"]
            where = where if where.startswith("/") else "/" + where.split("/", 3)[3]
            self.ask("PUT", where + ("&" if "?" in where else "?") + "digest=" + digest, text.encode("latin-1"),
                     {"Content-Type": "application/octet-stream"})
        order = sorted(state["manifests"].items(), key=lambda m: ('"manifests"' in m[1][1], not m[0].startswith("sha256:")))
        for name, (kind, text) in order:
            status, _, said = self.ask("PUT", f"/v2/{self.repo}/manifests/{name}", text.encode("latin-1"), {"Content-Type": kind})
            assert status in (200, 201), (name, status, said)


# --- cases ------------------------------------------------------------------------

EXTRA = ["--retry", "2", "--retry-max-time", "5s", "--timeout", "20s"]
number = 0


def limits(kind):
    return EXTRA[:5] + ["700ms"] if kind.startswith("stall") else EXTRA


def may_be_none(kind, name):
    """A 404 may honestly mean that there are no signatures."""
    return kind.rstrip("+") in ("404",) and not name.startswith("GET blobs/")


def judge(kind, name, outcome, base):
    """What is wrong with an outcome of the broken command; "" for nothing."""
    status, reason, text, took = outcome
    bare = kind.rstrip("+")
    if status == -9 and bare.startswith("kill"):
        return ""
    if status < 0 or status == 124:
        return f"ended by signal {-status}" if status < 0 else "hangs"
    # Far from what --timeout says, and from any limit of its own.
    if bare.startswith("stall") and took > 30:
        return f"took {took:.1f} s"
    if status == 0:
        return ""
    if not reason:
        return f"status {status} without a reason"
    if args.via == "proxy" and bare in PASSING and kind == bare and name.split()[0] in ("GET", "HEAD"):
        return f"{reason} though it may be tried again"
    if reason == "no-signature":
        return "" if may_be_none(kind, name) else "says that there is no signature"
    if reason in REASONS[bare] or (reason == "no-matching-signature" and bare in ("404", "flip")):
        return ""
    return f"unfitting reason {reason}"


def check_after(kind, name, outcome, after, before, verify):
    if args.command == "verify":
        return ""
    # Who is told that there is no list begins one.
    if kind.startswith("404") and name.startswith("GET manifests/sha256-") and outcome[0] == 0:
        return ""
    if listed(before) - listed(after):
        return "an earlier signature is gone"
    if half_written(after):
        return "half written: " + half_written(after)
    if outcome[0] == 0 and not listed(after) - listed(before):
        return "success, and nothing was written"
    if not args.full and not kind.startswith("kill"):
        return ""
    if verify("other")[0]:
        return "the earlier signature does not verify any more"
    got = verify("cosign")
    if got[0] != (0 if listed(after) - listed(before) else 12):
        return f"verify gives {got[0]} {got[1]}"
    return ""


def case_stand_in(kind, when, name, base, n):
    path = os.path.join(work, f"case{n}")
    store(base, path)
    outcome = run(args.command, "cosign", "r.test/app:1", stand_in(path, f"{kind} {when} {name}"), limits(kind))
    bad = judge(kind, name, outcome, base) or check_after(
        kind, name, outcome, load(path), base, lambda key: run("verify", key, "r.test/app:1", stand_in(path)))
    return outcome, bad


def case_proxy(kind, when, name, base, n):
    repo = f"c{os.getpid()}x{n}"
    backend = Backend(repo)
    backend.fill(base)
    proxy = faultproxy.Proxy(args.backend, faulthttp.Fault(f"{kind} {when} {name}" if kind else "", base["known"]))
    flags = []
    if args.user:
        user, _, password = args.user.partition(":")
        flags = ["--registry-username", user, "--registry-password", password]
    try:
        outcome = run(args.command, "cosign", f"{proxy.host}/{repo}:1", {}, limits(kind) + flags)
        bad = judge(kind, name, outcome, base) if kind else ""
        for method, target, headers, body in proxy.leaked:
            if any(k.lower() in ("authorization", "cookie") for k, _ in headers):
                bad = bad or f"credentials sent to another origin by {method} {target}"
        lied = kind == "404" and name.startswith("GET manifests/sha256-")
        if args.command == "sign" and not bad and not lied and (args.full or kind in ("reset-after", "")):
            for key, want in (("other", {0}), ("cosign", {0} if outcome[0] == 0 else {0, 12})):
                got = run("verify", key, f"{args.backend}/{repo}:1", {}, EXTRA + flags)
                if got[0] not in want:
                    bad = f"afterwards verify with {key} gives {got[0]} {got[1]}"
        return outcome, bad, proxy.log
    finally:
        proxy.close()


def plan(base):
    """The requests of a run without faults."""
    if args.via == "stand-in":
        path, log = os.path.join(work, "plan"), os.path.join(work, "plan.log")
        store(base, path)
        outcome = run(args.command, "cosign", "r.test/app:1", stand_in(path, "", log))
        with open(log) as f:
            names = f.read().splitlines()
    else:
        outcome, bad, names = case_proxy("", 0, "", base, 0)
        if bad:
            sys.exit(bad)
    if outcome[0]:
        sys.exit(f"fails without a fault: {outcome}")
    seen, requests = {}, []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        requests.append((name, seen[name]))
    return requests


def one(job):
    n, kind, name, when, base = job
    make = case_stand_in if args.via == "stand-in" else case_proxy
    outcome, bad = make(kind, when, name, base, n)[:2]
    return kind, name, when, outcome, bad


def main():
    base = signed(first_state(), "other", "other")
    if args.command == "verify":
        base = signed(base, "cosign", "both")
    requests = plan(base)
    kinds = [args.only] if args.only else (ALL if args.full else SOME)[args.via]
    jobs = [(n, kind, name, when, base) for n, (kind, (name, when)) in enumerate(
        ((k, r) for k in kinds for r in requests), 1) if not args.at or args.at in name]
    wrong = passed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for kind, name, when, outcome, bad in pool.map(one, jobs):
            passed += outcome[0] == 0
            if bad or args.at:
                wrong += bool(bad)
                print(f"{kind} of {name} ({when}): {bad or 'right'}; status {outcome[0]} {outcome[1]}")
                if args.at:
                    print(outcome[2])
    print(f"{len(jobs)} cases over {len(requests)} requests, {passed} passed all the same, {wrong} wrong")
    return wrong > 0


try:
    sys.exit(main())
finally:
    shutil.rmtree(work, ignore_errors=True)
