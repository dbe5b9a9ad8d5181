"""No secret and no address leaves in a bundle, wherever it was put; and what helps stays."""

import base64
import gzip
import io
import json
import tarfile
import tomllib
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from daemon.doctor.bundle import Contents, last_traces, macs, packed, write
from daemon.doctor.finding import bad
from daemon.doctor.redact import SECRET, SHORTEST, Redactor
from daemon.doctor.secrets import files, known
from daemon.doctor.shown import shown
from daemon.settings import SettingsError, loads

PLAIN = """\
made_by = "inclined 0.1.0"
[machine]
site = "gym"
machine = "t07"
name = "Treadmill 7"
zone = "Hall"
driver = "ftms:C0:FF:EE:00:00:07"
mode = "nudge"
units = "km/h"
[policy]
limit = 1800
"""
SECRETS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=SHORTEST, max_size=40).filter(
    lambda text: len(text.strip()) >= SHORTEST and text == text.strip() and len(text.splitlines()) == 1
)
WORDS = st.text("abcdefghijkmnpqrstuvwxyz", min_size=2, max_size=8)
MACS = st.lists(st.integers(0, 255), min_size=6, max_size=6).map(lambda six: ":".join(f"{one:02X}" for one in six))
ADDRESSES = st.ip_addresses().filter(lambda one: not one.is_loopback and not one.is_unspecified)


def opened(data: bytes) -> dict[str, str]:
    """Return the files of a bundle, and the archive itself without its compression."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        texts = {name: archive.extractfile(name) for name in archive.getnames()}
        read = {name: file.read().decode() for name, file in texts.items() if file is not None}
    return read | {"": gzip.decompress(data).decode("utf-8", "surrogateescape")}


def toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def bundled(folder: Path, secret: str, word: str) -> bytes:
    """Return a bundle of a computer that has secret in every place that may hold one, and word beside it."""
    paths = {name: folder / name for name in ("password", "console.key", "inclined.mqtt")}
    for path in paths.values():
        path.write_text(f"{secret}\n", encoding="utf-8")
    data = f"""{PLAIN}
