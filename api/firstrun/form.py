"""The form's routes, for the screen and for the device that said its code: questions, treadmills, draft, file."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.firstrun.desk import SetUp, TheSetUp
from api.firstrun.guard import StaffsSetUp, is_screen, signed_in
from api.firstrun.words import Another, Answered, Draft, NearbyTold, NearTold, QuestionTold, Standing
from api.problems import Wrong
from daemon.firstrun.answers import PASSWORD_FILE, filled, mistakes, table_of
from daemon.firstrun.document import document, secret_line
from daemon.firstrun.questions import Answers, Choice, Kind, Question, questions
from daemon.settings import SettingsError, parse
from daemon.settings.origin import made_by

router = APIRouter(prefix="/setup")


@router.get("/state")
async def state(set_up: TheSetUp, connection: HTTPConnection) -> Standing:
    """Tell how things stand; a device elsewhere that has not said the code learns nothing."""
    staff, screen = signed_in(set_up, connection), is_screen(connection)
    if not (staff or screen):
        return Standing(state="missing", signed_in=False, at_screen=False, another=_another(set_up, shown=False))
    seen = set_up.seen()
    return Standing(
        state="good" if seen.settings else "missing" if seen.missing else "mistakes",
        signed_in=staff,
        at_screen=screen,
        file=str(set_up.file),
        mistakes=list(seen.mistakes),
        another=_another(set_up, shown=staff and screen),
    )


def _another(set_up: SetUp, *, shown: bool) -> Another:
    pairing, place = set_up.pairing, set_up.place()
    found = Another(door=None if pairing.door is None else pairing.door.value, tries=pairing.tries)
    if not shown:
        return found
    hosts = (*place.addresses, *place.names[1:])
    told = {"code": pairing.digits, "seconds": pairing.seconds, "fault": pairing.fault}
    return found.model_copy(update={**told, "addresses": [f"http://{host}:{place.port}/setup" for host in hosts]})


@router.get("/questions")
async def all_questions(set_up: StaffsSetUp) -> list[QuestionTold]:
    """Return the questions with what may be chosen."""
    return [told(each, set_up.zones) for each in questions(set_up.here)]


def told(question: Question, zones: tuple[str, ...]) -> QuestionTold:
    """Return a question for the page; a time zone is chosen from those of this computer."""
    choices = tuple(Choice(zone, "") for zone in zones) if question.kind is Kind.ZONE else question.choices
    return QuestionTold.model_validate({**asdict(question), "choices": [asdict(each) for each in choices]})


@router.get("/treadmills")
async def treadmills(set_up: StaffsSetUp) -> NearbyTold:
    """Listen for some seconds and return the treadmills in reach."""
    nearby = await set_up.nearby()
    return NearbyTold(found=[NearTold(**asdict(each)) for each in nearby.found], fault=nearby.fault)


@router.post("/draft")
async def draft(set_up: StaffsSetUp, given: Answered) -> Draft:
    """Return the file that these answers make, or what is wrong with them; nothing is written."""
    wrong = mistakes(given.answers, set_up.here)
    if not wrong:
        wrong = whole(set_up, given.answers)
    if wrong:
        return Draft(text=None, mistakes=wrong)
    kept = filled(given.answers, set_up.here)
    folder = set_up.file.parent
    secret = str(folder / PASSWORD_FILE) if secret_line(kept) else None
    seen = set_up.seen()
    text = document(table_of(kept, folder), made_by())
    return Draft(text=text, password_file=secret, keeps=not seen.missing)


def whole(set_up: SetUp, answers: Answers) -> dict[str, str]:
    """Return what is wrong with answers that are each for itself right."""
    try:
        settings = parse(table_of(filled(answers, set_up.here), set_up.file.parent), str(set_up.file))
    except SettingsError as error:
        return {"": "; ".join(error.mistakes)}
    why = set_up.no_driver(settings)
    return {} if why is None else {"machine.driver": why}


@router.post("/write", status_code=204, response_class=Response)
async def write(set_up: StaffsSetUp, given: Answered) -> None:
    """Write the file."""
    drawn = await draft(set_up, given)
    if drawn.mistakes:
        raise Wrong(*(f"{key}: {why}" if key else why for key, why in drawn.mistakes.items()))
    try:
        await set_up.save(given.answers)
    except OSError as error:
        why = error.strerror or error
        raise HTTPException(503, f"{set_up.file} cannot be written: {why}. The configuration is as it was.") from error
