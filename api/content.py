"""What the screen says: for the page itself, for programs, and for whoever wants to know what it rests on."""

from typing import Annotated, get_args

from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse

from api.desk import Desk
from api.room import TheDesk
from daemon.content import Words
from daemon.messages import Content, ItemShown, PageWords, Placement
from daemon.policy.catalogue import PLACEMENT
from daemon.screen import page_words

router = APIRouter(tags=["content"])
page = APIRouter(include_in_schema=False)
usual = APIRouter(include_in_schema=False)

type Asked = Annotated[str | None, Query(pattern="^[a-z]{2}$", description="Such as de; absent: the site's own.")]

ABOUT = """\
{name} is looked after by inclined, free software that asks for a small incline now and then, keeps time where people
wait, and suggests other machines and exercises. It never starts a belt, makes it faster or lowers its deck. The
treadmill's own keys and its safety key always win.

What it suggests follows a trainer's article; the article's claims about back pain are contested, and are not made here.

"""


def words_in(desk: Desk, language: str | None) -> Words:
    """Return the words of a language, of the site's own where there is no such."""
    return desk.words.get(language or "", desk.words[desk.languages[0]])


@page.get("/console/words")
async def of_page(desk: TheDesk, language: Asked = None) -> PageWords:
    """Return the fixed words of the page."""
    return page_words(words_in(desk, language))


@router.get("/content")
async def content(desk: TheDesk, language: Asked = None) -> Content:
    """Return what the screen says, with the disclaimer that belongs to it."""
    words = words_in(desk, language)
    off = str(desk.rulebook.current().values["items_off"]).split(", ")
    items = [
        ItemShown(id=name, title=text.headline, body=text.body, placement=placement_of(name), off=name in off)
        for name, (text, *_) in words.texts.items()
        if "." in name
    ]
    return Content(
        language=words.language,
        languages={one.language: one.name for one in desk.words.values()},
        disclaimer=words.disclaimer,
        items=items,
        labels=dict(words.labels),
        texts={
            name: [(text.headline, text.body) for text in variants]
            for name, variants in words.texts.items()
            if "." not in name
        },
    )


def placement_of(item: str) -> Placement:
    """Return where an item may show; a club's own never on a moving belt."""
    found: Placement = "off_belt"
    for word in get_args(Placement.__value__):
        if PLACEMENT.get(item) == word:
            found = word
    return found


@usual.get("/about")
async def about(desk: TheDesk) -> PlainTextResponse:
    """Tell what this is and what it is not, in every language."""
    lines = "\n\n".join(words.disclaimer for words in desk.words.values())
    return PlainTextResponse(f"{ABOUT.format(name=desk.identity.name)}{lines}\n")
