#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks each request that keyless signing makes, in each way, and judges.

usage: servicefaults.py [OPERATION...]

Needs what start_sigstore of test/lib/sigstore.bash sets, and of the helpers a
registry of ours with an image app:1, and where it runs a layout "image", its
name in "images", and a "predicate". An operation is a
command, the requests it makes and whom they go to. For each request and each
fault this says what must come of it: the reason, who is named, how often the
service was asked; and always: an exit status above 0, nothing on standard
output, no word of success, no file made or changed, no secret in a message.
What may pass is tried again where that is safe, and just as often as it was
asked to be. Prints what went wrong, a line a case, and how many there were.
"""
import argparse
import concurrent.futures
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ENV = os.environ
SIGDIR, OIDC, LOG = ENV["SIGDIR"], ENV["OIDC_URL"], ENV["SIGLOG"]
HERE = os.path.dirname(os.path.abspath(__file__))
work = os.path.abspath(tempfile.mkdtemp(dir=ENV.get("BATS_TEST_TMPDIR")))
BOMB = os.path.join(work, "bomb.gz")
with open(BOMB, "wb") as f:
    f.write(gzip.compress(bytes(64 << 20), 9))


def token(*options):
    return subprocess.run([ENV["BUILD"] + "/fake/sigstore", "token", "--dir", SIGDIR, *(options or ("--email", "alice@example.com"))],
                          check=True, capture_output=True, text=True).stdout.strip()


def misdo(*lines):
    urllib.request.urlopen(ENV["CTLOG_URL"] + "/_control", "\n".join(("forget",) + lines).encode()).close()


def asked(service, part):
    with open(LOG) as f:
        return sum(line.startswith(service + " ") and part in line and not line.endswith(" -\n") for line in f)


# --- what must come of a fault -----------------------------------------------

# Of services, of whoever hands out tokens, and of a provider's description.
FAULTS = {
    "refuse": ("network",) * 3, "reset": ("network",) * 3, "truncate": ("network",) * 3, "cut-chunk": ("network",) * 3,
    "endless": ("too-large",) * 3, "headers": ("too-large",) * 3,
    "empty": ("protocol",) * 3, "garbage": ("protocol",) * 3, "html 200": ("protocol",) * 3, "bomb " + BOMB: ("protocol",) * 3,
    "html 502": ("http",) * 3, "status 400": ("http",) * 3, "status 401": ("denied", "denied", "http"),
    "status 403": ("denied", "denied", "http"), "status 404": ("not-found", "http", "http"),
    "status 429 1000": ("http",) * 3, "status 500": ("http",) * 3, "status 503": ("http",) * 3,
}
KINDS = ("service", "token", "description")
PASSING = {"reset", "truncate", "status 429 0", "status 503"}


class Request:
    """part: of its path. forged: DEED to (REASON, WORD...) of answers that only a
    check tells from good ones; once: it is never sent again; other: REASON of
    faults that differ here; normal, failing: how often it goes out; only:
    these faults of all, and not again."""

    def __init__(self, service, part, who, kind="service", forged=(), once=False, other=(), normal=1, failing=1, only=None):
        self.service, self.part, self.who, self.kind = service, part, who, kind
        self.forged, self.once, self.other, self.normal, self.failing, self.only = (
            dict(forged), once, dict(other), normal, failing, only)

    def expected(self, fault):
        word = fault.split()[0] + ("" if fault.split()[0] not in ("html", "status") else " " + fault.split()[1])
        return self.other.get(word) or FAULTS[fault][KINDS.index(self.kind)]


class Operation:
    """uses: requests that are made too, and broken elsewhere. slow: it waits by
    itself, so that all is tried at once. before: is run once at the start.
    verdict: it prints one. stdin: a command that says what is on it."""

    def __init__(self, argv, requests, env=None, files=(), uses=(), stdin=None, slow=False, before=None, verdict=False):
        self.argv, self.requests, self.env, self.files, self.stdin, self.slow = argv, requests, env or {}, files, stdin, slow
        self.before, self.verdict, self.all = before, verdict, [*requests, *uses]


# --- running and judging -------------------------------------------------------

TOKEN = token()
SECRETS = [TOKEN[-40:], "github-secret", "buildkite-secret", "google-access", "access-of-alice", "p&q=r"]
wrong = count = 0
last = time.monotonic()


def snapshot(folder):
    out = {}
    for where, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(where, name), "rb") as f:
                out[os.path.relpath(os.path.join(where, name), folder)] = hashlib.sha256(f.read()).hexdigest()
    return out


def run(op, flags, folder, more=()):
    env = {k: v for k, v in ENV.items() if not re.match("ACTIONS_|BUILDKITE|GOOGLE_|GCE_|SPIFFE_|BROWSER|COSIGN_RETRY", k)}
    env.update(COSIGN_OIDC_TOKEN_FILE="none", **op.env)
    if "get-token" in op.argv:
        env["COSIGN_OIDC_ISSUER"] = OIDC
    env.update(more)
    text = subprocess.run(op.stdin, check=True, capture_output=True, text=True).stdout if op.stdin else ""
    done = subprocess.run([*op.argv, "--json", *flags], cwd=folder, env=env, capture_output=True, text=True, timeout=300,
                          input=text)
    last = (done.stderr.strip().split("\n") or [""])[-1]
    try:
        error = json.loads(last)
    except ValueError:
        error = {}
    return done, error


def folder_of(op):
    folder = tempfile.mkdtemp(dir=work)
    for name in op.files:
        copy = shutil.copytree if os.path.isdir(name) else shutil.copy
        copy(name, os.path.join(folder, os.path.basename(name)))
    return folder


def judge(op, done, error, reason, words, before, folder):
    said = json.dumps(error, ensure_ascii=False)
    faults = []
    if done.returncode == 0 or error.get("exit") != done.returncode:
        faults.append(f"status {done.returncode}")
    if error.get("reason") not in reason.split("|"):
        faults.append(f"reason {error.get('reason')}, expected {reason}")
    faults += [f"does not say {w!r}" for w in words if w not in said]
    if done.stdout and not (op.verdict and '"ok":false' in done.stdout):
        faults.append(f"standard output {done.stdout[:80]!r}")
    if re.search("tlog entry created|Wrote |Pushing", done.stderr):
        faults.append("calls it a success")
    if any(s in done.stderr + done.stdout for s in SECRETS):
        faults.append("tells a secret")
    if "FAKE_LOG" in ENV and re.search("^(PUT|POST|PATCH|DELETE) ", open(ENV["FAKE_LOG"]).read(), re.M):
        faults.append("wrote to the registry")
    if snapshot(folder) != before:
        faults.append(f"changed files {sorted(set(snapshot(folder)) ^ set(before)) or 'inside'}")
    return faults


def report(name, faults, done=None):
    global wrong, count, last
    count += 1
    if ENV.get("FAULTS_TIMES"):
        print(f"{time.monotonic() - last:.2f} {name}")
        last = time.monotonic()
    if faults:
        wrong += 1
        print(f"{name}: {'; '.join(faults)}" + (f"\n  {done.stderr.strip().splitlines()[-1:]}" if done else ""), flush=True)


class Case:
    """One run. reason None: it passes. counts: how often what was asked."""

    def __init__(self, name, op, deeds, reason, words=(), flags=("--retry", "0"), counts=()):
        self.name, self.op, self.deeds, self.reason, self.words, self.flags, self.counts = name, op, deeds, reason, words, flags, counts
        self.prefix, self.env = "", {}

    def apart(self, n):
        """By an issuer of its own, beside others."""
        self.prefix = f"/t/{n}"
        self.env = {"COSIGN_OIDC_ISSUER": OIDC + self.prefix}
        self.deeds = [d.replace(" /", f" {self.prefix}/", 1) for d in self.deeds]
        return self

    def run(self):
        folder = folder_of(self.op)
        before = snapshot(folder)
        if "FAKE_LOG" in ENV:
            open(ENV["FAKE_LOG"], "w").close()
        done, error = run(self.op, self.flags, folder, self.env)
        if self.reason:
            faults = judge(self.op, done, error, self.reason, self.words, before, folder)
        else:
            faults = [f"status {done.returncode}"] if done.returncode else []
        for r, n in self.counts:
            found = asked(r.service, self.prefix + r.part)
            if found != n:
                faults.append(f"asked {r.service} {r.part} {found} times, expected {n}")
        shutil.rmtree(folder)
        return self, faults, done


# Sanitizers look at code: there is the same behind many of these.
SOME = list(FAULTS)[::3 if ENV.get("SANITIZE") else 1]


def cases(name, op):
    """What is to be tried of an operation."""
    order = [*op.all[len(op.requests):], *op.requests]
    yield Case(f"{name}: nothing", op, [], None, counts=[(r, r.normal) for r in op.requests])
    for r in op.requests:
        at, deed = f"{name}: {r.service} {r.part}", f"{r.service} {r.part} "
        for fault in SOME if r.only is None else r.only:
            hint = ["1000 seconds"] if fault == "status 429 1000" and r.kind == "service" else []
            # The time that is asked for is more than there is: nobody waits.
            flags = () if fault.endswith("1000") else ("--retry", "0")
            yield Case(f"{at} {fault.split('/')[0]}", op, [deed + fault], r.expected(fault), [r.who, *hint], flags, counted(r, fault))
        for fault, (reason, *words) in r.forged.items():
            yield Case(f"{at} {fault}", op, [deed + fault], reason, words if "log entry 0" in words else [r.who, *words])
        if r.only is not None:
            continue
        yield Case(f"{at} again", op, [deed + "status 503"], r.expected("status 503"), [r.who], ("--retry", "1"), [(r, 1 if r.once else 2 * r.failing)])
        yield Case(f"{at} old-http", op, [deed + "old-http"], None, counts=[(r, r.normal)])
        nth = sum(q.service == r.service for q in order[:order.index(r)]) + 1
        if not r.once:
            yield Case(f"{at} later", op, [f"{r.service} {nth} status 429 0"], None, flags=("--retry", "1"), counts=[(r, r.normal + 1)])


def counted(r, fault):
    """A connection that was kept and has gone is opened anew: there a request
    may be seen once more. And what was not answered does not count."""
    return [] if fault.split()[0] in ("refuse", "reset", "headers") else [(r, r.failing)]


def break_each(name, op):
    todo = list(cases(name, op))
    if op.slow:
        # A port that is shut is shut for all, and a number would be anybody's.
        todo = [c.apart(n) for n, c in enumerate(todo) if not c.name.endswith((" refuse", " later"))]
        misdo(*[d for c in todo for d in c.deeds])
        open(LOG, "w").close()
        with concurrent.futures.ThreadPoolExecutor(len(todo)) as pool:
            for c, faults, done in pool.map(Case.run, todo):
                report(c.name, faults, done)
        return
    for c in todo:
        misdo(*c.deeds)
        open(LOG, "w").close()
        _, faults, done = c.run()
        report(c.name, faults, done)


def stall(name, op, r, deed, prefix):
    """Time is up where nothing was answered; on a slow machine it may have been
    before that, and more time is given."""
    ms = 1200 if op.slow else 400
    while True:
        folder = folder_of(op)
        before = snapshot(folder)
        done, error = run(op, ("--timeout", f"{ms}ms"), folder, {"COSIGN_OIDC_ISSUER": OIDC + prefix} if prefix else {})
        faults = judge(op, done, error, "timeout", [r.who], before, folder)
        shutil.rmtree(folder)
        if not faults or ms > 20000:
            return f"{name}: {r.service} {r.part} {deed}", faults, done
        ms *= 3


def stall_each(ops):
    """All at once: they wait anyway. Who logs in does it at an issuer of its own."""
    for deed in ("stall", "drip"):
        todo = [(name, op, r, f"/t/{deed}-{name}-{n}" if "--fulcio-auth-flow" in op.argv else "")
                for name, op in ops for n, r in enumerate(op.requests) if r.only is None]
        for some in rounds(todo):
            misdo(*[f"{r.service} {prefix}{r.part} {deed}" for _, _, r, prefix in some])
            with concurrent.futures.ThreadPoolExecutor(len(some)) as pool:
                for name, faults, done in pool.map(lambda t: stall(t[0], t[1], t[2], deed, t[3]), some):
                    report(name, faults, done)


def hits(r, prefix, op, other):
    """Whether what is done to the request is done to the operation too."""
    return any(q.service == r.service and prefix + r.part in other + q.part for q in op.all)


def rounds(todo):
    """Groups in which no request stands in the way of another operation's."""
    while todo:
        some, rest = [], []
        for name, op, r, prefix in todo:
            clash = any(hits(s, p, op, prefix) or hits(r, prefix, o, p) for _, o, s, p in some)
            (rest if clash else some).append((name, op, r, prefix))
        todo = rest
        yield some


