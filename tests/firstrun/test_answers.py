"""From answers to a file that says the same."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.firstrun.answers import answers_in, filled, mistakes, table_of, wrong
from daemon.firstrun.document import document, quoted
from daemon.firstrun.here import languages, time_zone, zones
from daemon.firstrun.questions import PASSWORD, QUESTIONS, Answers, Here, Kind, questions
from daemon.settings import loads, parse
from daemon.settings.origin import made_by
from tests.firstrun.world import GOOD, HERE, with_answers

FOLDER = Path("/etc/inclined")
SLUG = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
WORDS = st.text(
    st.characters(categories=["L", "M", "N", "P", "S"], include_characters=' "\\#'), min_size=1, max_size=64
)
SAID = WORDS.filter(lambda text: text.isprintable() and text == text.strip())
MACHINE = st.fixed_dictionaries(
    {
        "machine.driver": st.sampled_from(["ftms:C0:FF:EE:00:00:07", "simulated:"]),
        "machine.mode": st.sampled_from(["observe", "nudge"]),
        "machine.units": st.sampled_from(["km/h", "mph"]),
        "machine.name": SAID,
        "machine.zone": SAID,
        "machine.machine": SLUG,
        "machine.site": SLUG,
        "machine.time_zone": st.sampled_from(zones()),
    }
)
BROKER = st.fixed_dictionaries(
    {"mqtt": st.just("yes"), "mqtt.host": SAID, "mqtt.port": st.integers(1, 65_535).map(str)},
    optional={"mqtt.username": SAID, PASSWORD: SAID},
)
ALL = st.tuples(MACHINE, st.one_of(st.just({}), st.just({"mqtt": "no"}), BROKER)).map(
    lambda both: {**both[0], **both[1]}
)


@settings(max_examples=40)
@given(ALL)
def test_what_is_answered_is_what_is_loaded(answers: Answers) -> None:
    assert mistakes(answers, HERE) == {}
    kept = filled(answers, HERE)
    table = table_of(kept, FOLDER)
    text = document(table, made_by())
    found = loads(text.encode(), FOLDER / "inclined.toml")
    told = parse(table, "x")
    assert (found.machine, found.mqtt, found.rules, found.named) == (told.machine, told.mqtt, told.rules, told.named)
    for key in MACHINE_KEYS:
        assert str(getattr(found.machine, key.removeprefix("machine."))) == kept[key]
    assert (found.mqtt is not None) is (answers.get("mqtt") == "yes")
    read_back = {**answers_in(tomllib.loads(text)), "mqtt": kept["mqtt"]}
    assert read_back == {key: answer for key, answer in kept.items() if answer and key != PASSWORD}
    if found.mqtt is not None:
        secret = kept.get(PASSWORD) and FOLDER / "mqtt-password"
        assert (found.mqtt.password_file or "") == (secret or "")


MACHINE_KEYS = [question.key for question in questions(HERE) if question.key.startswith("machine.")]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_toml_string(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}\n") == {"a": text}


def test_a_password_never_stands_in_the_file() -> None:
    answers = with_answers(mqtt="yes", mqtt__host="b", mqtt__username="t07", mqtt__password="geheim")
    text = document(table_of(filled(answers, HERE), FOLDER), made_by())
    assert "geheim" not in text
    assert 'password_file = "/etc/inclined/mqtt-password"' in text


@pytest.mark.parametrize(
    ("key", "answer", "why"),
    [
        ("machine.driver", "", "needs an answer"),
        ("machine.driver", "replay:/etc/passwd", "may be one that was found"),
        ("machine.driver", "ftms:1", "may be one that was found"),
        ("machine.mode", "", "needs an answer"),
        ("machine.mode", "assist", "may be observe or nudge"),
        ("machine.mode", "enforce", "may be observe or nudge"),
        ("machine.units", "knots", "may be km/h or mph"),
        ("machine.site", "Big Gym", "Small letters, digits, dashes"),
        ("machine.machine", "a/b", "Small letters, digits, dashes"),
        ("machine.name", "n" * 65, "at most 64 characters"),
        ("machine.name", "a\nb", "in one line"),
        ("machine.name", "a" * 257, "up to 256 characters"),
        ("machine.time_zone", "Mars/North", "is no time zone of this computer"),
        ("mqtt", "perhaps", "may be no or yes"),
        ("mqtt.host", "", "needs an answer"),
        ("mqtt.port", "0", "is wrong"),
        ("mqtt.port", "65536", "is wrong"),
        ("mqtt.port", "٣", "is wrong"),
        ("machine.colour", "red", "nothing asks for this"),
        ("policy.min_incline", "0", "nothing asks for this"),
    ],
)
def test_a_wrong_answer_is_told_with_what_it_may_be(key: str, answer: str, why: str) -> None:
    answers = {**with_answers(mqtt="yes", mqtt__host="b"), key: answer}
    found = mistakes(answers, HERE)
    assert list(found) == [key], found
    assert why in found[key]


def test_nothing_that_must_be_chosen_has_a_default() -> None:
    assert set(mistakes({}, HERE)) == {"machine.driver", "machine.mode", "machine.units"}


def test_no_question_offers_a_mode_that_moves_a_deck() -> None:
    (mode,) = [question for question in QUESTIONS if question.key == "machine.mode"]
    assert {choice.value for choice in mode.choices} == {"observe", "nudge"}


def test_a_broker_that_is_none_is_asked_nothing_of() -> None:
    stray = with_answers(mqtt="no", mqtt__host="b", mqtt__password="p")
    assert "mqtt" not in table_of(filled(stray, HERE), FOLDER)


def test_more_than_one_language_is_asked_for() -> None:
    assert "machine.language" not in {question.key for question in questions(Here(languages=(("en", "English"),)))}
    (asked,) = [
        each
        for each in questions(Here(languages=(("en", "English"), ("de", "Deutsch"))))
        if each.key == "machine.language"
    ]
    assert (asked.kind, [choice.value for choice in asked.choices]) == (Kind.CHOICE, ["en", "de"])
    assert languages()[:2] == (("en", "English"), ("de", "Deutsch"))


def test_the_time_zone_is_this_computers(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    assert time_zone(link) == "UTC"
    for target, name in (("Europe/Berlin", "Europe/Berlin"), ("Etc/UTC", "UTC"), ("Mars", "UTC")):
        link.unlink(missing_ok=True)
        link.symlink_to(f"/usr/share/zoneinfo/{target}")
        assert time_zone(link) == name


def test_good_answers_are_good() -> None:
    assert mistakes(GOOD, HERE) == {}


@pytest.mark.parametrize(
    ("driver", "good"),
    [
        ("ftms:C0:FF:EE:00:00:07?adapter=hci1", True),
        ("csafe:/dev/serial0?asks=speed", True),
        ("trackmaster:/dev/serial/by-id/x?units=mph", True),
        ("woodway:/dev/serial/by-id/x", True),
        ("trackmaster:ttyS0", False),
        ("replay:walk.jsonl", False),
        ("ftms:C0:FF:EE:00:00", False),
    ],
)
def test_a_treadmill_may_be_named_in_every_way_that_there_is(driver: str, good: bool) -> None:
    question = next(each for each in questions() if each.key == "machine.driver")
    assert (wrong(question, driver) is None) == good
