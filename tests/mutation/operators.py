"""Small faults that a programmer could make, as replacements of single nodes of a syntax tree."""

import ast
from collections.abc import Iterator
from typing import Final

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}

_DELETED: Final = (
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Expr,
    ast.Raise,
    ast.Delete,
    ast.Break,
    ast.Continue,
    ast.If,
)


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what could stand in place of `node` by a slip; `node` itself is not changed."""
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _ARITHMETIC:
            yield _with(node, op=_ARITHMETIC[type(op)]())
        case ast.BoolOp() | ast.UnaryOp() | ast.IfExp():
            yield from _logic(node)
        case ast.Constant(value=value):
            yield from map(ast.Constant, _constants(value))
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield ast.Return(value=None)
        case ast.Slice():
            yield from _slices(node)
        case ast.If() | ast.While():
            yield from _negated(node)
        case _:
            pass


def deletions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield `pass` for a statement of a function that could be forgotten."""
    if isinstance(node, _DELETED):
        yield ast.Pass()


def _with(node: ast.AST, **changes: object) -> ast.AST:
    """Return a node like `node` with some fields changed."""
    parts = {name: getattr(node, name) for name in node._fields}
    return type(node)(**(parts | changes))


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in _COMPARISONS[type(op)]:
            yield _with(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])


def _logic(node: ast.BoolOp | ast.UnaryOp | ast.IfExp) -> Iterator[ast.AST]:
    match node:
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp():
            yield from _negated(node)
        case _:
            pass


def _negated(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    # A comparison or a negation is turned where it stands.
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):
        yield _with(node, test=ast.UnaryOp(op=ast.Not(), operand=node.test))


def _slices(node: ast.Slice) -> Iterator[ast.AST]:
    for name in ("lower", "upper", "step"):
        if getattr(node, name) is not None:
            yield _with(node, **{name: None})


def _constants(value: object) -> tuple[bool | int | bytes | str, ...]:
    match value:
        case bool():
            return (not value,)
        case int():
            return value + 1, value - 1
        case bytes():
            return (value + b"\0", b"") if value else (b"\0",)
        case str():
            return (value + "X",)
        case _:
            return ()


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
