"""The operators.

Sources: Microsoft, "about_Operators", "about_Comparison_Operators", "about_Arithmetic_Operators",
"about_Join", "about_Split". The right operand is converted to the type of the left one; an array
on the left filters. Text compares by ordinal of its folded case, which differs from Windows in
what a culture's collation would say about punctuation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from orchestrator.lab.powershell.convert import cast, to_number
from orchestrator.lab.powershell.objects import (
    Char,
    EnumValue,
    Guid,
    Hashtable,
    Int64,
    ScriptBlock,
    Switch,
    TypeRef,
    UInt32,
    UInt64,
    Version,
)
from orchestrator.lab.powershell.parsing import parse_number
from orchestrator.lab.powershell.signals import ScriptError, runtime_error
from orchestrator.lab.powershell.text import (
    INT32_MAX,
    INT32_MIN,
    to_bool,
    to_text,
    type_name,
)
from orchestrator.lab.powershell.values import PSObject

Binary = Callable[[object, object], object]
_INT64 = 2**63
_WIDE = 64
_MAX_REPEAT = 10_000_000


def _typed(value: object) -> bool:
    return isinstance(value, (Int64, UInt32, UInt64))


def normal(value: float | Decimal, *operands: object) -> object:
    """Give the result of arithmetic its width: Int32, then Int64 or Double as .NET widens."""
    if not isinstance(value, int):
        return value
    wide = any(
        _typed(item) or (isinstance(item, int) and not INT32_MIN <= item <= INT32_MAX)
        for item in operands
    )
    if INT32_MIN <= value <= INT32_MAX and not wide:
        return int(value)
    if wide and -_INT64 <= value < _INT64:
        return Int64(value)
    return float(value)


def _number(value: object) -> int | float | Decimal:
    return value if isinstance(value, Decimal) else to_number(value)


def method_missing(name: str, left: object) -> ScriptError:
    """Make the error of an operator that a type does not have."""
    return runtime_error(
        "MethodNotFound",
        f"Method invocation failed because [{type_name(left)}] does not contain a method "
        f"named '{name}'.",
    )


def add(left: object, right: object) -> object:
    """Return ``left + right``."""
    if left is None:
        return right
    if isinstance(left, list):
        return [*left, *right] if isinstance(right, (list, tuple, bytes)) else [*left, right]
    if isinstance(left, (str, Char)) and not isinstance(left, EnumValue):
        return to_text(left) + to_text(right)
    if isinstance(left, Hashtable):
        return _merged(left, right)
    if isinstance(left, (datetime, timedelta)) and isinstance(right, timedelta):
        return left + right
    if isinstance(left, (PSObject, ScriptBlock, datetime)):
        raise method_missing(name="op_Addition", left=left)
    first, second = _number(left), _number(right)
    return normal(_apply(lambda a, b: a + b, first, second), left, right)


def _merged(left: Hashtable, right: object) -> Hashtable:
    if not isinstance(right, Hashtable):
        raise runtime_error(
            error_id="AddHashTableToNonHashTable",
            message="A hash table can only be added to another hash table.",
        )
    merged = Hashtable(ordered=left.ordered)
    for table in (left, right):
        for key in table:
            if key in merged:
                raise runtime_error(
                    error_id="ArgumentException",
                    message=f"Item has already been added. Key in dictionary: '{to_text(key)}'  "
                    f"Key being added: '{to_text(key)}'",
                    exception="System.ArgumentException",
                )
            merged[key] = table[key]
    return merged


def _apply(
    operation: Callable[..., int | float | Decimal],
    first: float | Decimal,
    second: float | Decimal,
) -> int | float | Decimal:
    if isinstance(first, Decimal) != isinstance(second, Decimal):
        first, second = Decimal(to_text(first)), Decimal(to_text(second))
    return operation(first, second)


def subtract(left: object, right: object) -> object:
    """Return ``left - right``."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left - right
    if isinstance(left, (datetime, timedelta)) and isinstance(right, timedelta):
        return left - right
    if isinstance(left, datetime) and isinstance(right, str):
        other = cast(right, TypeRef("System.DateTime"))
        return subtract(left, other)
    if isinstance(left, (PSObject, list, Hashtable, datetime)):
        raise method_missing(name="op_Subtraction", left=left)
    return normal(_apply(lambda a, b: a - b, _number(left), _number(right)), left, right)