# --- the operations --------------------------------------------------------------

def trusted(config):
    return ["--signing-config", f"{SIGDIR}/signing_config{config}.json", "--trusted-root", f"{SIGDIR}/trusted_root.json"]


def sign_blob(config, *flags):
    return ["cosign", "sign-blob", *trusted(config), "--bundle", "b", *flags, "file"]


def forged_only(*requests, leave=()):
    """The same where another command makes them: what stands behind is the same
    code, and what is done with the answer is not."""
    return [Request(r.service, r.part, r.who, forged={k: v for k, v in r.forged.items() if k not in leave}, only=("status 503", "truncate"),
                    other=r.other) for r in requests]


def get_token(*flags):
    return ["cosign", "get-token", *flags]


def log_in(flow, *flags):
    return get_token("--oidc-disable-ambient-providers", "--fulcio-auth-flow", flow, *flags)


CA, TSA, LOG1, LOG2 = ("certificate authority " + ENV["FULCIO_URL"], "timestamp authority " + ENV["TSA_URL"],
                       "transparency log " + ENV["REKOR1_URL"], "transparency log " + ENV["REKOR2_URL"])
CERTIFICATE = {
    "other-ca": ("untrusted-certificate",), "other-identity": ("wrong-identity", "alice@example.com", "mallory@example.com"),
    "other-issuer": ("wrong-identity", "https://other.example.com"), "other-key": ("bad-certificate", "another key"),
    "replay": ("bad-certificate", "another key"), "no-sct": ("bad-sct",), "bad-sct": ("bad-sct",), "other-sct": ("bad-sct",),
    "expired": ("expired-certificate",), "future": ("expired-certificate",), "other-usage": ("untrusted-certificate",),
}
STAMP = {
    "other-key": ("bad-timestamp",), "other-bytes": ("bad-timestamp",), "other-nonce": ("bad-timestamp",), "rejected": ("bad-timestamp",),
    "time 1700000000": ("bad-timestamp",), "replay": ("bad-timestamp",),
}
ENTRY1 = {
    "other-key": ("bad-log-entry",), "other-log": ("untrusted-log",), "other-entry": ("bad-log-entry",), "replay": ("bad-log-entry",),
    "other-origin": ("bad-checkpoint",), "bad-proof": ("bad-log-proof",), "bad-checkpoint": ("bad-log-proof",),
    "bad-note": ("bad-checkpoint",), "no-proof": ("bad-log-entry",), "bad-set": ("bad-log-entry",), "no-set": ("protocol",),
    "time 1700000000": ("expired-certificate",), "other-id": ("protocol",),
}
ENTRY2 = {
    "other-key": ("bad-checkpoint",), "other-log": ("untrusted-log",), "other-entry": ("bad-log-proof",), "replay": ("bad-log-proof",),
    "other-origin": ("bad-checkpoint",), "bad-proof": ("bad-log-proof",), "bad-checkpoint": ("bad-log-proof",),
    "bad-note": ("bad-checkpoint",), "no-proof": ("protocol",),
}
IDENTITY = {
    "token-issuer": ("bad-token", "https://elsewhere.example"), "token-audience": ("bad-token", "somebody"), "token-hash": ("bad-token",),
    "expired": ("bad-token", "expired"), "not-yet": ("bad-token", "not valid yet"), "unverified": ("bad-token", "verified"),
    "alg-none": ("bad-token", "not signed"), "no-token": ("protocol",), "denied": ("denied", "access_denied"),
    "late": ("denied", "expired_token"), "error": ("denied", "server_error"), "token-forged": ("bad-token",),
}
KEYS = {"other-keys": ("bad-token",)}
ROBOT = {k: v for k, v in IDENTITY.items() if k != "unverified"}
NONCE = {"token-nonce": ("bad-token", "nonce"), "no-nonce": ("bad-token", "nonce"), "replay": ("bad-token", "nonce")}
AMBIENT = {"expired": ("bad-token", "expired"), "not-yet": ("bad-token", "not valid yet"), "alg-none": ("bad-token", "not signed"),
           "no-token": ("protocol",)}
