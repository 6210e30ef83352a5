#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server whose faults are written in the path that is asked for.

Prints its port, then serves on 127.0.0.1 until it is ended. --tls CERT KEY
speaks TLS (--client-ca FILE asks for a client certificate), --log FILE gets a
JSON line a request, --name TEXT is said in answers, --mute accepts and says
nothing, unless what comes begins like plain http.

  /ok/N             200, N bytes (default "hello")
  /echo             200, a JSON object of what was received
  /status/N         that status, with a JSON body
  /flaky/KEY/N/S    status S the first N times KEY is asked, then 200
  /later/KEY/SEC    429 with Retry-After: SEC once, then 200
  /once/KEY/FAULT   FAULT (a path below) the first time, then 200
  /reset            connection closed hard before any answer
  /halfhead         closed hard within the headers
  /halfbody         200, ten bytes promised, four sent, then closed
  /chunkcut         chunked, closed hard within a chunk
  /stall            says nothing
  /stallbody        head and four bytes, then nothing
  /endless          never ends
  /long             ten bytes promised, twenty sent
  /headers/N        N bytes of headers
  /noise            bytes that are no HTTP
  /loop             redirects to itself
  /to?CODE URL      redirects with that status
  /files/PATH       200, that file below --files DIR; if PATH.fault is there too,
                    what it says is done in its place (a path of above)
"""
import argparse
import json
import os
import socket
import ssl
import struct
import threading
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("--tls", nargs=2)
parser.add_argument("--client-ca")
parser.add_argument("--log")
parser.add_argument("--name", default="httpd")
parser.add_argument("--mute", action="store_true")
parser.add_argument("--curt", action="store_true", help="closes without a word when it gets no request")
parser.add_argument("--proxy", action="store_true", help="also CONNECT and absolute URLs")
parser.add_argument("--files", help="what /files/ serves")
args = parser.parse_args()

seen = {}
lock = threading.Lock()
log = open(args.log, "a", buffering=1) if args.log else None


def times(key):
    with lock:
        seen[key] = seen.get(key, 0) + 1
        return seen[key]


class Gone(Exception):
    pass


class Peer:
    def __init__(self, conn):
        self.conn = conn
        self.file = conn.makefile("rb")

    def reset(self):
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def send(self, data):
        self.conn.sendall(data)

    def answer(self, status, body=b"", headers=(), head=False):
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", f"X-Server: {args.name}"]
        lines += [f"{k}: {v}" for k, v in headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if head else body))

    def wait(self):
        """Until the other side goes away."""
        while self.conn.recv(4096):
            pass
        raise Gone

    def request(self):
        line = self.file.readline(65537)
        if not line:
            raise Gone
        if not line.rstrip().endswith(b"HTTP/1.1"):
            if args.curt:
                raise Gone
            self.answer(400, b"that was no request", [("Connection", "close")])
            raise Gone
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = []
        while True:
            line = self.file.readline(65537).decode("latin-1").rstrip("\r\n")
            if not line:
                break
            headers.append([part.strip() for part in line.split(":", 1)])
        length = int(dict((k.lower(), v) for k, v in headers).get("content-length", 0))
        return method, target, headers, self.file.read(length)


def fault(peer, what, rest):
    if what == "reset":
        peer.reset()
    elif what == "halfhead":
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
        peer.reset()
    elif what == "halfbody":
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour")
        raise Gone
    elif what == "chunkcut":
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nfour")
        raise Gone
    elif what == "stall":
        peer.wait()
    elif what == "stallbody":
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour")
        peer.wait()
    elif what == "endless":
        peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            peer.send(b"x" * 65536)
    elif what == "long":
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + b"0123456789" * 2)
    elif what == "headers":
        peer.answer(200, b"hello", [("X-Long", "h" * 1000)] * (int(rest) // 1000))
    elif what == "noise":
        peer.send(b"\x00\x01\x02 this is no http\r\n\r\n" * 3)
        raise Gone
    else:
        return False
    return True


def respond_file(peer, method, target, headers, body):
    path = os.path.join(args.files, urllib.parse.unquote(target[len("/files/"):]))
    if os.path.exists(path + ".fault"):
        with open(path + ".fault") as f:
            respond(peer, method, f.read().strip(), headers, body)
    elif os.path.isfile(path):
        with open(path, "rb") as f:
            peer.answer(200, f.read(), head=method == "HEAD")
    else:
        peer.answer(404, b"no such file: " + b"-" * 2000)


def respond(peer, method, target, headers, body):
    if args.files and target.startswith("/files/"):
        respond_file(peer, method, target, headers, body)
        return
    url = urllib.parse.urlsplit(target)
    path = url.path.strip("/").split("/")
    head = method == "HEAD"
    what, rest = path[0], path[1] if len(path) > 1 else ""
    if what == "once":
        if times(rest) == 1 and fault(peer, path[2], "0"):
            return
        peer.answer(200, b"hello", head=head)
    elif what == "echo":
        peer.answer(200, json.dumps({"method": method, "target": target, "headers": headers,
                                     "body": body.decode("latin-1"), "server": args.name}).encode())
    elif what == "status":
        peer.answer(int(rest), b'{"status": %s}' % rest.encode(), head=head)
    elif what == "flaky":
        bad = times(rest) <= int(path[2])
        peer.answer(int(path[3]) if bad else 200, b"bad" if bad else b"hello", head=head)
    elif what == "later":
        bad = times(rest) == 1
        peer.answer(429 if bad else 200, b"hello", [("Retry-After", path[2])] if bad else [], head=head)
    elif what == "loop":
        peer.answer(302, b"", [("Location", target)])
    elif what == "to":
        code, where = urllib.parse.unquote(url.query).split(" ", 1)
        peer.answer(int(code), b"moved", [("Location", where)])
    elif not fault(peer, what, rest):
        known = what in ("ok", "v2")
        text = b"b" * int(rest) if rest else b"hello"
        peer.answer(200 if known else 404, text, head=head)


def tunnel(peer, target):
    host, port = target.rsplit(":", 1)
    # Every name leads to this machine.
    other = socket.create_connection(("127.0.0.1", int(port)))
    peer.answer(200)

    def pump(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        try:
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    back = threading.Thread(target=pump, args=(other, peer.conn), daemon=True)
    back.start()
    pump(peer.conn, other)
    back.join()
    raise Gone


def note(method, target, headers, conn):
    if not log:
        return
    cert = conn.getpeercert() if isinstance(conn, ssl.SSLSocket) else None
    with lock:
        log.write(json.dumps({"server": args.name, "method": method, "target": target,
                              "headers": {k.lower(): v for k, v in headers},
                              "client": bool(cert), "peer": conn.getpeername()[1]}) + "\n")


def serve(conn, context):
    try:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if args.mute and not conn.recv(4, socket.MSG_PEEK).startswith((b"GET ", b"HEAD")):
            while conn.recv(4096):
                pass
            raise Gone
        if context:
            conn = context.wrap_socket(conn, server_side=True)
        peer = Peer(conn)
        while True:
            method, target, headers, body = peer.request()
            note(method, target, headers, conn)
            if method == "CONNECT" and args.proxy:
                tunnel(peer, target)
            respond(peer, method, target, headers, body)
    except (Gone, OSError, ValueError, ssl.SSLError):
        pass
    finally:
        conn.close()


def main():
    context = None
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*args.tls)
        if args.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(args.client_ca)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    print(listener.getsockname()[1], flush=True)
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=serve, args=(conn, context), daemon=True).start()


main()
