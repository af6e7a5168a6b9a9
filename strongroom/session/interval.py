"""An interval as PostgreSQL has it: months, days and microseconds, none made from another.

A month is no number of days, so `timedelta` can't hold it. Columns of type interval are
`timedelta` all the same, and a value with months is refused, unless the project asks for this
class: `[tool.strongroom.types]` "interval" = "strongroom.session.Interval".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time. `Interval(2**31 - 1, 2**31 - 1, 2**63 - 1)` is infinity from 17 on.

    Two that PostgreSQL calls equal, such as 30 days and a month, are not equal here.
    """

    months: int = 0
    days: int = 0
    microseconds: int = 0

    @classmethod
    def of(cls, value: timedelta) -> Interval:
        """The interval that a timedelta is: days, and microseconds below a day."""
        return cls(0, value.days, value.seconds * 1_000_000 + value.microseconds)

    def timedelta(self) -> timedelta:
        """The same as a timedelta.

        Raises ValueError when there are months, or it is longer than timedelta can hold.
        """
        if self.months:
            raise ValueError("an interval with months or years, which are no number of days")
        try:
            return timedelta(days=self.days, microseconds=self.microseconds)
        except OverflowError:
            raise ValueError("an interval that is too long for a timedelta") from None

    def __str__(self) -> str:
        return f"{self.months} months {self.days} days {self.microseconds} microseconds"
