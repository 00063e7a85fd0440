"""What a page does in a real browser, with no network: each check returns the faults that it finds, in words."""

import os
import re
import shutil
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
PHONE, TABLET, DESK = 360, 768, 1280
A4_BETWEEN_MARGINS = 672  # 210 mm less two margins of 16 mm, in CSS pixels
NARROWEST, ZOOMED = 320, 640  # 1,280 px at 400% (reflow) and at 200%
TALL = 900
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# WCAG 1.4.12: what a reader may set, and nothing may be lost by it
TEXT_SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } "
    "p { margin-bottom: 2em !important; }"
)
TEXT_TWICE_AS_LARGE = "html { font-size: 200% !important; }"
# The shadows at the sides of a wide table are gradients, and what is scrolled out of it is in nobody's sight: axe can measure
# no contrast there.
PLAIN_AND_WHOLE = ".scroll { background: none !important; overflow: visible !important; }"
PLACEHOLDER = re.compile(
    r"^(no )?(alternative|alt|chart|description|diagram|figure|graph|image|img|lorem|picture|photo|placeholder|plot|tbc|todo|untitled)\b"
    r"|\.(png|svg|jpe?g)$|no description has been provided",
    re.IGNORECASE,
)
FEWEST_WORDS = 8  # of a chart's alternative: a finding and what is drawn take more


def chromium_path():
    """The browser on this machine; skips the test where there is none."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if not found:
        pytest.skip("needs a browser: chromium on the PATH (Debian: apt-get install chromium)")
    return found


@contextmanager
def open_browser():
    """A headless browser that cannot reach any network."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs a browser driver: pip install -c constraints.txt -e '.[browser]'"
    )
    path = chromium_path()
    with playwright.sync_playwright() as driver:
        arguments = ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking"]
        browser = driver.chromium.launch(executable_path=path, args=arguments, chromium_sandbox=os.name != "posix")
        yield browser
        browser.close()


@cache
def axe_script():
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


class Opened:
    """One page in its own window: `tab` drives it; `asked` is what it requested, `said` what the console got."""

    def __init__(self, browser, path):
        self.path = Path(path)
        self.context = browser.new_context(
            offline=True, viewport={"width": DESK, "height": TALL}, reduced_motion="reduce"
        )
        self.tab = self.context.new_page()
        self.asked, self.said = [], []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.tab.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.reload()

    def reload(self):
        self.tab.goto(self.path.as_uri(), wait_until="load")

    def look(self, width, height=TALL, media="screen"):
        self.tab.emulate_media(media=media)
        self.tab.set_viewport_size({"width": width, "height": height})

    def unfold(self):
        """Open everything that is folded, so that what is in it is checked too."""
        self.tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    @contextmanager
    def style(self, text):
        """The page with `text` as the last of its styles, as a reader's own settings are."""
        self.tab.evaluate(
            "text => { const s = document.createElement('style'); s.id = 'readers-own'; s.textContent = text; document.head.append(s) }",
            text,
        )
        yield
        self.tab.evaluate("document.getElementById('readers-own').remove()")

    def close(self):
        self.context.close()


# ---- what leaves the page, what it weighs, how soon it is seen


def requests(opened):
    """Whatever the page asked for but itself; what it carries within itself (data:) is no request."""
    own = opened.path.as_uri()
    return [f"asked for {url[:120]}" for url in opened.asked if url != own and not url.startswith("data:")]


def console(opened):
    return list(opened.said)


def weight(opened, most_bytes=700_000, most_script_bytes=5_000):
    size = opened.path.stat().st_size
    scripts = opened.tab.evaluate(
        "[...document.querySelectorAll('script:not(#axe)')].map(each => each.textContent.length)"
    )
    return [f"weighs {size:,} bytes"] * (size >= most_bytes) + [
        f"a script of {length:,} characters" for length in scripts if length > most_script_bytes
    ]


def first_paint(opened, most_milliseconds=1000, tries=3):
    """First contentful paint from disk; the best of some, since a test shares its machine."""
    times = []
    for _ in range(tries):
        opened.reload()
        times.append(
            opened.tab.evaluate(
                """() => new Promise(done => {
                    new PerformanceObserver((list, seen) => { seen.disconnect(); done(list.getEntries()[0].startTime) })
                        .observe({type: 'paint', buffered: true});
                    setTimeout(() => done(Infinity), 2000) })"""
            )
        )
        if times[-1] < most_milliseconds:
            return []
    return [f"first painted after {min(times):,.0f} ms"]


