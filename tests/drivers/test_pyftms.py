"""What we take from pyftms is what we think it is."""

from pyftms import MachineType, ResultCode


def test_result_codes_are_those_of_the_specification() -> None:
    assert {code.name: int(code) for code in ResultCode} == {
        "SUCCESS": 1,
        "NOT_SUPPORTED": 2,
        "INVALID_PARAMETER": 3,
        "FAILED": 4,
        "NOT_PERMITTED": 5,
    }


def test_machine_types_are_those_of_the_specification() -> None:
    assert [kind.name for kind in sorted(MachineType, key=lambda kind: kind.value)] == [
        "TREADMILL",
        "CROSS_TRAINER",
        "STEP_CLIMBER",
        "STAIR_CLIMBER",
        "ROWER",
        "INDOOR_BIKE",
    ]
