#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lets a command fail from below at one call after another, and judges.

usage: sweep.py sign-bundle|sign-legacy|push-bundle|push-legacy|verify|generate|login
    kill|torn|full|broken|memory|short|again|random [--points N] [--registry HOST:PORT]

KIND is of inject.c; random kills after a random time instead, N times: the
command alone, or with all that it started. push signs in the registry (random
only) what sign does in a directory. --points takes that many of the calls,
evenly spread (default: all). Stands where
cosign.key, other.key and their .pub are. Right is: no end by a signal but ours;
what is there afterwards is whole; what was there before still is; success is
true; and the same command, undisturbed, then works.
"""
import argparse
import base64
import concurrent.futures
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

parser = argparse.ArgumentParser()
parser.add_argument("scene")
parser.add_argument("kind")
parser.add_argument("--points", type=int, default=0)
parser.add_argument("--registry", default="")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--jobs", type=int, default=3)
args = parser.parse_args()

keys = os.getcwd()
work = tempfile.mkdtemp(dir=os.environ.get("BATS_TEST_TMPDIR"))
# Names of temporary files may end in _, those of repositories may not.
room = uuid.uuid4().hex
library = os.path.join(os.environ["BUILD"], "inject", "inject.so")
SIGN = ["--use-signing-config=false", "--tlog-upload=false", "--yes"]
VERIFY = ["--insecure-ignore-tlog=true"]
form = "--new-bundle-format=" + ("false" if args.scene.endswith("-legacy") else "true")
pushes = args.scene.startswith("push-")
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
old_login = {"auths": {"old.test": {"auth": base64.b64encode(b"a:b").decode()}}, "other": [1, {"x": None}]}


def cosign(where, *words, env=None, feed=b"", limit=30):
    env = {**os.environ, "HOME": where, "COSIGN_PASSWORD": "", **(env or {})}
    return subprocess.run(words, cwd=where, env=env, input=feed, capture_output=True, timeout=limit)


def image(where):
    if not pushes:
        return "oci:image"
    return f"{args.registry}/{repository(where)}@{subject}"


def repository(where):
    return f"crash/{args.scene}-{room}/{os.path.basename(where)}"


def command(where):
    key = os.path.join(keys, "cosign")
    sign = (["cosign-sign", "--key", key + ".key", *SIGN, form, image(where)], b"")
    return {
        "sign-bundle": sign, "sign-legacy": sign, "push-bundle": sign, "push-legacy": sign,
        "verify": (["cosign-verify", "--key", os.path.join(keys, "other.pub"), *VERIFY, "oci:image"], b""),
        "generate": (["cosign-generate-key-pair", "--output-key-prefix", "new"], b""),
        "login": (["cosign-login", "--username", "me", "--password-stdin", args.registry], b"secret"),
    }[args.scene]


def verifies(where, key):
    return cosign(where, "cosign-verify", "--key", os.path.join(keys, key + ".pub"), *VERIFY, image(where)).returncode


def prepare():
    global subject
    with open(os.path.join(keys, "image", "index.json")) as f:
        subject = json.load(f)["manifests"][0]["digest"]
    base = os.path.join(work, "base")
    os.makedirs(os.path.join(base, ".docker"))
    with open(os.path.join(base, ".docker", "config.json"), "w") as f:
        json.dump(old_login, f)
    os.chmod(f.name, 0o600)
    shutil.copytree(os.path.join(keys, "image"), os.path.join(base, "image"))
    done = cosign(base, "cosign-sign", "--key", os.path.join(keys, "other.key"), *SIGN, form, "oci:image")
    if done.returncode:
        sys.exit(done.stderr.decode())
    return base


# --- what is whole ---------------------------------------------------------------

def layout_is_bad(where, status):
    image = os.path.join(where, "image")
    blobs = os.path.join(image, "blobs", "sha256")
    for name in os.listdir(blobs):
        if re.fullmatch("[0-9a-f]{64}", name):
            with open(os.path.join(blobs, name), "rb") as f:
                if hashlib.sha256(f.read()).hexdigest() != name:
                    return f"blob {name} is torn"
    with open(os.path.join(image, "index.json")) as f:
        for d in json.load(f)["manifests"]:
            if not os.path.exists(os.path.join(blobs, d["digest"][7:])):
                return f"index.json lists {d['digest']}, which is not there"
    return signatures_are_bad(where, status)


def signatures_are_bad(where, status):
    if verifies(where, "other"):
        return "the earlier signature does not verify any more"
    if args.scene == "verify":
        return ""
    ours = verifies(where, "cosign")
    if ours not in (0, 12) or (status == 0 and ours):
        return f"verify gives {ours}"
    return ""


def registry_is_bad(where, status):
    """Everything that a tag leads to is there and has the digest it is named by."""
    registry = http.client.HTTPConnection(args.registry)
    base = f"/v2/{repository(where)}/"

    def get(path, **headers):
        # docker-registry says 500 of a tag while it writes it; it may be at it.
        for _ in range(60):
            registry.request("GET", base + path, headers=headers)
            answer = registry.getresponse()
            body = answer.read()
            if answer.status != 500:
                break
            time.sleep(0.05)
        return answer.status, body

    todo = [("manifests/" + tag, None) for tag in json.loads(get("tags/list")[1])["tags"]]
    for path, digest in todo:
        code, body = get(path, Accept=f"{INDEX}, {MANIFEST}")
        if code != 200:
            return f"{path} is listed and gives {code}"
        if digest and "sha256:" + hashlib.sha256(body).hexdigest() != digest:
            return f"{path} is torn"
        if path.startswith("blobs/"):
            continue
        held = json.loads(body)
        for d in held.get("manifests", []):
            todo.append(("manifests/" + d["digest"], d["digest"]))
        for d in held.get("layers", []) + [held[k] for k in ("config",) if k in held]:
            todo.append(("blobs/" + d["digest"], d["digest"]))
    registry.close()
    return signatures_are_bad(where, status)


def keys_are_bad(where, status):
    secret, public = (os.path.join(where, "new" + end) for end in (".key", ".pub"))
    for name in os.listdir(where):
        if name.startswith("new.key") and os.stat(os.path.join(where, name)).st_mode & 0o77:
            return f"{name} may be read by others"
    if status == 0 and not (os.path.exists(secret) and os.path.exists(public)):
        return "success without keys"
    if not os.path.exists(secret):
        return "a public key without its private one" if os.path.exists(public) else ""
    done = cosign(where, "cosign-public-key", "--key", "new.key")
    if done.returncode:
        return "the private key is not whole"
    if os.path.exists(public):
        with open(public, "rb") as f:
            if f.read() != done.stdout:
                return "the public key is another one"
    return ""


def login_is_bad(where, status):
    path = os.path.join(where, ".docker", "config.json")
    with open(path) as f:
        held = json.load(f)
    if os.stat(path).st_mode & 0o77:
        return "the file may be read by others"
    new = held["auths"].pop(args.registry, None)
    if held != old_login:
        return "what was there before is gone"
    if new is None:
        return "success, and nothing was written" if status == 0 else ""
    return "" if base64.b64decode(new["auth"]) == b"me:secret" else "another login"


def find_bad(where, status):
    look = {"generate": keys_are_bad, "login": login_is_bad}.get(args.scene, registry_is_bad if pushes else layout_is_bad)
    return look(where, status)


def judge(where, status, text):
    if status < 0 and not (status == -signal.SIGKILL and args.kind in ("kill", "torn", "random")):
        return f"ended by signal {-status}"
    if status == 99 or b"Sanitizer" in text:
        return "a sanitizer complains"
    if args.kind in ("short", "again") and status:
        return "fails: " + text.decode("utf-8", "replace").strip()
    if status > 0 and not text.strip():
        return f"status {status} without a word"
    bad = find_bad(where, status)
    if bad or status == 0:
        return bad
    words, feed = command(where)
    for name in ("new.key", "new.pub"):
        if os.path.exists(os.path.join(where, name)):
            os.unlink(os.path.join(where, name))
    again = cosign(where, *words, feed=feed)
    if again.returncode:
        return "does not work afterwards: " + again.stderr.decode("utf-8", "replace").strip()
    return find_bad(where, 0)


def run(where, number):
    words, feed = command(where)
    if args.kind == "random" and number == 10**9:
        return cosign(where, *words, feed=feed)
    if args.kind != "random":
        env = {"LD_PRELOAD": library, "INJECT": f"{args.kind} {number}", "INJECT_IN": words[0],
               "INJECT_COUNT": os.path.join(where, ".count")}
        try:
            return cosign(where, *words, env=env, feed=feed)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(words, 124, b"", b"hangs")
    env = {**os.environ, "HOME": where, "COSIGN_PASSWORD": ""}
    child = subprocess.Popen(words, cwd=where, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
    child.stdin.write(feed)
    child.stdin.close()
    child.stdin = None
    time.sleep(random.Random(args.seed * 1000003 + number).random() * span)
    if number % 2:
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    _, text = child.communicate()
    return subprocess.CompletedProcess(words, child.returncode, b"", text or b"killed")


def begin(where):
    shutil.copytree(base, where, symlinks=True)
    if pushes:
        subprocess.run([sys.executable, os.path.join(os.environ["TOP"], "test", "bench", "layout.py"), "push", "image",
                        f"{args.registry}/{repository(where)}"], cwd=where, check=True)


def one(number):
    where = os.path.join(work, str(number))
    begin(where)
    done = run(where, number)
    bad = "hangs" if done.returncode == 124 else judge(where, done.returncode, done.stderr)
    shutil.rmtree(where)
    return number, done.returncode, bad


def numbers():
    """Which calls: as many as an undisturbed run makes."""
    global span
    where = os.path.join(work, "plan")
    begin(where)
    started = time.monotonic()
    done = run(where, 10**9)
    span = (time.monotonic() - started) * 1.2
    if done.returncode > 0:
        sys.exit("fails undisturbed: " + done.stderr.decode())
    if args.kind == "random":
        return list(range(1, (args.points or 100) + 1))
    if args.kind in ("short", "again"):
        return [1, 7] if args.kind == "short" else [1]
    with open(os.path.join(where, ".count")) as f:
        count = int(f.read())
    step = max(1, count // args.points) if args.points else 1
    return list(range(1, count + 2, step))


span = 0.05
try:
    base = prepare()
    wrong = passed = killed = 0
    points = numbers()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for number, status, bad in pool.map(one, points):
            passed += status == 0
            killed += status == -signal.SIGKILL
            if bad:
                wrong += 1
                print(f"{args.scene} {args.kind} {number}: {bad}; status {status}")
    print(f"{len(points)} points, {killed} killed, {passed} passed all the same, {wrong} wrong")
    sys.exit(wrong > 0)
finally:
    shutil.rmtree(work, ignore_errors=True)
