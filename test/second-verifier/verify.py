#!/usr/bin/env python3
"""A second verifier of Liuhen dossiers and of the running log.

Written from docs/dossier-format.md, RFC 6962, 9162, 8493, 8785, 8032, 3161 and the C2SP specifications alone. It shares no
code with the archive, so that a mistake in one of the two shows as a difference. Python 3.9 or later and its standard
library; time-stamps need the `openssl` command. Nothing is written but by `mirror`, nothing is fetched but by `mirror` and
`consistency`.

    verify.py check DOSSIER [--policy FILE] [--vkey VKEY]... [--fingerprint HEX]... [--tsa-roots PEM]
    verify.py batch [the same options] < one path a line        > one JSON object a line
    verify.py mirror URL DIR --vkey VKEY [--token TOKEN]
    verify.py consistency OLD_NOTE URL --vkey VKEY

Prints one JSON object {verdict, items, ...}. Exit code: 0 PASS, 1 FAIL, 2 NOT CHECKED.
"""

import argparse
import base64
import binascii
import contextlib
import datetime
import functools
import gzip
import hashlib
import json
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
import unicodedata
import urllib.error
import urllib.request
import zlib

BLOCK = 1 << 20
MAX_SIZE = 2**53 - 1
PASS, FAIL, NOT_CHECKED = 'PASS', 'FAIL', 'NOT CHECKED'
EXIT = {PASS: 0, FAIL: 1, NOT_CHECKED: 2}


class Refused(Exception):
    """What is read breaks a rule. `offset` is in bytes, where one is known."""

    def __init__(self, reason, offset=None):
        super().__init__(reason)
        self.offset = offset


class CannotCheck(Exception):
    """Something that checking needs is not there; says nothing against what is checked."""


# ---------------------------------------------------------------- report


class Item:
    """One line or several lines of the report: all that was found about one thing."""

    MAX_FINDINGS = 20

    def __init__(self, step, name):
        self.head = {'step': step, 'item': name}
        self.findings = []
        self.more = {}

    def fail(self, reason, offset=None):
        self.findings.append((FAIL, str(reason), offset))

    def not_checked(self, reason):
        self.findings.append((NOT_CHECKED, str(reason), None))

    def note(self, **facts):
        self.more.update(facts)

    def failed(self):
        return any(result == FAIL for result, _, _ in self.findings)

    def lines(self):
        if not self.findings:
            return [{**self.head, 'result': PASS, **self.more}]
        lines = []
        for result, reason, offset in self.findings[: self.MAX_FINDINGS]:
            line = {**self.head, 'result': result, 'reason': reason}
            lines.append(line if offset is None else {**line, 'offset': offset})
        rest = len(self.findings) - self.MAX_FINDINGS
        if rest > 0:
            lines.append({**self.head, 'result': self.findings[-1][0], 'reason': f'and {rest} more'})
        lines[0].update(self.more)
        return lines


class Report:
    def __init__(self):
        self.items = []
        self.facts = {}

    @contextlib.contextmanager
    def item(self, step, name):
        """Whatever goes wrong inside becomes a finding; a program that stops half-way would say nothing at all."""
        item = Item(step, name)
        self.items.append(item)
        try:
            yield item
        except Refused as why:
            item.fail(why, why.offset)
        except CannotCheck as why:
            item.not_checked(why)
        except (RecursionError, MemoryError) as why:
            item.fail(f'more than this verifier takes: {type(why).__name__}')
        except Exception as why:  # noqa: BLE001
            item.fail(f'unexpected: {type(why).__name__}: {why}')

    def result(self):
        lines = [line for item in self.items for line in item.lines()]
        results = {line['result'] for line in lines}
        verdict = FAIL if FAIL in results else NOT_CHECKED if NOT_CHECKED in results or not lines else PASS
        return {'verdict': verdict, **self.facts, 'items': lines}


# ---------------------------------------------------------------- text, base64, JSON


def b64(text, length=None):
    """Standard alphabet, padded, one spelling only."""
    if not isinstance(text, str):
        raise Refused('base64 is not text')
    try:
        raw = base64.b64decode(text.encode('ascii'), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Refused('not base64') from None
    if base64.b64encode(raw).decode() != text:
        raise Refused('base64 in another spelling')
    if length is not None and len(raw) != length:
        raise Refused(f'{len(raw)} bytes where {length} are wanted')
    return raw


def utf8(raw):
    try:
        return raw.decode('utf-8')
    except UnicodeDecodeError as why:
        raise Refused('not UTF-8', why.start) from None


def text_lines(raw):
    """Lines of a file of this format: UTF-8, each ended by LF."""
    text = utf8(raw)
    if text == '':
        return []
    if not text.endswith('\n'):
        raise Refused('the last line is not ended by LF', len(raw))
    if '\r' in text:
        raise Refused('a line end other than LF', raw.index(b'\r'))
    return text[:-1].split('\n')


def no_twice(pairs):
    found = {}
    for key, value in pairs:
        if key in found:
            raise Refused(f'the key {key!r} comes twice')
        found[key] = value
    return found


def no_constant(name):
    raise Refused(f'{name} is not JSON')


def parse_json(text):
    """RFC 8259 without what readers differ about: equal keys, lone surrogates, NaN."""
    try:
        value = json.loads(text, object_pairs_hook=no_twice, parse_constant=no_constant)
    except json.JSONDecodeError as why:
        raise Refused(f'not JSON: {why.msg}', why.pos) from None
    except ValueError as why:
        raise Refused(f'not JSON: {why}') from None
    try:
        json.dumps(value, ensure_ascii=False).encode('utf-8')
    except UnicodeEncodeError:
        raise Refused('a lone surrogate') from None
    return value


def json_object(raw):
    value = parse_json(utf8(raw))
    if not isinstance(value, dict):
        raise Refused('not a JSON object')
    return value


def exactly(value, keys, what):
    """The object has these keys, no fewer and no more: what is not described here would be believed by someone."""
    if not isinstance(value, dict):
        raise Refused(f'{what} is not an object')
    missing, other = sorted(set(keys) - set(value)), sorted(set(value) - set(keys))
    if missing or other:
        raise Refused(f'{what}: missing {missing}, unknown {other}')
    return value


def same(one, two):
    """Equal as JSON; to Python, True is 1."""
    return canonical_text(one) == canonical_text(two)


def whole(value, what, least=0):
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_SIZE:
        raise Refused(f'{what} is not a whole number from {least}')
    return value


# RFC 8785 section 3.2.2.2: the two-letter escapes, and \u00xx for the other controls.
ESCAPES = {**{chr(n): f'\\u{n:04x}' for n in range(32)}, '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r'}
ESCAPES.update({'"': '\\"', '\\': '\\\\'})


def canonical(value):
    """RFC 8785."""
    return canonical_text(value).encode('utf-8')


def canonical_text(value):
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    if isinstance(value, str):
        return '"' + ''.join(ESCAPES.get(char, char) for char in value) + '"'
    if isinstance(value, (int, float)):
        return number_text(float(value))
    if isinstance(value, list):
        return '[' + ','.join(map(canonical_text, value)) + ']'
    keys = sorted(value, key=lambda key: key.encode('utf-16-be'))
    return '{' + ','.join(f'{canonical_text(key)}:{canonical_text(value[key])}' for key in keys) + '}'


def number_text(number):
    """ECMAScript's Number::toString: Python's repr gives the same digits, written another way."""
    if number != number or number in (float('inf'), float('-inf')):
        raise Refused('a number beyond doubles')
    if number == 0:
        return '0'
    sign = '-' if number < 0 else ''
    mantissa, _, exponent = repr(abs(number)).partition('e')
    before, _, after = mantissa.partition('.')
    digits = (before + ('' if after == '0' else after)).lstrip('0')
    point = len(before) + int(exponent or 0) if before.strip('0') else int(exponent or 0) - (len(after) - len(digits))
    digits = digits.rstrip('0')
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + '0' * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + '.' + digits[point:]
    if -6 < point <= 0:
        return sign + '0.' + '0' * -point + digits
    power = f'e{"+" if point > 0 else "-"}{abs(point - 1)}'
    return sign + digits[0] + ('.' + digits[1:] if count > 1 else '') + power


# ---------------------------------------------------------------- hashes and signatures


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def leaf_hash(raw):
    return sha256(b'\x00', raw)


def node_hash(left, right):
    return sha256(b'\x01', left, right)


class Sm3ByCommand:
    """For a Python whose OpenSSL was built without SM3."""

    def __init__(self):
        command = ['openssl', 'dgst', '-sm3', '-r']
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def update(self, chunk):
        self.child.stdin.write(chunk)

    def hexdigest(self):
        out, _ = self.child.communicate()
        return out.split()[0].decode()


def new_sm3():
    """None where neither Python nor the command has it."""
    try:
        return hashlib.new('sm3')
    except ValueError:
        pass
    try:
        return Sm3ByCommand()
    except OSError:
        return None


# RFC 8032 section 5.1 and appendix A: points as (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def add_points(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add_points(result, point)
        point = add_points(point, point)
        scalar >>= 1
    return result


def decode_point(raw):
    y = int.from_bytes(raw, 'little')
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def encode_point(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | ((x & 1) << 255)).to_bytes(32, 'little')


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


@functools.lru_cache(4096)
def ed25519_verifies(public_key, message, signature):
    """RFC 8032 section 5.1.7, without the cofactor, as OpenSSL does."""
    point = decode_point(public_key)
    s = int.from_bytes(signature[32:], 'little')
    if len(signature) != 64 or point is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), 'little') % L
    minus = (P - point[0], point[1], point[2], P - point[3])
    return encode_point(add_points(times(s, BASE), times(k, minus))) == signature[:32]


def self_test():
    """The answers of FIPS 180, GB/T 32905 and RFC 8032 (test 2). @raise CannotCheck"""
    abc = hashlib.sha256(b'abc').hexdigest()
    sm3 = new_sm3()
    if sm3 is not None:
        sm3.update(b'abc')
    public = bytes.fromhex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
    signature = bytes.fromhex(
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da'
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
    )
    good = (
        abc == 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
        and (sm3 is None or sm3.hexdigest().startswith('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'))
        and ed25519_verifies(public, b'\x72', signature)
        and not ed25519_verifies(public, b'\x73', signature)
    )
    if not good:
        raise CannotCheck('the self-test of SHA-256, SM3 and Ed25519 failed')