# ---- axe


# Marks, of all elements that have text of their own and look alike (colours through all that lie behind, size, weight), the
# first few: the contrast of the others is theirs.
_ONE_OF_EACH_LOOK = """most => { const looks = new Map(), behind = new Map();
    const ground = e => { if (!e) return ''; if (!behind.has(e)) { const s = getComputedStyle(e);
        behind.set(e, ground(e.parentElement) + '|' + [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode]); }
        return behind.get(e) };
    document.querySelectorAll('[data-look]').forEach(e => e.removeAttribute('data-look'));
    for (const e of document.body.querySelectorAll('*')) {
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility()) continue;
        const s = getComputedStyle(e), look = [s.color, s.fontSize, s.fontWeight, s.textShadow, s.position, ground(e)].join(';');
        const times = (looks.get(look) || 0) + 1; looks.set(look, times);
        if (times <= most) e.setAttribute('data-look', ''); }
    return looks.size }"""
# axe-core leaves single characters and shapes such as an arrow out, unless told otherwise.
_SHAPES_TOO = {
    "id": "color-contrast",
    "options": {
        "ignoreUnicode": False,
        "ignoreLength": True,
        "ignorePseudo": False,
        "boldValue": 700,
        "boldTextPt": 14,
        "largeTextPt": 18,
        "contrastRatio": {"normal": {"expected": 4.5}, "large": {"expected": 3}},
        "shadowOutlineEmMax": 0.2,
        "textStrokeEmMin": 0.03,
        "pseudoSizeThreshold": 0.25,
    },
}
_RUN_AXE = """async ([where, options]) => { const result = await axe.run(where || document, options);
    const short = list => list.map(each => ({id: each.id, help: each.help,
        nodes: each.nodes.map(node => node.html.slice(0, 160)), count: each.nodes.length}));
    return [...short(result.violations), ...short(result.incomplete.filter(each => each.id == 'color-contrast'))] }"""


