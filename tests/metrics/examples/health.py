"""The cases of the examples in `health.toml`."""

from collections.abc import Callable

import pandas as pd

from analysis_lib.metrics import health, twelve_months
from analysis_lib.results import Result

DAY = pd.Timestamp("2021-03-31")
ANSWERS = [
    "convicted", "development_checked", "immunised", "teeth_checked", "health_assessed", "substance_misuse",
    "intervention_received", "intervention_offered",
]  # fmt: skip
YES, NO, BLANK = True, False, None


def _episodes(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "episode_start", "legal_status"])
    return frame.assign(
        episode_start=pd.to_datetime(frame["episode_start"]), episode_end=pd.to_datetime(pd.Series([None] * len(frame))),
        reason_new_episode="S", reason_ceased=None,
    )  # fmt: skip


def _tables(*answers: dict, born: list[str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Children in care since 2015, one for each dict of answers, all of them ten unless `born` says otherwise."""
    names = [f"c{number}" for number in range(len(answers))]
    rows = [{"child_id": name, "return_year": "2020-21", **given} for name, given in zip(names, answers, strict=True)]
    outcomes = pd.DataFrame(rows, columns=["child_id", "return_year", "sdq_score", "sdq_reason", *ANSWERS])
    outcomes = outcomes.astype(dict.fromkeys(ANSWERS, "boolean")).astype({"sdq_score": float})
    days = pd.to_datetime(pd.Series(born or ["2011-01-01"] * len(names)))
    children = pd.DataFrame({"child_id": names, "birth_date": days})
    return outcomes, _episodes(*((name, "2015-01-05", "C2") for name in names)), children


def _one(function, *tables) -> Result:
    return function(*tables, census_date=DAY)


def _answered(function, column: str, *answers: bool | None, **more) -> Result:
    return _one(function, *_tables(*({column: answer} for answer in answers), **more))


def _group(result: Result, **wanted: str) -> Result:
    frame = result.exact()
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return Result(result.measure, frame, result.groups)


def _looked_after_12_months() -> Result:
    episodes = _episodes(
        ("a", "2020-04-01", "C2"), ("b", "2020-04-02", "C2"), ("c", "2018-01-01", "C2"), ("d", "2018-01-01", "C2"),
        ("d", "2020-06-01", "V3"),
    )  # fmt: skip
    return twelve_months.continuously_looked_after(episodes, census_date=DAY)


def _scores(function, *scores: float | None, **more) -> Result:
    return _one(function, *_tables(*({"sdq_score": score} for score in scores), **more))


def _substance_misuse_helped() -> Result:
    answers = ({"substance_misuse": YES, "intervention_received": got} for got in (YES, NO, BLANK))
    return _one(health.substance_misuse_helped, *_tables(*answers, {"substance_misuse": NO}))


def _without_score() -> Result:
    answers = ({"sdq_score": 9}, {"sdq_reason": "SDQ2"}, {"sdq_reason": "SDQ2"}, {})
    return _group(_one(health.sdq_no_score, *_tables(*answers)), reason="Carer refused")


def _answers_missing() -> Result:
    outcomes, episodes, children = _tables({"immunised": BLANK}, {"immunised": YES}, {})
    return _group(
        _one(health.health_answers_missing, outcomes[outcomes["child_id"] != "c2"], episodes, children),
        question="Immunisations",
    )


EXAMPLES: dict[str, Callable[[], Result]] = {
    "looked_after_12_months": _looked_after_12_months,
    "annual_health_assessments": lambda: _answered(
        health.annual_health_assessments, "health_assessed", YES, YES, YES, NO, BLANK
    ),
    "dental_checks": lambda: _answered(health.dental_checks, "teeth_checked", YES, NO, NO, BLANK),
    "immunisations": lambda: _answered(health.immunisations, "immunised", YES, YES, NO, NO),
    "development_checks": lambda: _answered(
        health.development_checks, "development_checked", YES, NO, YES, born=["2016-03-31", "2016-04-01", "2018-09-09"]
    ),
    "sdq_mean_score": lambda: _scores(health.sdq_mean_score, 10, 14, 21, None),
    "sdq_bands": lambda: _group(_scores(health.sdq_bands, 13, 14, 16, 17), band="Borderline (14 to 16)"),
    "sdq_response_rate": lambda: _scores(
        health.sdq_response_rate, None, 12, None, 20, born=["2017-04-01", "2017-03-31", "2004-04-01", "2004-03-31"]
    ),
    "sdq_no_score": _without_score,
    "convicted_or_cautioned": lambda: _answered(
        health.convicted_or_cautioned, "convicted", YES, YES, NO, NO, BLANK, born=["2011-04-01", *["2011-03-31"] * 4]
    ),
    "substance_misuse": lambda: _answered(health.substance_misuse, "substance_misuse", YES, NO, NO, NO),
    "substance_misuse_helped": _substance_misuse_helped,
    "health_answers_missing": _answers_missing,
}
