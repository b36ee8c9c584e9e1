"""How a text is folded for search, by ICU: what SearchFolding.swift does by
the table that generate-unicode-tables.py makes of this."""
import functools

import icu

# To be raised when a text folds otherwise than before: an index is made with one.
VERSION = 1

ZWJ = 0x200D
# What emoji are made of: the joiner, the selectors, the keycap, tags.
EMOJI_PARTS = {ZWJ, 0xFE0E, 0xFE0F, 0x20E3, *range(0xE0020, 0xE0080)}
# The voiced and semi-voiced marks make other letters of kana.
KANA_MARKS = {0x3099, 0x309A}
TATWEEL = 0x0640
# Whose marks are accents, vowel points or ornaments that people leave out.
# Elsewhere, as in Thai and Devanagari, marks are vowels like any other.
ACCENTED = {"Zinh", "Zyyy", "Latn", "Grek", "Cyrl", "Hebr", "Arab", "Syrc"}
# Letters of their own in Unicode that people write, or search, by these.
LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe",
    "þ": "th",
}


@functools.cache
def is_dropped(code):
    if code in EMOJI_PARTS or code in KANA_MARKS:
        return False
    if code == TATWEEL or icu.has(code, icu.DEFAULT_IGNORABLE):
        return True
    category = icu.category(code)
    return category == "Me" or (category == "Mn" and icu.script(code) in ACCENTED)


def _decompose(text):
    """Pictures with letters in them stay pictures."""
    return "".join(
        char if icu.has(ord(char), icu.EMOJI_PRESENTATION) else icu.nfkd(char) for char in text)


def _composes(code):
    """Hangul's vowels and finals, and the marks of kana."""
    return code in KANA_MARKS or 0x1161 <= code <= 0x1175 or 0x11A8 <= code <= 0x11C2


def _compose(text):
    result = []
    for char in text:
        pair = icu.nfc(result[-1] + char) if result and _composes(ord(char)) else ""
        if len(pair) == 1:
            result[-1] = pair
        else:
            result.append(char)
    return "".join(result)


def _order(text):
    """Canonical order, which a change within a text can disturb."""
    chars = list(text)
    for end in range(1, len(chars)):
        index = end
        mark = icu.combining_class(ord(chars[index]))
        while mark and index and icu.combining_class(ord(chars[index - 1])) > mark:
            chars[index - 1], chars[index] = chars[index], chars[index - 1]
            index -= 1
    return "".join(chars)


def _drop_joiners(text):
    """The joiner that writes letters together is no part of the word."""
    result = ""
    for char in text:
        if ord(char) == ZWJ and result and icu.own_script(ord(result[-1])) != "Zyyy":
            continue
        result += char
    return result


@functools.cache
def fold(text):
    previous = None
    while previous != text:
        previous = text
        text = _decompose(text)
        text = "".join(char for char in text if not is_dropped(ord(char)))
        text = icu.fold_case(text)
        text = "".join(LETTERS.get(char, char) for char in text)
    return _compose(_order(_drop_joiners(text)))