DESCRIPTION = {"other-issuer": ("protocol", "https://elsewhere.example"),
               "token-endpoint http://login.example/token": ("bad-config", "in the clear"), "token-endpoint /token": ("bad-config",),
               "token-endpoint file:///etc/passwd": ("bad-config",), "keys-at http://login.example/keys": ("bad-config", "in the clear")}
GOOGLE = ("reset", "truncate", "endless", "empty", "html 502", "status 403", "status 429 1000")
BINARY = {"empty": "bad-timestamp", "garbage": "bad-timestamp", "html 200": "bad-timestamp", "bomb": "bad-timestamp"}


EXISTS = {f: "exists" for f in ("reset", "truncate", "cut-chunk", "endless", "headers", "empty", "garbage", "html 200", "html 502",
                                "bomb", *("status " + str(n) for n in (400, 401, 403, 404, 429, 500, 503)))}
EXISTS["refuse"] = "network"
CHECKPOINT = {"other-key": ("untrusted-log",), "other-origin": ("untrusted-log",), "bad-note": ("bad-checkpoint",),
              "bad-checkpoint": ("bad-log-proof",), "early-checkpoint": ("exists",)}
TILE = {"bad-tile": ("bad-log-proof",), "short-tile": ("exists",)}
PROOF = {"other-entry": ("protocol",), "other-id": ("protocol",), "no-proof": ("bad-log-proof",), "bad-proof": ("bad-log-proof",),
         "bad-checkpoint": ("bad-log-proof",), "other-log": ("bad-log-entry",), "time 100": ("bad-log-entry",)}
