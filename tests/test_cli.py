import datetime as dt
import json
import os
import subprocess
import sys
import types

import pandas as pd
import pytest
from fake_pack import REPOSITORY, fake_prepare, make_home, page_cells, write_notebook

from analysis_lib import cli, prepare
from analysis_lib.disclosure.register import Register
from analysis_lib.errors import DataError, DataProblem
from analysis_lib.pack import last_run, make, signoff, warm
from analysis_lib.pack.audit import AuditReport
from analysis_lib.pack.finding import Finding

NOTHING_FOUND = AuditReport("2021-22-Q2", "public", ())
VERBS = ["run", "check", "audit", "verify", "synthetic", "template", "who", "signoff", "list", "lab"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = make_home(tmp_path / "home")
    write_notebook(home / "notebooks", "demand", page_cells())
    write_notebook(home / "notebooks", "yos", page_cells("Who?"), returns=("youth_offending",))
    monkeypatch.chdir(home)
    monkeypatch.setattr(prepare, "prepare_folder", fake_prepare())
    return home


@pytest.fixture
def panelpack(monkeypatch, capsys):
    """Call the command as a shell does: (exit code, what it printed, what it complained)."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["panelpack", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return stop.value.code, printed.out, printed.err

    return call


@pytest.fixture
def no_kernels(monkeypatch):
    """Runs whose notebooks all show one fine page."""
    from fake_pack import executed, shown

    html = '<ul class="answer"><li>There were many.</li></ul>'
    answer = shown(html, "answer", text=["There were many."], origin=["synthetic"])
    monkeypatch.setattr(make, "execute", lambda task, **more: executed("# How many?", [answer]))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(panelpack, verb):
    code, out, _ = panelpack(verb, "--help")
    assert code == 0 and f"Example: panelpack {verb}" in out


def test_help_lists_the_verbs_that_exist(panelpack):
    code, out, _ = panelpack("--help")
    listed = [line.split()[0] for line in out.split("Commands:")[1].splitlines() if line.strip()]
    assert code == 0 and listed == VERBS


def test_help_does_not_wait_for_the_heavy_libraries():
    code = "import sys, analysis_lib.cli; print([name for name in ('pandas', 'papermill', 'seaborn', 'nbconvert') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert done.stdout.strip() == "[]"


def test_python_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "analysis_lib", "--version"], capture_output=True, text=True, cwd=REPOSITORY
    )
    assert (done.returncode, done.stdout) == (0, "panelpack 0.1.0\n")


def test_a_region_is_checked_authority_by_authority_and_run_one_at_a_time(tmp_path, panelpack, monkeypatch):
    home = make_home(tmp_path / "home")
    write_notebook(home / "notebooks", "demand", page_cells())
    monkeypatch.chdir(home)
    card = (REPOSITORY / "authority.toml").read_text(encoding="utf-8").replace("data/raw/synthetic", ".")
    card = card.replace("data/raw/published", (REPOSITORY / "data" / "raw" / "published").as_posix())
    for name in ("a", "b"):
        (tmp_path / "region" / name).mkdir(parents=True)
        (tmp_path / "region" / name / "authority.toml").write_text(card, encoding="utf-8")
        (tmp_path / "region" / name / "source.toml").write_text('label = "synthetic"\n')
        (tmp_path / "region" / name / "episodes.csv").write_text(
            "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n1001,01/04/2020,S,C2,N1,U6,,\n1002,?,S,C2,N1,U6,,\n"
        )
    code, out, _ = panelpack("check", "--data", tmp_path / "region", "--report", "problems.csv")
    assert code == 0 and out.index("a/episodes.csv") < out.index("b/episodes.csv")
    problems = pd.read_csv("problems.csv")
    assert problems.loc[problems["column"] == "DECOM", "file"].tolist() == ["a/episodes.csv", "b/episodes.csv"]
    assert panelpack("check", "--strict", "--data", tmp_path / "region")[0] == 1
    code, _, err = panelpack("run", "--data", tmp_path / "region")
    assert code == 2 and "never joined. `panelpack run --region" in err
    (tmp_path / "region" / "a" / "episodes.csv").write_text("")
    code, out, err = panelpack("check", "--data", tmp_path / "region")
    assert code == 1 and "b/episodes.csv" in out and err.startswith("a, Middlesbrough: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--period", "2021-22-Q7"], "'2021-22-Q7' is not a reporting period"),
        (["run", "--notebook", "demands"], "no notebook 'demands'. Known notebooks: demand, yos"),
        (["run", "--edition", "secret"], "secret"),
        (["run", "--jobs", "0"], "--jobs"),
        (["run", "--years", "3"], "--years"),
        (["run", "--data", "nowhere"], "no folder nowhere"),
        (["check", "--data", "nowhere"], "no folder nowhere"),
        (["run", "--releases", "nowhere"], "no folder nowhere"),
        (
            ["signoff", "outputs/2021-22-Q2", "--by", "Head of Performance", "--releases", "nowhere"],
            "no folder nowhere",
        ),
        (["signoff", "outputs/2021-22-Q2", "--by", "Head of Performance"], "There is no pack in outputs/2021-22-Q2"),
        (["signoff", "outputs/2021-22-Q2"], "--by"),
        (["dance"], "dance"),
        (["template"], "NAME"),
    ],
)
def test_wrong_usage_is_one_message_and_exit_code_2(home, panelpack, arguments, said):
    code, out, err = panelpack(*arguments)
    assert code == 2 and said in err and "Traceback" not in err
    assert not (home / "outputs").exists()


def test_a_parameter_that_a_notebook_lacks_is_named(home, panelpack):
    cells = page_cells()
    cells[1]["source"] = 'period = "2021-22-Q2"\nquarter = 2'
    write_notebook(home / "notebooks", "demand", cells)
    code, _, err = panelpack("run")
    assert code == 1 and "demand.ipynb: the parameters cell has no edition" in err


def test_unusable_data_are_told_without_a_traceback(home, panelpack, monkeypatch):
    def refuse(*folders, **settings):
        raise DataError([DataProblem("episodes.csv", 0, "", "", "a file with rows")])

    monkeypatch.setattr(prepare, "prepare_folder", refuse)
    code, _, err = panelpack("run")
    assert code == 1 and err.startswith("episodes.csv: expected a file with rows.") and "Traceback" not in err
    assert not (home / "outputs").exists()


def test_a_settings_file_that_cannot_be_read_is_named(home, panelpack):
    (home / "authority.toml").write_text("[authority")
    code, _, err = panelpack("run")
    assert code == 2 and err.startswith("authority.toml cannot be read")


def test_a_run_that_made_everything_says_where_to_look(home, panelpack, no_kernels):
    code, out, err = panelpack("run", "--notebook", "demand")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Checking and preparing the data",
        "demand, 2021-22-Q2: running",
        "demand, 2021-22-Q2: made",
        f"Look at {os.path.join('outputs', '2021-22-Q2', 'index.html')}",
        f"Before it is published: {os.path.join('outputs', 'restricted', '2021-22-Q2', 'signoff.html')} (restricted)",
    ]


def test_a_pack_is_signed_off_with_a_register_of_its_own(home, panelpack, no_kernels, monkeypatch):
    known = []
    monkeypatch.setattr(signoff, "audit_of", lambda *_, register, **more: known.append(register) or NOTHING_FOUND)
    (home / "trial").mkdir()
    where = ["--releases", "trial", "--by", "Head of Performance"]
    panelpack("run", "--notebook", "demand", "--releases", "trial")
    code, out, err = panelpack("signoff", "outputs/2021-22-Q2", *where, "--note", "Seen.", "--on", "2021-11-30")
    assert (code, err, known) == (0, "", [Register()])
    assert out.splitlines() == [
        "2021-22-Q2 is signed off, by Head of Performance on 2021-11-30.",
        "0 figures entered trial; commit that folder.",
        f"Look at {os.path.join('outputs', 'index.html')}",
    ]
    assert "Signed off by Head of Performance on 30 November 2021" in (home / "outputs" / "index.html").read_text()
    code, out, _ = panelpack("signoff", "outputs/2021-22-Q2", *where)
    assert code == 0 and out.startswith("2021-22-Q2 was signed off before, by Head of Performance on 2021-11-30.\n")


def test_the_day_of_a_sign_off_is_today_unless_it_is_given(home, panelpack, no_kernels, monkeypatch):
    monkeypatch.setattr(signoff, "audit_of", lambda *_, **more: NOTHING_FOUND)
    panelpack("run", "--notebook", "demand")
    before = dt.datetime.now().astimezone().date().isoformat()
    code, out, _ = panelpack("signoff", "outputs/2021-22-Q2", "--by", "DCS")
    after = dt.datetime.now().astimezone().date().isoformat()
    assert code == 0 and any(f"by DCS on {day}." in out for day in (before, after))


def test_a_pack_with_something_wrong_is_not_signed_off(home, panelpack, no_kernels, monkeypatch):
    found = Finding("policy", "demand.html, table sex, row 2", "a count of 1 to 5", "Release it again.")
    monkeypatch.setattr(signoff, "audit_of", lambda *_, **more: AuditReport("2021-22-Q2", "public", (found,)))
    panelpack("run", "--notebook", "demand")
    code, out, err = panelpack("signoff", "outputs/2021-22-Q2", "--by", "DCS")
    assert (code, out) == (1, "") and "a count of 1 to 5" in err and "Traceback" not in err
    assert not (home / "releases").exists()


def test_a_run_that_could_not_make_a_page_says_so_and_exits_with_1_when_it_was_asked_for(home, panelpack, no_kernels):
    code, out, err = panelpack("run", "--period", "2020-21", "--notebook", "yos", "--output", home / "elsewhere")
    assert code == 1 and "Not made:\n  yos, 2020-21: it needs the youth offending extract" in err
    code, out, _ = panelpack("run", "--period", "2020-21", "--output", home / "elsewhere")
    assert code == 0 and "Look at " in out
    assert "Left out: yos, 2020-21: it needs the youth offending extract" in out
    assert (home / "elsewhere" / "2020-21" / "index.html").is_file() and not (home / "outputs").exists()


def test_a_stopped_run_is_told_in_one_line(home, panelpack, monkeypatch):
    def stop(task, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "execute", stop)
    code, _, err = panelpack("run")
    assert code in (1, 130) and "Traceback" not in err
    assert logged(home)[-1]["event"] == "stopped"


def logged(home):
    """The events of the only log."""
    [log] = (home / "outputs" / "logs").iterdir()
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_run_is_logged_for_its_owner_only(home, panelpack, no_kernels):
    panelpack("run", "--notebook", "demand")
    logs = home / "outputs" / "logs"
    modes = [path.stat().st_mode & 0o777 for path in (logs, *logs.iterdir())]
    assert modes == [0o700, 0o600]
    events = logged(home)
    assert [each["event"] for each in events] == ["run", "said", "planned", "started", "made", "done"]
    assert events[0]["command"] == ["run", "--notebook", "demand"] and all(each["time"] for each in events)


def test_a_program_gets_events_and_no_times(home, panelpack, no_kernels):
    code, out, err = panelpack("run", "--notebook", "demand", "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "") and [each["event"] for each in events] == [
        "said",
        "planned",
        "started",
        "made",
        "done",
    ]
    assert not any("time" in each for each in events) and events[-1]["not_made"] == []
    code, out, _ = panelpack("run", "--notebook", "demand", "--json")
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["done"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_note_of_the_last_run_says_what_a_whole_run_finds(home, panelpack, no_kernels, monkeypatch, options):
    monkeypatch.setattr(prepare, "prepare_folder", fake_prepare(problems=2))
    words = ["run", *options]  # one notebook is left out, since its returns are not there
    assert panelpack(*words)[0] == 0
    from_note = panelpack(*words)
    monkeypatch.setattr(last_run, "unchanged", lambda words: None)
    whole = panelpack(*words)
    assert from_note[0] == whole[0] == 0 and "2021-22-Q2" in from_note[1] and "Left out" in from_note[1]
    said = [line for line in whole[1].splitlines() if "Checking and preparing the data" not in line]
    assert from_note[1].splitlines() == said
    logs = sorted((home / "outputs" / "logs").glob("*.jsonl"))
    assert [json.loads(log.read_text().splitlines()[-1])["event"] for log in logs] == ["done"] * len(logs)


def test_check_lists_problems_by_rule_and_is_strict_when_asked(home, panelpack, monkeypatch):
    code, out, _ = panelpack("check", "--strict")
    assert (code, out) == (
        0,
        "SSDA903 Episodes: rows 2, files 1\nNo problems found.\nLook at outputs/restricted/problems.csv\n",
    )
    monkeypatch.setattr(prepare, "prepare_folder", fake_prepare(problems=5))
    code, out, _ = panelpack("check")
    assert code == 0
    assert out == (
        "SSDA903 Episodes: rows 2, files 1\nSeverity\tHow many\tFile\tColumn\tFirst lines\tExpected\tWhat to do\n"
        "error\t5\tepisodes.csv\tDECOM\t2, 2, 2, ...\ta date\tCorrect it.\n"
        "5 errors, 0 warnings.\nLook at outputs/restricted/problems.csv\n"
    )
    assert panelpack("check", "--strict")[0] == 1


def test_check_always_writes_every_problem_for_its_owner_alone(home, panelpack, monkeypatch):
    monkeypatch.setattr(prepare, "prepare_folder", fake_prepare(problems=1234))
    _, out, _ = panelpack("check", "--all")
    written = home / "outputs/restricted/problems.csv"
    assert written.stat().st_mode & 0o077 == 0 and written.parent.stat().st_mode & 0o077 == 0
    listed = pd.read_csv(written, dtype=str, keep_default_na=False).drop(columns="table")
    assert out.splitlines()[0] == "SSDA903 Episodes: rows 2, files 1"
    printed = [line.split("\t") for line in out.splitlines() if "\t" in line][1:]
    assert len(printed) == 1234 and printed == listed.to_numpy().tolist()
    panelpack("check", "--report", "elsewhere/problems.csv")
    assert (home / "elsewhere/problems.csv").read_text() == written.read_text()


def test_check_tells_programs_as_json(home, panelpack, monkeypatch):
    monkeypatch.setattr(prepare, "prepare_folder", fake_prepare(problems=2))
    told = json.loads(panelpack("check", "--json")[1])
    assert (told["errors"], told["warnings"], len(told["problems"])) == (2, 0, 2)
    assert told["problems"][0]["file"] == "episodes.csv" and told["problems"][0]["line"] == 2


def test_check_lists_the_problems_also_where_nothing_can_be_used(home, panelpack, monkeypatch):
    def refuse(*folders):
        raise DataError([DataProblem("=episodes.csv", 0, "", "", "a file with rows")])

    monkeypatch.setattr(prepare, "prepare_folder", refuse)
    code, out, _ = panelpack("check")
    assert code == 1 and out.splitlines()[1].startswith("error\t1\t=episodes.csv\t\twhole file\ta file with rows\t")
    assert ",'=episodes.csv,0," in (home / "outputs/restricted/problems.csv").read_text()  # nothing that would run


def test_a_strict_run_makes_the_packs_and_ends_with_1(home, panelpack, no_kernels, monkeypatch):
    monkeypatch.setattr(prepare, "prepare_folder", fake_prepare(problems=2))
    assert panelpack("run", "--notebook", "demand")[0] == 0
    code, out, err = panelpack("run", "--notebook", "demand", "--strict")
    assert code == 1 and "Nothing has changed: outputs/2021-22-Q2/index.html" in out
    code, out, err = panelpack("run", "--notebook", "demand", "--strict", "--force")
    assert code == 1 and "Look at outputs/2021-22-Q2/index.html" in out
    assert "The returns have 2 errors (--strict). `panelpack check` lists them." in err


def test_list_gives_each_question_and_what_the_data_can_serve(home, panelpack):
    code, out, _ = panelpack("list")
    assert code == 0
    assert "demand: How many children need us?\n  for any period from 1 April 2016 to 31 March 2026" in out
    assert "yos: Who?\n  cannot be run: it needs the youth offending extract" in out


def test_synthetic_passes_what_was_asked_and_leaves_other_folders_alone(home, panelpack, monkeypatch):
    asked = []
    monkeypatch.setitem(
        sys.modules,
        "analysis_lib.synthetic",
        types.SimpleNamespace(generate=lambda output, **more: asked.append((output, more))),
    )
    assert panelpack("synthetic", "--output", home / "trial", "--seed", 7, "--children", 50)[0] == 0
    assert asked == [(home / "trial", {"seed": 7, "children": 50})]
    (home / "mine").mkdir()
    (home / "mine" / "episodes.csv").write_text("CHILD\n")
    code, _, err = panelpack("synthetic", "--output", home / "mine")
    assert code == 2 and "not synthetic returns" in err and len(asked) == 1


def test_template_writes_an_empty_table_and_its_dictionary_once(home, panelpack):
    code, out, _ = panelpack("template", "youth_offending", "--output", "mine")
    assert code == 0 and out.count("Look at ") == 2
    assert (home / "mine" / "youth_offending.csv").read_text().startswith("CHILD,SEX,DATE_OF_BIRTH,")
    code, _, err = panelpack("template", "youth_offending", "--output", "mine")
    assert code == 2 and "is there already" in err


def test_an_unknown_template_is_refused_with_the_known_ones(home, panelpack):
    code, _, err = panelpack("template", "yos")
    assert code == 2 and "no template 'yos'. Templates: virtual_school, youth_offending, " in err


def test_lab_says_what_to_install_when_it_is_missing(home, panelpack, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "jupyterlab" else real(name, *a))
    code, _, err = panelpack("lab")
    assert code == 1 and "pip install -c constraints.txt -e '.[lab]'" in err


def who_is_behind(monkeypatch, counted):
    """`who` whose answer is two invented children behind a number that counts `counted`."""
    from analysis_lib import who
    from analysis_lib.metrics.facts import every_measure

    children = pd.DataFrame({"identifier": ["A1", "A2"], "times": [1, 1], "file": ["e.csv"] * 2, "line": [2, 3]})
    asked = []

    def answer(authority, measure, **question):
        asked.append((measure, question))
        facts = every_measure()[measure], "returns", "30 September 2021", {"sex": "Female"}, "numerator", "2 children"
        return who.Answer(*facts, counted, children)

    monkeypatch.setattr(who, "children_behind", answer)
    return asked


def test_who_lists_the_children_says_so_and_logs_it(home, panelpack, monkeypatch):
    asked = who_is_behind(monkeypatch, 2.0)
    code, out, err = panelpack("who", "looked_after", "-p", "2021-22-Q2", "-g", "sex=Female", "--denominator")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].startswith("RESTRICTED")
    assert out.splitlines()[-3:] == ["identifier\ttimes\tfile\tline", "A1\t1\te.csv\t2", "A2\t1\te.csv\t3"]
    assert asked[0][1]["groups"] == {"sex": "Female"} and asked[0][1]["side"] == "denominator"
    assert (home / "outputs/restricted/who.log").read_text().count("\n") == 1


def test_who_writes_a_list_instead_of_showing_it(home, panelpack, monkeypatch):
    who_is_behind(monkeypatch, 2.0)
    code, out, _ = panelpack("who", "looked_after", "-p", "2021-22-Q2", "--csv")
    assert code == 0 and "A1" not in out
    assert "outputs/restricted/who/looked-after_2021-22-Q2_Female.csv" in out
    assert (home / "outputs/restricted/who/looked-after_2021-22-Q2_Female.csv").read_text().count("\n") == 3


def test_who_fails_loudly_when_the_list_is_not_the_number(home, panelpack, monkeypatch):
    who_is_behind(monkeypatch, 3.0)
    code, out, _ = panelpack("who", "looked_after", "-p", "2021-22-Q2")
    assert code == 1 and "Do not use it" in out


def test_who_lists_the_measures(home, panelpack):
    code, out, _ = panelpack("who", "--list")
    assert code == 0 and "looked_after: Children looked after" in out
    assert "These cannot name children:" in out and "absence: it adds up school sessions" in out


def test_who_explains_a_group_that_is_none(home, panelpack):
    code, _, err = panelpack("who", "looked_after", "-p", "2021-22-Q2", "-g", "girls")
    assert code == 2 and "Write column=value" in err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "--notebook", "demand"], ["ready", "stopped"]),
        (["run", "--notebook", "nothing"], ["ready", "stopped"]),  # a mistake is found after it has begun
        (["run", "--dry-run"], []),
        (["run", "--scheduler=tcp://127.0.0.1:1"], []),
        (["run", "--help"], []),
        (["list"], []),
    ],
)
def test_what_forks_kernels_gets_ready_for_a_run_alone_and_is_stopped_after_it(
    home, panelpack, no_kernels, monkeypatch, words, expected
):
    done = []
    monkeypatch.setattr(warm, "get_ready", lambda: done.append("ready"))
    monkeypatch.setattr(warm, "stop", lambda: done.append("stopped"))
    panelpack(*words)
    assert list(dict.fromkeys(done)) == expected and done[-1:] == expected[-1:]
