#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tuffaults.py OLD NEW OTHER [TEXT]: breaks each request of `cosign get-trust` in each
way, one at a time, and judges.

TEXT chooses cases; `all` takes those too that tell little more than another. OLD
and NEW are what a TUF repository (test/fake/tufrepo.py) served first and
serves now, with the target d/x in the delegated role `del`; OTHER is another
repository's. Each case begins with nothing, and again with what OLD left. Prints
what went wrong, a line a case, and at the end how many cases there were.

Right is: a fault that lies on the way leaves what is kept as it is, which then
serves; one that lies in the content is an error. Any error names the mirror, the
file and what is wrong with it; nothing is kept but what was accepted before;
there is one try more where that is safe, and none elsewhere.
"""
import concurrent.futures
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OLD, NEW, OTHER = (os.path.abspath(a) for a in sys.argv[1:4])
WAY, CONTENT = "way", "content"
BAD = {"bad-json", "bad-metadata", "digest-mismatch", "too-large", "unsigned-metadata"}
# What it is about, tries, reasons. A connection that was used before and is
# reset at once is opened anew, which is no try.
FAULTS = {
    "reset": (WAY, (2, 3), {"network"}), "halfhead": (WAY, (2, 3), {"network"}), "halfbody": (WAY, (1, 2), {"network"}),
    "stall": (WAY, (0, 1), {"timeout"}), "stallbody": (WAY, (0, 1), {"timeout"}),
    "400": (WAY, 1, {"http"}), "401": (WAY, 1, {"http"}), "403": (WAY, 1, {"http"}), "404": (CONTENT, 1, {"not-found"}),
    "410": (WAY, 1, {"http"}), "429": (WAY, 2, {"http"}), "429-later": (WAY, 1, {"http"}), "500": (WAY, 2, {"http"}),
    "502": (WAY, 2, {"http"}), "503": (WAY, 2, {"http"}), "504": (WAY, 2, {"http"}),
    "noise": (CONTENT, (1, 2), {"protocol"}), "html": (CONTENT, 1, BAD), "empty": (CONTENT, 1, BAD),
    "short": (CONTENT, 1, BAD), "long": (CONTENT, 1, BAD), "endless": (CONTENT, 1, {"too-large"}),
    "flip": (CONTENT, 1, BAD), "swapped": (CONTENT, 1, BAD), "stranger": (CONTENT, 1, BAD),
}
CORE = {"reset", "404", "503", "short", "flip", "stranger"}
HTML = b"<!DOCTYPE html><html><body>Please log in.</body></html>\n"


def load(path):
    with open(path, "rb") as f:
        return f.read()


def target_of(repo):
    name = [n for n in sorted(os.listdir(os.path.join(repo, "targets/d"))) if n.endswith(".x") and len(n) > 60]
    about = json.loads(load(os.path.join(repo, latest(repo, "del"))))["signed"]["targets"]["d/x"]["hashes"]["sha256"]
    return "targets/d/" + next(n for n in name if n.startswith(about))


def latest(repo, role):
    numbers = [int(n.split(".")[0]) for n in os.listdir(repo) if n.endswith("." + role + ".json")]
    return f"{max(numbers)}.{role}.json"


def chain(repo):
    return ["timestamp.json", latest(repo, "snapshot"), latest(repo, "targets"), latest(repo, "del"), target_of(repo)]


# In the order of requests; each but the first root and the target is kept.
STEPS = ["2.root.json", *chain(NEW)]
OTHERS = ["2.root.json", *chain(OTHER)]
KEPT = ["root.json", "timestamp.json", "snapshot.json", "targets.json", "del.json", "targets/d%2Fx"]


class Case:
    number = 0

    def __init__(self, step, fault, warm):
        Case.number += 1
        self.key, self.step, self.fault, self.warm = f"case-{Case.number}", step, fault, warm
        self.asked = []

    def __str__(self):
        return f"{STEPS[self.step]} {self.fault} {'warm' if self.warm else 'cold'}"


CASES = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, key, name = self.path.split("/", 2)
        case = CASES[key]
        case.asked.append(name)
        if case.fault and name == STEPS[case.step]:
            self.close_connection = True
            self.fail(case, load(os.path.join(NEW, name)))
        elif os.path.isfile(os.path.join(case.repo, name)):
            self.answer(200, load(os.path.join(case.repo, name)))
        else:
            self.answer(404, b"none")

    def answer(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for k, v in headers.items():
            self.send_header(k.replace("_", "-"), v)
        self.end_headers()
        self.wfile.write(body)

    def fail(self, case, good):
        kind = case.fault
        if kind.isdigit():
            self.answer(int(kind), HTML, **({"Retry_After": "1"} if kind == "429" else {}))
        elif kind == "429-later":
            self.answer(429, HTML, Retry_After="3600")
        elif kind in ("reset", "halfhead"):
            if kind == "halfhead":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif kind in ("halfbody", "stallbody", "stall"):
            if kind != "stall":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(good) + good[:len(good) // 2])
            if kind != "halfbody":
                self.connection.settimeout(60)
                self.connection.recv(1)
        elif kind == "noise":
            self.wfile.write(b"\x00\x01\x02 no http at all\r\n\r\n")
        elif kind == "endless":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while True:
                self.wfile.write(b" " * 65536)
        else:
            self.answer(200, self.forge(case, good))

    def forge(self, case, good):
        other = (case.step + 1) % len(STEPS)
        middle = good.rindex(b"20") if case.step < 5 else len(good) // 2
        return {"html": lambda: HTML, "empty": lambda: b"", "short": lambda: good[:-2], "long": lambda: good + good,
                "flip": lambda: good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:],
                "swapped": lambda: load(os.path.join(NEW, STEPS[other])),
                "stranger": lambda: load(os.path.join(OTHER, OTHERS[case.step]))}[case.fault]()

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def run(case, top, fault=True):
    mirror = f"http://127.0.0.1:{server.server_address[1]}/{case.key}"
    case.repo = NEW if fault else OLD
    kind, case.fault = case.fault, case.fault if fault else None
    env = {**os.environ, "TUF_ROOT": top, "TUF_MIRROR": mirror, "TUF_ROOT_JSON": os.path.join(OLD, "1.root.json")}
    limit = ["--timeout", "3s"] if kind.startswith("stall") and fault else []
    p = subprocess.run(["cosign", "get-trust", "--target", "d/x", "--json", "--retry", "1", *limit], env=env,
                       stdin=subprocess.DEVNULL, capture_output=True)
    case.fault, case.mirror = kind, mirror
    return p.returncode, p.stdout, p.stderr.decode()


def kept(top):
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, top).partition("/")[2]] = load(path)
    return {k: v for k, v in found.items() if k}


def wanted(case, before, serves):
    """What has to be kept afterwards."""
    want = dict(before) or {"root.json": load(os.path.join(OLD, "1.root.json"))}
    for i, name in enumerate(STEPS):
        if i == case.step or (serves and i > 0):
            break
        want[KEPT[i]] = load(os.path.join(NEW, name))
    return want


def judge(case, top, before, rc, out, err):
    about, tries, reasons = FAULTS[case.fault]
    count = case.asked.count(STEPS[case.step])
    file = os.path.basename(KEPT[case.step]).replace("%2F", "/") if case.step < 5 else "d/x"
    if case.step == 0 and case.fault == "404":
        # There is no newer root: all goes on with the old one.
        return [] if rc == 0 and out == load(os.path.join(NEW, STEPS[5])) else [f"status {rc}"]
    serves = case.warm and about == WAY and case.step < 4
    wrong = []
    if count not in (tries if isinstance(tries, tuple) else (tries,)):
        wrong.append(f"{count} tries")
    # On a busy machine the time may be up at an earlier file.
    stalls, now, want = case.fault.startswith("stall"), kept(top), wanted(case, before, serves)
    if now != want and not (stalls and all(v in (want.get(k), before.get(k)) for k, v in now.items())):
        wrong.append(f"kept {sorted(now)}")
    if serves:
        if rc != 0 or out != before[KEPT[5]]:
            wrong.append(f"status {rc}")
        if case.mirror not in err or "what is stored serves" not in err:
            wrong.append("the warning does not say what was tried")
        return wrong
    if rc != 1 or out:
        wrong.append(f"status {rc}, {len(out)} bytes")
    last = json.loads(err.strip().splitlines()[-1]) if err.strip().endswith("}") else {}
    said = " ".join(str(v) for v in last.values())
    if last.get("reason") not in reasons:
        wrong.append(f"reason {last.get('reason')}")
    if case.mirror not in said or not (stalls or file in said):
        wrong.append("the error does not name mirror and file")
    return wrong


def attempt(case):
    top = tempfile.mkdtemp(dir=".")
    before = {}
    if case.warm:
        rc, out, err = run(case, top, fault=False)
        if rc:
            return f"{case}: cannot begin: {err}"
        before = kept(top)
        del case.asked[:]
    rc, out, err = run(case, top)
    wrong = judge(case, top, before, rc, out, err)
    shutil.rmtree(top)
    return f"{case}: {'; '.join(wrong)}: {err.strip()}" if wrong else None


def main():
    global server
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    cases = [Case(s, f, w) for f in FAULTS for s in range(len(STEPS)) for w in (False, True)]
    if only == "all":
        only = ""
    elif not only:
        # Of those that take their time, or are much alike, some.
        order = list(FAULTS)
        cases = [c for c in cases if c.fault in CORE or
                 (c.step + c.warm + order.index(c.fault)) % (6 if c.fault.startswith("stall") else 3) == 0]
    cases = sorted((c for c in cases if only in str(c)), key=lambda c: not c.fault.startswith("stall"))
    CASES.update((c.key, c) for c in cases)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        wrong = [w for w in pool.map(attempt, cases) if w]
    print("\n".join([*wrong, f"{len(cases)} cases"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
