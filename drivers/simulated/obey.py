"""What a machine does when a client asks, and what it tells of it and of its keys: FTMS 4.16.2 and 4.17."""

from drivers.simulated import codec
from drivers.simulated.build import Belt, Key, on_grid
from drivers.simulated.codec import Op, Request, Result
from drivers.simulated.profile import Profile
from drivers.simulated.treadmill import Treadmill


def act(mill: Treadmill, profile: Profile, request: Request) -> Result:
    """Do what a controlling client asks, as a machine does: all of it, motion included."""
    value, b, done = request.value or 0, mill.build, True
    match request.op:
        case Op.RESET:
            mill.reset()
        case Op.TARGET_SPEED:
            if not on_grid(value, b.speed_least, b.speed_most, b.speed_step):
                return Result.INVALID_PARAMETER
            done = mill.set_speed(value)
        case Op.TARGET_INCLINE:
            if not on_grid(value, b.incline_least, b.incline_most, b.incline_step):
                return Result.INVALID_PARAMETER
            done = not profile.lift_obeys or mill.set_incline(value)
        case Op.START_OR_RESUME:
            done = mill.stop() if profile.start_toggles and mill.belt is Belt.MOVING else mill.start()
        case Op.STOP_OR_PAUSE:
            done = mill.pause() if value == codec.PAUSE else mill.stop()
        case Op.TRAINING_TIME:
            done = mill.set_workout(value * 1_000)
        case Op.REQUEST_CONTROL:
            pass
    return Result.SUCCESS if done else Result.FAILED


def key_status(key: Key, mill: Treadmill) -> list[bytes]:
    """Return the Machine Status that tells a member's key (FTMS 4.17)."""
    match key:
        case Key.START | Key.RESUME | Key.PROGRAMME:
            return [codec.STARTED]
        case Key.STOP:
            return [codec.STOPPED]
        case Key.PAUSE:
            return [codec.PAUSED]
        case Key.SPEED_UP | Key.SPEED_DOWN | Key.COOL_DOWN:
            return [codec.encode_speed_status(mill.speed_target)]
        case Key.INCLINE_UP | Key.INCLINE_DOWN:
            return [codec.encode_incline_status(mill.incline_target)]
        case Key.SAFETY_OUT:
            return [codec.SAFETY_KEY]
        case Key.SAFETY_IN:
            return []


def echo(request: Request) -> list[bytes]:
    """Return the Machine Status of a client's own change, which FTMS 4.17.1 keeps for other clients."""
    value = request.value or 0
    match request.op:
        case Op.RESET:
            return [codec.RESET_STATUS]
        case Op.TARGET_SPEED:
            return [codec.encode_speed_status(value)]
        case Op.TARGET_INCLINE:
            return [codec.encode_incline_status(value)]
        case Op.START_OR_RESUME:
            return [codec.STARTED]
        case Op.STOP_OR_PAUSE:
            return [codec.PAUSED if value == codec.PAUSE else codec.STOPPED]
        case Op.TRAINING_TIME:
            return [codec.encode_time_status(value)]
        case Op.REQUEST_CONTROL:
            return []


def said(result: Result | None, error: int | None) -> str:
    """Return the outcome of a write in words."""
    if error:
        return f"ATT error {error:02X}"
    return result.name.lower().replace("_", " ") if result else "no answer"