def axe(opened):
    """Every violation that axe-core finds, of any impact, and every contrast that it could not measure."""
    tab = opened.tab
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(axe_script())
        tab.evaluate("check => axe.configure({checks: [check]})", _SHAPES_TOO)
    common = {"resultTypes": ["violations", "incomplete"], "selectors": False, "preload": False}
    rules = {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}
    found = tab.evaluate(_RUN_AXE, [None, {**common, "runOnly": {"type": "tag", "values": AXE_TAGS}, "rules": rules}])
    with opened.style(PLAIN_AND_WHOLE):
        if tab.evaluate(_ONE_OF_EACH_LOOK, 2):
            contrast = {**common, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
            found += tab.evaluate(_RUN_AXE, [{"include": [["[data-look]"]]}, contrast])
    return [f"{each['id']}: {each['help']} ({each['count']}), such as {each['nodes'][0]}" for each in found]


# ---- layout: nothing out of sight, nothing covered, nothing cut off

_LAYOUT = r"""() => {
    const faults = new Set(), width = document.documentElement.clientWidth, body = document.scrollingElement;
    const name = e => e.tagName.toLowerCase() + (e.className ? '.' + String(e.className).split(' ').join('.') : '')
        + ' "' + e.textContent.trim().replace(/\s+/g, ' ').slice(0, 50) + '"';
    if (body.scrollWidth > width) faults.add(`the page is ${body.scrollWidth} px wide on a screen of ${width} px`);
    scrollTo(0, 0);
    const styles = new Map(), of = e => { if (!styles.has(e)) styles.set(e, getComputedStyle(e)); return styles.get(e) };
    const boxes = new Map(), box = e => { if (!boxes.has(e)) boxes.set(e,
        !e || e === document.body ? null : /auto|scroll/.test(of(e).overflowX + of(e).overflowY) ? e : box(e.parentElement)); return boxes.get(e) };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), lines = [];
    for (let node; (node = walker.nextNode());) {
        const holder = node.parentElement;
        if (!node.textContent.trim() || !holder.checkVisibility({contentVisibilityAuto: true}) || holder.closest('.skip')) continue;
        const within = box(holder);
        range.selectNodeContents(node);
        for (const r of range.getClientRects()) {
            if (r.width < 1 || r.height < 1) continue;
            if (!within && (r.right > width + 1 || r.left < -1)) faults.add('text beyond the edge: ' + name(holder));
            lines.push({left: r.left, right: r.right, top: r.top, bottom: r.bottom, holder, within});
        }
    }
    document.querySelectorAll('img').forEach(e => { const r = e.getBoundingClientRect();
        if (r.height && r.right > width + 1 && !box(e)) faults.add('a picture beyond the edge: ' + e.alt.slice(0, 50));
        if (r.height) lines.push({left: r.left, right: r.right, top: r.top, bottom: r.bottom, holder: e, within: box(e)}); });
    lines.sort((a, b) => a.top - b.top);
    for (let i = 0; i < lines.length; i++) for (let j = i + 1; j < lines.length && lines[j].top < lines[i].bottom; j++) {
        const a = lines[i], b = lines[j];
        if (a.holder === b.holder || a.within !== b.within) continue;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - b.top;
        if (across > 2 && down > .4 * Math.min(a.bottom - a.top, b.bottom - b.top)) faults.add(`one on the other: ${name(a.holder)} and ${name(b.holder)}`);
    }
    for (const e of document.body.querySelectorAll('*')) {
        const s = of(e);
        if (!/hidden|clip/.test(s.overflowX + s.overflowY) || e.closest('.skip') || !e.textContent.trim() || !e.checkVisibility({contentVisibilityAuto: true})) continue;
        if ((/hidden|clip/.test(s.overflowX) && e.scrollWidth > e.clientWidth + 1) || (/hidden|clip/.test(s.overflowY) && e.scrollHeight > e.clientHeight + 1))
            faults.add('text cut off in ' + name(e));
    }
    return [...faults].slice(0, 10);
}"""


def layout(opened, width, media="screen"):
    """Text that is beyond the edge, on other text or cut off, and a page that scrolls sideways."""
    opened.look(width, media=media)
    return opened.tab.evaluate(_LAYOUT)


def on_paper(opened):
    """What would be lost in print: beyond the paper's edge, still folded, or shown though paper has no use for it."""
    opened.look(A4_BETWEEN_MARGINS, media="print")
    faults = layout(opened, A4_BETWEEN_MARGINS, media="print")
    faults += opened.tab.evaluate(
        r"""() => { const faults = [];
            for (const e of document.querySelectorAll('.skip, nav'))
                if (e.checkVisibility()) faults.push('printed for nothing: ' + e.textContent.trim().slice(0, 40));
            for (const e of document.querySelectorAll('details'))
                if (e.checkVisibility() && !e.matches('nav *') && ![...e.children].some(child => child.tagName !== 'SUMMARY'
                    && child.checkVisibility({contentVisibilityAuto: true}) && child.getBoundingClientRect().height >= 1))
                    faults.push('stays folded on paper: ' + e.textContent.trim().slice(0, 60));
            for (const e of document.querySelectorAll('thead'))
                if (getComputedStyle(e).display !== 'table-header-group') faults.push('a table head that is not repeated');
            for (const e of document.querySelectorAll('body *'))
                if (/auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
                    faults.push('wider than the paper: ' + (e.querySelector('caption') || e).textContent.trim().slice(0, 60));
            return faults }"""
    )
    opened.look(DESK)
    return faults


def first_screen(opened, width=390, height=844, sentences=3):
    """What of a question and the first sentences of its answer a phone does not show before anything is touched."""
    opened.look(width, height)
    heading, ends = opened.tab.evaluate(_ENDS_OF_SENTENCES)
    opened.look(DESK)
    shown = sum(end <= height for end in ends)
    below = [f"the question ends below the first screen, at {heading} px"] * (heading > height)
    return below + [f"{shown} of {len(ends)} sentences are on the first screen"] * (shown < sentences)


# Where the question and each sentence of the answer end, in pixels from the top; a sentence ends in the text that it began in or later.
_ENDS_OF_SENTENCES = r"""() => {
    const ends = [];
    for (const part of document.querySelectorAll('.answer li')) {
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            for (const stop of node.data.matchAll(/[.!?](?=\s|$)/g)) {
                const range = document.createRange();
                range.setStart(node, stop.index);
                range.setEnd(node, stop.index + 1);
                ends.push(Math.round(range.getBoundingClientRect().bottom));
            }
        }
    }
    return [Math.round(document.querySelector('h1').getBoundingClientRect().bottom), ends] }"""


# ---- keyboard

_REACHABLE = """() => { const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => e.tabIndex >= 0 && e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}));
    all.forEach((e, place) => e.setAttribute('data-place', place));
    return all.map(e => e.textContent.trim().replace(/\\s+/g, ' ').slice(0, 50)) }"""
_FOCUSED = """() => { const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const r = e.getBoundingClientRect(), s = getComputedStyle(e);
    const x = (Math.max(r.left, 0) + Math.min(r.right, innerWidth)) / 2, y = (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2;
    const top = document.elementFromPoint(x, y);
    return {place: e.dataset.place === undefined ? -1 : Number(e.dataset.place), name: e.tagName.toLowerCase() + ' ' + e.textContent.trim().slice(0, 50),
        top: r.top + scrollY, marked: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
        seen: r.width > 0 && r.height > 0 && r.right > 0 && r.bottom > 0 && r.left < innerWidth && r.top < innerHeight
            && !!top && (e.contains(top) || top.contains(e)),
        folded: e.tagName === 'SUMMARY' && !e.parentElement.open } }"""


def keyboard(opened, width=PHONE):
    """By Tab alone: everything is reached, in the order of the page, in sight and marked; Enter opens what is folded."""
    opened.look(width)
    opened.reload()
    faults, folded = [], opened.tab.evaluate("document.querySelectorAll('details:not([open])').length")
    opened.unfold()
    wanted = opened.tab.evaluate(_REACHABLE)
    opened.tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)")
    reached, last_top, unfolded = [], 0.0, 0
    for _ in range(len(wanted) + 20):
        opened.tab.keyboard.press("Tab")
        at = opened.tab.evaluate(_FOCUSED)
        if at is None:
            break
        reached.append(at["place"])
        if not at["seen"]:
            faults.append(f"out of sight when it has the focus: {at['name']}")
        if not at["marked"]:
            faults.append(f"nothing shows that it has the focus: {at['name']}")
        if at["top"] < last_top - 2:
            faults.append(f"the focus jumps up to {at['name']}")
        last_top = at["top"]
        if at["folded"]:
            opened.tab.keyboard.press("Enter")
            unfolded += 1
    else:
        faults.append("the focus never leaves the page")
    still = opened.tab.evaluate("document.querySelectorAll('details:not([open])').length")
    faults += [f"Enter opened {unfolded} of {folded} folded parts"] * (still > 0)
    faults += [f"not reached: {wanted[place]}" for place in range(len(wanted)) if place not in reached]
    if not faults and reached != list(range(len(wanted))):
        faults.append(f"reached in another order than they are read: {reached}")
    return faults


