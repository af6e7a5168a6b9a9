"""What generated code is made from: the end of the analysis, the start of the rendering."""

from __future__ import annotations

from dataclasses import dataclass, field

from strongroom_codegen.annotations import Kind
from strongroom_codegen.footprint import Call, Use
from strongroom_codegen.levels import Origin
from strongroom_codegen.naming import function_name
from strongroom_codegen.pytypes import PyType
from strongroom_codegen.sealed_columns import SealedColumn
from strongroom_codegen.sealed_names import NOTHING, SealedNames


@dataclass(frozen=True, slots=True)
class LiteralType:
    """A value list: `CHECK (column IN (...))`."""

    name: str
    values: tuple[str | int, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum: `type` is its name with the schema, `members` are names in Python and labels."""

    name: str
    type: str
    members: tuple[tuple[str, str], ...]
    doc: str


@dataclass(frozen=True, slots=True)
class CodecModel:
    """A constant that says how values of a type are made into the project's own and back."""

    name: str
    type: str
    load: PyType | None
    dump: PyType | None


@dataclass(frozen=True, slots=True)
class NamedType:
    """A domain: a `NewType` of what is below it where it `is_new`, else another name for it."""

    name: str
    base: PyType
    is_new: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row or of a json model; `key` is its name in the json."""

    name: str
    type: PyType
    nullable: bool
    doc: str = ""
    key: str = ""

    @property
    def has_other_key(self) -> bool:
        return self.key not in ("", self.name)


@dataclass(frozen=True, slots=True)
class JsonModel:
    """A composite type that gives a jsonb column its shape."""

    name: str
    fields: tuple[Field, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class Adapter:
    """The check of one jsonb column on its way in and out."""

    name: str
    type: PyType


@dataclass(frozen=True, slots=True)
class RowType:
    """A row of a result."""

    name: str
    fields: tuple[Field, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A shape as generated code writes it, with the (module, name) of each name in it."""

    text: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RecordModel:
    """The constant by which rows of a class are read and written inside of other values.

    `names`, `types` and `type` are the database's; `module` is '.rows' or '.types'.
    """

    name: str
    module: str
    row: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    type: str | None
    inside: tuple[Reader | None, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """An exception for a SQLSTATE, for a constraint (schema, table, name), or for one of a domain.

    `also` are other tables and names under which partitions and children report the constraint;
    `on_partitions`: those that are made later report it under its own name. `columns` (schema,
    table, column) stand for NOT NULL. `domains` are (schema, domain, constraint): a domain made
    from another reports under its own name; the constraint of NOT NULL is ''.
    """

    name: str
    doc: str
    sqlstate: str | None = None
    constraint: tuple[str, str, str] | None = None
    domains: tuple[tuple[str, str, str], ...] = ()
    text: str | None = None
    also: tuple[tuple[str, str, str], ...] = ()
    on_partitions: bool = False
    columns: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a generated function; `source` is its name in the SQL.

    A `variadic` one takes an iterable, which is sent as an array. `holes`: it is a list, in which
    None may stand for NULL.
    """

    name: str
    source: str
    type: PyType
    pg_type: str
    nullable: bool
    default: str | None
    optional: bool
    doc: str
    encode: str | None = None
    variadic: bool = False
    writer: Reader | None = None
    holes: bool = False
    beside: str = ""
    """The parameter whose value this one is made of, which has then no argument of its own."""


@dataclass(frozen=True, slots=True)
class ColumnModel:
    """A column of a result and why it can or can't be NULL."""

    name: str
    type: PyType
    pg_type: str
    nullable: bool
    reason: str
    word: str | None = None
    decode: str | None = None
    reader: Reader | None = None


@dataclass(frozen=True, slots=True)
class VariantModel:
    """One SQL text, with the parameter (by its name in the SQL) and the type of each $n."""

    given: tuple[str, ...]
    order: str
    sql: str
    names: tuple[str, ...]
    pg_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueryModel:
    """One generated function; `row` is the name of its row type, None for a bare value.

    `routine`: the signature of the database's function that it wraps, None for a query.
    """

    app: str
    subject: str
    name: str
    kind: Kind
    doc: str
    file: str
    line: int
    parameters: tuple[Parameter, ...]
    columns: tuple[ColumnModel, ...]
    variants: tuple[VariantModel, ...]
    optional: tuple[str, ...]
    orders: tuple[str, ...]
    key: tuple[str, ...]
    key_types: tuple[str, ...]
    row: str | None
    role: str
    identity: bool
    at_most_one: bool
    always_one: bool
    timeout_ms: int | None
    deprecated: str | None
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    modifies: bool
    uses: tuple[Use, ...]
    calls: tuple[Call, ...]
    raises: tuple[str, ...]
    types: tuple[PyType, ...]
    sealed: SealedNames = field(default=NOTHING, hash=False)
    adapters: dict[Origin, str] = field(default_factory=dict, hash=False)
    """What checks the json in sealed columns."""
    text: bool = False
    """Something in its results has no form but text."""
    fetch: int | None = None
    chunk: int | None = None
    item: str | None = None
    """The type of an item of `:batch`, `:bulk`, `:copy`; None when it is the bare value."""
    each: tuple[Parameter, ...] = ()
    """What an item holds; the parameters that are left are arguments."""
    routine: str | None = None

    @property
    def function(self) -> str:
        return function_name(self.name)

    @property
    def full_name(self) -> str:
        return f"{self.app}.{self.name}"


@dataclass(frozen=True, slots=True)
class SubjectModel:
    """A generated module of functions."""

    name: str
    doc: str
    file: str
    queries: tuple[QueryModel, ...]


@dataclass(frozen=True, slots=True)
class AppModel:
    """Everything that is generated for one app."""

    name: str
    doc: str
    enums: tuple[EnumType, ...]
    literals: tuple[LiteralType, ...]
    domains: tuple[NamedType, ...]
    models: tuple[JsonModel, ...]
    adapters: tuple[Adapter, ...]
    sealed: tuple[tuple[SealedColumn, PyType], ...]
    composites: tuple[RowType, ...]
    rows: tuple[RowType, ...]
    records: tuple[RecordModel, ...]
    errors: tuple[ErrorClass, ...]
    shared_errors: tuple[str, ...]
    subjects: tuple[SubjectModel, ...]


@dataclass(frozen=True, slots=True)
class ProjectModel:
    """Everything that is generated."""

    package: str
    apps: tuple[AppModel, ...]
    codecs: tuple[CodecModel, ...] = ()
