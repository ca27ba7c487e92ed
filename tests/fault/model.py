#!/usr/bin/env python3
"""Random loads, updates, deletes, overwrites, backups, restores and RECOVERs against a plain model.

Each kind of table gets its own server and its share of the time; compaction runs all the while. The
choices come from a seed: KINTSUGI_SEED chooses another, KINTSUGI_SECONDS a longer run. What this
version refuses by name is left out and told."""
import copy
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, main  # noqa: E402
from harness import Failure  # noqa: E402

SEED = int(os.environ.get("KINTSUGI_SEED", "20261127"))
SECONDS = float(os.environ.get("KINTSUGI_SECONDS", "45"))
NOT_YET = "This version does not support"
PARTITIONS = {"p0": (0, 100), "p1": (100, 200), "p2": (200, 300)}


class Rows:
    """What a kind of table makes of its rows: (k, v) with v a number."""

    def __init__(self, kind):
        self.kind = kind
        self.rows = [] if kind == "duplicate" else {}

    def insert(self, rows):
        for k, v in rows:
            if self.kind == "duplicate":
                self.rows.append((k, v))
            elif self.kind == "aggregate":
                self.rows[k] = self.rows.get(k, 0) + v
            else:
                self.rows[k] = v

    def pairs(self):
        return sorted(self.rows if self.kind == "duplicate" else self.rows.items())

    def keep(self, wanted):
        if self.kind == "duplicate":
            self.rows = [row for row in self.rows if wanted(*row)]
        else:
            self.rows = {k: v for k, v in self.rows.items() if wanted(k, v)}

    def update(self, matches, change):
        self.rows = {k: change(v) if matches(k) else v for k, v in self.rows.items()}


class Partition:
    numbers = 0

    def __init__(self, name, rows):
        Partition.numbers += 1
        self.id, self.name, self.rows = Partition.numbers, name, rows


class Undo:
    """What a change of whole partitions replaced."""

    def __init__(self, words):
        self.words = words  # RESTORE 10234
        self.before = {}  # partition id -> Partition as it was
        self.added = set()  # ids


class Table:
    def __init__(self, kind, names):
        self.parts = {name: Partition(name, Rows(kind)) for name in names}
        self.dropped = []  # partitions, oldest first
        self.undos = []

    def rows(self):
        return sorted(row for part in self.parts.values() for row in part.rows.pairs())

    def by_id(self, number):
        return next((part for part in self.parts.values() if part.id == number), None)

    def drop(self, name):
        self.dropped.append(self.parts.pop(name))

    def add(self, part):
        self.parts[part.name] = part
        self.dropped = [other for other in self.dropped if other.id != part.id]


