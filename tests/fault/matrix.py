#!/usr/bin/env python3
"""Each kind of table x each way of partitioning x each way to restore, so that every pair occurs.

A case loads a table, changes it, backs it up, changes it again, restores it and compares every row
and SHOW CREATE TABLE; where an existing table was overwritten, RECOVER .. FROM RESTORE must have it
back. A new kind, strategy or goal is one line of its table. What this version refuses by name is
left out and told."""
import itertools
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, main  # noqa: E402
from harness import Failure  # noqa: E402

SEED = 20261127
ROWS = 120
NOT_YET = "This version does not support"


@dataclass
class Kind:
    keys: str
    values: str  # value columns
    changes: list = field(default_factory=list)  # each may not be there yet


@dataclass
class Strategy:
    columns: list  # (name, definition): partition columns, which are keys too
    clause: str
    value: object  # row number -> values of the partition columns


KINDS = {
    "duplicate": Kind(
        "DUPLICATE KEY",
        'v BIGINT DEFAULT "7", s VARCHAR(20)',
        ["DELETE FROM {t} WHERE k = 7", "INSERT INTO {t} SELECT * FROM {t} WHERE k < 9"],
    ),
    "aggregate": Kind(
        "AGGREGATE KEY",
        'v BIGINT SUM DEFAULT "0", s VARCHAR(20) REPLACE',
        ["INSERT INTO {t} SELECT * FROM {t} WHERE k < 40", "DELETE FROM {t} WHERE k = 7"],
    ),
    "unique": Kind(
        "UNIQUE KEY",
        'v BIGINT DEFAULT "7", s VARCHAR(20)',
        [
            "INSERT INTO {t} SELECT {keys}, v + 1, concat(s, '!') FROM {t} WHERE k < 40",
            "DELETE FROM {t} WHERE k = 7",
        ],
    ),
    "primary": Kind(
        "PRIMARY KEY",
        'v BIGINT DEFAULT "7", s VARCHAR(20)',
        [
            "UPDATE {t} SET v = v + 1, s = concat(s, '?') WHERE k % 3 = 0",
            "INSERT INTO {t} SELECT {keys}, v + 1, concat(s, '!') FROM {t} WHERE k < 40",
            "DELETE FROM {t} WHERE k % 5 = 0",
        ],
    ),
}


def day(i):
    return f"'2024-0{1 + i % 3}-{1 + i % 4:02d}'"


