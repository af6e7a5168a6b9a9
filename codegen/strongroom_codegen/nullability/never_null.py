"""Built-in functions and operators that never answer NULL to arguments that are not NULL.

Strictness alone does not say that: `substring`, `array_length`, `->`, `nullif` are strict and do.
Each name here was looked up in PostgreSQL's source; what is missing counts as nullable.
"""

from __future__ import annotations

from strongroom_codegen.catalog import Catalog, Function
from strongroom_codegen.tree import Node


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = _words("""
    = <> < > <= >= + - * / % ^ | & # ~ << >> || |/ ||/ @ !~ ~* !~* ~~ !~~ ~~* !~~* ^@
    @> <@ && ? ?| ?& #- -|- &< &>
    ~<~ ~<=~ ~>~ ~>=~ *= *<> *< *> *<= *>=
    """)
# Geometric operators answer NULL where shapes don't meet.
_GEOMETRIC = "G"

FUNCTIONS = _words("""
    abs ceil ceiling floor round trunc sign sqrt cbrt exp ln log log10 power mod div gcd lcm
    factorial degrees radians pi sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh acosh
    atanh random width_bucket erf erfc
    length char_length character_length octet_length bit_length btrim ltrim rtrim left right
    repeat replace reverse substr initcap lpad rpad strpos position split_part starts_with
    translate ascii chr to_hex to_bin to_oct md5 sha224 sha256 sha384 sha512 crc32 crc32c
    encode decode convert convert_from convert_to quote_ident quote_literal normalize unistr
    regexp_replace regexp_count regexp_like regexp_instr regexp_split_to_array casefold
    get_bit get_byte set_bit set_byte bit_count like notlike
    now clock_timestamp statement_timestamp transaction_timestamp timeofday date_trunc date_bin
    age make_date make_time make_timestamp make_timestamptz make_interval justify_days
    justify_hours justify_interval isfinite timezone to_date to_timestamp
    gen_random_uuid uuidv4 uuidv7
    nextval currval lastval setval
    to_json to_jsonb array_to_json row_to_json json_array_length jsonb_array_length json_typeof
    jsonb_typeof jsonb_set jsonb_insert jsonb_strip_nulls json_strip_nulls jsonb_pretty
    jsonb_object json_object jsonb_path_query_array jsonb_concat jsonb_delete
    cardinality array_to_string array_fill array_reverse array_sort trim_array
    isempty lower_inc upper_inc lower_inf upper_inf range_merge
    to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank
    ts_rank_cd ts_headline setweight numnode strip tsvector_to_array
    host family masklen broadcast network netmask hostmask set_masklen inet_same_family
    hashtext hashtextextended txid_current pg_current_xact_id pg_backend_pid current_database
    pg_typeof num_nulls num_nonnulls pg_get_userbyid quote_nullable version
    """)
# Not strict, and never NULL whatever they are given.
NOT_STRICT = _words("""
    concat json_build_object json_build_array jsonb_build_object jsonb_build_array num_nulls
    num_nonnulls quote_nullable pg_typeof array_append array_prepend int4range int8range numrange
    daterange tsrange tstzrange
    """)
# Not strict, and NULL only when the first argument is.
FIRST_ARGUMENT = _words("concat_ws format string_to_array array_remove array_replace")
# The text forms; the range forms answer NULL for an open bound.
_TEXT_ONLY = frozenset({"lower", "upper"})
_TEXTS = frozenset({"text", "varchar", "bpchar", "bytea", "name"})
# With a position; with a pattern they answer NULL where it does not match.
_BY_POSITION = frozenset({"substring", "overlay"})
# NULL for infinite times, but for these fields.
_FIELDS = frozenset({"epoch", "year", "isoyear", "century", "decade", "millennium", "julian"})
_PARTS = frozenset({"date_part", "extract"})
# A jsonb null is cast to NULL from PostgreSQL 18 on; an infinite timestamp has no time of day.
_NULLABLE_CASTS_FROM = {"jsonb": None, "timestamp": {"time"}, "timestamptz": {"time", "timetz"}}
_CASTS = ("1", "2")

AGGREGATES = _words("""
    sum avg min max array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg string_agg
    bool_and bool_or every bit_and bit_or bit_xor any_value var_pop stddev_pop mode
    percentile_cont percentile_disc range_agg range_intersect_agg xmlagg
    json_agg_strict jsonb_agg_strict
    """)
# NULL arguments become elements.
COLLECTING = frozenset({"array_agg", "json_agg", "jsonb_agg"})
HYPOTHETICAL = frozenset({"rank", "dense_rank", "percent_rank", "cume_dist"})

# Set-returning: the numbers of their columns that are never NULL, from 1.
SET_RETURNING: dict[str, frozenset[int]] = {
    "generate_series": frozenset({1}),
    "generate_subscripts": frozenset({1}),
    "regexp_split_to_table": frozenset({1}),
    "json_array_elements": frozenset({1}),
    "jsonb_array_elements": frozenset({1}),
    "json_object_keys": frozenset({1}),
    "jsonb_object_keys": frozenset({1}),
    "json_each": frozenset({1, 2}),
    "jsonb_each": frozenset({1, 2}),
    "json_each_text": frozenset({1}),
    "jsonb_each_text": frozenset({1}),
    "jsonb_path_query": frozenset({1}),
}


def safe_function(function: Function, node: Node, catalog: Catalog) -> bool:
    """A strict built-in whose result is NULL only when an argument is."""
    if not function.is_builtin or not function.strict:
        return False
    arguments = [catalog.types[oid].name for oid in function.arguments]
    if function.name in _TEXT_ONLY:
        return arguments[0] in _TEXTS
    if function.name in _BY_POSITION:
        return len(arguments) > 1 and "int4" in arguments[1:]
    if function.name in _PARTS:
        return arguments[1] in ("time", "timetz") or _field(node) in _FIELDS
    if node.get("funcformat") in _CASTS:
        refused = _NULLABLE_CASTS_FROM.get(arguments[0], set())
        return refused is not None and catalog.types[function.result].name not in refused
    return function.name in FUNCTIONS


def safe_call(node: Node, catalog: Catalog) -> bool:
    """A call that gives NULL only when an argument is."""
    function = catalog.functions.get(int(node["funcid"]))
    return function is not None and safe_function(function, node, catalog)


def safe_operator(name: str, schema: str, function: Function, catalog: Catalog) -> bool:
    """A strict built-in operator whose result is NULL only when an operand is."""
    if schema != "pg_catalog" or not function.strict or name not in OPERATORS:
        return False
    return all(catalog.types[oid].category != _GEOMETRIC for oid in function.arguments)


def _field(node: Node) -> str | None:
    first = node["args"][0]
    if first["node"] != "CONST" or first["constisnull"] == "true":
        return None
    data = bytes(int(part) & 0xFF for part in first["constvalue"][2:-1])
    return data[4:].decode().lower()
