"""`python -m tests.client_tui.snapshots`: take every picture anew; `git diff` shows what changed."""

import anyio

from tests.client_tui.snapshots.gallery import PAGES, gallery


def main() -> None:
    """Replace the pages."""
    PAGES.mkdir(exist_ok=True)
    taken = anyio.run(gallery, backend="asyncio")
    for old in PAGES.glob("*.txt"):
        if old.stem not in taken:
            old.unlink()
    for name, text in taken.items():
        (PAGES / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
