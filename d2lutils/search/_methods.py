"""Random search, Bayesian search, successive halving and Hyperband."""

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from d2lutils import _checks, _machine
from d2lutils._checks import whole
from d2lutils.search import _bayesian, _brackets, _trials
from d2lutils.search._brackets import MOST, Bracket, Rung, brackets
from d2lutils.search._space import sample
from d2lutils.search._trials import Task, Trial


@dataclass(frozen=True)
class Study:
    """A finished search. method: its name. trials: all of them, a tuple of `Trial`, in the order of the schedule:
    by bracket, rung and configuration, however they ran.
    """

    method: str
    trials: tuple[Trial, ...]

    @property
    def best(self):
        """The trial of least loss, the first of several. Raises ValueError if all failed."""
        if all(trial.failed for trial in self.trials):
            raise ValueError(
                f"all {len(self.trials)} trials failed; the first one said: {self.trials[0].error}"
            )
        return min(self.trials, key=lambda trial: trial.loss)

    @property
    def failed(self):
        """The trials that failed, a tuple."""
        return tuple(trial for trial in self.trials if trial.failed)

    @property
    def spent(self):
        """Resource spent in all."""
        return sum(trial.cost for trial in self.trials)

    def incumbents(self):
        """The best trial so far each time it changed: resources spent until then, (k,), and the k trials."""
        spent = np.cumsum([trial.cost for trial in self.trials])
        best = np.minimum.accumulate([math.inf, *(trial.loss for trial in self.trials)])
        changed = np.flatnonzero(best[1:] < best[:-1])
        return spent[changed], tuple(self.trials[i] for i in changed)

    def after(self, spent, value="loss"):
        """What the best trial had reached when so much was spent.

        spent: array of any shape. value: "loss", or one of the objective's details for the trial of least loss.
        Returns an array of the same shape, NaN where no trial had finished. Trials count when they end.
        Raises ValueError for a value that was not measured.
        """
        spent = _checks.array("spent", spent, finite=False)
        if np.isnan(spent).any():
            raise ValueError("spent must be numbers, got NaN")
        times, trials = self.incumbents()
        if trials:
            _checks.choice("value", value, ("loss", *trials[0].details))
        values = [
            trial.loss if value == "loss" else trial.details[value] for trial in trials
        ]
        return np.array([math.nan, *values])[
            np.searchsorted(times, spent, side="right")
        ]

    def __repr__(self):
        best = (
            ""
            if len(self.failed) == len(self.trials)
            else f", best loss {self.best.loss:.4g}"
        )
        return f"Study({self.method}, {len(self.trials)} trials, {len(self.failed)} failed, spent {self.spent}{best})"


def hyperband(
    objective,
    space,
    max_resource,
    *,
    eta=3,
    repeats=1,
    seed=0,
    n_jobs=None,
    folder=None,
    progress=None,
):
    """Hyperband: successive halving from many short runs to few long ones, in turn (Li et al. 2018).

    objective: see the module. space: dict of log_uniform(...) and its like, see `sample`. max_resource: R, a whole
    number of epochs or the like. eta: each rung keeps one configuration in eta. repeats: rounds of all `brackets`.
    seed: configuration k is drawn with [seed, k], whatever the method.
    n_jobs: parallel trials (None: one, or what joblib.parallel_config says). folder: keep the trials there and,
    called again with the same arguments, go on from them. progress: show a bar (default: unless engines.quiet()).
    Returns `Study`. Raises ValueError for settings out of range or a folder with another study.
    """
    max_resource, repeats = (
        whole("max_resource", max_resource, 1, MOST),
        whole("repeats", repeats, 1, 1000),
    )
    schedule = brackets(max_resource, eta) * repeats
    settings = {"max_resource": max_resource, "eta": eta, "repeats": repeats}
    return _race(
        "hyperband",
        schedule,
        objective,
        space,
        eta,
        settings,
        seed,
        n_jobs,
        folder,
        progress,
    )


