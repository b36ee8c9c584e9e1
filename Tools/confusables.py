"""What a character of a name looks like, in plain small letters where a person
would read it so: by UTS #39 (uspoof.h), by Unicode's own names, and by hand."""
import functools

import folding
import icu

# A letter and the plain one it looks like. Of capitals and smalls apart: В looks
# like B, в hardly.
BY_HAND = """
Cyrillic
Аa Вb Еe Ѕs Іi Јj Кk Мm Нh Оo Рp Сc Тt Уy Хx Ѵv Ԛq Ԝw Ԍg Ӏl Үy Ґr Гr Яr Иn Ьb З3 Ёe Їi Йn Єe Эe
аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy хx ѵv ԛq ԝw ԁd ӏl һh үy гr яr иn ьb з3 ёe їi йn пn єe эe
Greek
Αa Βb Γr Εe Ξe Ζz Ηh Ιi Κk Μm Νn Οo Ρp Τt Υy Χx Σe αa βb γy εe ϵe ηn ιi κk νv οo ρp ςo σo τt υu χx ωw
Armenian
Սu Տs Օo Ոn Լl Հh Զq օo սu ոn հh յj ցg զq
Cherokee, nearly all capitals
Ꭺa Ꭰd Ꭼe Ꭲt Ꭵi Ꭻj Ꮇm Ꮋh Ꮎo Ꮐg Ꮓz Ꮃw Ꮩv Ꮪs Ꮮl Ꮯc Ꮲp Ᏼb Ꮶk Ꭱr Ꮢr Ꮥs Ꮹg Ꮤw Ꮒh Ꭶs Ꮛe Ꮙv
Coptic
Ⲁa Ⲃb Ⲉe Ⲏh Ⲓi Ⲕk Ⲙm Ⲛn Ⲟo Ⲣp Ⲥc Ⲧt Ⲩy Ⲭx ⲁa ⲃb ⲉe ⲏh ⲓi ⲕk ⲙm ⲛn ⲟo ⲣp ⲥc ⲧt ⲩy ⲭx
Canadian syllabics, as they are used for fun
ᗩa ᗷb ᑕc ᗪd ᗴe ᖴf ᕼh ᒍj ᒪl ᗰm ᑎn ᑭp ᑫq ᖇr ᔕs ᑌu ᐯv ᗯw ᙭x
Yi, likewise
ꍏa ꋬa ꌃb ꉓc ꀸd ꍟe ꏂe ꎇf ꁅg ꃅh ꀤi ꀭj ꀘk ꒒l ꎭm ꂵm ꈤn ꂦo ꉣp ꆰq ꋪr ꌗs ꌚs ꓄t ꓅t ꀎu ꃴv ꅐw ꊼx ꌩy ꁴz
Han, likewise
丂s 乇e 尺r 卂a 匚c 几n 卄h 口o 卩p 山w 乂x 工i 丁t
Old Italic
𐌀a 𐌁b 𐌂c 𐌃d 𐌄e 𐌅f 𐌇h 𐌉i 𐌊k 𐌋l 𐌌m 𐌍n 𐌏o 𐌐p 𐌒q 𐌓r 𐌔s 𐌕t 𐌖v 𐌗x
Latin that Unicode does not name by the letter
ıi ȷj Ɩl ʀr ɑa ɡg ɩi ʋv ſs Ƨs ƨs Ʃs ʃs øo Øo ðd đd Đd łl Łl ħh Ħh ßb Əe əe Ꞓe ꞓe
Signs
∨v ⋁v √v ˅v ⌄v ℣v ∑e ∃e ∈e ∊e ⋿e ℮e ℃c ℉f ®r ©c ℞r ℟r §s
€e £l ¢c ₴s ₷s ₳a ฿b ₵c ₢c ₫d ₣f ₲g ₭k ₤l ₥m ₦n ₱p ₮t ₩w ǀ| ∣| │| ❘| ￨| ǃ!
"""
ALPHABETS = {
    ord(pair[0]): pair[1] for line in BY_HAND.splitlines() for pair in line.split() if len(pair) == 2
    and not pair.isascii()
}
# LATIN CAPITAL LETTER E WITH ACUTE, MATHEMATICAL BOLD CAPITAL E, NEGATIVE SQUARED
# LATIN CAPITAL LETTER E: the letter follows one of the first words, and is a
# Latin one after one of the second. Letters of the same names in other alphabets
# look otherwise.
KINDS = {"CAPITAL", "SMALL", "LETTER", "SYMBOL", "SCRIPT"}
STYLES = {
    "MATHEMATICAL", "DOUBLE-STRUCK", "BLACK-LETTER", "SCRIPT", "REGIONAL", "FULLWIDTH", "CIRCLED",
    "PARENTHESIZED", "NEGATIVE", "SQUARED",
}


def _by_name(code):
    words = icu.name(code).split(" ")
    if words[0] not in STYLES and "LATIN" not in words:
        return None
    kind = next((index for index, word in enumerate(words) if word in KINDS), len(words))
    return next((word.lower() for word in words[kind:] if len(word) == 1), None)


def look_of(text):
    return "".join(look(ord(char)) for char in text)


@functools.cache
def look(code):
    char = chr(code)
    if code < 0x80:
        return char.lower()
    if code in ALPHABETS:
        return ALPHABETS[code]
    if folding.is_dropped(code) or code in folding.EMOJI_PARTS:
        return ""
    letter = _by_name(code)
    if letter:
        return letter
    decomposed = icu.nfkd(char)
    if decomposed.isascii():
        return look_of(decomposed)
    # Of Hangul, only whole syllables are names.
    prototype = char if icu.script(code) == "Hang" else icu.skeleton(char)
    for other in (prototype, decomposed):
        if other != char and other != icu.nfd(char):
            return look_of(other)
    if decomposed != char:
        return look_of(decomposed)
    digit = icu.digit(code)
    if digit is not None:
        return str(digit)
    folded = folding.fold(char)
    return char if folded == char else look_of(folded)


def differs(code):
    """Whether a look says more than the folding that Skeleton falls back on."""
    folded = folding.fold(chr(code))
    return look(code) != (chr(code) if folded == chr(code) else look_of(folded))
