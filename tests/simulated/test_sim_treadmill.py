"""The physics: ramps, keys, phases, and that time may be cut anywhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.simulated.build import Belt, Build, Key, Phase
from drivers.simulated.treadmill import TICK_MS, Treadmill

EVENTS = st.lists(st.tuples(st.sampled_from(Key), st.integers(0, 9_000)), max_size=25)


def moving(incline: int = 0) -> Treadmill:
    mill = Treadmill()
    mill.place(speed=800, incline=incline)
    return mill


@settings(deadline=None)  # other work shares the cores
@given(EVENTS)
def test_belt_and_deck_never_jump(events: list[tuple[Key, int]]) -> None:
    mill = Treadmill()
    fastest = max(mill.build.belt_ramp, mill.build.stop_ramp, mill.build.safety_ramp)
    for key, ms in events:
        mill.press(key)
        for _ in range(ms // 250):
            speed, incline = mill.speed, mill.incline
            mill.advance(250)
            assert abs(mill.speed - speed) <= fastest * 250 // 1_000 + 1
            assert abs(mill.incline - incline) <= 1  # 0.3 %/s
            assert 0 <= mill.speed <= mill.build.speed_most
            assert mill.build.incline_least <= mill.incline <= mill.build.incline_most


@settings(deadline=None)  # other work shares the cores
@given(EVENTS, st.integers(1, 977))
def test_a_run_is_the_same_however_time_is_cut(events: list[tuple[Key, int]], cut: int) -> None:
    whole, parts = Treadmill(), Treadmill()
    for key, ms in events:
        whole.press(key)
        parts.press(key)
        whole.advance(ms)
        for start in range(0, ms, cut):
            parts.advance(min(cut, ms - start))
    assert whole == parts


def test_a_key_changes_the_target_at_once_and_the_deck_on_its_ramp() -> None:
    mill = moving()
    for _ in range(4):
        mill.press(Key.INCLINE_UP)
    assert (mill.incline_target, mill.incline) == (20, 0)
    mill.advance(1_000)
    assert mill.incline == 3
    mill.advance(10_000)
    assert mill.incline == 20


def test_start_counts_down_then_moves_from_the_least_speed() -> None:
    mill = Treadmill()
    assert mill.press(Key.START)
    assert (mill.belt, mill.phase) == (Belt.STARTING, Phase.PRE)
    mill.advance(mill.build.countdown_ms - TICK_MS)
    assert mill.speed == 0
    mill.advance(2_000)
    assert (mill.belt, mill.speed, mill.phase) == (Belt.MOVING, 80, Phase.MANUAL)


def test_pause_keeps_and_start_resumes_the_workout() -> None:
    mill = moving()
    mill.advance(60_000)
    assert mill.press(Key.PAUSE)
    mill.advance(60_000)
    assert (mill.belt, mill.speed, mill.elapsed_ms) == (Belt.PAUSED, 0, 60_000)
    assert mill.press(Key.START)
    mill.advance(20_000)
    assert (mill.speed, mill.elapsed_ms) == (800, 80_000)


def test_distance_is_speed_times_time() -> None:
    mill = moving()
    mill.advance(3_600_000)
    assert mill.distance == 8_000


def test_the_safety_key_stops_hard_and_locks_the_keys() -> None:
    mill = moving(incline=33 // 5 * 5)
    assert mill.press(Key.SAFETY_OUT)
    assert not any(mill.press(key) for key in Key if key is not Key.SAFETY_IN)
    mill.advance(1_100)
    assert (mill.speed, mill.belt) == (0, Belt.SAFETY_OUT)
    assert mill.press(Key.SAFETY_IN)
    assert mill.belt is Belt.IDLE


def test_a_deck_caught_between_two_steps_is_reached_by_the_next_key() -> None:
    mill = moving()
    mill.press(Key.INCLINE_UP)
    mill.advance(700)
    mill.press(Key.SAFETY_OUT)
    mill.advance(2_000)
    mill.press(Key.SAFETY_IN)
    assert mill.incline_target == 2
    assert mill.press(Key.INCLINE_DOWN)
    assert mill.incline_target == 0


def test_the_workout_time_stops_the_belt() -> None:
    mill = moving()
    assert mill.set_workout(30_000)
    mill.advance(29_000)
    assert (mill.belt, mill.remaining_ms) == (Belt.MOVING, 1_000)
    mill.advance(1_000)
    assert mill.belt is Belt.STOPPING
    mill.advance(10_000)
    assert (mill.belt, mill.speed) == (Belt.IDLE, 0)


def test_the_programme_sets_incline_and_phase_and_cool_down_ends_it() -> None:
    mill = Treadmill()
    mill.press(Key.PROGRAMME)
    mill.advance(30_000)
    assert (mill.phase, mill.incline) == (Phase.LOW, 10)
    mill.advance(60_000)
    assert (mill.phase, mill.incline) == (Phase.HIGH, 30)
    assert mill.press(Key.COOL_DOWN)
    mill.advance(10_000)
    assert (mill.phase, mill.speed, mill.remaining_ms) == (Phase.COOL_DOWN, 400, 110_000)


def test_a_lift_that_needs_the_belt_waits_for_it() -> None:
    mill = Treadmill(Build(lift_needs_belt=True))
    assert mill.set_incline(10)
    mill.advance(60_000)
    assert mill.incline == 0
    mill.press(Key.START)
    mill.advance(10_000)
    assert mill.incline == 10


def test_cut_power_forgets_the_workout_and_leaves_the_deck() -> None:
    mill = moving(incline=30)
    mill.advance(5_000)
    mill.cut_power()
    mill.advance(5_000)
    assert (mill.belt, mill.speed, mill.elapsed_ms, mill.incline) == (Belt.IDLE, 0, 0, 30)