# {word} {secret}
[mqtt]
host = "broker"
username = "t07"
password_file = {toml(str(paths["password"]))}
pasword = {toml(secret)}
token = {toml(secret)}
[api]
port = {toml(secret)}
{word} = {toml(secret)}
[{word}x]
secret_of = {{ {word} = [{toml(secret)}] }}
""".encode()
    mistakes = mistakes_of(data)
    secrets = known([*paths.values(), *files(None, ())], data)
    journal = "\n".join(
        [
            f"{word}: {secret}",
            f'{word} "{json.dumps({"a": secret})}"',
            f"mqtt://t07:{quote(secret, safe='')}@broker:1883/ and t07:{quote(secret, safe='')}@broker",
            f"Authorization: Basic {base64.b64encode(secret.encode()).decode()}",
            f"/console#key={quote(secret, safe='')}",
            f"OSError({secret!r}) {word}",
        ]
    )
    findings = [
        bad("broker", f"{word}  {secret}", f"do {secret}"),
        *(bad("configuration", each, word) for each in mistakes),
    ]
    texts = {
        "configuration.txt": shown(data, mistakes),
        "journal.txt": journal,
        "traces/trace-000001-asked.jsonl": journal,
    }
    return packed(Contents(findings, texts), Redactor(secrets))


def mistakes_of(data: bytes) -> list[str]:
    try:
        loads(data, Path("inclined.toml"))
    except SettingsError as error:
        return error.mistakes
    return []


@given(secret=SECRETS, word=WORDS)
def test_no_secret_that_was_put_anywhere_is_in_the_bundle(
    tmp_path_factory: pytest.TempPathFactory, secret: str, word: str
) -> None:
    folder = tmp_path_factory.mktemp("computer")
    without = opened(bundled(folder, "0" * 24, word))  # what the bundle says anyhow is no secret
    assume(all(secret not in text for text in without.values()))
    for name, text in opened(bundled(folder, secret, word)).items():
        assert secret not in text, name
        assert quote(secret, safe="") not in text, name


@given(SECRETS)
def test_a_known_secret_is_found_in_every_form(secret: str) -> None:
    raw = secret.encode()
    forms = {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(raw, safe=""), quote_plus(raw)}
    forms |= {base64.b64encode(raw).decode().rstrip("="), json.dumps(secret, ensure_ascii=False)[1:-1]}
    for form in forms:
        assert form not in Redactor([secret])(f"\n{form}\n") or form in SECRET


def test_what_the_configuration_has_under_a_secret_s_name_is_known_everywhere() -> None:
    data = b"""
    [mqtt]
    pasword = "no word"
    [mqtt.more]
    tokens = ["hunter2", { deep = "unheard" }]
    password_file = "/etc/x"
    """
    secrets = known([], data)
    assert "hunter2" in secrets
    assert "/etc/x" not in secrets
    assert known([], b"no TOML") == set()


def test_a_key_that_is_unknown_is_not_shown() -> None:
    data = PLAIN + '[mqtt]\npasword = "hunter2"\ntls = { ca = "/x", pin = "4711-x" }\n[other]\nx = "hunter3"\n'
    text = shown(data.encode(), [])
    assert "hunter" not in text
    assert "4711" not in text
    assert text.count("(not shown)") == 3


UNKNOWN = {
    'password = "{}"': "password",
    "password: {}": "password",
    '{{"api_key": "{}"}}': "api_key",
    "the token is {}": "token",
    "Authorization: Bearer {}": "Authorization",
    "mqtt://user:{}@broker/x": "mqtt",
    "http://127.0.0.1:8081/console#key={}": "console",
    "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----": "",
    "-----BEGIN EC PRIVATE KEY-----\n{}": "",
}


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-", min_size=8, max_size=40))
def test_secrets_of_strangers_are_known_by_where_they_stand(secret: str) -> None:
    for line, stays in UNKNOWN.items():
        assume(secret not in line)
        text = Redactor()(line.format(secret))
        assert secret not in text, line
        assert stays in text


@given(st.text("abcXYZ019/:;@?&=%+!$*()[]{}|", min_size=6, max_size=20).filter(lambda text: text.strip("/@[]")))
def test_a_password_in_an_address_is_found_whatever_is_in_it(secret: str) -> None:
    assert Redactor()(f"to mqtt://t07:{secret}@broker/x.") == "to mqtt://[secret]@host-1/x."


def test_tokens_of_ours_are_known_by_their_form() -> None:
    token = "Zq3xV0b_7yK1s-uW9cRtQpLmNoPaBdEfGhIjKlMn456"
    assert Redactor()(f"GET /x {token} 200") == "GET /x [secret] 200"


@given(mac=MACS, ip=ADDRESSES, name=WORDS)
def test_the_same_address_gets_the_same_stand_in(mac: str, ip: object, name: str) -> None:
    redact = Redactor(hosts=[f"{name}-pi"], macs=[mac])
    text = redact(
        f"ftms:{mac} dev_{mac.replace(':', '_')} {mac.lower()} {mac.replace(':', '').lower()};"
        f" from {ip} to {ip}; {name}-pi {name}-PI http://{name}-pi:80/ {name}.local"
    )
    assert text == ("ftms:mac-1 dev_mac-1 mac-1 mac-1; from ip-1 to ip-1; host-1 host-1 http://host-1:80/ host-2")
    assert redact(f"again {ip}: {mac}, from:{ip}.") == "again ip-1: mac-1, from:ip-1."


USEFUL = [
    "12:30:45 inclined[7]: Connected to the treadmill.",
    "INFO daemon.mqtt.publisher: events wait on the disk; trying again.",
    '{"tokens": "ok", "store": "ok"}',
    'password_file = "/etc/inclined/mqtt-password"',
    "ok    versions      inclined 0.1.0, Python 3.13.5, kernel 6.12.107+deb13-arm64 aarch64",
    "it listens on 127.0.0.1:8081, [::1]:8080 and localhost",
    "org.freedesktop.DBus.Error.ServiceUnknown at /org/bluez/hci0",
    "csafe:/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0?speed=9600",
    "2026-06-01T12:00:00+00:00 boot 1c9f0a52-9f1b-4a0e-8c4e-4c5a0f6f1a2b",
]


@pytest.mark.parametrize("line", USEFUL)
def test_what_helps_stays(line: str) -> None:
    assert Redactor(["hunter2"], ["t07-pi"])(line) == line


def test_the_configuration_keeps_its_known_keys() -> None:
    lines = shown(PLAIN.encode(), []).splitlines()
    assert '[machine] driver = "ftms:C0:FF:EE:00:00:07"' in lines
    assert "[policy] limit = 1800" in lines
    assert len(lines) == len([line for line in PLAIN.splitlines() if "=" in line])
    assert tomllib.loads(PLAIN)["machine"]["name"] in "".join(lines)


def test_a_value_that_is_a_mistake_is_not_shown() -> None:
    data = PLAIN.replace('"nudge"', '"my password"').encode()
    assert "[machine] mode = (not shown)" in shown(data, mistakes_of(data))
    assert "my password" not in "".join(
        opened(packed(Contents([bad("configuration", m, "x") for m in mistakes_of(data)], {}), Redactor())).values()
    )


def test_what_is_no_toml_is_not_shown() -> None:
    assert "hunter2" not in shown(b'[mqtt]\npassword = "hunter2', [])


def test_an_archive_names_nobody(tmp_path: Path) -> None:
    data = packed(Contents([], {"journal.txt": "x"}), Redactor())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for entry in archive:
            assert (entry.uname, entry.gname, entry.uid, entry.mtime) == ("", "", 0, 0)
    assert packed(Contents([], {"journal.txt": "x"}), Redactor()) == data
    path = tmp_path / "bundle.tar.gz"
    write(path, data)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write(path, data)


def test_hardware_addresses_are_those_of_the_kernel(tmp_path: Path) -> None:
    for name, address in (("eth0", "dc:a6:32:00:00:01"), ("lo", "00:00:00:00:00:00")):
        (tmp_path / "sys/class/net" / name).mkdir(parents=True)
        (tmp_path / "sys/class/net" / name / "address").write_text(f"{address}\n", encoding="ascii")
    assert macs(tmp_path) == {"dc:a6:32:00:00:01"}


def test_a_trace_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    there = tmp_path / "trace-000001-asked.jsonl"
    there.write_text("{}\n", encoding="utf-8")
    found = last_traces([there, tmp_path / "trace-000002-asked.jsonl"])
    assert found["traces/trace-000001-asked.jsonl"] == "{}\n"
    assert "cannot be read" in found["traces/trace-000002-asked.jsonl"]
