#!/usr/bin/env python3
"""AGGREGATE KEY tables against a plain model: random loads with every aggregation, overwrites, truncates,
merging in the background, backups, restores and kills; whole contents and aggregated queries are compared."""
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, main  # noqa: E402

STEPS = 90
SEED = 20241  # with another one each time a failure could not be repeated
COLUMNS = (
    "k1 INT NOT NULL, k2 VARCHAR(4), s INT SUM, b BIGINT SUM, w LARGEINT SUM, d DECIMAL(10, 2) SUM, lo DATE MIN,"
    " hi VARCHAR(8) MAX, r VARCHAR(8) REPLACE, n BIGINT REPLACE_IF_NOT_NULL"
)
NAMES = ["k1", "k2", "s", "b", "w", "d", "lo", "hi", "r", "n"]
PARTITIONS = {"p0": (0, 10), "p1": (10, 20), "p2": (20, 30)}


def wrap(value, bits):
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


def added(bits):
    return lambda old, new: old if new is None else new if old is None else wrap(old + new, bits)


def chosen(choose):
    return lambda old, new: old if new is None else new if old is None else choose(old, new)


# By column behind the keys: what becomes of an old and a new value. Of d the hundredths.
MERGES = [
    added(32), added(64), added(128), added(128), chosen(min), chosen(max),
    lambda old, new: new, chosen(lambda old, new: new),
]


class Model:
    def __init__(self, rows=None):
        self.rows = dict(rows or {})

    def load(self, rows):
        for row in rows:
            key, values = row[:2], row[2:]
            old = self.rows.get(key)
            self.rows[key] = values if old is None else tuple(
                merge(a, b) for merge, a, b in zip(MERGES, old, values))

    def clear(self, partitions):
        for name in partitions:
            low, high = PARTITIONS[name]
            self.rows = {key: row for key, row in self.rows.items() if not low <= key[0] < high}

    def shown(self):
        """As the client prints it, in the order of the keys."""
        order = sorted(self.rows, key=lambda key: (key[0], key[1] is not None, key[1] or ""))
        return [dict(zip(NAMES, map(text, key + self.rows[key], NAMES))) for key in order]


def text(value, name):
    if value is None:
        return "NULL"
    if name == "d":
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    return str(value)


def literal(value, name):
    return "NULL" if value is None else f"'{text(value, name)}'"


def maybe(chance, value):
    return value if chance.random() < 0.75 else None


def random_row(chance, partitions):
    low, high = PARTITIONS[chance.choice(partitions)]
    return (
        chance.randrange(low, high),
        maybe(chance, chance.choice("abc")),
        maybe(chance, chance.randrange(-50, 50)),
        maybe(chance, chance.randrange(-(2**63), 2**63)),  # sums wrap around now and then
        maybe(chance, chance.choice([7, -3, 2**127 - 1, -(2**127)])),
        maybe(chance, chance.randrange(-99999, 99999)),
        maybe(chance, f"20{chance.randrange(10, 30)}-0{chance.randrange(1, 10)}-15"),
        maybe(chance, chance.choice(["x", "yy", "zzz", ""])),
        maybe(chance, f"r{chance.randrange(100)}"),
        maybe(chance, chance.randrange(1000)),
    )


def random_rows(chance, partitions=("p0", "p1", "p2")):
    return [random_row(chance, partitions) for _ in range(chance.choice([1, 3, 20, 60]))]


def values_of(rows):
    return ", ".join(f"({', '.join(map(literal, row, NAMES))})" for row in rows)


