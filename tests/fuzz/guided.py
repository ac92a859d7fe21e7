"""Searches one target with coverage; the only importer of atheris, which runs until it is told to end.

`python -m tests.fuzz.guided TARGET LIBFUZZER_ARGUMENTS...`, started by `tests.fuzz.run`.
"""

import sys
from collections.abc import Callable
from typing import Final

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]  # no hints, and not in every environment

with atheris.instrument_imports(include=["securemsg", "relay", "client_tui"]):
    from tests.fuzz.damage import damaged
    from tests.fuzz.target import Target
    from tests.fuzz.targets.table import TARGETS

from tests.store.chance import Chance

_WITH_SENSE: Final = 0.6
"""The share of mutations that know what a value is; the rest is left to the searcher."""


def _mutator(target: Target) -> Callable[[bytes, int, int], bytes]:
    entries = target.corpus()

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        chance = Chance(seed)
        if chance.random() < _WITH_SENSE:
            return damaged(data, chance.choice(entries), chance, longest)
        changed: bytes = atheris.Mutate(data, longest)
        return changed

    return mutate


def main(arguments: list[str]) -> None:
    """Search the target that is named first."""
    target = TARGETS[arguments[1]]
    options = [arguments[0], *arguments[2:], f"-max_len={target.longest}"]
    atheris.Setup(options, target.check, custom_mutator=_mutator(target))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