# ---------------------------------------------------------------- Merkle trees (RFC 6962, RFC 9162)


def root_of(leaves):
    """Root over leaf hashes in order: complete subtrees from the left, folded from the right."""
    if not leaves:
        return sha256()
    stack = []
    for index, node in enumerate(leaves):
        while index & 1:
            node = node_hash(stack.pop(), node)
            index >>= 1
        stack.append(node)
    root = stack.pop()
    while stack:
        root = node_hash(stack.pop(), root)
    return root


def check_inclusion(leaf, index, size, proof, root):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise Refused(f'index {index} in a tree of {size}')
    fn, sn, node = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            raise Refused('the proof is too long')
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Refused('the proof is too short')
    if node != root:
        raise Refused('the proof gives another root')


def check_consistency(size1, root1, size2, root2, proof):
    """RFC 9162 section 2.1.4.2; a tree of no leaves begins every tree."""
    if size1 > size2:
        raise Refused(f'the tree shrank from {size1} to {size2}')
    if size1 == 0 or size1 == size2:
        if proof:
            raise Refused('a proof where none is wanted')
        if root1 != (root2 if size1 == size2 else sha256()):
            raise Refused(f'two roots of size {size1}')
        return
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, root1)
    if not path:
        raise Refused('the proof is empty')
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for node in path[1:]:
        if sn == 0:
            raise Refused('the proof is too long')
        if fn & 1 or fn == sn:
            first, second = node_hash(node, first), node_hash(node, second)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, node)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Refused('the proof is too short')
    if first != root1 or second != root2:
        raise Refused('the old tree is no beginning of the new one')


# ---------------------------------------------------------------- notes, checkpoints, policies (C2SP)

LOG_KEY, WITNESS_KEY = 1, 4


class Key:
    def __init__(self, vkey):
        parts = vkey.split('+', 2)
        if len(parts) != 3:
            raise Refused('a vkey is NAME+ID+KEY')
        self.name, key_id, material = parts
        if not is_key_name(self.name) or not re.fullmatch('[0-9a-f]{8}', key_id):
            raise Refused('the name or id of a vkey is malformed')
        raw = b64(material)
        if raw[:1] not in (b'\x01', b'\x04') or len(raw) != 33:
            raise CannotCheck(f'the key {self.name} is neither Ed25519 (0x01) nor an Ed25519 cosigner (0x04)')
        self.type, self.public, self.id = raw[0], raw[1:], bytes.fromhex(key_id)
        if sha256(self.name.encode('utf-8', 'surrogateescape'), b'\n', raw)[:4] != self.id:
            raise Refused(f'the id of the key {self.name} is not that of its key')

    def verifies(self, text, signature):
        if self.type == LOG_KEY:
            return len(signature) == 64 and ed25519_verifies(self.public, text, signature)
        if len(signature) != 72 or signature[0] & 0x80:
            return False
        seconds = int.from_bytes(signature[:8], 'big')
        return ed25519_verifies(self.public, b'cosignature/v1\ntime %d\n' % seconds + text, signature[8:])


def is_key_name(name):
    return name != '' and '+' not in name and not any(char.isspace() for char in name)


class Note:
    """C2SP signed-note: the text with its last newline, and (name, id, signature) of each line below."""

    def __init__(self, raw):
        if len(raw) > 1 << 20:
            raise Refused('the note is larger than 1 MiB')
        whole_text = utf8(raw)
        if any(char < ' ' and char != '\n' for char in whole_text):
            raise Refused('a control character in the note')
        text, blank, signatures = whole_text.rpartition('\n\n')
        if blank == '' or not signatures.endswith('\n'):
            raise Refused('not a signed note')
        self.text = (text + '\n').encode('utf-8')
        self.signatures = [signature_line(line) for line in signatures[:-1].split('\n')]
        if len(self.signatures) > 100:
            raise Refused('more than 100 signatures')

    def signers(self, keys):
        """The known keys that signed. A line of a known key that does not verify condemns the note."""
        found = []
        for name, key_id, signature in self.signatures:
            for key in keys:
                if (key.name, key.id) != (name, key_id):
                    continue
                if not key.verifies(self.text, signature):
                    raise Refused(f'the signature of {name} does not verify')
                found.append(key)
        return found


def signature_line(line):
    match = re.fullmatch('\u2014 ([^ ]+) ([^ ]+)', line)
    if not match or not is_key_name(match[1]):
        raise Refused('a signature line is malformed')
    raw = b64(match[2])
    if len(raw) < 5:
        raise Refused('a signature is too short')
    return match[1], raw[:4], raw[4:]


class Checkpoint:
    """C2SP tlog-checkpoint: origin, size, root, extension lines."""

    def __init__(self, raw):
        self.note = Note(raw)
        lines = utf8(self.note.text)[:-1].split('\n')
        if len(lines) < 3 or '' in lines:
            raise Refused('a checkpoint has three lines or more, none empty')
        self.origin, size, root = lines[:3]
        if not re.fullmatch('0|[1-9][0-9]{0,15}', size) or int(size) > MAX_SIZE:
            raise Refused('the size of the checkpoint is malformed')
        self.size, self.root = int(size), b64(root, 32)
        if self.size == 0 and self.root != sha256():
            raise Refused('the root of no leaves is another')


class Policy:
    """C2SP tlog-policy. Names are opaque octets."""

    def __init__(self, raw):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        self.members, self.vkeys = set(), []
        if len(raw) > 1 << 20 or re.search(rb'[^\t\n\x20-\x7e\x80-\xff]', raw):
            raise Refused('the policy is too large or has control characters')
        if raw and not raw.endswith(b'\n'):
            raise Refused('the last line of the policy is not ended')
        for number, line in enumerate(raw.decode('utf-8', 'surrogateescape').split('\n'), 1):
            words = [word for word in re.split('[ \t]+', line) if word]
            if words and not words[0].startswith('#'):
                try:
                    self.take(words)
                except Refused as why:
                    raise Refused(f'line {number} of the policy: {why}') from None
        if self.quorum is None:
            raise Refused('the policy has no quorum')

    def take(self, words):
        kind, rest = words[0], words[1:]
        if kind == 'log' and len(rest) in (1, 2):
            key = Key(rest[0])
            self.only_key(key, LOG_KEY, self.logs)
            self.logs.append(key)
            self.vkeys.append(rest[0])
        elif kind == 'witness' and len(rest) in (2, 3):
            key = Key(rest[1])
            self.only_key(key, WITNESS_KEY, self.witnesses.values())
            self.new_name(rest[0])
            self.witnesses[rest[0]] = key
            self.vkeys.append(rest[1])
        elif kind == 'group' and len(rest) >= 3:
            self.take_group(rest[0], rest[1], rest[2:])
        elif kind == 'quorum' and len(rest) == 1:
            if self.quorum is not None:
                raise Refused('a second quorum')
            if rest[0] != 'none' and rest[0] not in self.witnesses and rest[0] not in self.groups:
                raise Refused(f'the quorum {rest[0]!r} is not defined above')
            self.quorum = rest[0]
        else:
            raise Refused(f'{kind!r} with {len(rest)} words')

    def only_key(self, key, wanted, others):
        if key.type != wanted:
            raise Refused(f'the key {key.name} is of the other kind')
        if any(other.public == key.public for other in others):
            raise Refused(f'the key {key.name} comes twice')

    def new_name(self, name):
        if name == 'none' or name in self.witnesses or name in self.groups:
            raise Refused(f'the name {name!r} is taken')

    def take_group(self, name, threshold, members):
        self.new_name(name)
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise Refused(f'{member!r} is not defined above')
            if member in self.members:
                raise Refused(f'{member!r} is in a group already')
            self.members.add(member)
        count = {'any': 1, 'all': len(members)}.get(threshold)
        if count is None:
            if not re.fullmatch('[1-9][0-9]{0,5}', threshold) or int(threshold) > len(members):
                raise Refused(f'a threshold of {threshold!r} of {len(members)}')
            count = int(threshold)
        self.groups[name] = (count, members)

    def is_met(self, name, signers):
        if name == 'none':
            return True
        if name in self.witnesses:
            return self.witnesses[name] in signers
        count, members = self.groups[name]
        return sum(self.is_met(member, signers) for member in members) >= count

    def accepts(self, checkpoint):
        """@raise Refused: says which of the two, log or quorum, is lacking"""
        self.accepts_log(checkpoint)
        signers = checkpoint.note.signers(list(self.witnesses.values()))
        if not self.is_met(self.quorum, signers):
            names = ', '.join(key.name for key in signers) or 'none'
            raise Refused(f'the quorum {self.quorum!r} is not reached; cosigned by: {names}')
        return [key.name for key in signers]

    def accepts_log(self, checkpoint):
        named = [key for key in self.logs if key.name == checkpoint.origin]
        if not named:
            raise Refused(f'no trusted key is of the log {checkpoint.origin!r}')
        if not checkpoint.note.signers(named):
            raise Refused('not signed by a trusted key of the log')


def policy_of_keys(vkeys):
    """Keys typed one by one: each log may sign, every witness must."""
    keys = [Key(vkey.strip()) for vkey in vkeys]
    if not any(key.type == LOG_KEY for key in keys):
        raise CannotCheck('no key of the log was given')
    lines, witnesses = [], []
    for vkey, key in zip(vkeys, keys):
        if key.type == LOG_KEY:
            lines.append(f'log {vkey.strip()}')
        else:
            witnesses.append(f'w{len(witnesses)}')
            lines.append(f'witness {witnesses[-1]} {vkey.strip()}')
    if witnesses:
        lines += [f'group everyone all {" ".join(witnesses)}', 'quorum everyone']
    else:
        lines.append('quorum none')
    return Policy(('\n'.join(lines) + '\n').encode('utf-8', 'surrogateescape'))