def successive_halving(
    objective,
    space,
    num_configs,
    max_resource,
    *,
    eta=3,
    min_resource=1,
    seed=0,
    n_jobs=None,
    folder=None,
    progress=None,
):
    """Successive halving (Jamieson & Talwalkar 2016): all configurations a little, the best one in eta of them more.

    num_configs: to begin with. The rungs end at max_resource, and begin at max_resource / eta^s, s being the largest
    number for which that is at least min_resource and one configuration is left. Of equal losses the first stays.
    Other arguments, and what is returned and raised, as in `hyperband`.
    """
    schedule = (_brackets.halving(num_configs, max_resource, eta, min_resource),)
    settings = {
        "num_configs": num_configs,
        "max_resource": max_resource,
        "eta": eta,
        "min_resource": min_resource,
    }
    return _race(
        "successive halving",
        schedule,
        objective,
        space,
        eta,
        settings,
        seed,
        n_jobs,
        folder,
        progress,
    )


def random_search(
    objective,
    space,
    num_configs,
    resource,
    *,
    seed=0,
    n_jobs=None,
    folder=None,
    progress=None,
):
    """Random search (Bergstra & Bengio 2012): num_configs independent configurations, each trained to `resource`.

    A longer search with the same seed begins with the shorter one's trials.
    Other arguments, and what is returned and raised, as in `hyperband`.
    """
    schedule = (
        Bracket(
            0,
            (
                Rung(
                    whole("num_configs", num_configs, 1, MOST),
                    whole("resource", resource, 1),
                ),
            ),
        ),
    )
    settings = {"num_configs": num_configs, "resource": resource}
    return _race(
        "random search",
        schedule,
        objective,
        space,
        1,
        settings,
        seed,
        n_jobs,
        folder,
        progress,
    )


def bayesian_search(
    objective,
    space,
    num_configs,
    resource,
    *,
    num_initial=10,
    batch=1,
    sampler="gp",
    seed=0,
    n_jobs=None,
    folder=None,
    progress=None,
):
    """Bayesian optimisation by Optuna: each configuration is chosen with a model of the losses seen so far.

    num_configs: in all. num_initial: of these drawn at random, the same as random search's. batch: configurations
    chosen together later on, which may run in parallel; it changes the study, n_jobs does not. sampler: "gp", a
    Gaussian process with a Matern-5/2 kernel and expected improvement (needs PyTorch, for Optuna is written so), or
    "tpe", the tree-structured Parzen estimator (Bergstra et al. 2011). The model takes a failed trial for one as bad
    as the worst that did not fail. Other arguments, and what is returned and raised, as in `hyperband`; ImportError
    if the sampler lacks PyTorch.
    """
    num_configs, resource = (
        whole("num_configs", num_configs, 1, MOST),
        whole("resource", resource, 1),
    )
    num_initial, batch = whole("num_initial", num_initial, 1), whole("batch", batch, 1)
    _bayesian.check(sampler)
    settings = {
        "num_configs": num_configs,
        "resource": resource,
        "num_initial": num_initial,
    }
    settings |= {"batch": batch, "sampler": sampler}
    store = _store("bayesian search", objective, space, settings, seed, folder)
    with _bar(num_configs, store, progress) as tell:
        first = 0
        while first < num_configs:
            numbers = range(
                first,
                min(first + batch, num_configs)
                if first
                else min(num_initial, num_configs),
            )
            if not first:
                configs = [_draw(space, seed, number) for number in numbers]
            elif all((number, resource) in store.trials for number in numbers):
                configs = [store.trials[number, resource].config for number in numbers]
            else:
                seen = [store.trials[number, resource] for number in range(first)]
                configs = _bayesian.suggest(
                    space, seen, len(numbers), [seed, first], sampler
                )
            tasks = [
                Task(number, config, resource)
                for number, config in zip(numbers, configs, strict=True)
            ]
            _trials.run(objective, tasks, store, n_jobs, tell)
            first += len(numbers)
    return _study("bayesian search", store)


