#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for cosign-remote-http with a registry of its own and one fault.

COSIGN_REMOTE_HTTP names it; it speaks the frames of cosign-remote-http(1). The
registry is the file $FAULT_STATE (a JSON object: referrers, manifests, blobs,
known). $FAULT is "KIND TIME LABEL": the request of that label (see label()) is
broken the TIME-th time it is asked, and after that too when KIND ends in "+".
$FAULT_LOG gets the label of each request.
"""
import hashlib
import json
import os
import re
import sys

INDEX = "application/vnd.oci.image.index.v1+json"


def digest_of(text):
    return "sha256:" + hashlib.sha256(text.encode("latin-1")).hexdigest()


def label(method, target, known):
    """What a request is, the same in each run: new digests and sessions have no names."""

    def short(m):
        return m[1] + (m[2][:8] if m[2] in known else "new")

    path = re.sub(r"uploads/[^?]+", "uploads/ID", target.split("://")[-1].partition("/")[2])
    path = re.sub(r"(_state|state)=[^&]*&?", "", re.sub(r"^v2/[^/]*/", "", path))
    path = re.sub(r"(sha256[:-]|sha256%3[Aa])([0-9a-f]{64})", short, path)
    return f"{method} {re.sub(r'scope=.*', 'scope', path)}"


class Fault:
    """Which requests are broken, and how."""

    def __init__(self, text, known):
        self.kind, when, self.label = (text.split(" ", 2) + ["0", ""])[:3] if text else ("", "0", "")
        self.when, self.known, self.seen, self.hits = int(when), known, {}, 0

    def of(self, method, target):
        name = label(method, target, self.known)
        self.seen[name] = self.seen.get(name, 0) + 1
        hit = name == self.label and (self.seen[name] == self.when or (self.kind.endswith("+") and self.seen[name] > self.when))
        self.hits += hit
        return name, self.kind.rstrip("+") if hit else ""


class Registry:
    """One repository, as the distribution specification has it."""

    def __init__(self, path):
        self.path = path
        with open(path) as f:
            self.state = json.load(f)

    def save(self):
        with open(self.path + ".new", "w") as f:
            json.dump(self.state, f)
        os.rename(self.path + ".new", self.path)

    def referrers(self, digest):
        found = []
        for name, (kind, text) in self.state["manifests"].items():
            if not name.startswith("sha256:"):
                continue
            m = json.loads(text)
            if m.get("subject", {}).get("digest") == digest:
                found.append({"mediaType": kind, "digest": name, "size": len(text), "artifactType": m.get("artifactType", ""), "annotations": m.get("annotations", {})})
        return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": found})

    def manifest(self, method, what, headers, body):
        held = self.state["manifests"]
        if method == "PUT":
            kind = next((h.split(":", 1)[1].strip() for h in headers if h.lower().startswith("content-type:")), "")
            digest = digest_of(body)
            m = json.loads(body)
            needed = [d["digest"] for d in m.get("layers", []) + ([m["config"]] if "config" in m else [])]
            missing = [d for d in needed if d not in self.state["blobs"]] + [d["digest"] for d in m.get("manifests", []) if d["digest"] not in held]
            if missing:
                return 400, [], '{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"missing"}]}'
            held[digest] = held[what] = [kind, body]
            self.save()
            extra = [f"oci-subject: {m['subject']['digest']}"] if self.state["referrers"] and "subject" in m else []
            return 201, [f"docker-content-digest: {digest}"] + extra, ""
        if what not in held:
            return 404, [], '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no"}]}'
        kind, text = held[what]
        return 200, [f"content-type: {kind}", f"docker-content-digest: {digest_of(text)}", f"content-length: {len(text)}"], text

    def upload(self, method, rest, body):
        if method == "POST":
            return 202, ["location: /v2/app/blobs/uploads/7"], ""
        _, _, query = rest.partition("?")
        digest = query.split("digest=")[-1].replace("%3A", ":")
        if method != "PUT" or digest_of(body) != digest:
            return 400, [], '{"errors":[{"code":"DIGEST_INVALID","message":"no"}]}'
        self.state["blobs"][digest] = body
        self.save()
        return 201, [], ""

    def answer(self, method, url, headers, body):
        path = url.split("://", 1)[1].partition("/")[2]
        m = re.match(r"v2/app/(manifests|blobs|referrers)/(.*)", path)
        if not m:
            return 404, [], "no such page"
        what, rest = m.groups()
        if what == "manifests":
            return self.manifest(method, rest, headers, body)
        if rest.startswith("uploads/"):
            return self.upload(method, rest, body)
        if what == "referrers":
            if not self.state["referrers"]:
                return 404, [], "404 page not found"
            return 200, [f"content-type: {INDEX}"], self.referrers(rest)
        if rest not in self.state["blobs"]:
            return 404, [], '{"errors":[{"code":"BLOB_UNKNOWN","message":"no"}]}'
        text = self.state["blobs"][rest]
        return 200, ["content-type: application/octet-stream", f"content-length: {len(text)}"], text


FAILED = {
    "refused": ("network", "could not connect"),
    "reset": ("network", "connection reset"),
    "reset-after": ("network", "connection reset"),
    "truncated": ("network", "cut short"),
    "too-large": ("too-large", "more than asked for"),
    "loop": ("protocol", "more than 10 redirects"),
}
STATUS = {
    "401": ["www-authenticate: Basic realm=\"x\""],
    "403": [], "404": [], "429": ["retry-after: 1"], "500": [], "502": ["content-type: text/html"],
    "307": ["location: http://elsewhere.test/"],
}


def spoil(text, how):
    """A body that is not the one: another byte, one more, fewer."""
    if how == "flip":
        at = len(text) // 2
        return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1:] if text else "x"
    return {"pad": text + " ", "short": text[:len(text) // 2], "empty": "", "html": "<html>no</html>"}[how]


class Remote:
    def __init__(self):
        self.registry = Registry(os.environ["FAULT_STATE"])
        self.fault = Fault(os.environ.get("FAULT", ""), self.registry.state["known"])
        self.log = open(os.environ["FAULT_LOG"], "a") if "FAULT_LOG" in os.environ else None

    def frame(self, body=None, **members):
        data = body.encode("latin-1") if body is not None else b""
        if body is not None:
            members["length"] = len(data)
        sys.stdout.buffer.write(json.dumps(members).encode() + b"\n" + data)
        sys.stdout.buffer.flush()

    def full(self, q, status, headers, text):
        self.frame(type="head", id=q["id"], status=status, headers=headers, url=q["url"])
        text = "" if q["method"] == "HEAD" else text
        for at in range(0, len(text), 60000):
            self.frame(type="body", id=q["id"], body=text[at:at + 60000])

    def serve(self, q, body):
        name, fault = self.fault.of(q["method"], q["url"])
        if self.log:
            self.log.write(name + "\n")
            self.log.flush()
        if fault in STATUS:
            self.full(q, int(fault), STATUS[fault], "<html>bad gateway</html>" if fault == "502" else "{}")
        elif fault == "stall":
            return
        elif fault == "kill":
            os.kill(os.getppid(), 9)
        elif fault == "exit":
            sys.exit(3)
        elif fault in ("refused", "reset", "loop"):
            self.frame(type="end", id=q["id"], reason=FAILED[fault][0], message=FAILED[fault][1])
            return
        else:
            status, headers, text = self.registry.answer(q["method"], q["url"], q.get("headers", []), body)
            if fault == "kill-after":
                os.kill(os.getppid(), 9)
            if fault in ("flip", "pad", "short", "empty", "html"):
                text = spoil(text, fault)
            if fault == "endless":
                text += " " * (q.get("max", 8 << 20) + 1 - len(text))
            if fault == "garbage":
                sys.stdout.buffer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            if fault == "truncated":
                text = text[:len(text) // 2]
            if fault != "reset-after":
                self.full(q, status, headers, text)
            if fault in FAILED:
                self.frame(type="end", id=q["id"], reason=FAILED[fault][0], message=FAILED[fault][1])
                return
        self.frame(type="end", id=q["id"])

    def run(self):
        while line := sys.stdin.buffer.readline():
            if not line.strip():
                continue
            q = json.loads(line)
            body = sys.stdin.buffer.read(q.get("length", 0)).decode("latin-1")
            if not q.get("cancel"):
                self.serve(q, body)


if __name__ == "__main__":
    try:
        Remote().run()
    except BrokenPipeError:
        os._exit(1)
