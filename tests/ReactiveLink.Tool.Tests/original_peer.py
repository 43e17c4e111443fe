#!/usr/bin/env python3
"""Plays an original peer, in both directions, with nothing but the standard library.

    original_peer.py send HOST:PORT --frame F --codec C [--seed N] [--messages N]
        Sends good, corrupt, cut, duplicated, reordered, missing, wrapped, restarted and pickled datagrams from several sockets, and prints the
        truth as one JSON object: per socket what a correct receiver says of each datagram, in order, and the sums.

    original_peer.py receive --frame F --codec C --count N [--timeout S]
        Prints {"event":"listening","endpoint":...}, takes N datagrams, verifies each one byte by byte, and prints what it got as one JSON object.

Nothing here is shared with the implementation under test: the frames are packed with struct and zlib, the expectations follow from what is
injected and from the published rules (RFC 1982 serial numbers; RFC 3550 A.1 with dropout 3000, misorder 100, two in a row to believe a jump).
"""
import argparse
import json
import pickle
import random
import socket
import struct
import sys
import time
import zlib

WRAP = 1 << 32
BOMB_SIZE = 64 << 20  # far above any sensible bound, 64 KiB on the wire
PRIORITIES = (1, 2, 3, 4)
TYPES = ("command", "data", "status", "error", "heartbeat", "acknowledgment", "configuration", "control", "plant-specific")
METADATA_KEYS = ["message_id", "timestamp", "message_type", "priority", "source", "destination", "correlation_id"]


def has_crc(frame):
    return frame in ("crc-seq", "crc")


def has_sequence(frame):
    return frame in ("crc-seq", "seq", "seq-zlib")


def header_size(frame):
    return {"crc-seq": 8, "crc": 4, "seq": 4, "seq-zlib": 4, "none": 0}[frame]


def write_frame(frame, sequence, payload):
    body = struct.pack(">I", sequence) + payload if has_sequence(frame) else payload
    if frame == "seq-zlib":
        return zlib.compress(body)
    if has_crc(frame):
        return struct.pack(">I", zlib.crc32(body) & 0xFFFFFFFF) + body
    return body


class Oracle:
    """What a correct receiver says of one sender's numbers. The sender only does what the rules decide without doubt."""

    def __init__(self):
        self.expected = None
        self.received = set()
        self.missing = set()
        self.counts = {"inOrder": 0, "gaps": 0, "lost": 0, "duplicates": 0, "late": 0, "restarts": 0}

    def observe(self, number):
        if self.expected is None or number == self.expected:
            self.counts["inOrder"] += 1
            return self._advance(number, "in-order", 0)
        ahead = (number - self.expected) % WRAP
        if ahead < 3000:
            self.missing.update((self.expected + i) % WRAP for i in range(ahead))
            self.counts["gaps"] += 1
            self.counts["lost"] += ahead
            return self._advance(number, "gap", ahead)
        if number in self.received:
            self.counts["duplicates"] += 1
            return "duplicate", 0
        if number in self.missing:
            self.missing.remove(number)
            self.received.add(number)
            self.counts["late"] += 1
            self.counts["lost"] -= 1  # it was not lost after all
            return "late", 0
        raise AssertionError("the sender must not send %d here" % number)

    def unbelieved(self):
        self.counts["late"] += 1
        return "late", 0

    def restarted(self, number):
        self.received.clear()
        self.missing.clear()
        self.counts["restarts"] += 1
        return self._advance(number, "restart", 0)

    def _advance(self, number, verdict, lost):
        self.received.add(number)
        self.expected = (number + 1) % WRAP
        return verdict, lost


