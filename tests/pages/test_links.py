"""Links of the text: to terms, and to what Sphinx numbers."""

from __future__ import annotations

import pytest
from lxml import html

INDEX = """# 书

```{{toctree}}
ledger
```

```{{glossary}}
债务限额
  上限。
```

```{{math}}
:label: first
a
```

```{{math}}
:label: other
b
```

{text}
"""


def test_terms_and_numbers_lead_to_their_places(small_book):
    small_book.write("index.md", INDEX.format(text="[限额](#债务限额)见[(2)](#equation-other)。"))
    small_book.build()
    links = html.fromstring(small_book.page("index")).xpath("//p/a[starts-with(@href, '#')]")
    found = [(link.text_content(), link.get("href")) for link in links]
    assert found == [("限额", "#term-0"), ("(2)", "#equation-other")]
    assert "figure-card.js" in small_book.page("index"), "which explains terms, too"
    assert small_book.warnings == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[(1)](#equation-other)", "equation-other: (1) → (2); `make numbers` brings all texts up to date"),
        ("[](#equation-other)", "equation-other: (empty) → (2); `make numbers` brings all texts up to date"),
        ("[191亿元](#debt.limit.total@2023)", "debt.limit.total@2023: 191亿元 → 192.1亿元; `make numbers` brings"),
        ("[192.1](#debt.limit.total@2023)万元", "debt.limit.total@2023: '万元' stands at 192.1, and makes it another"),
        ("负[192.1亿元](#debt.limit.total@2023)", "debt.limit.total@2023: '负' stands at 192.1亿元"),
        ("[(2)](#equation-othr)", "nothing has the id equation-othr; did you mean equation-other"),
        ("[图 1](#fig-x)", "nothing has the id fig-x"),
        ("[限](#务限额)", "nothing has the id 务限额; did you mean 债务限额?"),
        ("[账](ledgr.md)", "cross-reference target not found: 'ledgr.md'"),
    ],
)
def test_what_is_wrong_is_said_once_and_where_it_stands(small_book, text, told):
    small_book.write("index.md", INDEX.format(text=text))
    small_book.build()
    (line,) = small_book.warnings.splitlines()
    assert "index.md:22: WARNING: " in line and told in line
