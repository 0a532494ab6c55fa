"""Life cycles: one table a thing, walked by one test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kit.refusal import N_, Refusal, refusal


@dataclass(frozen=True)
class Step:
    """An action leads from one state to the next, for those who hold one of `who` (role names, `anyone`, `owner`)."""

    to: str
    who: frozenset[str]
    reason_needed: bool = False


@dataclass(frozen=True)
class LifeCycle:
    """`steps` maps (state, action) to where it leads."""

    steps: Mapping[tuple[str, str], Step]

    @property
    def states(self) -> set[str]:
        return {state for state, _ in self.steps} | {step.to for step in self.steps.values()}

    @property
    def actions(self) -> set[str]:
        return {action for _, action in self.steps}

    def refusal(self, state: str, action: str, who: frozenset[str]) -> Refusal | None:
        """Why this action may not be taken from this state by somebody who is all of `who`; None when it may."""
        step = self.steps.get((state, action))
        if step is None:
            return refusal(
                N_("Things have moved on, so this step is no longer possible. The page shows where it stands now.")
            )
        if not step.who & who:
            return refusal(
                N_("This step is not yours to take. The committee's office can tell you who takes it."), status=403
            )
        return None

    def after(self, state: str, action: str) -> str:
        return self.steps[state, action].to

    def open_to(self, state: str, who: frozenset[str]) -> list[str]:
        """The actions that somebody may take now, in the order of the table: what the page shows as buttons."""
        return [action for (at, action), step in self.steps.items() if at == state and step.who & who]
