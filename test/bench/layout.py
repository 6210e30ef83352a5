#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Image layouts for the bench and for crashes, faster than a shell makes and
pushes them.

layout.py make DIR N             N small images, named 1 to N; prints their digests
layout.py push DIR HOST/REPO     all of it, over one connection; named manifests
                                 become tags (of a full name its tag counts), and
                                 what refers to a subject goes into the fallback
                                 tag where there is no API
"""
import hashlib
import http.client
import json
import os
import sys
from urllib.parse import urlsplit

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
NAME = "org.opencontainers.image.ref.name"


def make(folder, count):
    blobs = os.path.join(folder, "blobs", "sha256")
    os.makedirs(blobs)

    def put(media_type, data):
        name = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, name), "wb") as f:
            f.write(data)
        return {"mediaType": media_type, "digest": "sha256:" + name, "size": len(data)}

    def text(value):
        return json.dumps(value, separators=(",", ":")).encode()

    entries = []
    for i in range(1, count + 1):
        layer = put("application/vnd.oci.image.layer.v1.tar", b"layer %d of %s" % (i, folder.encode()))
        config = put("application/vnd.oci.image.config.v1+json", text(
            {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}))
        image = put(MANIFEST, text({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}))
        entries.append({**image, "annotations": {NAME: str(i)}})
        print(image["digest"])
    with open(os.path.join(folder, "oci-layout"), "w") as f:
        f.write('{"imageLayoutVersion":"1.0.0"}')
    with open(os.path.join(folder, "index.json"), "wb") as f:
        f.write(text({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}))


class Registry:
    def __init__(self, host, repo):
        self.connection = http.client.HTTPConnection(host)
        self.base = "/v2/%s/" % repo
        self.known = set()

    def ask(self, method, path, body=b"", **headers):
        self.connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            sys.exit("%s %s: %d %s" % (method, path, answer.status, said[:200]))
        return answer

    def blob(self, digest, data):
        if digest in self.known:
            return
        where = urlsplit(self.ask("POST", self.base + "blobs/uploads/").getheader("Location"))
        query = (where.query + "&" if where.query else "") + "digest=" + digest
        self.ask("PUT", where.path + "?" + query, data, Content_Type="application/octet-stream")
        self.known.add(digest)

    def manifest(self, what, data, media_type):
        return self.ask("PUT", self.base + "manifests/" + what, data, Content_Type=media_type)


def push(folder, target):
    registry = Registry(*target.split("/", 1))
    fallback = {}

    def read(digest):
        with open(os.path.join(folder, "blobs", *digest.split(":")), "rb") as f:
            return f.read()

    with open(os.path.join(folder, "index.json")) as f:
        entries = json.load(f)["manifests"]
    for entry in entries:
        data = read(entry["digest"])
        manifest = json.loads(data)
        for d in manifest.get("layers", []) + [manifest["config"]]:
            registry.blob(d["digest"], read(d["digest"]))
        name = entry.get("annotations", {}).get(NAME, entry["digest"])
        if "/" in name:
            name = name.rsplit(":", 1)[1]
        answer = registry.manifest(name, data, entry["mediaType"])
        subject = manifest.get("subject", {}).get("digest")
        if subject and not answer.getheader("OCI-Subject"):
            descriptor = {k: entry[k] for k in ("mediaType", "digest", "size")}
            descriptor["artifactType"] = manifest.get("artifactType", manifest["config"]["mediaType"])
            fallback.setdefault(subject, []).append(descriptor)
    if os.environ.get("REFERRERS_API"):
        return
    for subject, manifests in fallback.items():
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}
        registry.manifest(subject.replace(":", "-"), json.dumps(index).encode(), INDEX)


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    push(sys.argv[2], sys.argv[3])
