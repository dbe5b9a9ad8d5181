"""The policy settings in force: the file's, narrowed or moved by who may change them over the network.

Local keys stay as commissioning wrote them: the mode can only be narrowed and the countdowns not be touched at all.
"""

import logging
from collections.abc import Callable

from daemon import messages
from daemon.author import Author, author
from daemon.clock import Clock
from daemon.overlay import Saved, changes, mode_name, over, read_saved, reasons, sources, values
from daemon.policy.events import Event, Happened, RulesSet
from daemon.policy.rules import Rules
from daemon.refusal import Refusal, StaleRevision

__all__ = ["NOTE", "Refusal", "Rulebook", "StaleRevision", "in_force", "read_saved"]

log = logging.getLogger(__name__)

NOTE = "settings"
"""The name under which changes are kept in the store."""


class Rulebook:
    """Keeps the rules of one machine and tells the core of each change."""

    def __init__(
        self,
        file: Rules,
        saved: object,
        submit: Callable[[Event], None],
        save: Callable[[object], None],
        tell: Callable[[Happened], None],
        clock: Clock,
        named: frozenset[str] = frozenset(),
    ) -> None:
        """Begin with what `save` got last (None: nothing); named: the fields of Rules that the file sets itself."""
        self._file = file
        self._named = named
        self._submit = submit
        self._save = save
        self._tell = tell
        self._clock = clock
        self._saved = read_saved(saved, file)
        self._pending = False

    @property
    def rules(self) -> Rules:
        """The rules that are wanted now; the core has them from its next idle belt on."""
        return over(self._file, self._saved)

    def current(self) -> messages.Settings:
        """Return the settings, where each comes from, and whether they wait for an idle belt."""
        return in_force(self._file, self._saved, self._named, pending=self._pending)

    def preview(self, wanted: messages.SettingsWanted) -> messages.SettingsPreview:
        """Return what wanted would change, or why it may not be; nothing is changed."""
        refused = reasons(wanted, self._file, self._saved)
        would = self._saved if refused else self._saved.with_wish(wanted)
        turned = changes(self.rules, over(self._file, would))
        return messages.SettingsPreview(rev=self._saved.rev, refused=refused, changes=turned)

    def change(
        self,
        wanted: messages.SettingsWanted,
        by: str | Author,
        if_match: int | None = None,
    ) -> messages.Settings:
        """Put wanted in force and return the settings; a change that changes nothing leaves the revision.

        StaleRevision when if_match is not the revision in force; Refusal names all that may not be.
        """
        if if_match is not None and if_match != self._saved.rev:
            raise StaleRevision([f"the settings are at revision {self._saved.rev}, not {if_match}: read them again"])
        refused = reasons(wanted, self._file, self._saved)
        if refused:
            raise Refusal(refused)
        saved = self._saved.with_wish(wanted)
        if over(self._file, saved) != self.rules:
            self._put_in_force(saved, author(by), wanted.reason)
        return self.current()

    @property
    def demoted(self) -> str | None:
        """Why the machine went back to `nudge` by itself, or None."""
        return self._saved.demoted

    def demote(self, why: str) -> None:
        """Narrow the mode to `nudge` until staff re-arm the machine there."""
        if self._saved.demoted is None:
            saved = self._saved.model_copy(update={"demoted": why, "rev": self._saved.rev + 1})
            self._put_in_force(saved, author("inclined"), why)

    def rearm(self, by: str) -> bool:
        """Take the demotion back; tell whether there was one."""
        if self._saved.demoted is None:
            return False
        saved = self._saved.model_copy(update={"demoted": None, "rev": self._saved.rev + 1})
        self._put_in_force(saved, author(by), None)
        return True

    def taken(self) -> None:
        """Hear that the core has taken the rules (its `policy` event)."""
        self._pending = False

    def _put_in_force(self, saved: Saved, who: Author, why: str | None) -> None:
        before = self.rules
        self._saved, self._pending = saved, True
        self._save(saved.model_dump())
        now, rules = self._clock.now(), self.rules
        turned = changes(before, rules)
        told = {c.name: c.after for c in turned} | {f"{c.name}_was": c.before for c in turned}
        log.info("settings revision %d by %s: %s", saved.rev, who.by, told)
        reason = () if why is None else (("why", why),)
        head = (("what", "settings"), ("rev", saved.rev), *who.told(), *reason)
        self._tell(Happened(now, "audit", (*head, *told.items())))
        self._submit(RulesSet(now, rules))


def in_force(file: Rules, saved: Saved, named: frozenset[str], *, pending: bool = False) -> messages.Settings:
    """Return the settings that saved makes of the file's, of which named are set in the file itself."""
    rules = over(file, saved)
    return messages.Settings(
        rev=saved.rev,
        mode=mode_name(rules.mode),
        values=values(rules),
        sources=dict(sources(rules, file, named)),
        pending=pending,
    )