class Sender:
    """One socket of the original, with a script of datagrams and what each of them is."""

    def __init__(self, frame, codec, rng, source, first=0):
        self.frame = frame
        self.codec = codec
        self.rng = rng
        self.source = source
        self.number = first
        self.oracle = Oracle()
        self.script = []  # (datagram, expected event)
        self.sent = {}  # number -> its datagram and event, to send it twice
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.peer = "%s:%d" % self.socket.getsockname()

    # -- payloads ------------------------------------------------------------------------------------------------------------------------
    def data(self):
        rng = self.rng
        choices = [
            None, True, False, 0, -1, 12345678901234567890, 0.1, -2.5e-7, 1e300, "", "plain", "Grüße, \u4e16\u754c \U0001F680",
            "quotes \" and \\ and / and \n and \t and \u0000 and \u2028", [], {}, [1, [2, [3, {"a": None}]]],
            {"roll": rng.uniform(-180, 180), "pitch": rng.uniform(-90, 90), "n": len(self.script), "ok": True},
            {"text": "x" * rng.randrange(800), "list": [rng.random() for _ in range(rng.randrange(8))]},
        ]
        return rng.choice(choices)

    def payload(self):
        """A payload, and the fields of the event that it becomes."""
        if self.codec == "text":
            text = self.rng.choice(["", "plain", "two\nlines\r\n", "Grüße \"\\\u4e16\u754c\U0001F680", "\u0000\u0001\u007f", "[1, 2, 3]", "x" * 900])
            text += " %d" % len(self.script)
            return text.encode("utf-8"), {"data": text}
        if self.codec == "hex":
            raw = bytes(self.rng.randrange(256) for _ in range(self.rng.randrange(64)))
            return raw, {"data": raw.hex()}
        metadata = {
            "message_id": "udp_%d" % self.rng.randrange(10 ** 16),
            "timestamp": 1700000000 + self.rng.randrange(10 ** 9) / 1000,
            "message_type": self.rng.choice(TYPES),
            "priority": self.rng.choice(PRIORITIES),
            "source": self.source,
            "destination": self.rng.choice([None, "ground"]),
            "correlation_id": self.rng.choice([None, "udp_1"]),
        }
        data = self.data()
        text = json.dumps(
            {"metadata": metadata, "data": data},
            ensure_ascii=self.rng.random() < 0.5,
            indent=2 if self.rng.random() < 0.2 else None)
        event = {
            "id": metadata["message_id"],
            "type": metadata["message_type"],
            "priority": metadata["priority"],
            "source": metadata["source"],
            "timestamp": metadata["timestamp"],
            "data": data,
        }
        return text.encode("utf-8"), event

    # -- what is put into the script -----------------------------------------------------------------------------------------------------
    def add_message(self, number, verdict=None):
        payload, fields = self.payload()
        event = {"event": "message", "peer": self.peer}
        if has_sequence(self.frame):
            kind, lost = verdict if verdict else self.oracle.observe(number)
            event.update({"sequence": number, "verdict": kind, "lost": lost})
        event.update(fields)
        self.add(number, write_frame(self.frame, number, payload), event)

    def add(self, number, datagram, event):
        self.sent[number] = (datagram, event)
        self.script.append((datagram, event))

    def add_fault(self, datagram, reason):
        self.script.append((datagram, {"event": "fault", "reason": reason, "peer": self.peer}))

    def take(self):
        number = self.number
        self.number = (number + 1) % WRAP
        return number

    def good(self):
        self.add_message(self.take())

    def missing(self):
        """Some numbers that never arrive, or arrive late."""
        for _ in range(self.rng.randrange(1, 12)):
            self.take()
        self.good()

    def reordered(self):
        first, second = self.take(), self.take()
        self.add_message(second)
        self.add_message(first)

    def duplicated(self):
        recent = [n for n in self.oracle.received if 0 < (self.oracle.expected - n) % WRAP <= 60]
        if recent:
            number = self.rng.choice(sorted(recent))
            datagram, event = self.sent[number]
            verdict, lost = self.oracle.observe(number)
            if event["event"] == "message":
                event = {**event, "verdict": verdict, "lost": lost}
            self.script.append((datagram, event))

    def late(self):
        recent = [n for n in self.oracle.missing if 0 < (self.oracle.expected - n) % WRAP <= 60]
        if recent:
            self.add_message(self.rng.choice(sorted(recent)))

    def corrupt(self):
        """One bit is wrong. Without a CRC only compression can tell."""
        datagram = bytearray(write_frame(self.frame, self.take(), self.payload()[0]))
        while True:
            flipped = bytearray(datagram)
            flipped[self.rng.randrange(len(flipped))] ^= 1 << self.rng.randrange(8)
            if has_crc(self.frame):
                return self.add_fault(bytes(flipped), "crc-mismatch")
            try:
                zlib.decompress(bytes(flipped))  # a bit of padding: nobody can tell, take another one
            except zlib.error:
                return self.add_fault(bytes(flipped), "decompress-failed")

    def cut(self):
        """The end is missing, the header is whole."""
        datagram = write_frame(self.frame, self.take(), self.payload()[0])
        length = self.rng.randrange(header_size(self.frame), len(datagram))
        self.add_fault(datagram[:length], "crc-mismatch" if has_crc(self.frame) else "decompress-failed")

    def too_short(self):
        short = bytes(self.rng.randrange(256) for _ in range(self.rng.randrange(header_size(self.frame))))
        self.add_fault(zlib.compress(short) if self.frame == "seq-zlib" else short, "too-short")

    def trailing(self):
        datagram = write_frame(self.frame, self.take(), self.payload()[0])
        self.add_fault(datagram + b"more", "decompress-failed")

    def bomb(self):
        self.add_fault(BOMB, "decompress-too-large")

    def pickled(self):
        """What the original sent where JSON could not carry the data: well framed, its number counts, and nobody may unpickle it."""
        self.add_unreadable(pickle.dumps({"metadata": {"message_id": "udp_1"}, "data": {1, 2, 3}}, protocol=4))

    def not_an_envelope(self):
        self.add_unreadable(self.rng.choice([b"", b"[]", b"null", b"{}", b"{\"metadata\":1,\"data\":1}", b"{\"metadata\":{}, \"data\":", b"\xff\xfe"]))

    def add_unreadable(self, payload):
        number = self.take()
        if has_sequence(self.frame):
            self.oracle.observe(number)
        self.add(number, write_frame(self.frame, number, payload), {"event": "fault", "reason": "decode-failed", "peer": self.peer})

    def stray(self):
        """One datagram from far ahead must not move the expectation."""
        self.add_message((self.number + self.rng.randrange(10000, WRAP // 2)) % WRAP, self.oracle.unbelieved())
        self.good()

    def restart(self):
        """The sender begins anew at 0: the first number is not yet believed, the second is."""
        self.number = 0
        self.add_message(self.take(), self.oracle.unbelieved())
        second = self.take()
        self.add_message(second, self.oracle.restarted(second))
        for _ in range(150):
            self.good()

    def write_script(self, messages, restart):
        for _ in range(10):
            self.good()
        mishaps = []
        if has_sequence(self.frame):
            mishaps += [self.missing, self.reordered, self.duplicated, self.late, self.stray]
        if has_crc(self.frame) or self.frame == "seq-zlib":
            mishaps += [self.corrupt, self.cut]
        if header_size(self.frame) > 0:
            mishaps += [self.too_short]
        if self.frame == "seq-zlib":
            mishaps += [self.trailing, self.bomb]
        if self.codec != "hex":
            mishaps += [self.pickled]
        if self.codec == "json":
            mishaps += [self.not_an_envelope]
        for mishap in mishaps:  # each at least once
            mishap()
            self.good()
        while len(self.script) < messages:
            if mishaps and self.rng.random() < 0.25:
                self.rng.choice(mishaps)()
            else:
                self.good()
        if restart:
            while not 1000 < self.oracle.expected < WRAP - 100000:
                self.good()
            self.restart()


BOMB = zlib.compress(bytes(BOMB_SIZE))


def send(options):
    rng = random.Random(options.seed)
    host, port = options.endpoint.rsplit(":", 1)
    target = (host, int(port))
    sequenced = has_sequence(options.frame)
    senders = [Sender(options.frame, options.codec, rng, "plant")]
    if sequenced:
        senders.append(Sender(options.frame, options.codec, rng, "wrapping", first=WRAP - 40))
        senders.append(Sender(options.frame, options.codec, rng, "restarting"))
    for index, sender in enumerate(senders):
        sender.write_script(options.messages, restart=sequenced and index == 2)

    # Interleaved at random, each sender in its own order, slowly enough that no receive buffer overflows.
    order = [sender for sender in senders for _ in sender.script]
    rng.shuffle(order)
    positions = {id(sender): 0 for sender in senders}
    total = bytes_sent = 0
    for sender in order:
        datagram, _ = sender.script[positions[id(sender)]]
        positions[id(sender)] += 1
        sender.socket.sendto(datagram, target)
        total += 1
        bytes_sent += len(datagram)
        if total % 20 == 0:
            time.sleep(0.002)

    faults, sums = {}, {"inOrder": 0, "gaps": 0, "lost": 0, "duplicates": 0, "late": 0, "restarts": 0}
    for sender in senders:
        for key, value in sender.oracle.counts.items():
            sums[key] += value
        for _, event in sender.script:
            if event["event"] == "fault":
                faults[event["reason"]] = faults.get(event["reason"], 0) + 1
    print(json.dumps({
        "datagrams": total,
        "bytes": bytes_sent,
        "delivered": total - sum(faults.values()),
        "peers": len(senders),
        "faults": faults,
        "sequence": sums,
        "events": {sender.peer: [event for _, event in sender.script] for sender in senders},
    }))


class Refused(Exception):
    pass


def read_frame(frame, datagram):
    """The original's receiver (with its one fault, reading before decompressing, put right)."""
    if frame == "seq-zlib":
        stream = zlib.decompressobj()
        datagram = stream.decompress(datagram)
        if not stream.eof or stream.unused_data:
            raise Refused("not one whole zlib stream")
    offset = 0
    if has_crc(frame):
        (crc,) = struct.unpack_from(">I", datagram, 0)
        if crc != zlib.crc32(datagram[4:]) & 0xFFFFFFFF:
            raise Refused("crc")
        offset = 4
    number = None
    if has_sequence(frame):
        (number,) = struct.unpack_from(">I", datagram, offset)
        offset += 4
    return number, datagram[offset:]


def read_envelope(payload, traced):
    envelope = json.loads(payload.decode("utf-8"))
    if list(envelope.keys()) != (["metadata", "traceparent", "tracestate", "data"] if traced else ["metadata", "data"]):
        raise Refused("keys %r" % list(envelope.keys()))
    metadata = envelope["metadata"]
    if sorted(metadata.keys()) != sorted(METADATA_KEYS):
        raise Refused("metadata keys %r" % list(metadata.keys()))
    types = {"message_id": str, "timestamp": float, "message_type": str, "priority": int, "source": str}
    for key, kind in types.items():
        if type(metadata[key]) is not kind:
            raise Refused("%s is %r" % (key, metadata[key]))
    for key in ("destination", "correlation_id"):
        if metadata[key] is not None and type(metadata[key]) is not str:
            raise Refused("%s is %r" % (key, metadata[key]))
    if metadata["priority"] not in PRIORITIES or not metadata["message_id"]:
        raise Refused("metadata %r" % metadata)
    return metadata, envelope["data"]


def receive(options):
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(options.timeout)
    print(json.dumps({"event": "listening", "endpoint": "%s:%d" % listener.getsockname()}), flush=True)
    got = {"datagrams": 0, "bytes": 0, "problems": [], "messages": [], "timedOut": False}
    ids = set()
    started = time.time()
    while got["datagrams"] < options.count:
        try:
            datagram = listener.recv(65536)
        except socket.timeout:
            got["timedOut"] = True
            break
        expected = got["datagrams"]
        got["datagrams"] += 1
        got["bytes"] += len(datagram)
        try:
            number, payload = read_frame(options.frame, datagram)
            if number is not None and number != expected:
                raise Refused("sequence %d, not %d" % (number, expected))
            if options.codec == "text":
                got["messages"].append({"data": payload.decode("utf-8")})
            elif options.codec == "hex":
                got["messages"].append({"data": payload.hex()})
            else:
                metadata, data = read_envelope(payload, options.traced)
                if metadata["message_id"] in ids:
                    raise Refused("id %s twice" % metadata["message_id"])
                ids.add(metadata["message_id"])
                if not started - 60 < metadata["timestamp"] < time.time() + 60:
                    raise Refused("timestamp %r" % metadata["timestamp"])
                got["messages"].append({
                    "type": metadata["message_type"],
                    "priority": metadata["priority"],
                    "source": metadata["source"],
                    "destination": metadata["destination"],
                    "correlationId": metadata["correlation_id"],
                    "data": data,
                })
        except (Refused, ValueError, KeyError, struct.error, zlib.error) as problem:
            got["problems"].append("datagram %d: %s: %s" % (expected, type(problem).__name__, problem))
    print(json.dumps(got))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    sending = commands.add_parser("send")
    sending.add_argument("endpoint")
    sending.add_argument("--seed", type=int, default=1)
    sending.add_argument("--messages", type=int, default=400)
    receiving = commands.add_parser("receive")
    receiving.add_argument("--count", type=int, required=True)
    receiving.add_argument("--traced", action="store_true", help="envelopes have a trace context beside what the original knows")
    receiving.add_argument("--timeout", type=float, default=30)
    for command in (sending, receiving):
        command.add_argument("--frame", choices=["crc-seq", "seq", "seq-zlib", "crc", "none"], default="crc-seq")
        command.add_argument("--codec", choices=["json", "text", "hex"], default="json")
    options = parser.parse_args()
    (send if options.command == "send" else receive)(options)


if __name__ == "__main__":
    sys.exit(main())
