"""Speaks the TLS of TDS 7: the handshake inside PRELOGIN packets, then everything inside TLS; refuses each login."""
import socket, ssl, struct, sys
cert, key = sys.argv[1:]

def exact(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more: raise EOFError
        data += more
    return data

def packet(kind, data): return struct.pack(">BBHHBB", kind, 1, len(data) + 8, 0, 1, 0) + data

def message(read):
    whole = b""
    while True:
        kind, status, length, _, _, _ = struct.unpack(">BBHHBB", read(8))
        whole += read(length - 8)
        if status & 1: return kind, whole

def b_varchar(text): return bytes([len(text)]) + text.encode("utf-16-le")
def us_varchar(text): return struct.pack("<H", len(text)) + text.encode("utf-16-le")

def error(number, text):
    body = struct.pack("<IBB", number, 1, 14) + us_varchar(text) + b_varchar("peer") + b_varchar("") + struct.pack("<I", 1)
    return b"\xaa" + struct.pack("<H", len(body)) + body + b"\xfd" + struct.pack("<HHQ", 2, 0, 0)

def prelogin(encryption):
    return bytes([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF]) + bytes([16, 0, 0, 0, 0, 0]) + bytes([encryption])

def serve(sock):
    message(lambda n: exact(sock, n))
    sock.sendall(packet(4, prelogin(1)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(inward, outward, server_side=True)
    while True:
        try:
            tls.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            done = False
        if outward.pending: sock.sendall(packet(0x12, outward.read()))
        if done: break
        inward.write(message(lambda n: exact(sock, n))[1])
    def read(count):
        data = b""
        while len(data) < count:
            try: data += tls.read(count - len(data))
            except ssl.SSLWantReadError:
                more = sock.recv(65536)
                if not more: raise EOFError
                inward.write(more)
        return data
    kind, login = message(read)
    tls.write(packet(4, error(18456, "Login failed for user 'u'.")))
    sock.sendall(outward.read())
    sock.recv(1)

server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    sock, _ = server.accept()
    try: serve(sock)
    except (EOFError, OSError): pass  # A client that does not trust it goes.
    finally: sock.close()