class Fingerprints:
    """Keys named by SHA-256 of their vkeys: the package shows the keys, these say which are meant."""

    def __init__(self, given):
        self.named = list(dict.fromkeys(re.sub(r'[\s:]', '', one).lower() for one in given))
        if not all(re.fullmatch('[0-9a-f]{64}', one) for one in self.named):
            raise CannotCheck('a fingerprint is 64 hexadecimal digits')

    def policy(self, inside):
        """@raise Refused: a fingerprint of no key, or none of a log"""
        keys = {hashlib.sha256(vkey.encode('utf-8', 'surrogateescape')).hexdigest(): vkey for vkey in inside.vkeys}
        for one in self.named:
            if one not in keys:
                raise Refused(f'no key has the fingerprint {one}')
        try:
            return policy_of_keys([keys[one] for one in self.named])
        except CannotCheck as why:
            raise Refused(str(why)) from None


# ---------------------------------------------------------------- where the files are


def check_path(path):
    """@raise Refused unless the path stays below the folder on every system"""
    parts = path.split('/')
    if '' in parts or '.' in parts or '..' in parts:
        raise Refused(f'the path {path!r} leaves the bag or has an empty part')
    if '\\' in path or '\0' in path or re.match('[A-Za-z]:', path):
        raise Refused(f'the path {path!r} means something else on some systems')


def check_names(paths):
    """@raise Refused where two names would be one on a system that ignores case or composes characters"""
    seen = {}
    for path in paths:
        check_path(path)
        folded = unicodedata.normalize('NFC', unicodedata.normalize('NFC', path).casefold())
        if folded in seen:
            raise Refused(f'{path!r} and {seen[folded]!r} are one name on some systems')
        seen[folded] = path
    for path in paths:
        parts = path.split('/')
        for n in range(1, len(parts)):
            if '/'.join(parts[:n]) in paths:
                raise Refused(f'{"/".join(parts[:n])!r} is a file and a folder')


class Folder:
    def __init__(self, path):
        self.path = path
        self.sizes = {}
        self.walk('')
        check_names(self.sizes)

    def walk(self, below):
        for entry in sorted(os.scandir(os.path.join(self.path, below)), key=lambda entry: entry.name):
            path = f'{below}/{entry.name}' if below else entry.name
            try:
                path.encode('utf-8')
            except UnicodeEncodeError:
                raise Refused(f'the name {path!r} is not UTF-8') from None
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                self.walk(path)
            elif stat.S_ISREG(mode):
                self.sizes[path] = entry.stat(follow_symlinks=False).st_size
            else:
                raise Refused(f'{path!r} is a link or a special file')

    def chunks(self, path):
        flags = os.O_RDONLY | getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)
        with open(os.open(os.path.join(self.path, path), flags), 'rb') as file:
            while chunk := file.read(BLOCK):
                yield chunk

    def close(self):
        pass


