"""What is slow to make is made once, and anew when what it is made of has changed, or what was kept is broken."""

from gongbao.pages.once import MADE, made_once


def test_it_is_made_when_it_is_made_of_something_else_or_broken_and_else_kept(tmp_path):
    made = []

    def one(of):
        return made_once(tmp_path, "notebooks/debt", of, lambda: made.append(of) or of.upper().encode())

    assert [one(of) for of in ("a", "a", "b", "b", "a")] == [b"A", b"A", b"B", b"B", b"A"]
    assert made == ["a", "b", "a"]
    (kept,) = (path for path in (tmp_path / MADE).rglob("*") if path.is_file())
    for broken in (kept.read_bytes()[:-1], kept.read_bytes() + b"x", b"", b"A"):
        kept.write_bytes(broken)
        assert one("a") == b"A"
    assert len(made) == 7 and one("a") == b"A" and len(made) == 7
