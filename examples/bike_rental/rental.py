"""Two days at a bike rental: every kind of query, on a PostgreSQL of its own or DATABASE_URL's."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from strongroom.project import Project, install, read_project
from strongroom.session import Session, session

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "src"))

from velo_sql.bikes import fleet, rentals  # noqa: E402 - the folder is added above
from velo_sql.bikes.errors import BikeTaken, EndsTooEarly, FrameKnown  # noqa: E402
from velo_sql.bikes.types import BikesKind, Equipment  # noqa: E402

DATABASE = "bike_rental_example"
MONDAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


def server_url(project: Project) -> str:
    """The server of DATABASE_URL, else one in this folder."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    from strongroom.server import embedded

    server = embedded(project)
    server.start()
    return server.url()


def new_database(project: Project) -> psycopg.Connection[Any]:
    """A connection to an empty database with the project's tables; an old one is dropped."""
    url = server_url(project)
    with psycopg.connect(url, autocommit=True) as admin:
        for command in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {} TEMPLATE template0"):
            admin.execute(sql.SQL(command).format(sql.Identifier(DATABASE)))
    connection = psycopg.connect(url, dbname=DATABASE, autocommit=True)
    install(connection, project)
    return connection


def fill(db: Session) -> dict[BikesKind, int]:
    """Three bikes, all or none."""
    with db.transaction():
        bell = Equipment(name="bell", broken=False)
        box = Equipment(name="box", broken=True, note="lid is loose")
        return {
            "city": fleet.add_bike(
                db, kind="city", frame="C-1", daily_price=Decimal(12), equipment=[bell]
            ),
            "cargo": fleet.add_bike(
                db, kind="cargo", frame="L-1", daily_price=Decimal(30), equipment=[bell, box]
            ),
            "race": fleet.add_bike(
                db, kind="race", frame="R-1", daily_price=Decimal(25), equipment=[]
            ),
        }


def play(db: Session) -> None:
    """Everything that a rental does in two days."""
    bikes = fill(db)
    try:
        fleet.add_bike(db, kind="city", frame="C-1", daily_price=Decimal(9), equipment=[])
    except FrameKnown as refused:
        print("refused:", refused)
    ida = rentals.add_rider(db, name="Ida", phone=None)
    ravi = rentals.add_rider(db, name="Ravi", phone="555-0101")
    print("cheapest first:", [bike.frame for bike in fleet.find_bikes(db)])
    cheap = fleet.find_bikes(db, most=Decimal(25), sort="newest")
    print("at most 25, newest first:", [bike.frame for bike in cheap])

    rental = rentals.rent(db, bike_id=bikes["cargo"], rider_id=ida, started_at=MONDAY)
    try:
        rentals.rent(db, bike_id=bikes["cargo"], rider_id=ravi, started_at=MONDAY)
    except BikeTaken as refused:
        print("refused:", refused)
    if out := fleet.get_bike(db, id=bikes["cargo"]):
        broken = [item.name for item in out.equipment if item.broken]
        print(f"the {out.kind} bike is with {out.rider}; broken: {broken}")
    try:
        rentals.give_back(db, id=rental, ended_at=MONDAY - timedelta(hours=1))
    except EndsTooEarly as refused:
        print("refused:", refused)
    print("25 hours cost", rentals.give_back(db, id=rental, ended_at=MONDAY + timedelta(hours=25)))
    print("given back twice:", rentals.give_back(db, id=rental, ended_at=MONDAY))

    for day in range(2, 5):
        start = MONDAY + timedelta(days=day)
        number = rentals.rent(db, bike_id=bikes["city"], rider_id=ida, started_at=start)
        rentals.give_back(db, id=number, ended_at=start + timedelta(hours=8))
    page = rentals.list_rentals(db, rider_id=ida, limit=3)
    print("the last three:", [str(row.price) for row in page])
    if page.next:
        rest = rentals.list_rentals(db, rider_id=ida, limit=3, after=page.next)
        print("before those:", [str(row.price) for row in rest])
    for kind in rentals.income(db):
        print(f"{kind.kind}: {kind.rentals} rentals, {kind.total} in all, at most {kind.highest}")
    print("retired:", fleet.retire_bike(db, id=bikes["race"], day=date(2026, 5, 9)))
    print("left:", [bike.kind for bike in fleet.find_bikes(db)])


def main() -> None:
    project = read_project(HERE)
    with new_database(project) as connection, session(connection, app=None) as db:
        play(db)


if __name__ == "__main__":
    main()
