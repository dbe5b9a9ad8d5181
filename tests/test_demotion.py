"""A machine that surprises us: what counts, how often, and for how long."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daemon.demotion import KEPT, Surprise, kept, read, surprise, verdict
from daemon.policy.events import Happened

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def command(result: str, **more: str | int | bool) -> Happened:
    return Happened(1, "command", (("what", "raise"), ("result", result), *more.items()))


def test_what_is_a_surprise() -> None:
    assert surprise(command("unknown"), NOON, "b-1") == Surprise(what="unknown", when=NOON, boot="b-1", at=1)
    assert surprise(command("halted_after"), None) is not None
    assert surprise(command("lowered_after", soon=True), NOON) is not None
    for ordinary in (command("lowered_after", soon=False), command("done"), command("cancelled"), Happened(1, "help")):
        assert surprise(ordinary, NOON) is None


def test_one_lower_is_the_members_taste_two_are_ours() -> None:
    lower = Surprise(what="lowered_after", when=NOON)
    assert verdict([lower]) is None
    assert verdict([lower, lower]) is not None
    assert verdict([Surprise(what="unknown")]) is not None


def test_it_is_forgotten_after_a_week() -> None:
    old = Surprise(what="lowered_after", when=NOON - timedelta(days=8))
    new = Surprise(what="lowered_after", when=NOON)
    assert kept([old], new, NOON) == (new,)
    assert verdict(kept([old], new, NOON)) is None


def test_within_one_boot_the_date_has_no_say() -> None:
    week = 7 * 86_400_000
    old = Surprise(what="lowered_after", when=NOON, boot="b-1", at=5)
    for days in (-20_000, 0, 20_000):
        date = NOON + timedelta(days=days)
        soon = Surprise(what="lowered_after", when=date, boot="b-1", at=5 + week)
        late = Surprise(what="lowered_after", when=date, boot="b-1", at=6 + week)
        assert kept([old], soon, date) == (old, soon)
        assert kept([old], late, date) == (late,)


def test_one_that_nobody_could_date_is_not_forgotten() -> None:
    undated = Surprise(what="lowered_after")
    new = Surprise(what="lowered_after", when=NOON)
    assert verdict(kept([undated], new, NOON)) is not None


@given(st.lists(st.builds(Surprise, what=st.sampled_from(["unknown", "lowered_after"]), when=st.just(NOON))))
def test_what_is_kept_can_be_read_again(known: list[Surprise]) -> None:
    assert read([one.model_dump(mode="json") for one in known]) == tuple(known)[-KEPT:]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_note_that_makes_no_sense_is_none(noted: object) -> None:
    assert isinstance(read(noted), tuple)
