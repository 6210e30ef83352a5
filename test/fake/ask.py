#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests to one cosign-remote-http, from JSON lines on stdin.

Each line is a request frame without an id, its body in the member "body"; all
are sent at once. For each, in order, a JSON line is printed: status, url,
headers (the first of each name), body, heads (how many came), reason, message,
hint. The status is that of cosign-remote-http. --slow reads answers late.
"""
import json
import subprocess
import sys
import time

requests = [json.loads(line) for line in sys.stdin if line.strip()]
text = b""
for number, request in enumerate(requests, 1):
    body = request.pop("body", "").encode()
    text += json.dumps({"id": number, **request, "length": len(body)}).encode() + b"\n" + body
helper = subprocess.Popen(["cosign-remote-http"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
helper.stdin.write(text)
helper.stdin.close()
if "--slow" in sys.argv:
    time.sleep(0.3)
got = {n: {"status": None, "body": b"", "heads": 0, "ended": False} for n in range(1, len(requests) + 1)}
while line := helper.stdout.readline():
    frame = json.loads(line)
    one = got[frame.pop("id")]
    assert not one["ended"], "an answer goes on behind its end"
    kind = frame.pop("type")
    if kind == "head":
        headers = {}
        for header in frame["headers"]:
            name, value = header.split(": ", 1)
            headers.setdefault(name, value)
        one.update(status=frame["status"], url=frame["url"], headers=headers, body=b"", heads=one["heads"] + 1)
    elif kind == "body":
        one["body"] += helper.stdout.read(frame["length"])
    else:
        one.update(frame, ended=True)
status = helper.wait()
for one in got.values():
    if not one["ended"]:
        one["reason"] = "no end"
    del one["ended"]
    one["size"] = len(one["body"])
    one["body"] = one["body"].decode("latin-1") if one["size"] < 10000 else ""
    print(json.dumps(one))
sys.exit(status)
