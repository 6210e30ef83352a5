# SPDX-License-Identifier: Apache-2.0
# spiffe.py SOCKET TOKEN-FILE [DEED]: the one call of a SPIFFE Workload API, gRPC
# on a Unix socket. It answers the token in the file when the request is what
# it should be. DEED: denied, empty, garbage, compressed, silent, closed, html,
# half (a message), endless, late (a refusal behind the token).
# Prints "ready".
import os
import socket
import struct
import sys
import threading

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'


def frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + struct.pack('>BBI', kind, flags, stream) + payload


# HPACK, literal fields without indexing and without Huffman's code alone.
def fields(*pairs):
    out = b''
    for name, value in pairs:
        out += b'\0' + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    return out


def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(body, compressed=0):
    return struct.pack('>BI', compressed, len(body)) + body


class Gone(Exception):
    pass


def take(c, n):
    out = b''
    while len(out) < n:
        more = c.recv(n - len(out))
        if not more:
            raise Gone
        out += more
    return out


HEAD = (':status', '200'), ('content-type', 'application/grpc')


def answer(c, stream, request, token, deed):
    if deed == 'closed':
        raise Gone
    if deed == 'silent':
        return
    if deed == 'html':
        c.sendall(frame(HEADERS, 4, stream, fields((':status', '502'), ('content-type', 'text/html'))))
        c.sendall(frame(DATA, 1, stream, b'<html>no</html>'))
        return
    good = request == message(field(1, b'sigstore'))
    if deed == 'denied' or not good:
        status, text = ('7', 'no identity issued') if good else ('3', 'what is that')
        c.sendall(frame(HEADERS, 5, stream, fields(*HEAD, ('grpc-status', status), ('grpc-message', text))))
        return
    svid = field(1, b'spiffe://example.org/job') + field(2, token) + field(3, b'hint')
    body = message(field(1, svid) + field(1, field(2, b'another')))
    if deed == 'empty':
        body = message(b'')
    elif deed == 'garbage':
        body = message(b'\x0a\xff\xff\xff\xff\x0f')
    elif deed == 'compressed':
        body = message(svid, 1)
    elif deed == 'half':
        body = body[:-20]
    c.sendall(frame(HEADERS, 4, stream, fields(*HEAD)) + frame(DATA, 0, stream, body))
    while deed == 'endless':
        c.sendall(frame(DATA, 0, stream, b' ' * 8192))
    c.sendall(frame(HEADERS, 5, stream, fields(('grpc-status', '16' if deed == 'late' else '0'))))


def serve(c, token, deed):
    bodies = {}
    try:
        if take(c, len(PREFACE)) != PREFACE:
            return
        c.sendall(frame(SETTINGS, 0, 0))
        while True:
            head = take(c, 9)
            kind, flags, stream = head[3], head[4], struct.unpack('>I', head[5:])[0] & 0x7fffffff
            payload = take(c, int.from_bytes(head[:3], 'big'))
            if kind == SETTINGS and not flags & 1:
                c.sendall(frame(SETTINGS, 1, 0))
            elif kind == PING and not flags & 1:
                c.sendall(frame(PING, 1, 0, payload))
            elif kind == HEADERS:
                bodies[stream] = b''
            elif kind == DATA:
                bodies[stream] += payload
            if kind in (HEADERS, DATA) and flags & 1:
                answer(c, stream, bodies.pop(stream), token, deed)
    except (Gone, OSError):
        pass
    finally:
        c.close()


def main():
    path, token, deed = sys.argv[1], open(sys.argv[2], 'rb').read().strip(), (sys.argv + [''])[3]
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(16)
    print('ready', flush=True)
    while True:
        threading.Thread(target=serve, args=(s.accept()[0], token, deed), daemon=True).start()


main()
