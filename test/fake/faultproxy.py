# SPDX-License-Identifier: Apache-2.0
"""A proxy in front of a real registry that breaks one of the requests.

Used by faults.py: Proxy(backend, fault) listens on 127.0.0.1 and a port of its
own; what stands at .elsewhere is another origin (localhost, another port),
which keeps what it was sent in .leaked.
"""
import http.client
import socket
import struct
import threading
import time

STATUS = {
    "403": b"{}", "404": b"{}", "429": b"{}", "500": b"{}", "503": b"{}",
    "502": b"<html><h1>Bad gateway</h1></html>", "401": b"{}",
}


class Gone(Exception):
    pass


class Listener:
    """Accepts on a port until it is closed; each connection has a thread."""

    def __init__(self, serve):
        self.serve, self.open, self.conns = serve, True, []
        self.sock = self.bound(0)
        self.sock.listen(64)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.sock,), daemon=True).start()

    def bound(self, port):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        return sock

    def accept(self, sock):
        while True:
            try:
                conn, _ = sock.accept()
            except OSError:
                return
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.conns.append(conn)
            threading.Thread(target=self.talk, args=(conn,), daemon=True).start()

    def talk(self, conn):
        try:
            with conn, conn.makefile("rb") as file:
                while True:
                    self.serve(conn, file)
        except (Gone, OSError, ValueError):
            pass

    def refuse(self, seconds):
        """Nobody listens here for a while (0: any more); the port stays ours."""
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        self.sock = self.bound(self.port)
        for conn in self.conns:
            reset(conn)
        self.conns = []
        if seconds:
            time.sleep(seconds)
            self.sock.listen(64)
            threading.Thread(target=self.accept, args=(self.sock,), daemon=True).start()

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()
        for conn in self.conns:
            reset(conn)


def reset(conn):
    try:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        conn.shutdown(socket.SHUT_RD)
        conn.close()
    except OSError:
        pass


def read_request(file):
    line = file.readline(65537)
    if not line:
        raise Gone
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise Gone
    headers = []
    while (line := file.readline(65537)) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
        headers.append((name.strip(), value.strip()))
    length = next((int(v) for k, v in headers if k.lower() == "content-length"), 0)
    return parts[0], parts[1], headers, file.read(length)


def answer(conn, status, headers, body, method="GET", length=None):
    lines = [f"HTTP/1.1 {status} X"] + [f"{k}: {v}" for k, v in headers]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    conn.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if method == "HEAD" else body))


class Proxy:
    def __init__(self, backend, fault):
        self.backend, self.fault = backend, fault
        self.log, self.leaked, self.stash = [], [], {}
        self.lock = threading.Lock()
        self.front = Listener(self.serve)
        self.other = Listener(self.serve_elsewhere)
        self.host = f"127.0.0.1:{self.front.port}"
        self.elsewhere = f"http://localhost:{self.other.port}"

    def close(self):
        self.front.close()
        self.other.close()

    def forward(self, method, target, headers, body):
        up = http.client.HTTPConnection(self.backend)
        try:
            up.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for k, v in headers:
                if k.lower() != "connection":
                    up.putheader(k, v)
            up.endheaders(body)
            r = up.getresponse()
            drop = ("content-length", "connection", "transfer-encoding")
            data = r.read()
            kept = [(k, v) for k, v in r.getheaders() if k.lower() not in drop]
            size = next((int(v) for k, v in r.getheaders() if k.lower() == "content-length"), len(data))
            return r.status, kept, data, size
        finally:
            up.close()

    def serve_elsewhere(self, conn, file):
        method, target, headers, body = read_request(file)
        self.leaked.append((method, target, headers, body))
        status, kept, data, size = self.stash.get(target, (404, [], b"{}", 2))
        answer(conn, status, kept, data, method, size)

    def serve(self, conn, file):
        method, target, headers, body = read_request(file)
        with self.lock:
            name, fault = self.fault.of(method, target)
            self.log.append(name)
        if fault:
            self.broken(conn, fault, method, target, headers, body)
        else:
            status, kept, data, size = self.forward(method, target, headers, body)
            answer(conn, status, kept, data, method, size)

    def broken(self, conn, fault, method, target, headers, body):
        if fault == "refused":
            self.front.refuse(0 if self.fault.kind.endswith("+") else 0.15)
            raise Gone
        if fault == "reset":
            reset(conn)
            raise Gone
        if fault == "stall":
            while conn.recv(4096):
                pass
            raise Gone
        if fault in STATUS:
            extra = {"429": [("Retry-After", "0")], "502": [("Content-Type", "text/html")], "401": [
                ("WWW-Authenticate", f'Bearer realm="http://{self.host}/token",service="tests"')]}
            answer(conn, int(fault), extra.get(fault, []), STATUS[fault], method)
            return
        if fault == "loop":
            answer(conn, 307, [("Location", target)], b"", method)
            return
        if fault == "endless":
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                conn.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        if fault == "redirect" and method not in ("GET", "HEAD"):
            answer(conn, 307, [("Location", f"{self.elsewhere}/stolen")], b"", method)
            return
        status, kept, data, size = self.forward(method, target, headers, body)
        self.spoilt(conn, fault, method, status, kept, data, size)

    def spoilt(self, conn, fault, method, status, kept, data, size):
        if fault == "redirect":
            self.stash["/stash"] = status, kept, data, size
            answer(conn, 307, [("Location", f"{self.elsewhere}/stash")], b"", method)
            return
        if fault == "location":
            kept = [(k, f"{self.elsewhere}/upload" if k.lower() == "location" else v) for k, v in kept]
            self.stash["/upload"] = 201, [], b"", 0
        if fault in ("reset-after", "halfhead"):
            if fault == "halfhead":
                conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
            reset(conn)
            raise Gone
        if fault == "truncated":
            answer(conn, status, kept, data[:len(data) // 2], method, len(data) + 1)
            raise Gone
        if fault == "stallbody":
            answer(conn, status, kept, data[:len(data) // 2], method, len(data) + 1)
            while conn.recv(4096):
                pass
            raise Gone
        if fault == "flip" and data:
            at = len(data) // 2
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        if fault == "pad":
            data += b" "
        answer(conn, status, kept, data, method, size if method == "HEAD" else None)
        if fault == "long":
            conn.sendall(b"x" * 100)
            raise Gone
