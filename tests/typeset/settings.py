"""The documents that pages are set in: class, engine and what is loaded beside them."""

from dataclasses import dataclass
from typing import Literal

from derive import locate
from derive.page.words import languages

SPOKEN = languages()

BODY = "%s"

FRAME = r"\begin{frame}[allowframebreaks]" + "\n%s\n" + r"\end{frame}"


MEASURED = r"""\makeatletter
\let\placed\calc@shift@align
\def\calc@shift@align{\placed
  \ifdim\dimexpr\eqnshift@+\totwidth@>\dimexpr\displaywidth+.5pt\relax
    \typeout{Overfull align: \the\totwidth@\space of \the\displaywidth, moved by \the\eqnshift@}%
  \fi}
\makeatother"""
"""TeX says nothing of rows that amsmath has moved into the margin."""


@dataclass(frozen=True)
class Setting:
    """A document: its class, the widest column that it holds, the files that must be installed
    for it, what it loads, what stands around each page, and what before all.
    """

    name: str
    document_class: str
    widest: float
    needs: tuple[str, ...]
    preamble: str = r"\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{amsmath}"
    beside: str = ""
    engine: Literal["pdflatex", "xelatex", "lualatex"] = "pdflatex"
    languages: tuple[str, ...] = SPOKEN
    around: str = BODY
    front: str = ""

    def document(self, body: str, width: float) -> str:
        """The whole document around the pages, which are for a column."""
        return (
            f"{self.document_class.replace('@', f'{width:g}')}\n{self.preamble}\n\\usepackage{{tikz}}\n{self.beside}\n"
            f"{MEASURED}\n\\begin{{document}}\n{self.front}\n{body}\n\\end{{document}}\n"
        )


ARTICLE = r"\documentclass{article}\usepackage[textwidth=@pt]{geometry}"
"""An article whose column is as wide as the pages are for: the @."""

AMSMATH = r"\usepackage{amsmath}"

UNICODE = r"\usepackage{amsmath}\usepackage{unicode-math}"

CLASSES = (
    Setting("article", ARTICLE, 345, ("article.cls",)),
    Setting("ieee", r"\documentclass[conference]{IEEEtran}", 252, ("IEEEtran.cls",)),
    Setting("revtex", r"\documentclass[aps,prl,twocolumn]{revtex4-2}", 246, ("revtex4-2.cls",)),
    Setting(
        "acmart",
        r"\documentclass[sigconf,nonacm]{acmart}",
        241,
        ("acmart.cls", "libertine.sty", "newtxmath.sty", "zi4.sty"),
        preamble="",
        front=r"\title{Pages}\author{A}\affiliation{\institution{B}\country{C}}\maketitle",
    ),
    Setting("elsarticle", r"\documentclass[5p,twocolumn]{elsarticle}", 252, ("elsarticle.cls",)),
    Setting("llncs", r"\documentclass{llncs}", 345, ("llncs.cls",)),
    Setting("amsart", r"\documentclass{amsart}", 345, ("amsart.cls",)),
    Setting("memoir", r"\documentclass{memoir}", 345, ("memoir.cls",)),
    Setting("beamer", r"\documentclass{beamer}", 252, ("beamer.cls",), around=FRAME),
)

BESIDE = (
    Setting(
        "hyperref and cleveref",
        ARTICLE,
        345,
        ("hyperref.sty", "cleveref.sty"),
        beside=r"\usepackage{hyperref}\usepackage{cleveref}",
    ),
    Setting(
        "babel, brazil",
        ARTICLE,
        345,
        ("brazil.ldf",),
        beside=r"\usepackage[brazil]{babel}",
        languages=("pt",),
    ),
    Setting(
        "babel, spanish",
        ARTICLE,
        345,
        ("spanish.ldf",),
        beside=r"\usepackage[spanish]{babel}",
        languages=("es",),
    ),
    Setting("physics", ARTICLE, 345, ("physics.sty",), beside=r"\usepackage{physics}"),
    Setting(
        "unicode-math, XeLaTeX", ARTICLE, 345, ("unicode-math.sty",), UNICODE, engine="xelatex"
    ),
    Setting(
        "unicode-math, LuaLaTeX", ARTICLE, 345, ("unicode-math.sty",), UNICODE, engine="lualatex"
    ),
)

SETTINGS = (*CLASSES, *BESIDE)


def notation_in(setting: Setting, turn: int = 0) -> str:
    """The notation that some models are set in beside their own: with every setting, and with
    every turn, another.
    """
    names = locate.notations()
    return names[(SETTINGS.index(setting) + turn) % len(names)]