class Zip:
    """PKWARE APPNOTE 6.3, read so that no other reader could see something else: every byte of the file belongs to one
    entry or record, in order, and local headers, descriptors and directory agree."""

    FLAGS = 0x0808  # names in UTF-8; sizes behind the data
    KNOWN_EXTRA = {0x0001, 0x5455, 0x7875, 0x000A}  # zip64, Unix times, Unix owner, NTFS times

    def __init__(self, path):
        self.file = open(path, 'rb')
        try:
            self.end = os.fstat(self.file.fileno()).st_size
            count, start, size = self.directory()
            entries = self.entries(count, start, size)
            self.places = self.locals(entries, start)
        except BaseException:
            self.file.close()
            raise
        self.strip_top()
        check_names(self.places)
        self.sizes = {path: size for path, (_, size, _) in self.places.items()}

    def read(self, at, length):
        if at < 0 or length < 0 or at + length > self.end:
            raise Refused('a record reaches beyond the zip file', max(at, 0))
        self.file.seek(at)
        return self.file.read(length)

    def directory(self):
        at = self.end - 22
        record = struct.unpack('<4s4H2LH', self.read(at, 22))
        if record[0] != b'PK\5\6' or record[7] != 0:
            raise Refused('the file does not end in a zip directory without comment', max(at, 0))
        disk, first, here, count, size, start = record[1:7]
        locator = self.read(at - 20, 20) if at >= 20 else b''
        if locator[:4] == b'PK\6\7':
            disk64, at64, disks = struct.unpack('<LQL', locator[4:])
            if disk64 != 0 or disks != 1 or at64 + 56 != at - 20:
                raise Refused('the zip64 locator is malformed', at - 20)
            large = struct.unpack('<4sQ2H2L4Q', self.read(at64, 56))
            if large[0] != b'PK\6\6' or large[1] != 44 or large[4:6] != (0, 0) or large[6] != large[7]:
                raise Refused('the zip64 record is malformed', at64)
            for small, value, full in ((count, large[7], 0xFFFF), (size, large[8], 2**32 - 1), (start, large[9], 2**32 - 1)):
                if small not in (full, value):
                    raise Refused('the two ends of the directory differ', at)
            if here not in (0xFFFF, large[6]):
                raise Refused('the two ends of the directory differ', at)
            count, size, start, at = large[7], large[8], large[9], at64
        elif here != count:
            raise Refused('the zip file has several parts', at)
        if disk not in (0, 0xFFFF) or first not in (0, 0xFFFF) or start + size != at:
            raise Refused('there is something between the directory and its end', at)
        return count, start, size

    def entries(self, count, start, size):
        if size > 1 << 30:
            raise Refused('the directory is larger than 1 GiB')
        raw, at, entries = self.read(start, size), 0, []
        while at < size:
            if at + 46 > size or raw[at : at + 4] != b'PK\1\2':
                raise Refused('the directory is malformed', start + at)
            head = struct.unpack('<4s6H3L5H2L', raw[at : at + 46])
            needed, flags, method = head[2:5]
            crc, packed, length, name_len, extra_len, comment_len, disk, internal, attributes, offset = head[7:]
            name = raw[at + 46 : at + 46 + name_len]
            extra = self.extra(raw[at + 46 + name_len : at + 46 + name_len + extra_len], start + at)
            if len(name) != name_len or at + 46 + name_len + extra_len > size or comment_len or disk or internal > 1:
                raise Refused('an entry of the directory is malformed', start + at)
            if flags & ~self.FLAGS or method != 0 or needed not in (10, 20, 45):
                raise Refused('an entry is not stored as it is', start + at)
            values, rest = [length, packed, offset], extra.get(1, b'')
            for n, value in enumerate(values):
                if value == 2**32 - 1:
                    if len(rest) < 8:
                        raise Refused('a zip64 field is missing', start + at)
                    values[n], rest = struct.unpack('<Q', rest[:8])[0], rest[8:]
            if rest or values[0] != values[1]:
                raise Refused('the sizes of an entry differ', start + at)
            # The upper half is Unix's mode, whatever system says it made the entry.
            if attributes >> 16 and stat.S_IFMT(attributes >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise Refused(f'{name!r} is a link or a special file', start + at)
            entries.append({'name': name, 'flags': flags, 'shared': head[2:7], 'crc': crc, 'size': values[0], 'offset': values[2]})
            at += 46 + name_len + extra_len
        if len(entries) != count:
            raise Refused(f'the directory has {len(entries)} entries and says {count}', start)
        return entries

    def extra(self, raw, at):
        found, place = {}, 0
        while place < len(raw):
            if place + 4 > len(raw):
                raise Refused('an extra field is malformed', at)
            kind, length = struct.unpack('<2H', raw[place : place + 4])
            value = raw[place + 4 : place + 4 + length]
            if len(value) != length or kind in found or kind not in self.KNOWN_EXTRA:
                raise Refused(f'the extra field {kind:#06x} is malformed or unknown', at)
            found[kind] = value
            place += 4 + length
        return found

    def locals(self, entries, start):
        places, at = {}, 0
        entries = sorted(entries, key=lambda entry: entry['offset'])
        for n, entry in enumerate(entries):
            if entry['offset'] != at:
                raise Refused('there is something between two entries, or they overlap', at)
            data = at + self.local_length(entry, at)
            behind = data + entry['size']
            at = entries[n + 1]['offset'] if n + 1 < len(entries) else start
            self.check_descriptor(entry, behind, at)
            name = self.name(entry)
            if name in places:
                raise Refused(f'{name!r} comes twice', entry['offset'])
            places[name] = (data, entry['size'], entry['crc'])
        if at != start:
            raise Refused('there is something before the directory', at)
        return places

    def local_length(self, entry, at):
        head = struct.unpack('<4s5H3L2H', self.read(at, 30))
        flags, (crc, packed, length, name_len, extra_len) = head[2], head[6:]
        if head[0] != b'PK\3\4' or head[1:6] != entry['shared']:
            raise Refused('a local header differs from the directory', at)
        if self.read(at + 30, name_len) != entry['name']:
            raise Refused('a local header has another name than the directory', at)
        extra = self.extra(self.read(at + 30 + name_len, extra_len), at)
        if packed == length == 2**32 - 1 and len(extra.get(1, b'')) == 16:
            length, packed = struct.unpack('<2Q', extra[1])
        elif 1 in extra:
            raise Refused('a zip64 field where none is wanted', at)
        said, wanted = (crc, packed, length), (entry['crc'], entry['size'], entry['size'])
        if said != wanted and not (flags & 8 and all(value in (0, want) for value, want in zip(said, wanted))):
            raise Refused('a local header has another size or CRC than the directory', at)
        return 30 + name_len + extra_len

    def check_descriptor(self, entry, behind, following):
        gap = following - behind
        if not entry['flags'] & 8:
            if gap != 0:
                raise Refused('there is something between two entries, or they overlap', behind)
            return
        shape = {12: '<LLL', 16: '<4sLLL', 20: '<LQQ', 24: '<4sLQQ'}.get(gap)
        record = struct.unpack(shape, self.read(behind, gap)) if shape else ()
        wanted = (entry['crc'], entry['size'], entry['size'])
        if record not in (wanted, (b'PK\7\10', *wanted)):
            raise Refused('a descriptor differs from the directory', behind)

    def name(self, entry):
        raw = entry['name']
        try:
            return raw.decode('utf-8' if entry['flags'] & 0x800 else 'ascii')
        except UnicodeDecodeError:
            raise Refused(f'the name {raw!r} is not in UTF-8 and marked so', entry['offset']) from None

    def strip_top(self):
        """The single top folder is the bag; entries for folders say nothing."""
        tops = {path.split('/')[0] for path in self.places}
        if len(tops) != 1 or any('/' not in path for path in self.places):
            raise Refused('a zip file has one folder at its top and nothing beside it')
        top = tops.pop()
        check_path(top)
        found = {}
        for path, place in self.places.items():
            inner = path[len(top) + 1 :]
            if not path.endswith('/'):
                found[inner] = place
            elif place[1] != 0:
                raise Refused(f'the folder {path!r} has content')
            elif inner:
                check_path(inner[:-1])
        self.places = found

    def chunks(self, path):
        at, size, crc = self.places[path]
        found, done = 0, 0
        while done < size:
            chunk = self.read(at + done, min(BLOCK, size - done))
            found = zlib.crc32(chunk, found)
            done += len(chunk)
            yield chunk
        if found != crc:
            raise Refused(f'the CRC of {path!r} is another', at)

    def close(self):
        self.file.close()


def open_source(path):
    if os.path.isdir(path):
        return Folder(path)
    return Zip(path)


def read_small(source, path, limit=1 << 28):
    if path not in source.sizes:
        raise Refused(f'{path} is missing')
    if source.sizes[path] > limit:
        raise Refused(f'{path} is larger than {limit} bytes')
    return b''.join(source.chunks(path))


# ---------------------------------------------------------------- step 1: the bag (RFC 8493)

TAG_FILES = {
    'bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt', 'dossier.json',
    'proofs/manifest-sm3.txt', 'proofs/events.jsonl', 'proofs/inclusion.jsonl', 'proofs/checkpoint',
    'proofs/disclosures.json', 'proofs/timestamps/roots.pem', 'policy/trust.policy', 'verify/verify.html', 'verify/HOWTO.md',
}  # fmt: skip
MAY_BE_ABSENT = {'proofs/timestamps/roots.pem', 'verify/verify.html', 'verify/HOWTO.md'}
UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
KIND = '[a-z]+(?:-[a-z]+)*'
# Above U+007F all but controls and marks of direction; 240 bytes are counted apart.
SAFE_NAME = (
    r'(?!\.)(?:[A-Za-z0-9._-]|[^\x00-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]){1,120}(?<!\.)'
)
PLACES = [
    rf'data/originals/{UUID}/{SAFE_NAME}',
    rf'data/renditions/{UUID}/{KIND}/{SAFE_NAME}',
    rf'data/documents/{SAFE_NAME}',
    rf'proofs/blocks/{UUID}',
    r'proofs/timestamps/[1-9][0-9]{0,5}\.(?:tsr|note|consistency\.json)',
]


class Facts:
    """What one reading of a file found."""

    def __init__(self, size, digest, sm3, leaves):
        self.size, self.sha256, self.sm3, self.leaves = size, digest, sm3, leaves


def digest_file(source, path):
    digest, size, leaves = hashlib.sha256(), 0, []
    sm3 = new_sm3() if path.startswith('data/') else None
    is_original = path.startswith('data/originals/')
    for chunk in whole_blocks(source.chunks(path)):
        digest.update(chunk)
        size += len(chunk)
        if sm3 is not None:
            sm3.update(chunk)
        if is_original:
            leaves.append(leaf_hash(chunk))
    return Facts(size, digest.hexdigest(), sm3.hexdigest() if sm3 else None, leaves)


def whole_blocks(chunks):
    """A read may give less than was asked for; blocks must not."""
    rest = b''
    for chunk in chunks:
        if not rest and len(chunk) == BLOCK:
            yield chunk
            continue
        rest += chunk
        while len(rest) >= BLOCK:
            yield rest[:BLOCK]
            rest = rest[BLOCK:]
    if rest:
        yield rest


def read_manifest(source, path):
    """RFC 8493 section 2.1.3: digest, white space, path, with CR, LF and % written as %0D, %0A, %25."""
    entries = {}
    for number, line in enumerate(text_lines(read_small(source, path)), 1):
        match = re.fullmatch('([0-9A-Fa-f]{64})[ \t]+([^ \t].*)', line)
        if not match or re.search('%(?!0[AaDd]|25)', match[2]):
            raise Refused(f'line {number} of {path} is malformed')
        name = re.sub('%(0[AaDd]|25)', lambda code: chr(int(code[1], 16)), match[2])
        check_path(name)
        if name in entries:
            raise Refused(f'{path} lists {name!r} twice')
        entries[name] = match[1].lower()
    return entries


def compare_manifest(item, path, entries, wanted, digests):
    for name in sorted(set(entries) - wanted):
        item.fail(f'{path} lists {name!r}, which is missing or does not belong there')
    for name in sorted(wanted - set(entries)):
        item.fail(f'{name!r} is not in {path}')
    for name in sorted(wanted & set(entries)):
        if name not in digests:
            continue  # it could not be read, and that was said
        if digests[name] is None:
            item.not_checked(f'{name!r}: no SM3 here')
        elif digests[name] != entries[name]:
            item.fail(f'{name!r} has another digest than in {path}')


def check_bag(report, source):
    facts = {}
    paths = set(source.sizes)
    payload = {path for path in paths if path.startswith('data/')}
    with report.item(1, 'bag') as item:
        check_layout(item, source, paths)
        for path in sorted(paths):
            try:
                facts[path] = digest_file(source, path)
            except (Refused, OSError) as why:
                item.fail(f'{path!r} cannot be read: {why}')
        check_declaration(source)
        check_bag_info(source, payload, facts)
    for path, wanted in (
        ('manifest-sha256.txt', payload),
        ('tagmanifest-sha256.txt', paths - payload - {'tagmanifest-sha256.txt'}),
        ('proofs/manifest-sm3.txt', payload),
    ):
        with report.item(1, path) as item:
            is_sm3 = path.endswith('sm3.txt')
            digests = {name: found.sm3 if is_sm3 else found.sha256 for name, found in facts.items()}
            compare_manifest(item, path, read_manifest(source, path), wanted, digests)
            if path.startswith('tagmanifest'):
                check_spelling(source)
    return facts


def check_layout(item, source, paths):
    for path in sorted(paths):
        if path == 'fetch.txt':
            item.fail('fetch.txt is there')
        elif path not in TAG_FILES and not is_in_place(path):
            item.fail(f'{path!r} is no file of a dossier')
    for path in sorted(TAG_FILES - MAY_BE_ABSENT - paths):
        item.fail(f'{path} is missing')


def is_in_place(path):
    name = path.rsplit('/', 1)[-1]
    return len(name.encode('utf-8')) <= 240 and any(re.fullmatch(place, path) for place in PLACES)


def check_spelling(source):
    """Nothing vouches for the tag manifest, so every byte of it has to stand for something."""
    path = 'tagmanifest-sha256.txt'
    raw, entries = read_small(source, path), read_manifest(source, path)
    lines = []
    for name in sorted(entries):
        spelled = name.replace('%', '%25').replace('\r', '%0D').replace('\n', '%0A')
        lines.append(f'{entries[name]}  {spelled}\n')
    if ''.join(lines).encode('utf-8') != raw:
        raise Refused('the tag manifest is spelled in another way than the one there is')


def check_declaration(source):
    if read_small(source, 'bagit.txt') != b'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n':
        raise Refused('bagit.txt is not the declaration of BagIt 1.0')


def check_bag_info(source, payload, facts):
    values = []
    for line in text_lines(read_small(source, 'bag-info.txt')):
        match = re.fullmatch('([^:]+): *(.*)', line)
        if line[:1] in (' ', '\t') and values:
            values[-1][1] += line
        elif match:
            values.append([match[1].lower(), match[2]])
        else:
            raise Refused('a line of bag-info.txt is malformed')
    sums = [value for label, value in values if label == 'payload-oxum']
    octets = sum(found.size for path, found in facts.items() if path in payload)
    if len(sums) > 1 or (sums and sums[0] != f'{octets}.{len(payload)}'):
        raise Refused(f'the Payload-Oxum is not {octets}.{len(payload)}')


# ---------------------------------------------------------------- steps 2 and 3: trust, checkpoint


def check_trust(report, source, trust):
    """The policy to use: the one from outside, else the package's, which makes nothing PASS."""
    policy = None
    with report.item(2, 'trust') as item:
        report.facts['self_consistent_only'] = trust is None
        if isinstance(trust, Policy):
            return trust
        if trust is None:
            item.not_checked('no key from outside: self-consistent only')
        try:
            inside = Policy(read_small(source, 'policy/trust.policy'))
        except Refused as why:
            item.fail(f'policy/trust.policy: {why}')
        else:
            policy = inside if trust is None else trust.policy(inside)
    return policy


def check_checkpoint(report, source, policy, origin):
    with report.item(3, 'checkpoint') as item:
        checkpoint = Checkpoint(read_small(source, 'proofs/checkpoint'))
        item.note(origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex())
        if checkpoint.origin != origin:
            item.fail(f'the checkpoint is of {checkpoint.origin!r}, the dossier of {origin!r}')
        if policy is None:
            item.not_checked('there is no policy to hold it against')
        else:
            item.note(witnesses=policy.accepts(checkpoint))
        return checkpoint
    return None


# ---------------------------------------------------------------- steps 4 and 5: events

DIGEST = re.compile('sha256:[0-9a-f]{64}')
SM3_DIGEST = re.compile('sm3:[0-9a-f]{64}')
EVENT_KEYS = ('v', 'id', 'type', 'chain', 'chain_seq', 'chain_prev', 'at', 'actor', 'org', 'on', 'public', 'committed')
CHAIN = re.compile(f'(?:(?:case|asset|account|dossier|recorder):{UUID}|system)')
INSTANT = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z')


class Event:
    """One leaf: its place in the log, its hash, and what it says (None when it cannot be read)."""

    def __init__(self, index, raw):
        self.index, self.hash = index, leaf_hash(raw)
        self.said = None
        self.raw = raw

    @property
    def digest(self):
        return f'sha256:{self.hash.hex()}'


def parse_event(raw):
    if len(raw) > 65535:
        raise Refused('the leaf is longer than 65535 bytes')
    event = exactly(json_object(raw), EVENT_KEYS, 'the event')
    check_profile(event)
    if canonical(event) != raw:
        raise Refused('the bytes are not canonical (RFC 8785)')
    if event['v'] != 1 or event['v'] is True:
        raise Refused('the version of the event is not 1')
    for key in ('id', 'type', 'chain', 'at', 'actor'):
        if not isinstance(event[key], str):
            raise Refused(f'{key} is not text')
    if not re.fullmatch(UUID, event['id']) or not CHAIN.fullmatch(event['chain']):
        raise Refused('the id or the chain is malformed')
    check_instant(event['at'])
    whole(event['chain_seq'], 'chain_seq', 1)
    if event['chain_prev'] is not None and not is_digest(event['chain_prev']):
        raise Refused('chain_prev is no digest')
    if event['org'] is not None and not isinstance(event['org'], str):
        raise Refused('org is not text')
    if not isinstance(event['on'], list) or not all(isinstance(chain, str) for chain in event['on']):
        raise Refused('on is no list of chains')
    if not isinstance(event['public'], dict) or not isinstance(event['committed'], dict):
        raise Refused('public or committed is no object')
    if not all(is_digest(value) for value in event['committed'].values()):
        raise Refused('a commitment is no digest')
    return event


def check_profile(value):
    """Whole numbers below 2^53, ASCII keys; the rest JSON itself gives."""
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MAX_SIZE):
        raise Refused('a number that is not whole and below 2^53')
    if isinstance(value, list):
        for item in value:
            check_profile(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if not re.fullmatch('[a-z0-9_]+', key):
                raise Refused(f'the key {key!r} is not of a-z, 0-9 and _')
            check_profile(item)


def check_instant(text):
    try:
        if not isinstance(text, str) or not INSTANT.fullmatch(text):
            raise ValueError
        datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%S.%fZ')
    except ValueError:
        raise Refused(f'{text!r} is no time in UTC with milliseconds') from None


def is_digest(value, shape=DIGEST):
    return isinstance(value, str) and shape.fullmatch(value) is not None


def read_events(report, source):
    """The leaves, in the order of the file."""
    events = []
    with report.item(4, 'events') as item:
        last = -1
        for number, line in enumerate(text_lines(read_small(source, 'proofs/events.jsonl')), 1):
            try:
                row = exactly(parse_json(line), ('index', 'leaf'), 'the line')
                index = whole(row['index'], 'index')
                if index <= last:
                    raise Refused(f'index {index} after {last}')
                last = index
                events.append(Event(index, b64(row['leaf'])))
            except Refused as why:
                raise Refused(f'line {number} of events.jsonl: {why}') from None
        if not events:
            item.fail('there are no events')
    return events


def check_proofs(report, source, events, checkpoint):
    with report.item(4, 'inclusion') as item:
        if checkpoint is None:
            item.not_checked('there is no checkpoint')
            return
        lines = text_lines(read_small(source, 'proofs/inclusion.jsonl'))
        if len(lines) != len(events):
            item.fail(f'{len(events)} events and {len(lines)} proofs')
        for number, (line, event) in enumerate(zip(lines, events), 1):
            try:
                check_proof_line(parse_json(line), event, checkpoint)
            except Refused as why:
                item.fail(f'line {number} of inclusion.jsonl (event at {event.index}): {why}')
        item.note(events=len(events))


def check_proof_line(row, event, checkpoint):
    exactly(row, ('leafHash', 'index', 'size', 'root', 'proof'), 'the line')
    if b64(row['leafHash'], 32) != event.hash:
        raise Refused('the leaf hash is not that of the event')
    if whole(row['index'], 'index') != event.index:
        raise Refused('the index is not that of the event')
    if whole(row['size'], 'size') != checkpoint.size or b64(row['root'], 32) != checkpoint.root:
        raise Refused('size or root is not that of the checkpoint')
    if not isinstance(row['proof'], list) or len(row['proof']) > 64:
        raise Refused('the proof is no list of hashes')
    proof = [b64(node, 32) for node in row['proof']]
    check_inclusion(event.hash, event.index, checkpoint.size, proof, checkpoint.root)


def check_chains(report, events, case_id, dossier_id):
    """Chains by name, each a list of its events. One report line a chain."""
    chains, ids = {}, {}
    with report.item(5, 'event bytes') as item:
        for event in events:
            try:
                event.said = parse_event(event.raw)
            except Refused as why:
                item.fail(f'event at {event.index}: {why}')
                continue
            if event.said['id'] in ids:
                item.fail(f'events at {ids[event.said["id"]]} and {event.index} have one id')
            ids[event.said['id']] = event.index
            chains.setdefault(event.said['chain'], []).append(event)
    with report.item(5, 'which chains') as item:
        for name in sorted(chains):
            if name not in (f'case:{case_id}', f'dossier:{dossier_id}') and not name.startswith('asset:'):
                item.fail(f'{name} is neither the case nor one of its assets nor the dossier')
        if f'case:{case_id}' not in chains:
            item.fail(f'there is no chain case:{case_id}')
    for name in sorted(chains):
        with report.item(5, name) as item:
            check_chain(item, chains[name])
    return chains


def check_chain(item, chain):
    wanted, before = 1, None
    for event in chain:
        seq = event.said['chain_seq']
        if seq != wanted:
            last = max(other.said['chain_seq'] for other in chain)
            what = f'{wanted} of {last} is missing' if seq > wanted else f'{seq} comes after {wanted - 1}'
            item.fail(f'event {what} (event at {event.index})')
            return
        if event.said['chain_prev'] != before:
            item.fail(f'event {seq} does not follow on the one before (event at {event.index})')
        wanted, before = seq + 1, event.digest
    item.note(events=len(chain))


# ---------------------------------------------------------------- step 6: completeness


def read_index(report, source):
    """dossier.json: believed in nothing, so its shape alone is checked here."""
    with report.item(6, 'dossier.json') as item:
        raw = read_small(source, 'dossier.json')
        if not raw.endswith(b'\n') or b'\r' in raw:
            item.fail('lines do not end in LF')
        index = exactly(
            json_object(raw),
            ('format', 'id', 'case_id', 'origin', 'export_event', 'as_of', 'assets', 'renditions'),
            'dossier.json',
        )
        if index['format'] != 'liuhen-dossier/v1':
            raise Refused('the format is not liuhen-dossier/v1')
        for key in ('id', 'case_id'):
            if not isinstance(index[key], str) or not re.fullmatch(UUID, index[key]):
                raise Refused(f'{key} is no UUID')
        exactly(index['export_event'], ('id', 'chain_seq', 'leaf'), 'export_event')
        exactly(index['as_of'], ('size', 'at'), 'as_of')
        if not isinstance(index['assets'], list):
            raise Refused('assets is no list')
        for asset in index['assets']:
            exactly(asset, ('id', 'path', 'size_bytes', 'sha256', 'sm3', 'block_root', 'head'), 'an asset')
            exactly(asset['head'], ('seq', 'leaf'), 'a head')
            if not isinstance(asset['id'], str) or not re.fullmatch(UUID, asset['id']):
                raise Refused('the id of an asset is no UUID')
        ids = [asset['id'] for asset in index['assets']]
        if len(set(ids)) != len(ids):
            raise Refused('an asset comes twice')
        if ids != sorted(ids):
            item.fail('the assets are not sorted by id')
        check_indexed_renditions(index)
        return index
    return None


def check_indexed_renditions(index):
    if not isinstance(index['renditions'], list):
        raise Refused('renditions is no list')
    for one in index['renditions']:
        exactly(one, ('asset', 'kind', 'tool', 'version', 'args', 'digest'), 'a rendition')
        if not isinstance(one['args'], list):
            raise Refused('args is no list')
        if not all(isinstance(text, str) for text in [one['asset'], one['kind'], one['tool'], one['version'], *one['args']]):
            raise Refused('a field of a rendition is not text')
        if not re.fullmatch(UUID, one['asset']) or not re.fullmatch(KIND, one['kind']) or not is_digest(one['digest']):
            raise Refused('asset, kind or digest of a rendition is malformed')
    names = [(one['asset'], one['kind']) for one in index['renditions']]
    if names != sorted(set(names)):
        raise Refused('the renditions are not sorted, or one comes twice')


def check_completeness(report, index, chains, checkpoint):
    with report.item(6, 'completeness') as item:
        case = chains.get(f'case:{index["case_id"]}')
        if not case:
            raise Refused('there is no case chain')
        check_export_event(item, case[-1], index, checkpoint)
        heads = read_heads(case)
        read_kinds(case[-1])
        carried = {name: chain for name, chain in chains.items() if name.startswith('asset:')}
        for name in sorted(set(heads) - set(carried)):
            item.fail(f'{name} is named by the export and is missing')
        for name in sorted(set(carried) - set(heads)):
            item.fail(f'{name} is carried and not named by the export')
        for name in sorted(set(carried) & set(heads)):
            check_head(item, name, carried[name][-1], heads[name])
        linked = linked_assets(case)
        for name in sorted(linked - set(heads)):
            item.fail(f'{name} belongs to the case and is not named by the export')
        for name in sorted(set(heads) - linked):
            item.fail(f'{name} is named by the export and does not belong to the case')
        compare_assets(item, index, carried)


def check_export_event(item, last, index, checkpoint):
    said = last.said
    if said['type'] != 'case.exported':
        raise Refused(f'the case chain ends in {said["type"]}, not in case.exported')
    if said['public'].get('dossier') != index['id']:
        item.fail('the export event is of another dossier')
    if not same(index['export_event'], {'id': said['id'], 'chain_seq': said['chain_seq'], 'leaf': last.digest}):
        item.fail('dossier.json names another export event')
    if not same(index['as_of']['at'], said['at']):
        item.fail('dossier.json is as of another time than the export event')
    if checkpoint is not None and not same(index['as_of']['size'], checkpoint.size):
        item.fail('dossier.json is as of another size than the checkpoint')


def read_kinds(last):
    """The kinds of renditions that the export chose."""
    kinds = last.said['public'].get('renditions')
    if not isinstance(kinds, list) or not all(isinstance(kind, str) and re.fullmatch(KIND, kind) for kind in kinds):
        raise Refused('the export names no kinds of renditions')
    if kinds != sorted(set(kinds)):
        raise Refused('the kinds of renditions are not sorted, or one comes twice')
    return kinds


def read_heads(case):
    """Those of the export, and of the `case.export_heads` directly before it that are of the same dossier."""
    events = [case[-1]]
    for event in reversed(case[:-1]):
        if event.said['type'] != 'case.export_heads':
            break
        if not same(event.said['public'].get('dossier'), case[-1].said['public'].get('dossier')):
            break
        events.insert(0, event)
    heads = {}
    for event in events:
        rows = event.said['public'].get('heads')
        if not isinstance(rows, list):
            raise Refused(f'the event at {event.index} has no heads')
        for row in rows:
            exactly(row, ('chain', 'seq', 'leaf'), 'a head of the export')
            if not isinstance(row['chain'], str) or not re.fullmatch(f'asset:{UUID}', row['chain']):
                raise Refused('a head of the export is of no asset')
            if row['chain'] in heads:
                raise Refused(f'the head of {row["chain"]} comes twice')
            heads[row['chain']] = row
    if list(heads) != sorted(heads):
        raise Refused('the heads of the export are not sorted')
    return heads


def check_head(item, name, last, head):
    if last.said['chain_seq'] < whole(head['seq'], 'seq', 1):
        item.fail(f'{name} ends at {last.said["chain_seq"]} of {head["seq"]}')
    elif last.said['chain_seq'] != head['seq'] or last.digest != head['leaf']:
        item.fail(f'{name} does not end at the head named by the export')


def linked_assets(case):
    linked = set()
    for event in case:
        if event.said['type'] not in ('case.asset_linked', 'case.asset_unlinked'):
            continue
        name = event.said['public'].get('asset')
        if not isinstance(name, str):
            raise Refused(f'the event at {event.index} names no asset')
        (linked.add if event.said['type'] == 'case.asset_linked' else linked.discard)(f'asset:{name}')
    return linked


def compare_assets(item, index, carried):
    listed = {f'asset:{asset["id"]}': asset for asset in index['assets']}
    for name in sorted(set(listed) ^ set(carried)):
        item.fail(f'{name} is only one of: in dossier.json, among the chains')
    for name in sorted(set(listed) & set(carried)):
        last = carried[name][-1]
        if not same(listed[name]['head'], {'seq': last.said['chain_seq'], 'leaf': last.digest}):
            item.fail(f'dossier.json has another head of {name}')


# ---------------------------------------------------------------- step 7: originals


def check_originals(report, source, index, chains, facts):
    by_folder = {}
    for path in sorted(facts):
        parts = path.split('/')
        if path.startswith(('data/originals/', 'data/renditions/')) or path.startswith('proofs/blocks/'):
            by_folder.setdefault(('/'.join(parts[:2]), parts[2]), []).append(path)
    known = {asset['id'] for asset in index['assets']}
    with report.item(7, 'files of assets') as item:
        for (folder, asset_id), paths in by_folder.items():
            if asset_id not in known:
                item.fail(f'{paths[0]!r} is of no asset of this dossier')
            elif folder == 'data/originals' and len(paths) != 1:
                item.fail(f'{len(paths)} files in {folder}/{asset_id}')
    for asset in index['assets']:
        with report.item(7, f'asset:{asset["id"]}') as item:
            chain = chains.get(f'asset:{asset["id"]}', [])
            check_original(item, source, asset, chain, facts)


def only_event(chain, kind):
    found = [event for event in chain if event.said['type'] == kind]
    if len(found) > 1:
        raise Refused(f'{kind} comes {len(found)} times')
    return found[0].said['public'] if found else None


def check_original(item, source, asset, chain, facts):
    is_quarantined = any(event.said['type'] == 'asset.quarantined' for event in chain)
    if is_quarantined:
        item.fail('quarantined')
    received, sealed = only_event(chain, 'asset.received'), only_event(chain, 'asset.sealed')
    if received is None:
        raise Refused('the chain has no asset.received')
    whole(received.get('size_bytes'), 'size_bytes of asset.received')
    if not is_digest(received.get('block_root')):
        raise Refused('block_root of asset.received is no digest')
    if sealed is None:
        if not is_quarantined:
            item.fail('not sealed: the chain has no asset.sealed')
        sealed = {}
    elif not is_digest(sealed.get('sha256')) or not is_digest(sealed.get('sm3'), SM3_DIGEST):
        raise Refused('asset.sealed has no digests')
    for key, said in (
        ('size_bytes', received['size_bytes']),
        ('block_root', received['block_root']),
        ('sha256', sealed.get('sha256')),
        ('sm3', sealed.get('sm3')),
    ):
        if not same(asset[key], said):
            item.fail(f'{key} in dossier.json is not that of the events')
        if sealed and not same(sealed.get(key), said):
            item.fail(f'{key} in asset.sealed is not that of asset.received')
    path = asset['path']
    if path is None and is_quarantined:
        return
    if not isinstance(path, str) or not path.startswith(f'data/originals/{asset["id"]}/') or path not in facts:
        raise Refused(f'the original {path!r} is missing or not in its folder')
    compare_original(item, source, asset['id'], facts[path], received, sealed)


def compare_original(item, source, asset_id, found, received, sealed):
    if found.size != received['size_bytes']:
        item.fail(f'{found.size} bytes where {received["size_bytes"]} were received', min(found.size, received['size_bytes']))
    if 'sha256' in sealed and f'sha256:{found.sha256}' != sealed['sha256']:
        item.fail('the SHA-256 is not that of the seal')
    if found.sm3 is None:
        item.not_checked('no SM3 here')
    elif 'sm3' in sealed and f'sm3:{found.sm3}' != sealed['sm3']:
        item.fail('the SM3 is not that of the seal')
    wanted = bytes.fromhex(received['block_root'][7:])
    packed = read_small(source, f'proofs/blocks/{asset_id}')
    listed = [packed[at : at + 32] for at in range(0, len(packed), 32)]
    blocks = -(-received['size_bytes'] // BLOCK)
    is_list_good = len(packed) == 32 * blocks and root_of(listed) == wanted
    if not is_list_good:
        item.fail('the list of blocks gives another root')
    if root_of(found.leaves) == wanted:
        return
    if not is_list_good:
        item.fail('the block root is not that of the receipt; which block, the list cannot tell')
        return
    pairs = zip(found.leaves + [None] * blocks, listed)
    bad = next((n for n, (is_there, want) in enumerate(pairs) if is_there != want), blocks)
    item.fail(f'the block root is not that of the receipt: block {bad} is the first bad one', bad * BLOCK)


# ---------------------------------------------------------------- steps 6 and 7: what was put in, renditions


def check_packed(report, source, index, chains):
    with report.item(6, 'packed') as item:
        chain = chains.get(f'dossier:{index["id"]}', [])
        if not chain:
            raise Refused('no event says which files were put in')
        for event in chain:
            if event.said['type'] != 'dossier.packed':
                item.fail(f'{event.said["type"]} in the chain of the dossier')
        said = chain[-1].said['public']
        if said.get('case') != index['case_id']:
            item.fail('the packing is of another case')
        digest = f'sha256:{sha256(read_small(source, "manifest-sha256.txt")).hex()}'
        if said.get('manifest') != digest:
            item.fail('manifest-sha256.txt is not the one that was recorded when the files were put in')


def made_renditions(chain):
    """By kind, as the events of their making have them; one made anew is in the place of the one before."""
    made = {}
    for event in chain:
        said = event.said['public']
        if event.said['type'] == 'asset.looked' and isinstance(said.get('renditions'), list):
            rows = said['renditions']
        elif event.said['type'] == 'asset.proxy_made':
            rows = [said.get('rendition')]
        else:
            continue
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get('kind'), str) or not re.fullmatch(KIND, row['kind']):
                continue
            if is_digest(row.get('digest')) and is_digest(row.get('recipe')):
                made[row['kind']] = row
    return made


def check_renditions(report, index, chains, facts):
    case = chains.get(f'case:{index["case_id"]}')
    try:
        kinds = read_kinds(case[-1]) if case else []
    except Refused:
        kinds = []  # said under completeness
    wanted = {}
    for name, chain in chains.items():
        if name.startswith('asset:'):
            for kind, row in made_renditions(chain).items():
                if kind in kinds:
                    wanted[(name[len('asset:') :], kind)] = row
    there = {}
    for path in facts:
        parts = path.split('/')
        if path.startswith('data/renditions/') and len(parts) == 5:
            there.setdefault((parts[2], parts[3]), []).append(path)
    told = {(one['asset'], one['kind']): one for one in index['renditions']}
    for key in sorted({*wanted, *there, *told}):
        with report.item(7, f'rendition:{key[0]}/{key[1]}') as item:
            check_rendition(item, wanted.get(key), there.get(key, []), told.get(key), facts)


def check_rendition(item, made, paths, told, facts):
    if made is None:
        raise Refused('no event of its making, or the export did not choose it')
    if not paths:
        item.fail('it was chosen and is not there')
    else:
        names = sorted((path.rsplit('/', 1)[-1].encode('utf-8'), facts[path].sha256) for path in paths)
        listing = b''.join(digest.encode() + b'  ' + name + b'\n' for name, digest in names)
        if f'sha256:{sha256(listing).hex()}' != made['digest']:
            item.fail('its files are not those that were made')
    if told is None:
        raise Refused('dossier.json does not name it')
    recipe = canonical({key: told[key] for key in ('tool', 'version', 'args')})
    if told['digest'] != made['digest'] or f'sha256:{sha256(recipe).hex()}' != made['recipe']:
        item.fail('dossier.json says that it was made otherwise')


# ---------------------------------------------------------------- step 8: disclosures


def check_disclosures(report, source, events):
    with report.item(8, 'disclosures') as item:
        by_id = {event.said['id']: event.said for event in events if event.said}
        opened = 0
        for event_id, fields in json_object(read_small(source, 'proofs/disclosures.json')).items():
            if event_id not in by_id:
                item.fail(f'a field of {event_id!r} is opened, which is no event of this dossier')
                continue
            if not isinstance(fields, dict):
                raise Refused(f'the fields of {event_id} are no object')
            for field, opening in fields.items():
                opened += 1
                check_opening(item, by_id[event_id], field, opening)
        withheld = sum(len(said['committed']) for said in by_id.values()) - opened
        item.note(opened=opened, withheld=max(withheld, 0))


def check_opening(item, said, field, opening):
    if field not in said['committed']:
        item.fail(f'the event {said["id"]} has no field {field!r} to open')
        return
    try:
        exactly(opening, ('salt', 'value'), 'the opening')
        digest = sha256(b'\x02', b64(opening['salt'], 32), canonical(opening['value']))
    except Refused as why:
        item.fail(f'{field!r} of {said["id"]}: {why}')
        return
    if f'sha256:{digest.hex()}' != said['committed'][field]:
        item.fail(f'{field!r} of {said["id"]} is not what was committed to')


# ---------------------------------------------------------------- step 9: time-stamps (RFC 3161)


CONSISTENCY_KEYS = ('size1', 'size2', 'root1', 'root2', 'proof')


def check_timestamps(report, source, policy, checkpoint, roots):
    numbers = {}
    for path in source.sizes:
        match = re.fullmatch(r'proofs/timestamps/([1-9][0-9]{0,5})\.(tsr|note|consistency\.json)', path)
        if match:
            numbers.setdefault(int(match[1]), set()).add(match[2])
    if not numbers:
        with report.item(9, 'time-stamps') as item:
            item.not_checked("no time-stamp: time rests on the log's word")
        return
    for number in sorted(numbers):
        with report.item(9, f'time-stamp {number}') as item:
            if not {'tsr', 'note'} <= numbers[number]:
                raise Refused('the token or its note is missing')
            if number > 1 and number - 1 not in numbers:
                item.fail(f'time-stamp {number - 1} is missing')
            note = read_small(source, f'proofs/timestamps/{number}.note')
            check_stamped_note(item, source, number, Checkpoint(note), policy, checkpoint)
            token = read_small(source, f'proofs/timestamps/{number}.tsr', 1 << 20)
            check_token(item, token, note, roots)


def check_stamped_note(item, source, number, stamped, policy, checkpoint):
    if checkpoint is None or policy is None:
        raise CannotCheck('there is no checkpoint or policy to hold it against')
    if stamped.origin != checkpoint.origin:
        raise Refused('the stamped note is of another log')
    policy.accepts_log(stamped)
    if stamped.size > checkpoint.size:
        raise Refused('the stamped note is later than the checkpoint')
    path = f'proofs/timestamps/{number}.consistency.json'
    if stamped.size == checkpoint.size:
        if stamped.root != checkpoint.root:
            raise Refused('the stamped note and the checkpoint have one size and two roots: a fork')
        if path in source.sizes:
            item.fail(f'{path} is there, where the two trees are one')
    elif path not in source.sizes:
        item.not_checked(f'{path} is not there: nothing shows that the log grew from the stamped tree')
    else:
        row = exactly(json_object(read_small(source, path, 1 << 20)), CONSISTENCY_KEYS, path)
        sizes = whole(row['size1'], 'size1'), whole(row['size2'], 'size2')
        roots = b64(row['root1'], 32), b64(row['root2'], 32)
        if sizes != (stamped.size, checkpoint.size) or roots != (stamped.root, checkpoint.root):
            raise Refused(f'{path} is of other trees')
        if not isinstance(row['proof'], list) or len(row['proof']) > 64:
            raise Refused(f'{path} has no list of hashes')
        proof = [b64(node, 32) for node in row['proof']]
        check_consistency(stamped.size, stamped.root, checkpoint.size, checkpoint.root, proof)


def openssl(*args):
    try:
        return subprocess.run(['openssl', *args], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    except OSError:
        raise CannotCheck('the openssl command is not there') from None


def check_token(item, token, note, roots):
    if roots is None:
        item.not_checked('no roots from outside')
        return
    with tempfile.TemporaryDirectory() as folder:
        token_path, note_path = os.path.join(folder, 'token'), os.path.join(folder, 'note')
        for path, content in ((token_path, token), (note_path, note)):
            with open(path, 'wb') as file:
                file.write(content)
        # A token begins with an object identifier, a response with a sequence: its status.
        is_token = first_tag_inside(token) == 0x06
        given = ['-in', token_path, *(['-token_in'] if is_token else [])]
        shown = openssl('ts', '-reply', *given, '-text')
        text = shown.stdout.decode('utf-8', 'replace')
        found = re.search(r'^Time stamp: (\w{3}) +(\d+) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (\d{4}) GMT$', text, re.M)
        imprint = re.search(r'^Hash Algorithm: (.*)$', text, re.M)
        if shown.returncode != 0 or not found or not imprint:
            raise Refused('not a time-stamp')
        if imprint[1] not in ('sha256', 'sha384', 'sha512', 'sm3'):
            raise Refused(f'an imprint by {imprint[1]}')
        at = stamp_time(found)
        seconds = str(int(at.timestamp()))
        # Judged at the time stamped: the certificate may have ended since.
        done = openssl('ts', '-verify', '-data', note_path, *given, '-CAfile', roots, '-attime', seconds)
        if done.returncode != 0 or b'Verification: OK' not in done.stdout:
            reasons = re.findall(rb':([^:\n]+):[^:\n]*\.c:', done.stderr)
            raise Refused('the token does not verify: ' + (reasons[-1].decode('utf-8', 'replace') if reasons else 'refused'))
        item.note(time=at.strftime('%Y-%m-%dT%H:%M:%SZ'))


def first_tag_inside(raw):
    """The tag of the first member of the outer SEQUENCE; 0 where there is none."""
    if len(raw) < 4 or raw[0] != 0x30:
        return 0
    header = 2 if raw[1] < 0x80 or raw[1] == 0x80 else 2 + (raw[1] & 0x7F)
    return raw[header] if header < len(raw) else 0


def stamp_time(found):
    months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
    month, day, hour, minute, second, year = found.groups()
    if month not in months:
        raise Refused('the time of the stamp is malformed')
    try:
        return datetime.datetime(
            int(year), months.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=datetime.timezone.utc
        )
    except ValueError:
        raise Refused('the time of the stamp is malformed') from None


# ---------------------------------------------------------------- a whole dossier


def check_dossier(path, trust, roots):
    report = Report()
    source = None
    with report.item(1, 'bag') as item:
        try:
            source = open_source(path)
        except OSError as why:
            item.not_checked(f'cannot be read: {why.strerror}')
    if source is None:
        return report.result()
    report.items.clear()
    try:
        check_steps(report, source, trust, roots)
    finally:
        source.close()
    return report.result()


def check_steps(report, source, trust, roots):
    facts = check_bag(report, source)
    policy = check_trust(report, source, trust)
    index = read_index(report, source)
    origin = index['origin'] if index else None
    checkpoint = check_checkpoint(report, source, policy, origin)
    events = read_events(report, source)
    check_proofs(report, source, events, checkpoint)
    chains = check_chains(report, events, index['case_id'] if index else None, index['id'] if index else None)
    if index is not None:
        check_completeness(report, index, chains, checkpoint)
        check_packed(report, source, index, chains)
        check_originals(report, source, index, chains, facts)
        check_renditions(report, index, chains, facts)
    check_disclosures(report, source, events)
    check_timestamps(report, source, policy, checkpoint, roots)
    with report.item(10, 'as of') as item:
        if index is None or checkpoint is None:
            item.not_checked('there is no dossier.json or no checkpoint to say it')
            return
        at = index['as_of']['at']
        check_instant(at)
        item.note(at=at, size=checkpoint.size)
        report.facts['as_of'] = {'at': at, 'size': checkpoint.size}
        report.facts['text'] = f'complete as of {at}, tree size {checkpoint.size}; what came later is not in it'


# ---------------------------------------------------------------- the running log (C2SP tlog-tiles)

TILE = 256


def tile_path(kind, number, width):
    digits = f'{number:03d}' if number < 1000 else f'{number:0{-(-len(str(number)) // 3) * 3}d}'
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = '/'.join(['x' + group for group in groups[:-1]] + groups[-1:])
    return f'tile/{kind}/{name}' + (f'.p/{width}' if width < TILE else '')


def tiles_of(size, level):
    """(number, width) of each tile at a level, for a tree of this size."""
    nodes = size >> (8 * level)
    full, rest = divmod(nodes, TILE)
    yield from ((number, TILE) for number in range(full))
    if rest:
        yield full, rest


def levels_of(size):
    return [level for level in range(8) if size >> (8 * level) > 0]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token is for the log alone."""

    def redirect_request(self, *_):
        return None


class Log:
    """A log behind HTTP, or a mirror of one in a folder."""

    def __init__(self, url, token=None):
        if not re.match('https?://', url):
            raise CannotCheck('the log is named by an http or https URL')
        self.url, self.token = url.rstrip('/'), token

    def get(self, path):
        headers = {'Accept-Encoding': 'gzip, identity', 'User-Agent': 'liuhen-second-verifier'}
        if self.token and path.startswith('tile/entries/'):
            headers['Authorization'] = f'Bearer {self.token}'
        try:
            request = urllib.request.Request(f'{self.url}/{path}', headers=headers)
            with urllib.request.build_opener(NoRedirect).open(request, timeout=60) as answer:
                raw = answer.read(32 << 20)
                return gunzip(raw) if answer.headers.get('Content-Encoding') == 'gzip' else raw
        except urllib.error.HTTPError as why:
            if why.code in (404, 410):
                return None
            raise CannotCheck(f'{path}: the log answers {why.code}') from None
        except (OSError, urllib.error.URLError) as why:
            raise CannotCheck(f'{path}: {why}') from None

    def tile(self, kind, number, width):
        """A partial tile may be gone once the full one is there; then its beginning is taken."""
        raw = self.get(tile_path(kind, number, width))
        if raw is None and width < TILE:
            raw = self.get(tile_path(kind, number, TILE))
        if raw is None:
            raise Refused(f'{tile_path(kind, number, width)} is missing')
        return raw


def gunzip(raw):
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error):
        raise Refused('malformed gzip') from None


class Tiles:
    """Node hashes by level and index, out of hash tiles read when they are needed."""

    def __init__(self, size, read):
        self.size, self.read, self.kept = size, read, {}

    def hashes(self, level, number, width):
        key = (level, number)
        if key not in self.kept:
            raw = self.read(level, number, width)
            if len(raw) not in (32 * width, 32 * TILE):
                raise Refused(f'{tile_path(level, number, width)} has {len(raw)} bytes')
            self.kept[key] = [raw[at : at + 32] for at in range(0, 32 * width, 32)]
            while len(self.kept) > 64:
                self.kept.pop(next(iter(self.kept)))
        return self.kept[key]

    def node(self, height, index):
        """The root of the complete subtree of 2**height leaves that is the index-th of its kind."""
        level, inner = divmod(height, 8)
        first = index << inner
        number, at = divmod(first, TILE)
        width = min(TILE, (self.size >> (8 * level)) - number * TILE)
        if at + (1 << inner) > width:
            raise Refused('a node beyond the tree')
        return root_of(self.hashes(level, number, width)[at : at + (1 << inner)])

    def range_root(self, start, end):
        """MTH(D[start:end]) for a range as RFC 6962 cuts it: complete subtrees from the left."""
        nodes = []
        while start < end:
            height = (end - start).bit_length() - 1
            if start:
                height = min(height, (start & -start).bit_length() - 1)
            nodes.append(self.node(height, start >> height))
            start += 1 << height
        root = nodes.pop() if nodes else sha256()
        while nodes:
            root = node_hash(nodes.pop(), root)
        return root

    def consistency_proof(self, old):
        """PROOF(m, D[n]) of RFC 6962 section 2.1.2."""
        proof, start, end, is_whole = [], 0, self.size, True
        if old in (0, end):
            return proof
        while start + old != end or not is_whole:
            if start + old == end:
                proof.append(self.range_root(start, end))
                break
            cut = 1 << ((end - start - 1).bit_length() - 1)
            if old <= cut:
                proof.append(self.range_root(start + cut, end))
                end = start + cut
            else:
                proof.append(self.range_root(start, start + cut))
                start, old, is_whole = start + cut, old - cut, False
        return proof[::-1]


def read_checkpoint(report, name, raw, keys):
    """@return the checkpoint, signed by a key from outside where one was given"""
    checkpoint = None
    with report.item(3, name) as item:
        if raw is None:
            raise Refused('there is no checkpoint')
        checkpoint = Checkpoint(raw)
        item.note(origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex())
        if not keys:
            item.not_checked('no key from outside: self-consistent only')
        else:
            policy_of_keys(keys).accepts(checkpoint)
    return checkpoint


def mirror(url, folder, keys, token):
    report = Report()
    log = Log(url, token)
    raw = log.get('checkpoint')
    checkpoint = read_checkpoint(report, 'checkpoint', raw, keys)
    if checkpoint is None or any(item.failed() for item in report.items):
        return report.result()
    os.makedirs(folder, exist_ok=True)
    keep = Keep(folder, log)
    with report.item(4, 'hash tiles') as item:
        mirror_hashes(keep, checkpoint, item)
    is_hashed = not report.items[-1].failed()
    with report.item(4, 'entries') as item:
        if not is_hashed:
            item.not_checked('the hash tiles do not hold')
        elif token is None:
            item.not_checked('no token for the entries was given')
        else:
            item.note(entries=mirror_entries(keep, checkpoint))
    old = keep.load('checkpoint')
    with report.item(4, 'consistency') as item:
        if not is_hashed:
            item.not_checked('the hash tiles do not hold')
        elif old is not None:
            tiles = Tiles(checkpoint.size, lambda level, number, width: keep.tile(str(level), number, width))
            extends(Checkpoint(old), checkpoint, tiles)
            item.note(from_size=Checkpoint(old).size)
    # Last: what is remembered is only what was found good, together with its tiles.
    if any(item.failed() for item in report.items):
        keep.forget()
    else:
        keep.store('checkpoint', raw)
    return report.result()


class Keep:
    """The mirror's folder. Paths are made here from numbers, never by the log. Whatever was kept is checked again."""

    def __init__(self, folder, log):
        self.folder, self.log, self.fresh = folder, log, []

    def load(self, path):
        try:
            with open(os.path.join(self.folder, path), 'rb') as file:
                return file.read()
        except FileNotFoundError:
            return None

    def store(self, path, raw):
        whole_path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(whole_path), exist_ok=True)
        with open(whole_path + '.part', 'wb') as file:
            file.write(raw)
        os.replace(whole_path + '.part', whole_path)
        self.fresh.append(whole_path)

    def forget(self):
        """What did not hold must not be taken for known next time."""
        for path in self.fresh:
            os.remove(path)

    def tile(self, kind, number, width):
        path = tile_path(kind, number, width)
        raw = self.load(path)
        if raw is None:
            raw = self.log.tile(kind, number, width)
            self.store(tile_path(kind, number, TILE) if len(raw) == 32 * TILE and kind != 'entries' else path, raw)
        return raw


def mirror_hashes(keep, checkpoint, item):
    """Each full tile hashes to its entry one level up; the right edges together give the root of the checkpoint."""
    size, edge, count = checkpoint.size, [], 0
    above = None
    for level in reversed(levels_of(size)):
        current = []
        for number, width in tiles_of(size, level):
            raw = keep.tile(str(level), number, width)
            if len(raw) not in (32 * width, 32 * TILE):
                raise Refused(f'{tile_path(level, number, width)} has {len(raw)} bytes')
            hashes = [raw[at : at + 32] for at in range(0, 32 * width, 32)]
            count += 1
            if width == TILE and (above is None or root_of(hashes) != above[number]):
                raise Refused(f'{tile_path(level, number, width)} does not hash to its entry one level up')
            if width < TILE:
                edge.append(hashes)
            if level > 0:
                current += hashes
        above = current
    root = None
    for hashes in reversed(edge):
        at = len(hashes)
        while at > 0:
            step = at & -at
            node = root_of(hashes[at - step : at])
            root = node if root is None else node_hash(node, root)
            at -= step
    if (root if root is not None else sha256()) != checkpoint.root:
        raise Refused('the tiles give another root than the checkpoint')
    item.note(tiles=count, size=size)


def mirror_entries(keep, checkpoint):
    done = 0
    for number, width in tiles_of(checkpoint.size, 0):
        hashes = keep.tile('0', number, width)
        raw, at = keep.tile('entries', number, width), 0
        for n in range(width):
            length = int.from_bytes(raw[at : at + 2], 'big')
            entry = raw[at + 2 : at + 2 + length]
            if at + 2 + length > len(raw) or leaf_hash(entry) != hashes[32 * n : 32 * n + 32]:
                raise Refused(f'the entry at {number * TILE + n} does not hash to its leaf', at)
            at += 2 + length
            done += 1
    return done


def extends(old, new, tiles):
    if old.origin != new.origin:
        raise Refused(f'two logs: {old.origin!r} and {new.origin!r}')
    if old.size > new.size:
        raise Refused(f'the log shrank from {old.size} to {new.size}')
    proof = tiles.consistency_proof(old.size)
    check_consistency(old.size, old.root, new.size, new.root, proof)


def consistency(old_path, url, keys):
    report = Report()
    with open(old_path, 'rb') as file:
        old = read_checkpoint(report, 'old checkpoint', file.read(), keys)
    log = Log(url)
    new = read_checkpoint(report, 'checkpoint', log.get('checkpoint'), keys)
    with report.item(4, 'consistency') as item:
        if old is None or new is None:
            raise CannotCheck('there are no two checkpoints')
        extends(old, new, Tiles(new.size, lambda level, number, width: log.tile(str(level), number, width)))
        item.note(from_size=old.size, to_size=new.size)
    return report.result()


# ---------------------------------------------------------------- command line


def read_trust(args):
    """The policy from outside, or None. Mistakes in it are said before anything is checked."""
    if bool(args.policy) + bool(args.vkey) + bool(args.fingerprint) > 1:
        raise CannotCheck('either a policy, or single keys, or fingerprints')
    if args.fingerprint:
        return Fingerprints(args.fingerprint)
    if args.policy:
        with open(args.policy, 'rb') as file:
            return Policy(file.read())
    return policy_of_keys(args.vkey) if args.vkey else None


def arguments():
    parser = argparse.ArgumentParser(description='Checks Liuhen dossiers and the running log.')
    verbs = parser.add_subparsers(dest='verb', required=True)
    for verb in ('check', 'batch'):
        one = verbs.add_parser(verb)
        if verb == 'check':
            one.add_argument('dossier')
        one.add_argument('--policy')
        one.add_argument('--vkey', action='append', default=[])
        one.add_argument('--fingerprint', action='append', default=[])
        one.add_argument('--tsa-roots')
    one = verbs.add_parser('mirror')
    one.add_argument('url')
    one.add_argument('dir')
    one.add_argument('--vkey', action='append', default=[])
    one.add_argument('--token')
    one = verbs.add_parser('consistency')
    one.add_argument('old_note')
    one.add_argument('url')
    one.add_argument('--vkey', action='append', default=[])
    return parser.parse_args()


def show(result, indent=2):
    print(json.dumps(result, ensure_ascii=False, indent=indent), flush=True)
    return EXIT[result['verdict']]


def batch(args):
    trust, worst = read_trust(args), 0
    for line in sys.stdin:
        path = line.rstrip('\n')
        if path:
            result = check_dossier(path, trust, args.tsa_roots)
            code = show({'path': path, **result}, None)
            worst = code if worst == 0 or code == 1 else worst
    return worst


def main():
    sys.stdout.reconfigure(encoding='utf-8', errors='backslashreplace')
    args = arguments()
    try:
        self_test()
        if args.verb == 'mirror':
            return show(mirror(args.url, args.dir, args.vkey, args.token))
        if args.verb == 'consistency':
            return show(consistency(args.old_note, args.url, args.vkey))
        if args.verb == 'batch':
            return batch(args)
        return show(check_dossier(args.dossier, read_trust(args), args.tsa_roots))
    except (CannotCheck, Refused, OSError) as why:
        return show({'verdict': NOT_CHECKED, 'reason': str(why), 'items': []})


if __name__ == '__main__':
    sys.exit(main())
