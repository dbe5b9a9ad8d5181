"""Words that the screen does not say, by language: promises, scolding, and claims that are contested.

Each entry is a pattern of whole words with their inflections; clubs cannot change them.
"""

import re
from collections.abc import Mapping

BANNED: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("prevent(?:s|ed|ing|ion|ive)?", "cur(?:e|es|ed|ing)", "treat(?:s|ed|ing|ments?)?", "heal(?:s|ed|ing)?"),
        *("fix(?:es|ed|ing)?", "avoid(?:s|ed|ing|able)?", "protect(?:s|ed|ing|ion|ive)?", "guarantee(?:s|d|ing)?"),
        *("burn(?:s|ed|ing|t)?", "shut(?:s|ting)? down", "degenerat(?:ion|ive|e|es|ed|ing)", "dis[ck]s?"),
        *("inhibit(?:s|ed|ing|ion)?", "must", "never", "warnings?", "danger(?:s|ous)?"),
        r"\d ?% ?(?:less|fewer|more|better|lower|higher)",
    ),
    "de": (
        *(r"verhinder\w*", r"vorbeug\w*", r"(?:ge)?heil(?:e|en|st|t|te|end|ung)", r"behand(?:el|l)\w*", r"kurier\w*"),
        *(r"reparier\w*", r"beh[eo]b\w*", r"vermeid\w*", r"vermied\w*", r"(?:be|ge)?schützt?(?:e|en|t)?", r"schutz"),
        *(r"garant\w*", r"(?:ver)?brenn(?:e|en|st|t)", r"verbrannt\w*", r"abschalt\w*", r"lahmleg\w*", r"degenerat\w*"),
        *(r"(?:band)?scheiben?", r"bandscheiben\w*", r"(?:ge)?hemm(?:e|en|st|t|te|ung|ungen)", r"m[uü]ss(?:t|en|est)?"),
        *("nie", "niemals", r"warn(?:e|en|t|ung|ungen)", "achtung", "gefahr(?:en)?", r"gefährlich\w*"),
        r"\d\s?%\s?(?:weniger|mehr|besser|niedriger|höher)",
    ),
    "es": (
        *(r"preven\w*", r"prevé\w*", r"previen\w*", r"cur(?:a|as|an|ar|ado|ada|ación)", r"sana[rsn]?", "sanación"),
        *(
            r"trat(?:a|as|an|ar|ado|ada|amientos?)",
            r"arregl\w*",
            r"repara[rsn]?",
            r"corrig\w*",
            r"correg\w*",
            r"evit\w*",
        ),
        *(r"prote[gj]\w*", r"protec\w*", r"garant\w*", r"quem[ae]\w*", r"apag\w*", r"desactiv\w*", r"degenera\w*"),
        *("discos?", r"inhib\w*", "deb(?:es|e|en|éis|emos|er)", "(?:tienes|tiene|hay) que", "nunca", "jamás"),
        *("advertencias?", r"peligr\w*", r"\d\s?%\s?(?:menos|más|mejor)"),
    ),
    "fr": (
        *(r"préven\w*", r"prévi\w*", r"guéri\w*", r"soign\w*", "soins?", "trait(?:e|es|é|er|ez|ent|ements?)"),
        *(
            r"répar\w*",
            r"corrig\w*",
            r"évit\w*",
            r"prot[éè]g\w*",
            r"protec\w*",
            r"garant\w*",
            r"brûl\w*",
            r"désactiv\w*",
        ),
        *(r"éteind\w*", r"dégénér\w*", "disques?", r"inhib\w*", "dev(?:ez|ons|oir)", "doi(?:s|t|vent)", "il faut"),
        *("jamais", "avertissements?", "attention", r"danger\w*", r"\d\s?%\s?(?:de )?(?:moins|plus|mieux)"),
    ),
}

WHOLE: Mapping[str, re.Pattern[str]] = {
    language: re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
    for language, patterns in BANNED.items()
}

STOP: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?:^|[.?:] |[Pp]lease )[Ss]top\b|(?:and|then) stop\b"),
    "de": re.compile(r"(?:^|[.?:] |[Bb]itte )(?:[Ss]toppe?|[Hh]alte? an)\b|(?:und|dann) (?:stoppe?|halte? an)\b"),
    "es": re.compile(r"(?:^|[.?:] |por favor,? |y |después )(?:detente|detén|párate|para(?=[.,]|$))", re.IGNORECASE),
    "fr": re.compile(r"\b(?:arrêtez|stoppez)\b", re.IGNORECASE),
}
"""An order to stop: only a time limit and pain may give it."""

MAY_SAY_STOP = frozenset({"limit_cooldown", "help"})


def banned(words: str, language: str) -> list[str]:
    """Return the banned words in words, as they stand there."""
    return [found.group() for found in WHOLE[language].finditer(words)]