def skip_link(opened):
    """The first stop of the keyboard must lead past the head of the page."""
    opened.reload()
    opened.tab.keyboard.press("Tab")
    first = opened.tab.evaluate("document.activeElement.getAttribute('href') || ''")
    if first.startswith("#"):  # another link would lead away from the page
        opened.tab.keyboard.press("Enter")
    landed = opened.tab.evaluate("document.activeElement.tagName")
    return (
        []
        if first.startswith("#") and landed == "MAIN"
        else [f"the first Tab and Enter lead to {first or 'nothing'}, {landed}"]
    )


# ---- tables, charts, headings, links: as a screen reader is told of them


def tables(opened):
    return opened.tab.evaluate(
        r"""() => { const faults = [], captions = new Map(), text = e => e ? e.textContent.trim().replace(/\s+/g, ' ') : '';
            document.querySelectorAll('table').forEach(table => {
                const caption = text(table.caption), where = caption || text(table).slice(0, 60);
                if (!caption) faults.push('no caption: ' + where);
                captions.set(caption, (captions.get(caption) || 0) + 1);
                if (!table.tHead || !table.tHead.querySelector('th[scope^=col]')) faults.push('no column heads: ' + where);
                table.querySelectorAll('th').forEach(th => {
                    if (!['col', 'row', 'colgroup', 'rowgroup'].includes(th.getAttribute('scope'))) faults.push(`a head without scope, "${text(th)}": ` + where);
                    if (!text(th)) faults.push('an empty head: ' + where);
                });
                const headless = [...table.querySelectorAll('tbody tr')].filter(row => !row.querySelector('th[scope^=row], th[scope^=col]'));
                if (headless.length) faults.push(`${headless.length} rows without a head: ` + where);
                const across = row => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
                const widths = new Set([...table.rows].map(across));
                if (widths.size > 1) faults.push('rows of different widths: ' + where);
            });
            for (const [caption, times] of captions) if (times > 1) faults.push(`${times} tables with one caption: ` + caption);
            return faults }"""
    )


