"""The trial of a raise as a step: staff say in words that nobody is on the belt, then it goes its way. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from daemon.commissioning.steps import Ask, Ending, Event, Typed
from daemon.commissioning.trial import SAYS, Agreed, Stage, Trial, permits, step
from daemon.policy.events import RaiseIncline

WORDS: Final = "nobody is on it"


@dataclass(frozen=True, slots=True)
class Raising:
    """Leads a `Trial`."""

    trial: Trial = Trial()
    hint: str = ""

    @property
    def title(self) -> str:
        return "One step up"

    @property
    def says(self) -> str:
        stage = self.trial.stage
        if stage is Stage.FAILED:
            return f"Not proved: {self.trial.why}. Nothing more is sent to it."
        return SAYS[stage]

    @property
    def asks(self) -> Ask | None:
        return Ask(words=WORDS) if self.trial.stage is Stage.AGREE else None

    @property
    def ended(self) -> Ending | None:
        return {Stage.PROVED: Ending.DONE, Stage.FAILED: Ending.FAILED}.get(self.trial.stage)

    def after(self, event: Event) -> tuple["Raising", RaiseIncline | None]:
        if isinstance(event, Typed):
            if " ".join(event.text.lower().split()) != WORDS:
                return replace(self, hint="" if self.asks is None else f"Type these words, or nothing: {WORDS}"), None
            event_said: Agreed | None = Agreed(event.at)
        else:
            event_said = None
        trial, target = step(self.trial, event_said or event)  # type: ignore[arg-type]  # no Typed any more
        after = replace(self, trial=trial, hint=self.hint if trial.stage is self.trial.stage else "")
        return after, None if target is None else RaiseIncline(2, target)

    def permits(self, at: int) -> bool:
        return permits(self.trial, at)
