"""The machine's FTMS side: records, control, keys, the race, and each profile."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.simulated.build import Belt, Key
from drivers.simulated.codec import Result
from drivers.simulated.ftms import Can, FtmsServer
from drivers.simulated.profile import PROFILES

DATA, TRAINING, CONTROL, STATUS, INCLINES = 0x2ACD, 0x2AD3, 0x2AD9, 0x2ADA, 0x2AD5
GRANTED, RAISE, RAISED = bytes.fromhex("800001"), bytes.fromhex("030a00"), bytes.fromhex("800301")


class Client:
    """Someone connected: what the server told, and when."""

    def __init__(self, profile: str = "normal", *, speed: int = 800, subscribe: bool = True) -> None:
        self.server = FtmsServer(profile=PROFILES[profile])
        self.server.treadmill.place(speed=speed)
        self.told: list[tuple[int, int, bytes]] = []
        self.drops = 0
        self.server.connect(self.hear, self.drop)
        if subscribe:
            for uuid in (DATA, TRAINING, CONTROL, STATUS):
                self.server.subscribe(uuid)

    def hear(self, uuid: int, data: bytes) -> None:
        self.told.append((self.server.at, uuid, data))

    def drop(self) -> None:
        self.drops += 1

    def of(self, uuid: int) -> list[bytes]:
        return [data for _, u, data in self.told if u == uuid]

    def ask(self, hex_: str) -> bytes | None:
        """Write to the control point and return the answer that comes within 50 ms."""
        self.server.write(CONTROL, bytes.fromhex(hex_))
        before = len(self.of(CONTROL))
        self.server.advance(50)
        return self.of(CONTROL)[before] if len(self.of(CONTROL)) > before else None


def incline(record: bytes) -> int | None:
    """Incline of a whole record without average speed, read by hand."""
    (flags,) = struct.unpack_from("<H", record)
    value: int | None = struct.unpack_from("<h", record, 7)[0] if flags & 8 else None
    return value


def test_one_record_each_period_from_the_connect_on() -> None:
    client = Client()
    client.server.advance(1_100)
    assert [at for at, uuid, _ in client.told if uuid == DATA] == [250, 500, 750, 1_000]
    assert client.of(DATA)[0] == bytes.fromhex("0c04 2003 000000 0000 ff7f 0000")


@settings(deadline=None)  # other work shares the cores
@given(st.lists(st.tuples(st.sampled_from(Key), st.integers(0, 3_000)), max_size=12), st.integers(1, 700))
def test_what_is_told_does_not_depend_on_how_time_is_cut(events: list[tuple[Key, int]], cut: int) -> None:
    whole, parts = Client(), Client()
    for key, ms in events:
        for client in (whole, parts):
            client.server.press(key)
            client.server.write(CONTROL, b"\x00")
        whole.server.advance(ms)
        for start in range(0, ms, cut):
            parts.server.advance(min(cut, ms - start))
    assert whole.told == parts.told


def test_nothing_is_told_without_a_subscription() -> None:
    client = Client(subscribe=False)
    client.server.press(Key.INCLINE_UP)
    client.server.advance(5_000)
    assert client.told == []


def test_control_has_to_be_asked_for() -> None:
    client = Client()
    assert client.ask("030a00") == bytes.fromhex("800305")
    assert client.ask("00") == GRANTED
    assert client.ask("030a00") == RAISED
    client.server.advance(4_000)
    assert incline(client.of(DATA)[-1]) == 10
    assert [w.result for w in client.server.writes] == [Result.NOT_PERMITTED, Result.SUCCESS, Result.SUCCESS]


def test_control_ends_with_the_link_and_with_a_reset() -> None:
    client = Client()
    client.ask("00")
    client.ask("01")
    assert client.ask("030a00") == bytes.fromhex("800305")
    client.ask("00")
    client.server.disconnect()
    assert not client.server.controlled
    client.server.connect(client.hear, client.drop)
    client.server.subscribe(CONTROL)
    assert client.ask("030a00") == bytes.fromhex("800305")


@pytest.mark.parametrize(
    ("write", "answer", "belt", "target"),
    [
        ("07", "800704", Belt.MOVING, 800),  # already started
        ("0801", "800801", Belt.STOPPING, 0),
        ("0802", "800801", Belt.PAUSED, 800),
        ("02e803", "800201", Belt.MOVING, 1_000),
        ("02ffff", "800203", Belt.MOVING, 800),
        ("030300", "800303", Belt.MOVING, 800),
        ("03ff7f", "800303", Belt.MOVING, 800),
        ("0d5802", "800d01", Belt.MOVING, 800),
        ("01", "800101", Belt.STOPPING, 0),
        ("1400", "801402", Belt.MOVING, 800),
    ],
)
def test_a_wrong_byte_is_seen_to_move_the_belt(write: str, answer: str, belt: Belt, target: int) -> None:
    client = Client()
    client.ask("00")
    assert client.ask(write) == bytes.fromhex(answer)
    assert (client.server.treadmill.belt, client.server.treadmill.speed_target) == (belt, target)


def test_start_moves_an_idle_belt() -> None:
    client = Client(speed=0)
    client.ask("00")
    assert client.ask("07") == bytes.fromhex("800701")
    client.server.advance(6_000)
    assert client.server.treadmill.speed == 80


def test_att_errors() -> None:
    bare = Client(subscribe=False)
    assert bare.server.write(CONTROL, b"\x00") == 0xFD
    client = Client()
    assert client.server.write(DATA, b"\x00") == 0x03
    assert client.server.write(CONTROL, b"\x00") is None
    assert client.server.write(CONTROL, b"\x00") == 0xFE


def test_keys_are_told_as_machine_status() -> None:
    client = Client(speed=0)
    for key in (Key.START, Key.INCLINE_UP, Key.PAUSE, Key.START, Key.STOP, Key.SAFETY_OUT):
        client.server.press(key)
        client.server.advance(5_000)
    assert [d.hex() for d in client.of(STATUS)] == ["04", "060500", "0202", "04", "0201", "03"]
    assert [d.hex() for d in client.of(TRAINING)] == ["000e", "000d", "000f", "0001"]


def test_the_race_of_a_key_inside_one_notification_period() -> None:
    client = Client()
    client.server.treadmill.place(incline=10)
    client.ask("00")
    client.server.advance(450)
    heard = len(client.told)
    client.server.press(Key.INCLINE_DOWN)  # after the record at 500, before the write
    assert len(client.told) == heard  # the client cannot know
    assert client.server.treadmill.incline_target == 5
    client.server.write(CONTROL, bytes.fromhex("030f00"))
    client.server.advance(250)
    assert [(uuid, data.hex()) for _, uuid, data in client.told[heard:] if uuid != DATA] == [
        (CONTROL, "800301"),
        (STATUS, "060500"),
    ]
    client.server.advance(5_000)
    assert client.server.treadmill.incline == 15  # this machine obeys the last who spoke


def test_the_race_where_keys_take_control() -> None:
    client = Client("control-lost")
    client.ask("00")
    client.server.before_write = lambda _: (client.server.press(Key.INCLINE_DOWN) and None) or None
    client.server.treadmill.place(incline=10)
    assert client.ask("030f00") == bytes.fromhex("800305")
    client.server.advance(250)
    assert [d.hex() for d in client.of(STATUS)] == ["060500", "ff"]
    assert client.server.treadmill.incline_target == 5


def test_the_machine_runs_on_while_nobody_listens_and_tells_it_with_its_time() -> None:
    said: list[tuple[int, str]] = []
    server = FtmsServer(at=1_000)
    server.tell = lambda at, text: said.append((at, text))
    server.press(Key.START)
    server.advance_to(301_000)
    assert server.treadmill.elapsed_ms == 297_000
    assert said == [(1_000, "key start"), (1_000, "belt starting"), (4_000, "belt moving")]
    server.advance_to(300_000)
    assert server.at == 301_000


def shapes(profile: str, *, speed: int = 800, ms: int = 2_500) -> list[bytes]:
    client = Client(profile, speed=speed)
    client.server.treadmill.place(incline=20)
    client.server.advance(ms)
    return client.of(DATA)


def test_profile_zero_idle_sends_the_horizon_packet() -> None:
    assert set(shapes("zero-idle", speed=0)) == {bytes.fromhex("8404") + bytes(12)}
    assert incline(shapes("zero-idle")[-1]) == 20


def test_profile_inclines_that_vanish_or_never_come() -> None:
    assert [incline(r) for r in shapes("vanishing-incline", ms=2_000)] == [None, None, None, 20] * 2
    assert {incline(r) for r in shapes("no-incline")} == {None}
    assert not struct.unpack("<I", FtmsServer(profile=PROFILES["no-incline"]).read(0x2ACC)[:4])[0] & 8


def test_profile_matrix_is_cut_at_20_bytes() -> None:
    records = shapes("matrix")
    assert {len(r) for r in records} == {20}
    assert {r[:2].hex() for r in records} == {"9e1f"}
    assert struct.unpack_from("<HHH3sh", records[0])[4] == 20


def test_profile_split_sends_two_packets_a_record() -> None:
    first, second = shapes("split", ms=250)
    assert (first[0] & 1, second[0] & 1) == (1, 0)
    assert struct.unpack_from("<H3sh", first)[2] == 20
    assert struct.unpack_from("<HH", second)[1] == 800


def test_profile_ranges() -> None:
    assert INCLINES not in FtmsServer(profile=PROFILES["no-range"]).characteristics
    with pytest.raises(KeyError):
        FtmsServer(profile=PROFILES["no-range"]).read(INCLINES)
    assert FtmsServer(profile=PROFILES["zero-range"]).read(INCLINES) == bytes(6)
    assert FtmsServer(profile=PROFILES["coarse"]).read(INCLINES) == bytes.fromhex("0000 9600 0a00")
    assert FtmsServer(profile=PROFILES["downhill"]).read(INCLINES) == bytes.fromhex("e2ff 9600 0500")


def test_profile_control_refused() -> None:
    assert Client("control-refused").ask("00") == bytes.fromhex("800005")


def test_profile_stuck_lift_says_success_and_stays() -> None:
    client = Client("stuck-lift")
    client.ask("00")
    assert client.ask("030a00") == RAISED
    client.server.advance(10_000)
    assert client.server.treadmill.incline == 0


def test_profiles_of_late_and_missing_answers() -> None:
    late, never = Client("late-answer"), Client("no-answer")
    assert late.ask("00") is never.ask("00") is None
    late.server.advance(11_949)
    assert late.of(CONTROL) == []
    late.server.advance(1)
    assert late.of(CONTROL) == [GRANTED]
    never.server.advance(60_000)
    assert never.of(CONTROL) == []
    assert never.server.write(CONTROL, RAISE) == 0xFE


def test_profiles_of_training_status() -> None:
    odd = Client("odd-training", speed=0)
    assert odd.server.read(TRAINING) == b"\x00"
    odd.server.press(Key.START)
    odd.server.advance(5_000)
    assert odd.server.read(TRAINING) == b"\x00\x0d"
    assert TRAINING not in FtmsServer(profile=PROFILES["no-training"]).characteristics


def test_profile_rfu_sets_reserved_bits_and_trails() -> None:
    assert all(r[1] & 0xC0 and r.endswith(b"\xa5\x5a") for r in shapes("rfu"))


def test_profile_lift_needs_belt() -> None:
    client = Client("lift-needs-belt", speed=0)
    client.ask("00")
    assert client.ask("030a00") == RAISED
    client.server.advance(5_000)
    assert client.server.treadmill.incline == 0


def test_profile_echo_tells_our_own_target() -> None:
    for profile, told in (("echo", ["060a00"]), ("normal", [])):
        client = Client(profile)
        client.ask("00")
        client.ask("030a00")
        client.server.advance(250)
        assert [d.hex() for d in client.of(STATUS)] == told


def test_profile_drops_after_30_s() -> None:
    client = Client("drops")
    client.server.advance(29_999)
    assert (client.drops, client.server.connected) == (0, True)
    client.server.advance(1)
    assert (client.drops, client.server.connected) == (1, False)


def test_profile_speed_glitch() -> None:
    speeds = [struct.unpack_from("<HH", r)[1] for r in shapes("speed-glitch")]
    assert speeds == [800] * 9 + [0]


def test_profile_start_toggles() -> None:
    client = Client("start-toggles")
    client.ask("00")
    assert client.ask("07") == bytes.fromhex("800701")
    assert client.server.treadmill.belt is Belt.STOPPING


def test_profile_silent_and_slow() -> None:
    assert shapes("silent", ms=10_000) == []
    assert len(shapes("slow", ms=10_000)) == 10


def test_the_console_clock_wraps_at_99_59() -> None:
    client = Client("slow")
    client.server.advance(6_001_000)
    assert [struct.unpack_from("<H", r, 11)[0] for r in client.of(DATA)[-3:]] == [5_999, 0, 1]


@pytest.mark.parametrize("profile", PROFILES)
@settings(deadline=None)  # other work shares the cores
@given(st.lists(st.tuples(st.sampled_from(Key), st.integers(0, 9_000)), max_size=8))
def test_every_profile_stands_every_member(profile: str, events: list[tuple[Key, int]]) -> None:
    client = Client(profile, speed=0)
    for key, ms in events:
        client.server.press(key)
        client.server.write(CONTROL, b"\x00")
        client.server.advance(ms)
        for uuid, can in client.server.characteristics.items():
            assert Can.READ not in can or client.server.read(uuid)
    assert all(len(data) <= 20 for data in client.of(DATA))
