"""The blueprint is a whole driver."""

import asyncio

import pytest

from drivers.blueprint import BlueprintDriver
from drivers.contract import Driver, LinkLost, Machine, Reading, Said
from tests.drivers.scripted import ScriptedLink


async def test_the_blueprint_says_what_it_hears_and_ends_with_its_link() -> None:
    link, said = ScriptedLink({}, extra=(0,)), list[Said]()
    driver: Driver = BlueprintDriver(link, lambda: 3)
    task = asyncio.create_task(driver.run(said.append))
    await link.ready.wait()
    link.say(0, "2c 01 f6 ff")
    link.say(0, "2c")
    link.say(1, "2c 01 f6 ff")
    link.lose("hung up")
    with pytest.raises(LinkLost, match="hung up"):
        await task
    assert said == [Machine(at=3, protocol="blueprint"), Reading(at=3, speed=300, incline=-10)]
    assert link.closes == 1


async def test_a_silent_machine_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.blueprint.SILENT_S", 0.01)
    with pytest.raises(LinkLost, match="nothing"):
        await BlueprintDriver(ScriptedLink({}, extra=(0,)), lambda: 0).run(lambda said: None)
