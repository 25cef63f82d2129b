"""Make ``NotoSansSC-Bold.otf``, the bold of the book, from Noto Sans CJK.

Run as ``python subset.py NotoSansCJK-Bold.ttc NotoSansSC-Bold.otf``. The same collection
and the same fontTools give the same bytes. README.md beside this file says where the collection comes from.
"""

from __future__ import annotations

import sys

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

SOURCE_NAME = "NotoSansCJKsc-Bold"
FAMILY, STYLE, POSTSCRIPT = "Noto Sans SC", "Bold", "NotoSansSC-Bold"

# What GB 2312 does not have and a book of figures in Chinese may want. Noto Sans SC itself has no superior figures
# but ¹²³⁴ and no inferior ones: set them as formulas.
EXTRA = (
    "–—‘’“”†‡•…‰′″‹›"  # punctuation
    "⁴€™Ω℃←↑→↓↔↕↗↘⇒⇔"  # letter-like signs and arrows
    "−∂∆∏∑√∞∩∪∫≈≠≡≤≥≪≫⊂⊃∈∅±×÷"  # mathematics
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"  # circled numbers
    "■□▲△▼▽◆◇○●★☆✓"  # marks
    "、。〈〉《》「」『』【】〔〕〖〗〇・％‰￥～·"  # of Chinese
)


def characters() -> set[int]:
    """Return the code points that the book's bold has to cover: Latin, all of GB 2312, and the others above."""
    latin = {*range(0x20, 0x7F), *range(0xA0, 0x100)}
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return latin | {ord(character) for pair in pairs for character in pair.decode("gb2312", "ignore") + EXTRA}


def rename(font: TTFont) -> None:
    """Name the font so that it is the bold of the family ``Noto Sans SC``."""
    names = font["name"]
    version = names.getDebugName(5).split(";")[0].removeprefix("Version ")
    kept = {0, 5, *range(7, 15)}
    names.names = [name for name in names.names if (name.platformID, name.langID) == (3, 0x409) and name.nameID in kept]
    own = {1: FAMILY, 2: STYLE, 3: f"{version};subset;{POSTSCRIPT}", 4: f"{FAMILY} {STYLE}", 6: POSTSCRIPT}
    for number, text in own.items():
        names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [POSTSCRIPT]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName, top.Weight = f"{FAMILY} {STYLE}", FAMILY, STYLE
    font["OS/2"].usWeightClass = 700
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x40 | 0x20
    font["head"].macStyle = 1


def main(source: str, target: str) -> None:
    """Write the subset of the Simplified Chinese bold in a collection."""
    (font,) = (one for one in TTCollection(source) if one["name"].getDebugName(6) == SOURCE_NAME)
    font.recalcTimestamp = False
    names = {"name_IDs": ["*"], "name_languages": ["*"]}
    options = subset.Options(hinting=False, layout_features=["ccmp", "kern", "mark"], notdef_outline=True, **names)
    options.drop_tables += ["BASE", "GDEF", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    rename(font)
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