STRATEGIES = {
    "none": Strategy([], "", lambda i: []),
    "range": Strategy(
        [("d", "DATE NOT NULL")],
        'PARTITION BY RANGE(d) (PARTITION p1 VALUES LESS THAN ("2024-02-01"),'
        ' PARTITION p2 VALUES LESS THAN ("2024-03-01"), PARTITION p3 VALUES LESS THAN (MAXVALUE))',
        lambda i: [day(i)],
    ),
    "range of two": Strategy(
        [("d", "DATE NOT NULL"), ("n", "INT NOT NULL")],
        'PARTITION BY RANGE(d, n) (PARTITION p1 VALUES LESS THAN ("2024-02-01", "2"),'
        ' PARTITION p2 VALUES LESS THAN ("2024-02-04", "0"),'
        ' PARTITION p3 VALUES LESS THAN ("2025-01-01", "0"))',
        lambda i: [day(i), str(i % 4)],
    ),
    "list": Strategy(
        [("c", "VARCHAR(10) NOT NULL")],
        'PARTITION BY LIST(c) (PARTITION p1 VALUES IN ("a", "b"), PARTITION p2 VALUES IN ("c"),'
        ' PARTITION p3 VALUES IN ("d", "e"))',
        lambda i: [f"'{'abcde'[i % 5]}'"],
    ),
    "list of two": Strategy(
        [("c", "VARCHAR(10) NOT NULL"), ("n", "INT NOT NULL")],
        'PARTITION BY LIST(c, n) (PARTITION p1 VALUES IN (("a", "0"), ("b", "1")),'
        ' PARTITION p2 VALUES IN (("a", "1")), PARTITION p3 VALUES IN (("b", "0")))',
        lambda i: [f"'{'ab'[i % 2]}'", str(i // 2 % 2)],
    ),
    "date_trunc": Strategy(
        [("d", "DATETIME NOT NULL")], "PARTITION BY date_trunc('month', d)", lambda i: [day(i)]
    ),
    "automatic list": Strategy(
        [("c", "VARCHAR(10) NOT NULL")], "PARTITION BY (c)", lambda i: [f"'{'abcde'[i % 5]}'"]
    ),
    "expressions": Strategy(
        [("d", "DATETIME NOT NULL"), ("c", "VARCHAR(10) NOT NULL")],
        "PARTITION BY date_trunc('month', d), c",
        lambda i: [day(i), f"'{'xy'[i % 2]}'"],
    ),
}


class Case:
    def __init__(self, world, number, names, with_changes):
        kind, strategy, goal = names
        self.world, self.goal, self.label = world, goal, f"s{number}"
        self.with_changes = with_changes
        self.kind, self.strategy = KINDS[kind], STRATEGIES[strategy]
        self.name = f"{kind} x {strategy} x {goal}"
        self.database = f"m{number}"
        self.table = f"{self.database}.t"
        self.random = random.Random(f"{SEED} {self.name}")

    def sql(self, text, needed=True):
        try:
            return self.world.run(text)
        except Failure as failure:
            if needed or NOT_YET not in str(failure):
                raise
            return []

    def create(self):
        columns = "".join(f", {name} {definition}" for name, definition in self.strategy.columns)
        keys = ", ".join(["k", *(name for name, _ in self.strategy.columns)])
        self.sql(
            f"CREATE TABLE {self.table} (k INT NOT NULL{columns}, {self.kind.values})"
            f" {self.kind.keys}({keys}) {self.strategy.clause}"
            ' DISTRIBUTED BY HASH(k) BUCKETS 2 PROPERTIES ("replication_num" = "1")'
        )

    def insert(self, numbers, text):
        rows = []
        for i in numbers:
            cells = [str(i), *self.strategy.value(i), str(self.random.randrange(1000))]
            cells.append("NULL" if i % 11 == 0 else f"'{text}{i}'")
            rows.append(f"({', '.join(cells)})")
        self.sql(f"INSERT INTO {self.table} VALUES {', '.join(rows)}")

    def change(self):
        keys = ", ".join(["k", *(name for name, _ in self.strategy.columns)])
        for change in self.kind.changes if self.with_changes else []:
            self.sql(change.format(t=self.table, keys=keys), needed=False)

    def rows(self, table=None, partitions=None):
        only = f" PARTITION ({', '.join(f'`{p}`' for p in partitions)})" if partitions else ""
        found = self.world.run(f"SELECT * FROM {table or self.table}{only}")
        return sorted(tuple(row.values()) for row in found)

    def partitions(self):
        return [row["PartitionName"] for row in self.world.run(f"SHOW PARTITIONS FROM {self.table}")]

    def definition(self, table=None):
        rows = self.world.run(f"SHOW CREATE TABLE {table or self.table}")
        name = rows[0].pop("Table")
        lines = [cell for row in rows for cell in row.values()]
        return "\n".join(lines).replace(f"`{name}`", "`t`", 1)

    def restore(self, objects, properties=""):
        self.world.restore(self.label, objects, self.database, properties)
        row = self.world.server.wait_job("RESTORE", self.database)
        check_equal("FINISHED", row["State"], f"{self.name}: {row['Status']}")
        return row["JobId"]

    # --- goals: what lies between the backup and the comparison

    def whole(self):
        self.overwrite()

    def subset(self):
        names = self.partitions()
        chosen = names[: max(1, len(names) // 2)]
        wanted = self.rows(partitions=chosen)
        self.change_again()
        kept = [name for name in self.partitions() if name not in chosen]
        expected = sorted(wanted + (self.rows(partitions=kept) if kept else []))
        before = self.rows()
        listed = ", ".join(f"`{name}`" for name in chosen)
        job = self.restore(f"TABLE t PARTITION ({listed})")
        check_equal(expected, self.rows(), f"{self.name}: rows")
        self.undo(job, before)

    def renamed(self):
        wanted, definition = self.rows(), self.definition()
        self.change_again()
        now = self.rows()
        self.restore("TABLE t AS u")
        check_equal(wanted, self.rows(f"{self.database}.u"), f"{self.name}: rows of the copy")
        check_equal(now, self.rows(), f"{self.name}: rows of the original")
        copy = self.definition(f"{self.database}.u")
        check_equal(definition, copy, f"{self.name}: SHOW CREATE TABLE of the copy")

    def recreated(self):
        self.overwrite(lambda: (self.sql(f"DROP TABLE {self.table} FORCE"), self.create()))

    def altered(self):
        """The column comes back under the same name and is another one."""
        column = self.kind.values.rsplit(", ", 1)[1]
        self.overwrite(
            lambda: (
                self.sql(f"ALTER TABLE {self.table} DROP COLUMN s"),
                self.sql(f"ALTER TABLE {self.table} ADD COLUMN {column}"),
            )
        )

    def overwrite(self, prepare=lambda: None):
        wanted, definition = self.rows(), self.definition()
        names = self.partitions()
        prepare()
        self.change_again()
        before, names_before = self.rows(), sorted(self.partitions())
        check(before != wanted, f"{self.name}: nothing changed in between")
        job = self.restore("t", ", 'clean_partitions' = 'true'")
        check_equal(wanted, self.rows(), f"{self.name}: rows")
        check_equal(definition, self.definition(), f"{self.name}: SHOW CREATE TABLE")
        check_equal(sorted(names), sorted(self.partitions()), f"{self.name}: partitions")
        self.undo(job, before)
        check_equal(names_before, sorted(self.partitions()), f"{self.name}: partitions had back")

    def undo(self, job, before):
        self.sql(f"RECOVER TABLE {self.table} FROM RESTORE {job}")
        check_equal(before, self.rows(), f"{self.name}: rows had back")
        self.insert(range(5), "after")  # it is written like any other
        self.sql(f"SELECT count(*) FROM {self.table}")

    def change_again(self):
        self.insert(range(ROWS // 2, ROWS + ROWS // 2), "second")
        self.change()

    def run(self):
        self.sql(f"CREATE DATABASE {self.database}")
        try:
            self.create()
            self.insert(range(ROWS), "first")
            self.insert(range(0, ROWS, 4), "again")
            self.change()
            self.world.backup(self.label, "t", self.database)
            row = self.world.server.wait_job("BACKUP", self.database)
            check_equal("FINISHED", row["State"], f"{self.name}: {row['Status']}")
            getattr(self, self.goal)()
        finally:
            self.world.run(f"DROP DATABASE {self.database} FORCE")


GOALS = ["whole", "subset", "renamed", "recreated", "altered"]


def choose_cases():
    """A small set in which each pair of values of two dimensions occurs; the same in each run."""
    dimensions = [list(KINDS), list(STRATEGIES), GOALS]
    places = list(itertools.combinations(range(3), 2))

    def pairs_of(case):
        return {(a, b, case[a], case[b]) for a, b in places}

    everything = list(itertools.product(*dimensions))
    random.Random(SEED).shuffle(everything)
    missing = set().union(*(pairs_of(case) for case in everything))
    chosen = []
    while missing:
        best = max(everything, key=lambda case: len(pairs_of(case) & missing))
        chosen.append(best)
        missing -= pairs_of(best)
    return chosen


def attempt(world, number, case, with_changes):
    """None, or with which words this version refused it."""
    try:
        Case(world, number, case, with_changes).run()
        return None
    except Failure as failure:
        if NOT_YET not in str(failure):
            raise
        return str(failure).rsplit("\n", 1)[-1]


def matrix(build):
    world = World(build).start()
    left_out, plain = {}, []
    cases = choose_cases()
    try:
        world.make_repository()
        for number, case in enumerate(cases):
            why = attempt(world, f"{number}", case, True)
            if why and "BACKUP" in why:  # of rows that were changed: of others it may work
                plain.append(" x ".join(case))
                why = attempt(world, f"{number}p", case, False)
            if why:
                left_out.setdefault(why, []).append(" x ".join(case))
        world.check_nothing_to_do()
    finally:
        world.close()
    for why, names in left_out.items():
        print(f"left out, {why}: {len(names)} cases: {'; '.join(names[:4])}")
    count = sum(len(names) for names in left_out.values())
    print(f"without changes of single rows: {len(plain)} cases")
    print(f"{len(cases) - count} of {len(cases)} cases")
    check(len(cases) - count >= len(cases) // 8, "next to nothing was tried")


if __name__ == "__main__":
    main("matrix", [matrix])