def charts(opened):
    """What a reader who cannot see a chart is not told: its finding, what is drawn, and its figures in a table.

    The small line of a headline needs none of the last: its alternative says of what it is and where it goes, its caption
    when, and the figures stand beside it.
    """
    found = opened.tab.evaluate(
        r"""() => [...document.querySelectorAll('img, svg[role=img], canvas, object, embed')].map(e => {
            const figure = e.closest('figure'), text = x => x ? x.textContent.trim().replace(/\s+/g, ' ') : '';
            return {small: !!(figure && figure.matches('.small')), caption: text(figure && figure.querySelector('figcaption')), alt: (e.getAttribute('alt') || e.getAttribute('aria-label') || '').trim().replace(/\s+/g, ' '),
                    title: text(figure && figure.querySelector('figcaption b')),
                    described: text(figure && figure.querySelector('.description')),
                    table: !!(figure && figure.querySelector('table caption')),
                    drawn: !e.complete || e.naturalWidth > 0} })"""
    )
    faults, alts = [], [(each["alt"], each["caption"]) for each in found]
    for each in found:
        where = each["alt"][:50] or each["title"] or "a picture"
        faults += [f"no alternative: {where}"] * (not each["alt"])
        faults += [f"a placeholder: {where}"] * bool(PLACEHOLDER.search(each["alt"]))
        faults += [f"too short to be an alternative: {where}"] * (0 < len(each["alt"].split()) < FEWEST_WORDS)
        faults += [f"two pictures with one alternative: {where}"] * (alts.count((each["alt"], each["caption"])) > 1)
        faults += [f"not drawn: {where}"] * (not each["drawn"])
        if each["small"]:
            faults += [f"a small line of no time: {where}"] * (not each["caption"])
            continue
        faults += [f"the alternative does not say the finding of the chart: {where}"] * (
            not each["title"] or not each["alt"].startswith(each["title"].rstrip("."))
        )
        faults += [f"the figures stand in no table beneath: {where}"] * (not each["table"])
        faults += [f"a description that all can read is missing: {where}"] * (not each["described"])
    return faults


def headings(opened):
    """One first-level heading, no level left out, none empty; the title and language of the page; ids once."""
    told = opened.tab.evaluate(
        """() => ({levels: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => [Number(e.tagName[1]), e.textContent.trim()]),
            title: document.title.trim(), language: document.documentElement.lang,
            ids: [...document.querySelectorAll('[id]')].map(e => e.id)})"""
    )
    levels = [level for level, _ in told["levels"]]
    faults = [f"{levels.count(1)} first-level headings"] * (levels.count(1) != 1 or levels[:1] != [1])
    faults += [
        f"a level is left out before {text}"
        for (before, (level, text)) in zip(levels, told["levels"][1:], strict=False)
        if level > before + 1
    ]
    faults += ["an empty heading"] * any(not text for _, text in told["levels"])
    faults += ["no title"] * (not told["title"]) + [f"language {told['language']!r}"] * (told["language"] != "en-GB")
    return faults + [
        f"the id {name!r} stands twice" for name in sorted(set(told["ids"])) if told["ids"].count(name) > 1
    ]


def links(opened, inside):
    """Links to nothing, and links out of `inside` (the folder that a reader is given)."""
    told = opened.tab.evaluate(
        "() => [...document.querySelectorAll('a[href]')].map(e => [e.getAttribute('href'), e.textContent.trim() || e.getAttribute('aria-label') || ''])"
    )
    ids = set(opened.tab.evaluate("() => [...document.querySelectorAll('[id]')].map(e => e.id)"))
    faults = []
    for address, words in told:
        parts = urlsplit(address)
        faults += [f"a link without words: {address}"] * (not words)
        if parts.scheme in ("https", "data"):
            continue
        if parts.scheme:
            faults.append(f"a link to {address[:60]}")
        elif not parts.path:
            faults += [f"a link to a part that is not there: {address}"] * (parts.fragment not in ids)
        else:
            target = (opened.path.parent / unquote(parts.path)).resolve()
            faults += [f"a link to a file that is not there: {address}"] * (not target.is_file())
            faults += [f"a link to what this reader is not given: {address}"] * (
                not target.is_relative_to(Path(inside).resolve())
            )
    return faults
