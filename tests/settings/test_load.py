"""The configuration: exact values, every mistake at once, and no input that breaks it."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.policy.rules import Mode, Rules
from daemon.policy.words import WORDS
from daemon.settings import Settings, SettingsError, load, parse
from daemon.settings.model import Machine
from daemon.settings.units import KEYS, Key
from drivers.contract import InclineRange

ROOT = Path(__file__).parents[2]
MACHINE = """
[machine]
site = "north"
machine = "t07"
name = "Treadmill 7"
zone = "Cardio"
driver = "simulated:"
mode = "assist"
units = "mph"
"""
BAD = """
nonsense = 3
[machine]
site = "North Gym"
machine = 7
name = ""
driver = "ftms"
mode = "auto"
units = "km"
colour = "red"
screen_px_per_mm = 5
incline_range = { least = 0.05, most = 15.0, stepp = 0.5 }
clock = true
[policy]
min_incline = 1.05
warm_up = "long"
warmup = 3
nudge_after = 1e999999
speed_most = nan
countdown = 5
[mqtt]
port = 70000
tls = { cert = "x" }
[api]
port = "80"
token_hashes = ["abc", 3]
[console]
x = 1
host = "0.0.0.0"
[screen]
rotate = 45
px_per_mm = inf
night = "22:00"
dark = "off"
"""
PLACES = """
[machine] site: | [machine] machine: | [machine] name: | [machine] zone: is missing | [machine] driver:
[machine] mode: "auto" is none of its values; it may be 'observe', 'nudge', 'assist' or 'enforce'
[machine] units: | [machine] colour: is unknown; it may be site, | [machine] screen_px_per_mm: stands elsewhere now
[machine] incline_range.least: 0.05 is no number of tenths | [machine] incline_range.step: is missing
[machine] incline_range.stepp: is unknown; it may be least, most, step | [machine] clock: true | [mqtt] host: is missing
[mqtt] port: 70000 is wrong; it should be less than or equal to 65535 | [mqtt] tls.ca: is missing | [api] port: "80"
[api] token_hashes: is no setting any more; take the line out | [console] x: is unknown; it may be port, key_file
[console] host: is no setting: the screen is served on 127.0.0.1
[screen] rotate: 45 is none of its values; it may be 0, 90, 180 or 270 | [screen] px_per_mm: Infinity
[screen] night: "22:00" is not written like 22:30-05:30; Hours in which | [screen] dark: "off" is none of its values
[nonsense] is unknown; it may be machine, proved,
[policy] min_incline: 1.05 is no number in steps of 0.1 %; it may be 0 to 1.5 %
[policy] warm_up: "long" | [policy] warmup: is unknown; it may be min_incline, warm_up,
[policy] nudge_after: 1E+999999
[policy] speed_most: NaN | [policy] countdown: 5 s is out of bounds; it may be 20 to 60 s
"""


def read(text: str) -> Settings:
    return parse(tomllib.loads(text, parse_float=Decimal), "x.toml")


def mistakes(text: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read(text)
    return error.value.mistakes


def test_the_example_loads() -> None:
    settings = load(ROOT / "deploy" / "inclined.example.toml")
    assert settings.rules == Rules(mode=Mode.NUDGE)
    assert settings.mqtt is not None
    assert settings.mqtt.tls is not None
    assert settings.named_rules == {"min_incline"}


def test_the_commented_lines_of_the_example_are_settings_too() -> None:
    text = (ROOT / "deploy" / "inclined.example.toml").read_text()
    lines = (line[2:] if line.startswith("# ") and ("=" in line or "[" in line) else line for line in text.splitlines())
    settings = read("\n".join(line for line in lines if not line.startswith("inclined")))
    assert settings.machine.incline_range is not None
    assert settings.machine.incline_range.range() == InclineRange(0, 150, 5)
    assert settings.rules == Rules(mode=Mode.NUDGE)


def test_what_is_left_out_has_its_default() -> None:
    settings = read(MACHINE)
    assert settings.rules == Rules(mode=Mode.ASSIST)
    assert settings.mqtt is None
    assert (settings.api.host, settings.api.port) == ("127.0.0.1", 8080)
    assert (settings.console.port, settings.tokens) == (8081, None)
    assert settings.store.path == Path("/var/lib/inclined/inclined.db")
    assert settings.named == {f"machine.{key}" for key in Machine.model_fields if f"\n{key} =" in MACHINE}


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    found = mistakes(BAD)
    expected = [place.strip() for line in PLACES.strip().splitlines() for place in line.split(" | ")]
    for place in expected:
        assert any(mistake.startswith(f"x.toml: {place}") for mistake in found), (place, found)
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('[mqtt]\nhost = "b"\npassword_file = "/p"', "[mqtt] a password_file needs a username"),
        ('[mqtt]\nhost = "b"\ntls = { ca = "/c", key = "/k" }', "[mqtt] tls: cert and key go together"),
        ('[machine.incline_range]\nleast = 2\nmost = 1\nstep = 1', "[machine] incline_range: least is not below most"),
        ("[mqtt]\nhost = 5", "[mqtt] host: 5 is wrong; it should be a valid string"),
        ("policy = 3", "[policy] is not a section"),
        ("api = [1]", "[api] "),
        ("[api]\nport = 8081", "[console] port: is [api] port too"),
        ("[console]\nport = 8080", "[console] port: is [api] port too"),
        ("", "[machine] is missing"),
    ],
)  # fmt: skip
def test_what_does_not_go_together(extra: str, said: str) -> None:
    text = extra if "=" not in extra or not extra.startswith("[") else MACHINE + extra
    assert any(said in mistake for mistake in mistakes(text)), mistakes(text)


@pytest.mark.parametrize("value", ["true", '"1.0"', f"1.{'0' * 70}1", "[1]", "1979-05-27", "nan", "-inf"])
def test_what_is_nearly_a_number_is_none(value: str) -> None:
    (mistake,) = mistakes(f"{MACHINE}[policy]\nmin_incline = {value}")
    assert mistake.endswith(" is no number in steps of 0.1 %; it may be 0 to 1.5 %")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[machine", b"a = 1\na = 2", b"a = " + b"9" * 5000, b"a = " + b"[" * 5000]
)
def test_what_is_no_toml_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"x\.toml: is not TOML: ") as error:
        load(path)
    assert len(error.value.mistakes) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "x.toml")


@given(
    st.sampled_from(list(KEYS.values())).flatmap(lambda key: st.tuples(st.just(key), st.integers(key.least, key.most)))
)
def test_a_value_within_its_bounds_goes_through_its_text_unchanged(pair: tuple[Key, int]) -> None:
    key, value = pair
    settings = read(f"{MACHINE}[policy]\n{key.name} = {key.text(value)}")
    assert getattr(settings.rules, key.field) == value
    assert settings.named_rules == {key.field}


@given(st.sampled_from(list(KEYS.values())), st.decimals(allow_nan=False) | st.integers())
def test_any_other_number_is_a_mistake(key: Key, number: Decimal | int) -> None:
    table: dict[str, Any] = tomllib.loads(MACHINE) | {"policy": {key.name: number}}
    scaled = Decimal(number) * key.per if abs(Decimal(number).adjusted()) < 20 else Decimal("NaN")
    whole = scaled.is_finite() and scaled == int(scaled)
    if whole and (key.least <= scaled <= key.most or (key.zero and scaled == 0)):
        assert getattr(parse(table, "x.toml").rules, key.field) == scaled
        return
    with pytest.raises(SettingsError) as error:
        parse(table, "x.toml")
    assert len(error.value.mistakes) == 1
    assert error.value.mistakes[0].endswith(f"; it may be {key.may_be}")


text = st.text("ab1é\n\0 .", max_size=5)  # an alphabet of its own: Hypothesis' tables of all letters take seconds
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
)
names = st.sampled_from(["machine", "policy", "mqtt", "api", "store", "console", "tls", "port", "mode", "x", ""])


@given(st.dictionaries(names, st.dictionaries(names | st.sampled_from(list(KEYS)), values) | values))
def test_no_table_breaks_it(table: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        parse(table, "x.toml")


def test_every_setting_of_the_policy_has_a_key() -> None:
    assert {key.field for key in KEYS.values()} == set(Rules.__slots__) - {
        "mode",
        "items_own",
        "limit_action",
        "proved_time",
        "proved_stop",
        *WORDS,
    }
    assert all("_ms" not in name for name in KEYS)


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        ('[policy]\npeak = "Mon 22:00-02:00"', "midnight"),
        ('[policy]\nlimit_when = "never"', "waiting"),
        ("[policy]\npeak = 5", "no text"),
        ("[policy]\nlimit = 60", "0 or 600 to 14400 s"),
        ('[proved]\nstop = "soon"', "[proved] stop"),
    ],
)
def test_limits_that_make_no_sense(extra: str, word: str) -> None:
    assert any(word in mistake for mistake in mistakes(MACHINE + extra)), mistakes(MACHINE + extra)


def test_an_action_needs_its_proof() -> None:
    machine = MACHINE.replace("[machine]", '[machine]\nlimit_action = "stop"')
    assert any("[proved] stop" in mistake for mistake in mistakes(machine))
    rules = read(machine + "[proved]\nstop = 2026-11-23\n").rules
    assert rules.proved_stop
    assert not rules.proved_time


def test_a_limit_may_be_nought() -> None:
    assert read(MACHINE + "[policy]\nlimit = 0").rules.limit_ms == 0