def multiply(left: object, right: object) -> object:
    """Return ``left * right``; text and arrays are repeated."""
    if isinstance(left, (str, list)) and not isinstance(left, (Char, EnumValue)):
        times = round(to_number(right))
        if times * len(left) > _MAX_REPEAT or times < 0:
            raise runtime_error(
                error_id="ArgumentOutOfRange",
                message="Specified argument was out of the range of valid values.",
                exception="System.ArgumentOutOfRangeException",
            )
        return left * times
    if isinstance(left, (PSObject, Hashtable)):
        raise method_missing(name="op_Multiply", left=left)
    return normal(_apply(lambda a, b: a * b, _number(left), _number(right)), left, right)


def _by_zero() -> ScriptError:
    return runtime_error(
        "RuntimeException",
        "Attempted to divide by zero.",
        category="NotSpecified",
    )


def divide(left: object, right: object) -> object:
    """Return ``left / right``: whole when it comes out even."""
    first, second = _number(left), _number(right)
    if isinstance(first, int) and isinstance(second, int):
        if second == 0:
            raise _by_zero()
        whole, rest = divmod(first, second)
        return normal(whole, left, right) if rest == 0 else first / second
    if second == 0:
        return float("nan") if first == 0 else float("inf") * (1 if first > 0 else -1)
    return _apply(lambda a, b: a / b, first, second)


def modulo(left: object, right: object) -> object:
    """Return ``left % right`` with the sign of the left operand."""
    first, second = _number(left), _number(right)
    if second == 0:
        raise _by_zero()
    if isinstance(first, int) and isinstance(second, int):
        return normal((abs(first) % abs(second)) * (1 if first >= 0 else -1), left, right)
    return _apply(lambda a, b: (abs(a) % abs(b)) * (1 if a >= 0 else -1), first, second)


def _fold(value: str, *, case: bool) -> str:
    return str.__str__(value) if case else str.__str__(value).lower()


def equals(left: object, right: object, *, case: bool = False) -> bool:
    """Compare two scalars as ``-eq`` does: the right one takes the left one's type."""
    if type(left) is str and type(right) is str:
        return left == right or (not case and left.lower() == right.lower())
    return _equal_scalars(left, right, case=case)


def _equal_scalars(left: object, right: object, *, case: bool) -> bool:
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, EnumValue):
        return _fold(left, case=case) == _fold(to_text(right), case=case) or left.number == right
    if isinstance(left, Guid):
        return left == to_text(right).strip("{}").lower()
    if isinstance(left, Version):
        return isinstance(right, str) and left.parts == Version(right).parts
    if isinstance(left, str):
        return _fold(left, case=case) == _fold(to_text(right), case=case)
    if isinstance(left, (bool, Switch)):
        return bool(left) == to_bool(right)
    if isinstance(left, (int, float, Decimal)):
        if isinstance(right, str) and not isinstance(right, (Char, EnumValue)):
            number = parse_number(right)
            return number is not None and left == number
        if isinstance(right, (bool, Switch, int, float, Decimal, Char, EnumValue)):
            return left == to_number(right)
        return False
    return _equal_objects(left, right)


def _equal_objects(left: object, right: object) -> bool:
    if isinstance(left, (datetime, timedelta)):
        if isinstance(right, str):
            try:
                right = cast(right, TypeRef(type_name(left)))
            except ScriptError:
                return False
        return left == right
    if isinstance(left, TypeRef):
        return left == right or (isinstance(right, str) and str(left).lower() == right.lower())
    if isinstance(left, PSObject) and left.native is not None and isinstance(right, PSObject):
        return left.native is right.native
    return left is right


