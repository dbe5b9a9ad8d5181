"""The code that lets another device in: five tries, half an hour, one device."""

from hypothesis import given
from hypothesis import strategies as st

from api.firstrun.pairing import Pairing, chance
from daemon.firstrun.code import DIGITS, LIFE_MS, TRIES, Code, Door, closed, door, fresh, holds, tried
from tests.firstrun.world import CODE, HandClock

START = 5_000
SAID = st.one_of(st.just(CODE), st.just(" 042 137 "), st.text(max_size=8), st.from_regex(r"\d{6}", fullmatch=True))
STEPS = st.lists(st.tuples(st.integers(0, LIFE_MS // 3), SAID), max_size=12)


@given(STEPS)
def test_nobody_gets_a_sixth_try_or_one_too_late_or_after_the_right_one(steps: list[tuple[int, str]]) -> None:
    code, now = fresh(CODE, START), START
    wrongs, in_before = 0, False
    for later, said in steps:
        now += later
        may = wrongs < TRIES and now < START + LIFE_MS and not in_before
        assert (door(code, now) is Door.OPEN) is may
        code, let_in = tried(code, said, now)
        assert let_in is (may and "".join(said.split()) == CODE)
        wrongs += may and not let_in
        in_before |= let_in


def test_the_right_code_at_the_fifth_try_and_not_at_the_sixth() -> None:
    code = fresh(CODE, START)
    for _ in range(TRIES - 1):
        code, let_in = tried(code, "000000", START)
        assert not let_in
    assert tried(code, CODE, START)[1]
    code, _ = tried(code, "000000", START)
    assert door(code, START) is Door.SPENT
    assert tried(code, CODE, START) == (code, False)


def test_half_an_hour_is_half_an_hour() -> None:
    code = fresh(CODE, START)
    assert tried(code, CODE, START + LIFE_MS - 1)[1]
    assert not tried(code, CODE, START + LIFE_MS)[1]
    used, _ = tried(code, CODE, START)
    assert [holds(used, START + LIFE_MS - 1), holds(used, START + LIFE_MS)] == [True, False]


def test_what_the_screen_takes_back_is_over() -> None:
    code: Code = closed(fresh(CODE, START))
    assert (door(code, START), holds(code, START), tried(code, CODE, START)[1]) == (Door.CLOSED, False, False)


def test_codes_are_six_digits_by_chance() -> None:
    made = {chance() for _ in range(50)}
    assert len(made) > 40
    assert all(len(digits) == DIGITS and fresh(digits, 0) for digits in made)


def test_a_new_code_puts_out_who_said_the_one_before() -> None:
    clock = HandClock()
    pairing = Pairing(clock, lambda: CODE)
    assert pairing.say(CODE) is None
    pairing.ask()
    secret = pairing.say(CODE)
    assert secret is not None
    assert pairing.knows(secret)
    assert pairing.digits is None
    assert pairing.say(CODE) is None
    pairing.ask()
    assert not pairing.knows(secret)
    assert pairing.digits == CODE


def test_who_said_the_code_is_out_after_half_an_hour_and_when_the_screen_says_so() -> None:
    clock = HandClock()
    pairing = Pairing(clock, lambda: CODE)
    pairing.ask()
    secret = pairing.say(CODE) or ""
    clock.at += LIFE_MS - 1
    assert pairing.knows(secret)
    assert not pairing.knows("x" + secret)
    clock.at += 1
    assert not pairing.knows(secret)
    pairing.ask()
    secret = pairing.say(CODE) or ""
    pairing.end()
    assert not pairing.knows(secret)
