"""`make messages`: bring the catalogues to what the code says, and compile them.

Texts that are new stand there without a translation, those that nobody says any more are gone.
"""

import sys

from tests.messages.extract import all_texts
from tests.messages.po import FRENCH, Catalogue, compiled, read, written


def main() -> int:
    """Write the catalogues; returns 1 if something is left to translate."""
    known = read(FRENCH) if FRENCH.exists() else Catalogue()
    texts = all_texts()
    FRENCH.parent.mkdir(parents=True, exist_ok=True)
    FRENCH.write_text(written(texts, known), encoding="utf-8")
    catalogue = read(FRENCH)
    FRENCH.with_suffix(".mo").write_bytes(compiled(catalogue))
    missing = [text.one for text, forms in catalogue.translations.items() if not all(forms)]
    sys.stdout.write(f"{len(texts)} texts, {len(missing)} without a translation\n")
    for text in missing:
        sys.stdout.write(f"  {text}\n")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
