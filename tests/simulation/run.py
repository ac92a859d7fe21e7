"""Run simulations: `python -m tests.simulation.run --seeds 5000`, or one with `--seed 17 --verbose`."""

import argparse
import sys
import time

from tests.simulation.plan import kinds_of, plan_of
from tests.simulation.world import Outcome, simulate


def report(outcome: Outcome) -> str:
    """Return what is wrong with a seed, how to see it again, and what happened last."""
    plan = outcome.plan
    kinds = "".join(f"\n    {kind.name}: {kind}" for kind in sorted(plan.kinds))
    return (
        f"seed {plan.seed}: {', '.join(plan.names)} for {plan.seconds:.0f} s, with{kinds or ' no faults'}\n"
        + "".join(f"  {complaint}\n" for complaint in outcome.complaints)
        + f"again: python -m tests.simulation.run --seed {plan.seed} --verbose\n{outcome.trace.tail}\n"
    )


def main() -> int:
    """Run what was asked; the exit status is 1 if a seed failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--verbose", action="store_true", help="print whole traces")
    parser.add_argument("--digest", action="store_true", help="print what stands for each trace")
    options = parser.parse_args()
    first, count = (options.first, options.seeds) if options.seed is None else (options.seed, 1)
    began, failed, steps = time.process_time(), [], 0
    for seed in range(first, first + count):
        outcome = simulate(plan_of(seed, kinds_of(seed)))
        steps += outcome.steps
        if options.verbose:
            sys.stdout.write("\n".join(outcome.trace.events) + "\n")
        if options.digest:
            sys.stdout.write(f"{seed} {outcome.trace.digest}\n")
        if outcome.complaints:
            failed.append(seed)
            sys.stdout.write(report(outcome))
            sys.stdout.flush()
    seconds = (time.process_time() - began) / count
    sys.stdout.write(
        f"{count} seeds, {len(failed)} failed: {failed}; {seconds:.3f} s and {steps // count} steps each\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