FOUND = {"other-entry": ("not-logged",), "other-id": ("protocol",), "no-proof": ("bad-log-proof",), "bad-proof": ("bad-log-proof",),
         "bad-checkpoint": ("bad-log-proof",)}
UNHEARD = {"status 400": "not-logged"}
JUDGED = {**FOUND, "other-key": ("bad-log-entry", "log entry 0"), "other-log": ("untrusted-log", "log entry 0"),
          "bad-set": ("bad-log-entry", "log entry 0")}


def old_blob():
    return ["cosign", "sign-blob", "--rekor-url", ENV["REKOR1_URL"], "--new-bundle-format=false", "--yes", "--trusted-root",
            f"{SIGDIR}/trusted_root.json", "--key", "rsa.key", "--bundle", "old.json", "--output-signature", "sig", "file"]


def detour():
    """The address of Google's service cannot be configured: what speaks HTTP is
    told to go elsewhere."""
    path = os.path.join(work, "detour")
    with open(path, "w") as f:
        f.write(f"""#!/usr/bin/env -S python3 -SsE
import os, subprocess, sys
real = subprocess.Popen(['cosign-remote-http'], stdin=subprocess.PIPE)
while chunk := os.read(0, 65536):
    real.stdin.write(chunk.replace(b'https://iamcredentials.googleapis.com', b'{OIDC}'))
    real.stdin.flush()
real.stdin.close()
sys.exit(real.wait())
""")
    os.chmod(path, 0o755)
    return path