def compare(left: object, right: object, *, case: bool = False) -> int:
    """Order two scalars: negative, zero or positive.

    Raises:
        ScriptError: they have no order.
    """
    if isinstance(left, Version):
        other = cast(right, TypeRef("System.Version"))
        pairs = (left.parts, other.parts if isinstance(other, Version) else ())
        return (pairs[0] > pairs[1]) - (pairs[0] < pairs[1])
    if isinstance(left, EnumValue):
        number = right.number if isinstance(right, EnumValue) else right
        return compare(left.number, number)
    if isinstance(left, str):
        first, second = _fold(left, case=case), _fold(to_text(right), case=case)
        return (first > second) - (first < second)
    if isinstance(left, (datetime, timedelta)):
        other_date = cast(right, TypeRef(type_name(left)))
        return (left > other_date) - (left < other_date)  # type: ignore[operator]
    if left is None:
        if right is None:
            return 0
        return compare(0, right) if isinstance(right, (int, float)) else -1
    if isinstance(left, (bool, int, float, Decimal)):
        number_left, number_right = to_number(left), to_number(right)
        return (number_left > number_right) - (number_left < number_right)
    raise runtime_error(
        error_id="NotIcomparable",
        message=f'Cannot compare "{to_text(left)}" because it is not IComparable.',
    )


def _filtering(test: Callable[[object, object], bool]) -> Binary:
    """Let an array on the left filter."""

    def operate(left: object, right: object) -> object:
        if isinstance(left, list):
            return [item for item in left if test(item, right)]
        return test(left, right)

    return operate


def _contains(left: object, right: object, *, case: bool) -> bool:
    items = left if isinstance(left, (list, bytes)) else [left]
    if type(right) is str and right in items:
        return True
    for item in items:  # noqa: SIM110 - a generator costs more than it saves
        if equals(item, right, case=case):
            return True
    return False


def _equal(left: object, right: object) -> object:
    if isinstance(left, list):
        return [item for item in left if equals(item, right)]
    return equals(left, right)


def _unequal(left: object, right: object) -> object:
    if isinstance(left, list):
        return [item for item in left if not equals(item, right)]
    return not equals(left, right)


def comparison(name: str, *, case: bool) -> Binary | None:
    """Return the implementation of an operator that compares; None when it is another kind."""

    def ordered(accept: Callable[[int], bool]) -> Binary:
        return _filtering(lambda left, right: accept(compare(left, right, case=case)))

    table: dict[str, Binary] = {
        "eq": _filtering(lambda left, right: equals(left, right, case=True)) if case else _equal,
        "ne": _filtering(lambda left, right: not equals(left, right, case=True))
        if case
        else _unequal,
        "gt": ordered(lambda order: order > 0),
        "ge": ordered(lambda order: order >= 0),
        "lt": ordered(lambda order: order < 0),
        "le": ordered(lambda order: order <= 0),
        "contains": lambda left, right: _contains(left, right, case=case),
        "notcontains": lambda left, right: not _contains(left, right, case=case),
        "in": lambda left, right: _contains(right, left, case=case),
        "notin": lambda left, right: not _contains(right, left, case=case),
    }
    return table.get(name)


def _bits(value: object) -> int:
    number = to_number(value)
    return round(number)


def _signed(value: int, *operands: object) -> object:
    if any(isinstance(item, (UInt32, UInt64)) for item in operands):
        return UInt64(value) if value > 2**32 - 1 else UInt32(value) if value >= 0 else value
    return normal(value, *operands)


def shift_left(left: object, right: object) -> object:
    """Return ``left -shl right`` in the width of the left operand."""
    width = _WIDE if _typed(left) or not INT32_MIN <= _bits(left) <= INT32_MAX else 32
    value = (_bits(left) << (_bits(right) % width)) & (2**width - 1)
    if not isinstance(left, (UInt32, UInt64)) and value >= 2 ** (width - 1):
        value -= 2**width
    return Int64(value) if width == _WIDE else value


BITWISE: dict[str, Binary] = {
    "band": lambda left, right: _signed(_bits(left) & _bits(right), left, right),
    "bor": lambda left, right: _signed(_bits(left) | _bits(right), left, right),
    "bxor": lambda left, right: _signed(_bits(left) ^ _bits(right), left, right),
    "shl": shift_left,
    "shr": lambda left, right: _signed(_bits(left) >> (_bits(right) % 64), left),
}
ARITHMETIC: dict[str, Binary] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
}


def span(first: object, last: object) -> list[object]:
    """Return ``first..last``, in either direction."""
    start, stop = round(to_number(first)), round(to_number(last))
    step = 1 if stop >= start else -1
    return list(range(start, stop + step, step))
