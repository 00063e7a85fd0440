"""A region of tiny authorities with small returns of their own, and notebooks that cost next to nothing."""

import shutil

from fake_pack import REPOSITORY, code, page_cells, write_notebook

AUTHORITIES = {"ashby": "E06009101", "brook": "E06009102"}
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n{rows}"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n{rows}"
# Says whose page it is, from the returns of that authority alone.
OPENED = """
from analysis_lib.page import open_page
page = open_page(period, edition, data, releases, authority)
word = "several" if len(page["children"]) > 4 else "some"
BANNER = f'<div class="banner"><p>{page.authority.name}. Figures are synthetic.</p></div>'
"""
TOLD = """
show("banner", BANNER, page={"period": period})
said = [f"There were {word} children in {page.authority.name}.", "More than before.", "Ask the service."]
show("answer", '<ul class="answer">' + "".join(f"<li>{each}</li>" for each in said) + "</ul>", text=said)
"""


def cells(title="How many children need us?"):
    first, parameters, show, _, *rest = page_cells(title)
    return [first, parameters, show, code(OPENED), code(TOLD), *rest]


def make_project(folder):
    """The project's folder: notebooks, published figures, and an `authority.toml` that no pack of the region uses."""
    (folder / "notebooks").mkdir(parents=True)
    shutil.copyfile(REPOSITORY / "authority.toml", folder / "authority.toml")
    (folder / "data" / "raw" / "synthetic").mkdir(parents=True)
    (folder / "data" / "raw" / "published").symlink_to(REPOSITORY / "data" / "raw" / "published")
    for name in ("adoption", "demand"):
        write_notebook(folder / "notebooks", name, cells(), tables=("children",))
    return folder


def make_region(folder, authorities=AUTHORITIES):
    """Authorities with some children each, the more the later they come; the first has no settings but its own."""
    for number, (name, area) in enumerate(authorities.items(), 1):
        make_authority(folder / name, name.title(), area, 4 * number)
    return folder


def make_authority(folder, name, area, children):
    (folder / "ssda903" / "2021-22").mkdir(parents=True)
    card = (REPOSITORY / "authority.toml").read_text(encoding="utf-8")
    card = card.replace("Middlesbrough", name).replace("E06000002", area)
    card = card.replace('returns = "data/raw/synthetic"', 'returns = "."')
    (folder / "authority.toml").write_text(card, encoding="utf-8")
    (folder / "source.toml").write_text('label = "synthetic"\nextract_date = 2022-03-31\n', encoding="utf-8")
    numbers = range(1001, 1001 + children)
    returns = {
        "header": HEADER.format(rows="".join(f"{each},1,01/02/2010,WBRI,UN1,,\n" for each in numbers)),
        "episodes": EPISODES.format(rows="".join(f"{each},01/04/2021,S,C2,N1,U6,,\n" for each in numbers)),
    }
    for table, text in returns.items():
        (folder / "ssda903" / "2021-22" / f"{table}.csv").write_text(text, encoding="utf-8")


def files_of(output):
    """Every file below an output folder but logs and locks, by its path there."""
    skipped = ("logs", ".panelpack")
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and not set(path.relative_to(output).parts) & set(skipped)
    }
