"""Charts, tables and formulas have the numbers that Sphinx gives them, though it does not see whole pages."""

from __future__ import annotations

import json

CONF = """
import json
from pathlib import Path

from sphinx.environment.collectors.toctree import TocTreeCollector

exclude_patterns = ['_build']

def compare(app, env):
    counted = json.dumps(env.toc_fignumbers, sort_keys=True)
    TocTreeCollector().assign_figure_numbers(env)  # of whole pages
    whole = json.dumps(env.toc_fignumbers, sort_keys=True)
    Path(app.outdir, 'numbers.json').write_text(json.dumps([counted, whole]))

def setup(app):
    app.connect('env-check-consistency', compare)
"""

CHAPTER = """# 章{name}

## 一节

```{{table}} 一张表
:name: tab-{name}-first
| 甲 | 乙 |
|---|---|
| 一 | 二 |
```

$$ a = b $$ (law-{name})

:::{{admonition}} 说明
```{{figure}} picture.png
:name: fig-{name}-inner
:alt: 图

一幅**图**
```
:::

```{{figure}} picture.png
:name: fig-{name}-untitled
:alt: 图
```

| 没有 | 标题 |
|---|---|
| 一 | 二 |

```{{code-block}} python
:caption: 一段代码
:name: code-{name}
print()
```

### 又一节

```{{list-table}} 又一张表
:name: tab-{name}-second
* - 甲
  - 乙
```
"""


def numbers(small_book) -> dict[str, dict[str, dict[str, list[int]]]]:
    small_book.build(numfig=True, math_numfig=True, myst_enable_extensions=["dollarmath", "colon_fence"])
    counted, whole = json.loads((small_book.root / "_build" / "html" / "numbers.json").read_text("utf-8"))
    assert counted == whole
    return json.loads(counted)


def test_they_are_those_of_whole_pages(small_book):
    small_book.write("conf.py", CONF)
    small_book.write("index.md", "# 书\n\n```{toctree}\n:numbered:\none\ntwo\n```\n")
    for name in ("one", "two"):
        small_book.write(f"{name}.md", CHAPTER.format(name=name))
    (small_book.root / "picture.png").write_bytes(b"")
    found = numbers(small_book)
    assert found["two"]["table"] == {"tab-two-first": [2, 1], "tab-two-second": [2, 2]}
    assert found["two"]["figure"] == {"fig-two-inner": [2, 1]}
    assert found["two"]["code-block"] == {"code-two": [2, 1]}
    assert found["two"]["displaymath"] == {"equation-law-two": [2, 1]}

    # a page that stays as it is gets other numbers
    small_book.write("index.md", "# 书\n\n```{toctree}\n:numbered:\ntwo\none\n```\n")
    assert numbers(small_book)["two"]["table"] == {"tab-two-first": [1, 1], "tab-two-second": [1, 2]}
