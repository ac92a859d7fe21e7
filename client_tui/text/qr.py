"""QR codes as rows of half blocks: two modules of the code in each character cell."""

QUIET = 2
"""Light modules around the code; two are enough on a screen of its own colour."""

BLOCKS = {(False, False): " ", (True, False): "\u2580", (False, True): "\u2584", (True, True): "\u2588"}

BLACK_ON_WHITE = "\x1b[38;2;0;0;0;48;2;255;255;255m"
PLAIN = "\x1b[0m"


def qr_rows(payload: str) -> list[str]:
    """Return the rows of a code (error correction L) to be drawn in black on white, all of one width."""
    import segno  # noqa: PLC0415 - costs start-up time, needed for codes only

    code = segno.make(payload, error="l", micro=False)
    modules = [[bool(module) for module in line] for line in code.matrix_iter(border=QUIET)]
    if len(modules) % 2:
        modules.append([False] * len(modules[0]))
    pairs = zip(modules[::2], modules[1::2], strict=True)
    return ["".join(BLOCKS[pair] for pair in zip(*rows, strict=True)) for rows in pairs]


def qr_lines(payload: str) -> list[str]:
    """Return the rows with explicit colours, for printing on a terminal of any colours."""
    return [f"{BLACK_ON_WHITE}{row}{PLAIN}" for row in qr_rows(payload)]