class Model:
    def __init__(self, world, kind, seed):
        self.world, self.kind, self.random = world, kind, random.Random(seed)
        self.table = None  # d.t now
        self.dropped = []  # tables of that name
        self.backups = {}  # label -> {partition name: Rows}
        self.refused = {}
        self.done = {}

    # --- statements

    def sql(self, text):
        return self.world.run(text)

    def number_of_undo(self):
        rows = self.sql("SHOW CATALOG RECYCLE BIN WHERE Type = 'TableVersion'")
        return rows[-1]["Recover"].rsplit(" ", 2)[1:]

    def create(self):
        ranges = ", ".join(
            f"PARTITION {name} VALUES [('{low}'), ('{high}'))"
            for name, (low, high) in PARTITIONS.items()
        )
        value = "BIGINT SUM" if self.kind == "aggregate" else "BIGINT"
        self.sql(
            f"CREATE TABLE d.t (k INT NOT NULL, v {value}) {self.kind.upper()} KEY(k)"
            f" PARTITION BY RANGE(k) ({ranges}) DISTRIBUTED BY HASH(k) BUCKETS 2"
        )
        self.table = Table(self.kind, PARTITIONS)

    def choose_rows(self):
        keys = [
            k
            for name in self.table.parts
            for k in self.random.choices(range(*PARTITIONS[name]), k=self.random.randint(1, 8))
        ]
        return [(k, self.random.randrange(1000)) for k in keys]

    def choose_part(self):
        return self.table.parts[self.random.choice(sorted(self.table.parts))]

    # --- what may happen: SQL first, then the model. Without effect where it does not apply.

    def do_insert(self):
        rows = self.choose_rows()
        if not rows:
            return
        self.sql(f"INSERT INTO d.t VALUES {', '.join(f'({k}, {v})' for k, v in rows)}")
        self.put(rows)

    def put(self, rows):
        for part in self.table.parts.values():
            low, high = PARTITIONS[part.name]
            part.rows.insert([row for row in rows if low <= row[0] < high])

    def do_delete(self):
        k = self.random.randrange(300)
        self.sql(f"DELETE FROM d.t WHERE k = {k}")
        for part in self.table.parts.values():
            part.rows.keep(lambda key, _: key != k)

    def do_update(self):
        if self.kind != "primary":
            return
        divisor = self.random.randint(2, 9)
        self.sql(f"UPDATE d.t SET v = v + 1 WHERE k % {divisor} = 0")
        for part in self.table.parts.values():
            part.rows.update(lambda k: k % divisor == 0, lambda v: v + 1)

    def do_overwrite(self):
        if not self.table.parts:
            return
        part = self.choose_part()
        low, high = PARTITIONS[part.name]
        rows = [(self.random.randrange(low, high), self.random.randrange(1000)) for _ in range(5)]
        self.sql(
            f"INSERT OVERWRITE d.t PARTITION({part.name})"
            f" VALUES {', '.join(f'({k}, {v})' for k, v in rows)}"
        )
        undo = Undo(" ".join(self.number_of_undo()))
        undo.before[part.id] = copy.deepcopy(part)
        part.rows = Rows(self.kind)
        part.rows.insert(rows)
        self.table.undos.append(undo)

    def do_truncate(self):
        if not self.table.parts:
            return
        part = self.choose_part() if self.random.random() < 0.5 else None
        self.sql("TRUNCATE TABLE d.t" + (f" PARTITION ({part.name})" if part else ""))
        undo = Undo(" ".join(self.number_of_undo()))
        for each in [part] if part else list(self.table.parts.values()):
            undo.before[each.id] = copy.deepcopy(each)
            each.rows = Rows(self.kind)
        self.table.undos.append(undo)

    def do_drop_partition(self):
        if len(self.table.parts) > 1:
            name = self.choose_part().name
            self.sql(f"ALTER TABLE d.t DROP PARTITION {name}")
            self.table.drop(name)

    def do_add_partition(self):
        free = sorted(set(PARTITIONS) - set(self.table.parts))
        if free:
            name = self.random.choice(free)
            low, high = PARTITIONS[name]
            self.sql(f"ALTER TABLE d.t ADD PARTITION {name} VALUES [('{low}'), ('{high}'))")
            self.table.parts[name] = Partition(name, Rows(self.kind))

    def do_recover_partition(self):
        if not self.table.dropped:
            return
        name = self.random.choice(self.table.dropped).name
        statement = f"RECOVER PARTITION {name} FROM d.t"
        if name in self.table.parts:
            self.world.refused(statement, f"partition[{name}] already exist in table[t]")
            return
        self.sql(statement)
        self.table.add([part for part in self.table.dropped if part.name == name][-1])

    def do_drop_table(self):
        self.sql("DROP TABLE d.t")
        self.dropped.append(self.table)
        if self.random.random() < 0.7:
            self.sql("RECOVER TABLE d.t")
            self.table = self.dropped.pop()
        else:
            self.create()

    def do_recover_table(self):
        if not self.dropped:
            return
        self.world.refused("RECOVER TABLE d.t", "already exists")
        self.sql("DROP TABLE d.t FORCE")
        self.sql("RECOVER TABLE d.t")
        self.table = self.dropped.pop()

    def do_database(self):
        self.sql("DROP DATABASE d")
        self.sql("RECOVER DATABASE d")

    def do_backup(self):
        label = f"s{len(self.backups)}"
        self.world.backup(label, "t")
        row = self.world.server.wait_job("BACKUP", "d")
        check_equal("FINISHED", row["State"], f"BACKUP {label}: {row['Status']}")
        self.backups[label] = {
            name: copy.deepcopy(part.rows) for name, part in self.table.parts.items()
        }

    def do_restore(self):
        if not self.backups:
            return
        label = self.random.choice(sorted(self.backups))
        wanted = self.backups[label]
        is_whole = self.random.random() < 0.6
        chosen = sorted(wanted) if is_whole else [self.random.choice(sorted(wanted))]
        objects = "t" if is_whole else f"t PARTITION ({chosen[0]})"
        properties = ", 'clean_partitions' = 'true'" if is_whole else ""
        self.world.restore(label, objects, properties=properties)
        row = self.world.server.wait_job("RESTORE", "d")
        check_equal("FINISHED", row["State"], f"RESTORE {label}: {row['Status']}")
        undo = Undo(f"RESTORE {row['JobId']}")
        for name in sorted(self.table.parts) if is_whole else []:
            if name not in wanted:
                undo.before[self.table.parts[name].id] = copy.deepcopy(self.table.parts[name])
                self.table.drop(name)
        for name in chosen:
            self.bring(undo, name, wanted[name])
        self.table.undos.append(undo)

    def bring(self, undo, name, rows):
        part = self.table.parts.get(name)
        if part:
            undo.before[part.id] = copy.deepcopy(part)
            part.rows = copy.deepcopy(rows)
        else:
            part = self.table.parts[name] = Partition(name, copy.deepcopy(rows))
            undo.added.add(part.id)

    def do_undo(self):
        if not self.table.undos:
            return
        undo = self.random.choice(self.table.undos)
        statement = f"RECOVER TABLE d.t FROM {undo.words}"
        gone = {part.name for part in self.table.parts.values() if part.id in undo.added}
        taken = [
            part.name
            for part in undo.before.values()
            if not self.table.by_id(part.id) and part.name in set(self.table.parts) - gone
        ]
        is_empty = not undo.before and not [i for i in undo.added if self.table.by_id(i)]
        if taken:
            self.world.refused(statement, "already exist in table[t]")
        elif is_empty:
            self.world.refused(statement, "the trash does not hold it")
        else:
            self.sql(statement)
            self.table.undos.append(self.undone(undo, " ".join(self.number_of_undo())))

    def undone(self, undo, words):
        made = Undo(words)
        for number in undo.added:
            part = self.table.by_id(number)
            if part:
                made.before[part.id] = copy.deepcopy(part)
                self.table.drop(part.name)
        for was in undo.before.values():
            part = self.table.by_id(was.id)
            if part:
                made.before[part.id] = copy.deepcopy(part)
                part.rows = copy.deepcopy(was.rows)
            else:
                self.table.add(copy.deepcopy(was))
                made.added.add(was.id)
        return made

    def do_restart(self):
        if self.random.random() < 0.3:
            self.world.server.kill()
            self.world.start()

    # --- the walk

    WEIGHTS = {"insert": 8, "delete": 3, "update": 3, "undo": 3, "restore": 3, "truncate": 2}

    def step(self):
        names = sorted(name[3:] for name in dir(self) if name.startswith("do_"))
        names = [name for name in names if name not in self.refused]
        name = self.random.choices(names, [self.WEIGHTS.get(n, 1) for n in names])[0]
        try:
            getattr(self, f"do_{name}")()
        except Failure as failure:
            if NOT_YET not in str(failure):
                raise
            self.refused[name] = str(failure).rsplit("\n", 1)[-1]
            return
        self.done[name] = self.done.get(name, 0) + 1
        found = sorted((int(row["k"]), int(row["v"])) for row in self.sql("SELECT k, v FROM d.t"))
        check_equal(self.table.rows(), found, f"{self.kind}: after {name}, {self.done}")
        names = sorted(row["PartitionName"] for row in self.sql("SHOW PARTITIONS FROM d.t"))
        check_equal(sorted(self.table.parts), names, f"{self.kind}: partitions after {name}")


def walk(build, kind, seconds):
    world = World(build, "compaction_min_rowsets = 3\n").start()
    try:
        world.make_repository()
        world.run("CREATE DATABASE d")
        model = Model(world, kind, f"{SEED} {kind}")
        try:
            model.create()
            model.do_insert()
        except Failure as failure:
            if NOT_YET not in str(failure):
                raise
            print(f"{kind}: left out, {str(failure).rsplit(chr(10), 1)[-1]}")
            return
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            model.step()
        print(f"{kind}: seed {SEED}, {sum(model.done.values())} steps, {model.done}")
        for name, why in model.refused.items():
            print(f"{kind}: {name} left out, {why}")
        check(sum(model.done.values()) > 5, "next to nothing was tried")
        world.check_nothing_to_do()
    finally:
        world.close()


def duplicate(build):
    walk(build, "duplicate", SECONDS / 4)


def aggregate(build):
    walk(build, "aggregate", SECONDS / 4)


def unique(build):
    walk(build, "unique", SECONDS / 4)


def primary(build):
    walk(build, "primary", SECONDS / 4)


if __name__ == "__main__":
    main("model", [duplicate, aggregate, unique, primary])
