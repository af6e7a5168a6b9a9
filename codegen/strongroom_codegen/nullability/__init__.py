"""Which columns and parameters can be NULL."""

from __future__ import annotations

from strongroom_codegen.nullability.analyzer import Analyzer
from strongroom_codegen.nullability.verdict import Verdict

__all__ = ["Analyzer", "Verdict"]
