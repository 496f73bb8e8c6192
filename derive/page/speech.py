"""Document -> Page: the same tree in a language, every phrase a sentence."""

from derive.page.blocks import (
    Display,
    Document,
    Figure,
    Listing,
    Page,
    Part,
    Phrase,
    Section,
    Sentence,
    Summary,
)
from derive.page.words import Language


def say(document: Document, words: Language) -> Page:
    """The document in a language."""
    sections = tuple(_section(section, words) for section in document.sections)
    return Page(document.model, document.column, words.code, sections)


def _section(section: Section[Phrase], words: Language) -> Section[Sentence]:
    blocks = tuple(_block(block, words) for block in section.blocks)
    return Section(words.headings[section.title], blocks)


def _block(
    block: Phrase | Display | Figure[Phrase] | Summary[Phrase], words: Language
) -> Sentence | Display | Figure[Sentence] | Summary[Sentence]:
    match block:
        case Phrase():
            return Sentence(spoken(block, words))
        case Figure():
            said, alone = (Sentence(spoken(each, words)) for each in (block.said, block.words))
            return Figure(block.name, said, alone, block.picture)
        case Summary():
            named = (Sentence(spoken(word, words)) for word, _ in block.groups)
            displays = (display for _, display in block.groups)
            return Summary(tuple(zip(named, displays, strict=True)))
        case Display():
            return block


def spoken(part: Part, words: Language) -> str:
    """A phrase, and all that fills it, as text."""
    match part:
        case str():
            return part
        case Listing(items):
            return words.enumerate([spoken(item, words) for item in items])
        case Phrase(key, parts):
            return words.say(key, **{name: spoken(inner, words) for name, inner in parts})
