"""Columns that are encrypted at rest when the installation has keys: the types of their values, and how statements may look at them.

The cipher belongs to the database, so it stands at the engine's dialect, which SQLAlchemy hands to every value on its way in and out.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import JSON, ColumnClause, ColumnElement, Dialect, Text, TypeDecorator, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import operators
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from leads.encryption import SEALED, STAYS, Cipher

_ATTRIBUTE = "handraise_cipher"
_NO_KEYS = Cipher()
_NULL = (operators.is_, operators.is_not)
_SAME = (operators.eq, operators.ne)
_AMONG = (operators.in_op, operators.not_in_op)


def stored_type(column: ColumnElement[Any]) -> TypeEngine[Any]:
    """The type of a column's values as they are stored."""
    if isinstance(column.type, SealedText):
        return Text()
    return JSON() if isinstance(column.type, SealedJson) else column.type


class SealedColumn(TypeError):
    """A statement wants to look into a column that may be encrypted, where it would find nothing without a word."""

    def __init__(self, column: object) -> None:
        super().__init__(f"{column} may be encrypted: a statement can only compare it with {sorted(STAYS)}; see leads/search.py")


def give(dialect: Dialect, cipher: Cipher) -> None:
    """Let the values of an engine be sealed and opened with this."""
    dialect.__dict__[_ATTRIBUTE] = cipher


def cipher_of(dialect: Dialect) -> Cipher:
    """What :func:`give` gave; without it everything stays as it is."""
    found: Cipher = dialect.__dict__.get(_ATTRIBUTE, _NO_KEYS)
    return found


def cipher_in(session: AsyncSession) -> Cipher:
    """The cipher of a session's database."""
    return cipher_of(session.get_bind().dialect)


def raw(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A sealed text as it is stored: nothing is opened, and statements may do with it what they like."""
    return type_coerce(column, Text())


class _TextComparator(TypeDecorator.Comparator[str], Text.Comparator[str]):
    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        same = op in _SAME and (isinstance(other[0], ColumnClause) or other[0] in STAYS)  # SQLAlchemy finds columns again by comparing them
        among = op in _AMONG and isinstance(other[0], list | tuple | set | frozenset) and STAYS.issuperset(other[0])
        if not (op in _NULL or same or among):
            raise SealedColumn(self.expr)
        return super().operate(op, *other, **kwargs)


class SealedText(TypeDecorator[str]):
    """Text that is encrypted when there is a key."""

    impl = Text
    cache_ok = True
    comparator_factory: Any = _TextComparator

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On its way into the database."""
        return None if value is None else cipher_of(dialect).seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """On its way out of it."""
        return None if value is None else cipher_of(dialect).open(value)


class _JsonComparator(TypeDecorator.Comparator[Any], JSON.Comparator[Any]):
    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        looks_at = getattr(other[0], "value", None) if op is operators.json_getitem_op else None
        same = op in _SAME and isinstance(other[0], ColumnClause)
        if not (same or op in _NULL or looks_at in (SEALED, *cast("SealedJson", self.expr.type).readable)):
            raise SealedColumn(self.expr)
        return super().operate(op, *other, **kwargs)


class SealedJson(TypeDecorator[Any]):
    """JSON that is encrypted when there is a key; a copy of the keys named ``readable`` is left beside it for statements."""

    impl = JSON
    cache_ok = True
    should_evaluate_none = True  # as JSON does it
    comparator_factory: Any = _JsonComparator

    def __init__(self, *readable: str) -> None:
        super().__init__()
        self.readable = readable

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """On its way into the database."""
        return cipher_of(dialect).seal_json(value, self.readable)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """On its way out of it."""
        return cipher_of(dialect).open_json(value)