def prepare(ops):
    """What the operations find: a log that has grown, and their own entries."""
    with open("file", "w") as f:
        f.write("what is signed\n")
    subprocess.run(["openssl", "genrsa", "-out", "rsa.key", "2048"], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", "rsa.key", "-pubout", "-out", "rsa.pub"], check=True)
    misdo("grow rekor2 270", "grow rekor1 20")
    for op in ops:
        if op.before:
            subprocess.run(op.before, check=True, stdout=subprocess.DEVNULL, env={**ENV, "COSIGN_PASSWORD": ""})
    misdo("grow rekor2 300", "grow rekor1 30")


def discovery():
    return Request("oidc", "/.well-known/openid-configuration", OIDC, "description", DESCRIPTION)


def operations():
    fulcio = Request("fulcio", "/api/v2/signingCert", CA, forged=CERTIFICATE)
    tsa = Request("tsa", "/api/v1/timestamp", TSA, forged=STAMP, other=BINARY)
    log1 = Request("rekor1", "/api/v1/log/entries", LOG1, forged=ENTRY1)
    log2 = Request("rekor2", "/api/v2/log/entries", LOG2, forged=ENTRY2)
    with open("secret", "w") as f:
        f.write("p&q=r %s+t")
    robot = ("--oidc-client-id", "robot", "--oidc-client-secret-file", os.path.abspath("secret"))
    identity = ("--identity-token", TOKEN)
    return {
        "sign": Operation(sign_blob("", *identity), [fulcio, tsa, log2], files=["file"]),
        "sign-v1": Operation(sign_blob(".v1", *identity), [log1], files=["file"], uses=[fulcio]),
        "witness": Operation(["cosign", "witness", *trusted("")], forged_only(tsa, log2), stdin=["sh", "-c", " ".join([
            "cosign make-payload <images | cosign sign-payload --retry 9", *trusted(""), "--identity-token", TOKEN])]),
        "layout": Operation(["cosign", "sign", *trusted(""), *identity, "oci:image"], forged_only(fulcio, tsa, log2), files=["image"]),
        "attest": Operation(["cosign", "attest", *trusted(""), *identity, "--predicate", "predicate", "oci:image"], forged_only(tsa, log2),
                            files=["image", "predicate"]),
        "registry": Operation(["cosign", "sign", *trusted(""), *identity, ENV.get("FAKE", "") + "/app:1"], forged_only(fulcio, tsa, log2)),
        "legacy": Operation(["cosign", "sign", "--rekor-url", ENV["REKOR1_URL"], "--fulcio-url", ENV["FULCIO_URL"], "--timestamp-server-url",
                             ENV["TSA_URL"], "--new-bundle-format=false", "-y", "--trusted-root", f"{SIGDIR}/trusted_root.json", *identity,
                             ENV.get("FAKE", "") + "/app:1"], forged_only(log1, leave=("no-proof", "bad-note"))),
        "conflict-v1": Operation(sign_blob(".v1", "--key", "rsa.key"), [
            Request("rekor1", "/api/v1/log/entries/", LOG1, forged={k: v for k, v in ENTRY1.items() if "time" not in k})], files=["file", "rsa.key"],
            uses=[log1], before=sign_blob(".v1", "--key", "rsa.key")),
        "conflict-v2": Operation(sign_blob(".v2", "--key", "rsa.key"), [
            Request("rekor2", "/api/v2/checkpoint", LOG2, forged=CHECKPOINT, other=EXISTS, failing=2),
            Request("rekor2", "/api/v2/tile/", LOG2, forged=TILE, other=EXISTS, normal=2, failing=2)], files=["file", "rsa.key"],
            uses=[log2, tsa], before=sign_blob(".v2", "--key", "rsa.key")),
        "proof": Operation(["cosign", "bundle", "create", "--rekor-url", ENV["REKOR1_URL"], "--artifact", "file", "--bundle", "old.json", "--out", "b"],
                           [Request("rekor1", "/api/v1/log/entries?logIndex=", LOG1, forged=PROOF)], files=["file", "old.json"], before=old_blob()),
        "search": Operation(["cosign", "bundle", "create", "--rekor-url", ENV["REKOR1_URL"], "--artifact", "file", "--signature", "sig",
                             "--key", "rsa.pub", "--out", "b"],
                            [Request("rekor1", "/api/v1/log/entries/retrieve", LOG1, forged=FOUND, other=UNHEARD)], files=["file", "sig", "rsa.pub"],
                            before=old_blob()),
        "online": Operation(["cosign", "verify-blob", "--rekor-url", ENV["REKOR1_URL"], "--trusted-root", f"{SIGDIR}/trusted_root.json",
                             "--key", "rsa.pub", "--signature", "sig", "file"],
                            [Request("rekor1", "/api/v1/log/entries/retrieve", LOG1, forged=JUDGED, other=UNHEARD, only=("status 400", "status 500", "truncate", "html 200"))], files=["file", "sig", "rsa.pub"],
                            before=old_blob(), verdict=True),
        "github": Operation(get_token(), [Request("oidc", "/github", "github-actions", "token", AMBIENT)], {
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "github-secret", "ACTIONS_ID_TOKEN_REQUEST_URL": OIDC + "/github?api-version=2.0"}),
        "buildkite": Operation(get_token(), [Request("oidc", "/buildkite/", "buildkite-agent", "token", AMBIENT)], {
            "BUILDKITE_AGENT_ACCESS_TOKEN": "buildkite-secret", "BUILDKITE_AGENT_ENDPOINT": OIDC + "/buildkite/v3", "BUILDKITE_JOB_ID": "job-1"}),
        "google": Operation(get_token(), [Request("oidc", "/identity", "google-workload-identity", "token", {
            k: v for k, v in AMBIENT.items() if k != "no-token"},
            other={"empty": "bad-token", "garbage": "bad-token", "html 200": "bad-token", "bomb": "bad-token"})],
            {"GCE_METADATA_HOST": OIDC[len("http://"):]}),
        "impersonate": Operation(get_token("--oidc-provider", "google-impersonate"), [
            Request("oidc", "/default/token", "Google's metadata server", "token", only=GOOGLE),
            Request("oidc", "/v1/projects/", "google-impersonate", "token", AMBIENT, only=GOOGLE)],
            {"GCE_METADATA_HOST": OIDC[len("http://"):], "GOOGLE_SERVICE_ACCOUNT_NAME": "other@project.iam.example",
             "COSIGN_REMOTE_HTTP": detour()}),
        "robot": Operation(log_in("client_credentials", *robot), [discovery(), Request("oidc", "/token", OIDC, "token", ROBOT),
                                                                         Request("oidc", "/keys", OIDC, "description", KEYS)]),
        "device": Operation(log_in("device"), [Request("oidc", "/device/code", OIDC, "token"), Request("oidc", "/token", OIDC, "token", IDENTITY)],
                            uses=[discovery(), Request("oidc", "/keys", OIDC)], slow=True),
        "browser": Operation(log_in("normal"), [Request("oidc", "/token", OIDC, "token", {**IDENTITY, **NONCE}, once=True)],
                             {"BROWSER": "curl -sSL -o /dev/null"}, uses=[discovery(), Request("oidc", "/keys", OIDC)]),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("operations", nargs="*")
    args = parser.parse_args()
    ops = operations()
    some = [(name, ops[name]) for name in args.operations or ops]
    prepare([op for _, op in some])
    for name, op in some:
        break_each(name, op)
    stall_each(some)
    misdo()
    print(f"{count} cases, {wrong} wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