class Table:
    """d.t beside its model."""

    def __init__(self, world, chance):
        self.world, self.chance, self.model, self.labels = world, chance, Model(), {}
        world.run("CREATE DATABASE d")
        bounds = ", ".join(
            f"PARTITION {name} VALUES LESS THAN ('{high}')" for name, (_, high) in PARTITIONS.items())
        world.run(f"CREATE TABLE d.t ({COLUMNS}) AGGREGATE KEY(k1, k2) PARTITION BY RANGE(k1) ({bounds})"
                  " DISTRIBUTED BY HASH(k1)")
        world.make_repository()

    # --- steps

    def load(self):
        rows = random_rows(self.chance)
        self.world.run(f"INSERT INTO d.t VALUES {values_of(rows)}")
        self.model.load(rows)

    def load_from_itself(self):
        self.world.run("INSERT INTO d.t SELECT * FROM d.t WHERE k1 < 15")
        self.model.load([key + row for key, row in self.model.rows.items() if key[0] < 15])

    def refused_load(self):
        rows = [*random_rows(self.chance), (31, *random_row(self.chance, ["p0"])[1:])]
        self.world.refused(f"INSERT INTO d.t VALUES {values_of(rows)}", "out of partition ranges")

    def overwrite(self):
        names = self.chance.sample(sorted(PARTITIONS), self.chance.choice([1, 1, 2, 3]))
        rows = random_rows(self.chance, names)
        self.world.run(f"INSERT OVERWRITE d.t PARTITION ({', '.join(names)}) VALUES {values_of(rows)}")
        self.model.clear(names)
        self.model.load(rows)

    def overwrite_with_itself(self):
        self.world.run("INSERT OVERWRITE d.t SELECT * FROM d.t WHERE s IS NOT NULL")
        self.model = Model({key: row for key, row in self.model.rows.items() if row[0] is not None})

    def truncate(self):
        name = self.chance.choice(sorted(PARTITIONS))
        self.world.run(f"TRUNCATE TABLE d.t PARTITION ({name})")
        self.model.clear([name])

    def delete(self):
        low = self.chance.randrange(30)
        condition, goes = self.chance.choice([
            (f"k1 = {low}", lambda key: key[0] == low),
            ("k2 = 'a'", lambda key: key[1] == "a"),
            (f"k1 > {low} AND k2 IS NULL", lambda key: key[0] > low and key[1] is None),
        ])
        self.world.run(f"DELETE FROM d.t WHERE {condition}")
        self.model = Model({key: row for key, row in self.model.rows.items() if not goes(key)})

    def delete_partition(self):
        self.world.run("DELETE FROM d.t WHERE k1 < 10")
        self.model.clear(["p0"])

    def backup(self):
        label = f"l{len(self.labels)}"
        self.world.backup_done(label)
        self.labels[label] = Model(self.model.rows)

    def restore(self):
        if not self.labels:
            return
        label = self.chance.choice(sorted(self.labels))
        self.world.restore_done(label)
        self.model = Model(self.labels[label].rows)

    def kill(self):
        self.world.server.kill()
        self.world.start()

    def rest(self):
        time.sleep(0.3)  # for the maintainer

    # --- comparisons

    def compare(self, after):
        found = self.world.run("SELECT * FROM d.t ORDER BY k1, k2")
        check_equal(self.model.shown(), found, f"rows after {after}")
        rows = self.model.rows

        def column(index, keys=None):
            kept = [row[index] for key, row in rows.items() if keys is None or key[0] == keys]
            return [value for value in kept if value is not None]

        def of(function, found_values):
            return text(function(found_values), "") if found_values else "NULL"

        (whole,) = self.world.run("SELECT sum(s) AS s, min(lo) AS lo, max(hi) AS hi FROM d.t")
        check_equal({"s": of(sum, column(0)), "lo": of(min, column(4)), "hi": of(max, column(5))}, whole,
                    f"without a merge, after {after}")
        (counted,) = self.world.run("SELECT count(*) AS c, count(n) AS n, min(r) AS r FROM d.t")
        check_equal({"c": str(len(rows)), "n": str(len(column(7))), "r": of(min, column(6))}, counted,
                    f"with a merge, after {after}")
        grouped = self.world.run("SELECT k1, sum(s) AS s, max(hi) AS hi FROM d.t GROUP BY k1 ORDER BY k1")
        expected = [{"k1": str(k), "s": of(sum, column(0, k)), "hi": of(max, column(5, k))}
                    for k in sorted({key[0] for key in rows})]
        check_equal(expected, grouped, f"groups after {after}")


def random_steps(build, config, seed):
    chance = random.Random(seed)
    world = World(build, config).start()
    try:
        table = Table(world, chance)
        steps = [table.load] * 12 + [
            table.load_from_itself, table.refused_load, table.overwrite, table.overwrite,
            table.overwrite_with_itself, table.truncate, table.delete, table.delete, table.delete_partition, table.backup, table.backup, table.restore, table.kill,
            table.rest, table.rest,
        ]
        for number in range(STEPS):
            step = chance.choice(steps)
            step()
            if step not in (table.load, table.rest) or number % 4 == 0:
                table.compare(f"step {number}, {step.__name__}, seed {seed}")
        table.compare(f"all steps, seed {seed}")
        return world, table
    except BaseException:
        world.close()
        raise


def without_compaction(build):
    world, _ = random_steps(build, "compaction_min_rowsets = 0\n", SEED)
    try:
        world.check_nothing_to_do()
    finally:
        world.close()


def with_compaction(build):
    """Loads end, and each partition becomes one rowset: then nothing needs a merge."""
    world, table = random_steps(build, "compaction_min_rowsets = 1\n", SEED + 1)
    try:
        for _ in range(5):
            table.load()
        deadline = time.monotonic() + 60
        while True:
            plan = [list(row.values())[0].strip() for row in world.run("EXPLAIN SELECT * FROM d.t")]
            if "merged partitions=0" in plan:
                break
            check(time.monotonic() < deadline, f"compaction does not end: {plan}")
            time.sleep(0.5)
        table.compare("compaction")
        world.check_nothing_to_do()
    finally:
        world.close()


def killed_at_points(build):
    """A load and a compaction are in as a whole or not at all."""
    chance = random.Random(SEED + 2)
    world = World(build, "compaction_min_rowsets = 1\n").start()
    try:
        table = Table(world, chance)
        for point in ("insert.copied", "insert.synced", "insert.renamed", "insert.commit", "compact.commit"):
            for statement in ("INTO", "OVERWRITE"):
                world.restart(f"{point}=kill")
                rows = random_rows(chance)
                error = world.try_run(f"INSERT {statement} d.t VALUES {values_of(rows)}")
                if error is None:
                    if statement == "OVERWRITE":
                        table.model = Model()
                    table.model.load(rows)
                    time.sleep(0.2)
                world.server.kill()
                world.start()
                table.compare(f"{point}, {statement}")
        world.check_nothing_to_do()
    finally:
        world.close()


if __name__ == "__main__":
    main("aggregate", [without_compaction, with_compaction, killed_at_points])
