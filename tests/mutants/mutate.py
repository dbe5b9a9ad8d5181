"""Small faults in Python source, one at a time: what a tired author could have written instead."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

FLIPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A fault: where it is, what stood there and what stands there now, and the whole module with it."""

    file: str
    line: int
    number: int  # of those with the same text in the file
    old: str
    new: str
    source: str

    @property
    def name(self) -> str:
        """Names it by its text, so that it keeps its name while lines move."""
        return f"{self.file}: {self.old} -> {self.new}" + (f" #{self.number}" if self.number else "")


def faults(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of node."""
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in FLIPS:
            yield _with(node, ops=[FLIPS[type(op)](), *node.ops[1:]])
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            yield from (_with(node, values=[v for v in values if v is not gone]) for gone in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.BinOp(op=op) if type(op) in SUMS and not _typed(node):
            yield _with(node, op=SUMS[type(op)]())
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.If(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))


def _typed(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.BitOr) and (_is_none(node.right) or isinstance(node.right, ast.Name))


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: ast.AST, **changes: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    if isinstance(new, ast.BoolOp) and len(new.values) == 1:
        return new.values[0]
    return new


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of source."""
    tree = ast.parse(source)
    seen: dict[tuple[str, str], int] = {}
    for parent in list(ast.walk(tree)):
        for name, value in ast.iter_fields(parent):
            for index, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST) or name in ("annotation", "returns", "decorator_list"):
                    continue
                for fault in faults(node):
                    old, new = _text(node), _text(fault)
                    number = seen.get((old, new), 0)
                    seen[old, new] = number + 1
                    _put(parent, name, index, fault)
                    text = ast.unparse(ast.fix_missing_locations(tree))
                    _put(parent, name, index, node)
                    yield Mutant(file, getattr(node, "lineno", 0), number, old, new, text)


def _text(node: ast.AST) -> str:
    line = ast.unparse(node)
    return line.splitlines()[0][:110]


def _put(parent: ast.AST, name: str, index: int, node: ast.AST) -> None:
    value = getattr(parent, name)
    if isinstance(value, list):
        value[index] = node
    else:
        setattr(parent, name, node)
