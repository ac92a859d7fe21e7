"""Values within the grammar, and bytes that look like their encodings, for properties."""

from hypothesis import strategies as st

from securemsg.wire.codec import MAX_INTEGER, Value

EDGES = [edge for bits in (0, 4, 5, 7, 8, 16, 32) for edge in (2**bits - 1, 2**bits)] + [MAX_INTEGER]

integers = st.one_of(st.sampled_from(EDGES), st.integers(0, MAX_INTEGER))
binaries = st.one_of(st.binary(max_size=40), st.sampled_from([255, 256, 65_535, 65_536]).map(bytes))
texts = st.one_of(st.text(max_size=20), st.sampled_from([31, 32, 255, 256, 65_536]).map(lambda n: "a" * n))
leaves: st.SearchStrategy[Value] = st.one_of(integers, binaries, texts)


def _arrays(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[list[Value]]:
    return st.lists(inner, max_size=4)


_inner: st.SearchStrategy[Value] = st.recursive(leaves, _arrays, max_leaves=6)

values: st.SearchStrategy[list[Value]] = st.one_of(
    st.lists(_inner, max_size=4), st.lists(st.integers(0, 300), min_size=14, max_size=64).map(list)
)
"""Whole values, within every limit."""

# For each kind: the first byte of the short form, its count, the first byte and the widths of the long ones.
_FORMS = {
    int: (0x00, 128, 0xCC, (1, 2, 4, 8)),
    bytes: (0x00, 0, 0xC4, (1, 2, 4)),
    str: (0xA0, 32, 0xD9, (1, 2, 4)),
    list: (0x90, 16, 0xDC, (2, 4)),
}


def _heads(kind: type[Value], argument: int) -> list[bytes]:
    """Return every head that states `argument`, the shortest first."""
    short, count, long, widths = _FORMS[kind]
    heads = [bytes((short + argument,))] if argument < count else []
    for place, width in enumerate(widths):
        if argument < 256**width:
            heads.append(bytes((long + place,)) + argument.to_bytes(width, "big"))
    return heads


@st.composite
def _any_form(draw: st.DrawFn, value: Value) -> bytes:
    """Return an encoding of `value`, in every eighth place or so in a longer form than needed."""
    content = value.encode() if isinstance(value, str) else value
    heads = _heads(type(value), content if isinstance(content, int) else len(content))
    head = draw(st.sampled_from(heads[:1] * 12 + heads))
    if isinstance(content, int):
        return head
    if isinstance(content, list):
        return head + b"".join(draw(_any_form(element)) for element in content)
    return head + content


lookalikes: st.SearchStrategy[bytes] = values.flatmap(_any_form)
"""Encodings of values, often in a form that only a careless decoder takes."""
