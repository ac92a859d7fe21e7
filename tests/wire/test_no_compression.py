"""Nothing is compressed: a length that depends on secret content leaks it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPRESSORS = {
    "brotli",
    "bz2",
    "compression",
    "gzip",
    "isal",
    "lz4",
    "lzma",
    "snappy",
    "tarfile",
    "zipfile",
    "zlib",
    "zlib_ng",
    "zopfli",
    "zstandard",
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_no_package_imports_a_compressor() -> None:
    """E24, WI-5: there is no decompression either, hence no bomb."""
    files = [
        path for package in ("securemsg", "relay", "client_tui") for path in (ROOT / package).rglob("*.py")
    ]
    assert len(files) > 10
    found = {(path.name, name) for path in files for name in imports(path) if name in COMPRESSORS}
    assert not found


def test_an_import_would_be_seen(tmp_path: Path) -> None:
    """E24: in each form that an import has."""
    module = tmp_path / "module.py"
    module.write_text("import zlib\nimport os, gzip\nfrom lzma import open\ndef late():\n    import bz2\n")
    assert set(imports(module)) & COMPRESSORS == {"zlib", "gzip", "lzma", "bz2"}
