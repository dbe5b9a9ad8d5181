"""Takes secrets and addresses out of text; the same address gets the same stand-in. Nothing is kept of either.

Secrets that are known (contents of password files, keys, tokens) are taken out wherever they stand, also as JSON, URL
and base64 have them. Others are known by where they stand (`password = `, `user:...@host`, `#key=`, PEM) or by their
form (tokens of ours). Addresses of this computer alone say nothing of anybody, and stay.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from urllib.parse import quote, quote_plus

SECRET = "[secret]"  # noqa: S105, what stands in place of one
SHORTEST = 4
"""Shorter ones are taken out only where they stand: "on" or "7" would make a hole in every line."""
HOLE = "\ue000"
"""Stands for a secret until the patterns are done; of Unicode's private use."""
SAID = frozenset({"ok", "none", "null", "true", "false"})
"""What may stand behind a word such as tokens without being one."""
WORDS = r"passwor[dt]|passwd|passphrase|secret|token|credential|psk|api[_-]?key|private[_-]?key|console[_-]?key"
PEM = re.compile(r"-----BEGIN [^-\n]*-----.*?(?:-----END [^-\n]*-----|\Z)", re.DOTALL)
HEADER = re.compile(r"(?i)\b((?:authorization|proxy-authorization|cookie|set-cookie)[\"']?\s*[:=]\s*)[^\n]+")
NAMED = re.compile(
    rf"(?i)((?:[\w-]*(?:{WORDS})[\w-]*|(?<=[#?&])\w*key)\\?[\"']?\s*(?:[=:]|\bis\b)\s*)"
    r"(\\?\"(?:\\.|[^\"\\\n])*\\?\"|'[^'\n]*'|[^\s,;}\]&\"']+)"
)
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")
PASSED = re.compile(r"://[^\s\"'<>]*@")
USER = re.compile(r"(?<![\w/])([^\s:/@\"']+):(?!//)[^\s@\"']+@(?=[\w\[])")
URL = re.compile(rf"(://(?:{HOLE}@)?)(\[[^\]\s]+\]|[^\s/:?#\"'<>@\[\]]+)")
OURS = re.compile(r"(?<![\w-])(?<!by-id/)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*[\d_-])[\w-]{30,}(?![\w-])")
"""Such as secrets.token_urlsafe gives: 32 or 43 of 64 letters."""
MAC = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}([:_-])(?:[0-9A-Fa-f]{2}\1){4,}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])")
V6 = re.compile(r"(?<![0-9A-Fa-f:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:(?:[0-9A-Fa-f.:]*[0-9A-Fa-f:])?(?:%\w+)?")
V4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)")
NET = "local|localdomain|lan|home|arpa|internal|intern|intra|box|gym|example|test|com|org|net|de|fr|es|at|ch|uk|eu|io"
HOST = re.compile(rf"(?i)(?<![\w.-])(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+(?:{NET})(?![\w-]|\.\w)")
HERE = frozenset({"localhost", "localhost.localdomain", "0.0.0.0", "::", "127.0.0.1", "::1"})  # noqa: S104, told, not served


class Redactor:
    """Gives back text without secrets and addresses; one for a whole bundle, so that stand-ins are the same in it."""

    def __init__(self, secrets: Iterable[str] = (), hosts: Iterable[str] = (), macs: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in forms_of(secret)}
        self._secrets = _any(forms, r"(?:%s)")
        self._hosts = _any({host for host in hosts if host.lower() not in HERE}, r"(?i)(?<![\w-])(?:%s)(?![\w-])")
        bare = {mac.replace(":", "") for mac in macs}
        self._bare = _any(bare, r"(?i)(?<![0-9a-f])(?:%s)(?![0-9a-f])")
        self._standins: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def __call__(self, text: str) -> str:
        """Return text with stand-ins."""
        text = text.replace(HOLE, "?")
        if self._secrets is not None:
            text = self._secrets.sub(HOLE, text)
        for pattern, into in ((PEM, HOLE), (HEADER, rf"\1{HOLE}"), (BEARER, rf"\1 {HOLE}"), (PASSED, f"://{HOLE}@")):
            text = pattern.sub(into, text)
        text = NAMED.sub(_named, text)
        text = OURS.sub(HOLE, USER.sub(rf"\1:{HOLE}@", text))
        return self._addresses(text).replace(HOLE, SECRET)

    def _addresses(self, text: str) -> str:
        text = MAC.sub(lambda found: self._standin("mac", re.sub("[:_-]", "", found[0])), text)
        if self._bare is not None:
            text = self._bare.sub(lambda found: self._standin("mac", found[0]), text)
        text = V4.sub(lambda found: self._ip(found[0]), V6.sub(lambda found: self._ip(found[0]), text))
        text = URL.sub(lambda found: found[1] + self._host(found[2]), text)
        if self._hosts is not None:
            text = self._hosts.sub(lambda found: self._host(found[0]), text)
        return HOST.sub(lambda found: self._host(found[0]), text)

    def _ip(self, found: str) -> str:
        for inner in (found, found[:-1], found[1:], found[1:-1]):  # a colon before or behind may be the sentence's
            try:
                address = ip_address(inner)
            except ValueError:
                continue
            here = address.is_loopback or address.is_unspecified
            return found if here else found.replace(inner, self._standin("ip", str(address)))
        return found

    def _host(self, found: str) -> str:
        if found.lower() in HERE or HOLE in found or found in self._standins.values():
            return found
        kept = self._ip(found.strip("[]"))
        return self._standin("host", found) if kept == found and not _loopback(found) else kept

    def _standin(self, kind: str, address: str) -> str:
        key = f"{kind} {address.lower()}"
        if key not in self._standins:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._standins[key] = f"{kind}-{self._counts[kind]}"
        return self._standins[key]


def forms_of(secret: str) -> Iterator[str]:
    """Yield how a secret may stand in text, by lines where it has several."""
    for line in {secret.strip("\r\n"), secret.strip(), *secret.splitlines()}:
        for form in (line, " ".join(line.split()), json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]):
            if len(form) >= SHORTEST:
                yield form
        raw = line.encode("utf-8", "surrogatepass")
        if len(raw) >= SHORTEST:
            yield quote(raw, safe="")
            yield quote_plus(raw)
            yield repr(line)[1:-1]
            yield base64.b64encode(raw).decode().rstrip("=")


def _named(found: re.Match[str]) -> str:
    said = found[2].strip("\\\"'")
    path = found[1].rstrip("\\\"' :=").lower().endswith(("file", "folder", "path")) and said.startswith("/")
    return found[0] if path or said.lower() in SAID else f"{found[1]}{HOLE}"


def _loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _any(words: Iterable[str], pattern: str) -> re.Pattern[str] | None:
    """Return what finds any of words, the longest first; None where there are none."""
    known = sorted((word for word in words if word), key=len, reverse=True)
    return re.compile(pattern % "|".join(map(re.escape, known))) if known else None