def plot_incumbents(studies, ax=None, value="loss", num=200, **line):
    """Draw the best value so far against the resource spent.

    studies: dict from label to a `Study`, drawn as steps, or to several that differ in their seed, drawn as their
    median with quartiles from where all of them have finished a trial. ax: default a new figure. value: see
    Study.after. num: points of a median's curve. Other arguments go to `Axes.plot`. Returns the axes.
    """
    from d2lutils import plotting

    groups = studies.values() if isinstance(studies, Mapping) and studies else [None]
    if not all(
        isinstance(group, Study | list | tuple) and group != () and group != []
        for group in groups
    ):
        raise TypeError(
            f"studies must be a dict from label to a Study or several, got {_checks.shown(studies)}"
        )
    num = whole("num", num, 2, MOST)
    ax = plotting.figure()[1] if ax is None else _checks.has("ax", ax, "plot", "set")
    for label, group in studies.items():
        if isinstance(group, Study):
            times, _ = group.incumbents()
            spent = np.append(times, group.spent)
            ax.plot(
                spent,
                group.after(spent, value),
                drawstyle="steps-post",
                label=label,
                **line,
            )
        else:
            spent = np.linspace(
                max(study.incumbents()[0][0] for study in group),
                min(s.spent for s in group),
                num,
            )
            plotting.bands(
                ax,
                spent,
                np.array([study.after(spent, value) for study in group]),
                label=label,
                **line,
            )
    ax.set(
        xlabel="resource spent",
        ylabel=f"{value.replace('_', ' ')} of the best trial so far",
    )
    if len(studies) > 1:
        ax.legend()
    return ax


def _race(
    method, schedule, objective, space, eta, settings, seed, n_jobs, folder, progress
):
    """Run all brackets of a schedule, rung by rung; their rungs of the same index run side by side."""
    store = _store(method, objective, space, settings, seed, folder)
    fields: list[Sequence[int]] = []  # the configurations that are left of each bracket
    start = 0
    for bracket in schedule:
        fields.append(range(start, start + bracket.rungs[0].number))
        start += bracket.rungs[0].number
    configs = [_draw(space, seed, number) for number in range(start)]
    with _bar(
        sum(rung.number for bracket in schedule for rung in bracket.rungs),
        store,
        progress,
    ) as tell:
        for i in range(max(len(bracket.rungs) for bracket in schedule)):
            tasks = []
            for b, bracket in enumerate(schedule):
                if i < len(bracket.rungs):
                    before = bracket.rungs[i - 1].resource if i else 0
                    last = i + 1 == len(bracket.rungs)
                    resource = bracket.rungs[i].resource
                    tasks += [
                        Task(number, configs[number], resource, before, b, last)
                        for number in fields[b]
                    ]
            _trials.run(objective, tasks, store, n_jobs, tell)
            for b, bracket in enumerate(schedule):
                if i + 1 < len(bracket.rungs):
                    done = [
                        store.trials[number, bracket.rungs[i].resource]
                        for number in fields[b]
                    ]
                    ranked = sorted(
                        (trial for trial in done if not trial.failed),
                        key=lambda trial: trial.loss,
                    )
                    kept = {
                        trial.number for trial in ranked[: bracket.rungs[i + 1].number]
                    }
                    for number in set(fields[b]) - kept:
                        store.forget(number)
                    fields[b] = sorted(kept)
    return _study(method, store)


def _draw(space, seed, number):
    return sample(space, np.random.default_rng([seed, number]))


def _store(method, objective, space, settings, seed, folder):
    _checks.function("objective", objective)
    seed = whole("seed", seed, 0, math.inf)
    sample(
        space, np.random.default_rng(0)
    )  # says what is wrong with the space before anything is written
    plain = hasattr(objective, "__dataclass_fields__")
    name = (
        repr(objective)
        if plain
        else getattr(objective, "__qualname__", type(objective).__qualname__)
    )
    return _trials.Store(
        folder,
        {"method": method, "objective": name, "space": repr(space), "seed": seed}
        | settings,
    )


def _study(method, store):
    store.clear()
    return Study(
        method,
        tuple(
            sorted(
                store.trials.values(), key=lambda t: (t.bracket, t.resource, t.number)
            )
        ),
    )


@contextlib.contextmanager
def _bar(total, store, progress):
    """A progress bar with the best loss; gives the function to call with each finished trial."""
    best = min((trial.loss for trial in store.trials.values()), default=math.inf)
    with _machine.bar(
        progress, total=total, initial=len(store.trials), unit="trial"
    ) as bar:

        def tell(trial):
            nonlocal best
            best = min(best, trial.loss)
            bar.set_postfix(best=f"{best:.4g}", refresh=False)
            bar.update()

        yield tell
