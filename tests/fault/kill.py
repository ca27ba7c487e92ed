#!/usr/bin/env python3
"""kill -9 at every named point of BACKUP, RESTORE, INSERT and DDL, and at random moments of a mix.

After the next start each statement has happened or has not, never half; jobs go on to their end;
nothing is left in staging, of claims or of unnamed files; a further start finds nothing to do."""
import random
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import BACKUP_STATES, RESTORE_STATES, World, check, check_equal, main  # noqa: E402
from harness import Failure  # noqa: E402

COMMITS = ["catalog.commit.before", "catalog.commit.after"]
FILES = ["file.create", "file.sync", "file.link", "file.linked", "file.rename"]
PASSINGS = (1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63)  # all the first ones, then samples
SEED, ROUNDS = 20261124, 12


def start_dying(world, fault):
    """Start with a fault that may end the server even before it is ready; True when it did not."""
    try:
        world.start(fault)
        return True
    except Failure:
        check_equal(-9, world.server.exit_code(), "a start with a kill fault")
        return False


def stop_dying(world):
    """Stop a server that has a kill fault; True when it died of that, now or before."""
    if world.server.is_running():
        world.server.process.terminate()
        world.server.wait_gone()
    code = world.server.exit_code()
    check(code in (0, -9), f"the server ended with exit code {code}\n{world.server.log_tail()}")
    return code == -9


def killed_at(world, point, passing, statement):
    """Start so that the server ends at that passing of the point; True when it did."""
    if not start_dying(world, f"{point}=kill@{passing}"):
        return True
    statement()
    for _ in range(200):
        if not world.server.is_running() or not has_unfinished_job(world):
            break
        time.sleep(0.01)
    return stop_dying(world)


def has_unfinished_job(world):
    try:
        rows = [world.job("BACKUP"), world.job("RESTORE")]
    except (Failure, OSError):
        return True  # it dies just now
    return any(row and row["State"] not in ("FINISHED", "CANCELLED") for row in rows)


class Trial:
    """A statement that is killed again and again. begin() and run() may be all that happens of it;
    verify() looks at the next start and leaves the world ready for another try."""

    def __init__(self, build):
        self.world = World(build, "catalog_trash_expire_second = 0\n").start()
        self.error = None

    def begin(self):
        self.error = "it was not run"

    def each_passing(self, point, passings):
        """Kill at one passing after the other, until the statement gets through alive."""
        world, killed = self.world, 0
        for passing in passings:
            self.begin()
            was_killed = killed_at(world, point, passing, self.run)
            world.start()
            where = f"killed at {point}, passing {passing}" if was_killed else f"through {point}"
            self.verify(where)
            world.server.stop()
            world.check_at_rest()
            if not was_killed:
                break
            killed += 1
        return killed

    def run_all(self, points, passings=(1,), never=()):
        """Every point must be reached, but those of `never`."""
        try:
            self.world.server.stop()
            for point in points:
                killed = self.each_passing(point, passings)
                check(killed or point in never, f"{point} was not reached")
            self.world.start()
            self.world.check_nothing_to_do()
        finally:
            self.world.close()


# --- BACKUP


class Backup(Trial):
    def __init__(self, build):
        super().__init__(build)
        self.world.run("CREATE DATABASE d")
        self.world.make_table("d.t")
        self.world.make_repository()
        self.world.run("DELETE FROM d.t WHERE k IN (5, 7, 105)")
        self.whole = self.world.rows("d.t")
        self.number = 0

    def begin(self):
        super().begin()
        self.number += 1
        self.label = f"b{self.number}"

    def run(self):
        self.error = self.world.try_run(f"BACKUP SNAPSHOT d.{self.label} TO r ON (t)")

    def verify(self, where):
        world, label = self.world, self.label
        world.settle()
        check_equal(self.whole, world.rows("d.t"), where)
        rows = world.run(
            f"SELECT state FROM information_schema.backup_jobs WHERE label = '{label}'"
        )
        check(rows or self.error, f"{where}: the accepted job is gone")
        check_equal(bool(rows), label in world.labels(), f"{where}: the repository has {label}")
        if rows:
            check_equal("FINISHED", rows[0]["state"], where)
        else:
            world.backup_done(label, "t")
        world.restore_done(label, "t AS copy")
        check_equal(self.whole, world.rows("d.copy"), f"{where}: restored")
        world.run("DROP TABLE d.copy FORCE")
        self.change()
        world.settle()

    def change(self):
        """The next backup has something to upload."""
        self.world.run("TRUNCATE TABLE d.t")
        self.world.insert("d.t", range(300), prefix=f"after {self.label} ")
        self.world.run(f"DELETE FROM d.t WHERE k = {self.number % 300}")
        self.whole = self.world.rows("d.t")


def backup(build):
    named = ["backup.accepted", "backup.upload", "backup.manifest.before", "backup.manifest.after"]
    states = [f"job.BACKUP.{state}" for state in BACKUP_STATES]
    Backup(build).run_all([*states, *named, "lease.take", "stage.copied"])


def backup_anywhere(build):
    Backup(build).run_all([*COMMITS, *FILES], PASSINGS, never=["file.rename"])


# --- RESTORE: two tables that exist with other rows, and one that does not


class Restore(Trial):
    TABLES = ["d.one", "d.two", "d.three"]

    def __init__(self, build):
        super().__init__(build)
        self.world.run("CREATE DATABASE d")
        for table in self.TABLES:
            self.world.make_table(table)
            self.world.run(f"DELETE FROM {table} WHERE k >= {90 + len(table)} AND k < 120")
        self.world.make_repository()
        self.world.backup_done("b")
        self.sql = self.world.restore_sql("b")
        self.after = [self.world.rows(table) for table in self.TABLES]
        self.jobs = 0
        self.change()

    def change(self):
        """Other rows than in the snapshot; no file of it is left on this server."""
        for table in self.TABLES:
            self.world.run(f"DROP TABLE {table} FORCE")
        for table in self.TABLES[:2]:
            self.world.make_table(table, range(150, 250))
        wait_until_collected(self.world)
        self.before = [*(self.world.rows(table) for table in self.TABLES[:2]), None]

    def run(self):
        self.error = self.world.try_run(self.sql)

    def verify(self, where):
        world = self.world
        world.settle()
        jobs = world.run("SELECT state FROM information_schema.restore_jobs")
        is_new = len(jobs) > self.jobs
        check(is_new or self.error, f"{where}: the accepted job is gone")
        self.jobs = len(jobs)
        if is_new:
            check_equal("FINISHED", jobs[-1]["state"], where)
        found = [world.rows_or_none(table) for table in self.TABLES]
        check_equal(self.after if is_new else self.before, found, where)
        if not is_new:
            world.run(self.sql)
            world.finished("RESTORE")
            world.settle()
            self.jobs += 1
        self.change()


def restore(build):
    named = ["restore.accepted", "restore.fetch", "restore.fetch.vector", "restore.linked", "restore.applied"]
    states = [f"job.RESTORE.{state}" for state in RESTORE_STATES]
    Restore(build).run_all([*states, *named, "adopt.linked", "stage.copied"])


def restore_anywhere(build):
    Restore(build).run_all([*COMMITS, *FILES], PASSINGS, never=["file.rename", "file.linked"])


def wait_until_collected(world):
    """Dropped by force: the maintainer takes the files away, then nothing local can be reused."""
    for _ in range(500):
        live = world.run("SELECT count(*) AS n FROM information_schema.tables"
                         " WHERE table_schema = 'd'")
        if len(world.rowset_files()) <= 2 * int(live[0]["n"]):
            return
        time.sleep(0.01)
    raise Failure(f"dropped files stay: {world.rowset_files()}")


# --- INSERT and DDL: before or after, and after if the client was told so


def insert(build):
    named = ["insert.copied", "insert.synced", "insert.renamed", "insert.commit"]
    points = [*named, "insert.committed", *COMMITS, "file.sync", "file.rename"]
    run_statement(build, "INSERT INTO d.t VALUES (7, 'x'), (107, 'y'), (207, 'z')", points)
    # partitions that the rows need come with them
    points = ["insert.partitions", "insert.commit", "insert.committed", *COMMITS]
    automatic = "CREATE TABLE d.a (k INT, v VARCHAR(9)) PARTITION BY (k)"
    run_statement(
        build, "INSERT INTO d.a VALUES (7, 'x'), (107, 'y'), (NULL, 'z')", points, [automatic]
    )


def change(build):
    """Rows that replace or delete others: all of it or nothing, and no key twice."""
    keyed = [
        "DROP TABLE d.t FORCE",
        "CREATE TABLE d.t (k INT NOT NULL, v VARCHAR(20)) PRIMARY KEY(k) PARTITION BY RANGE(k) ("
        "PARTITION p0 VALUES LESS THAN ('100'), PARTITION p1 VALUES LESS THAN ('200')) DISTRIBUTED BY HASH(k)",
        "INSERT INTO d.t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (101, 'd'), (102, 'e')",
        "INSERT INTO d.t VALUES (2, 'B'), (102, 'E')",
    ]
    written = ["insert.copied", "insert.synced", "insert.renamed", "upsert.marked", "upsert.commit"]
    points = [*written, "upsert.committed", *COMMITS, "file.sync"]
    for statement in [
        "INSERT INTO d.t VALUES (1, 'x'), (4, 'y'), (102, 'z')",
        "UPDATE d.t SET v = concat(v, '!') WHERE k > 1",
    ]:
        run_statement(build, statement, points, keyed)
    points = ["delete.marked", "delete.commit", *COMMITS]
    run_statement(build, "DELETE FROM d.t WHERE v <> 'a'", points, keyed)
    run_statement(build, "DELETE FROM d.t WHERE k IN (7, 107, 207)", points)


def ddl(build):
    create = "CREATE TABLE d.u (k INT, v VARCHAR(9)) DISTRIBUTED BY RANDOM"
    for statement in [
        create,
        "TRUNCATE TABLE d.t",
        "TRUNCATE TABLE d.t PARTITION (p1)",
        "ALTER TABLE d.t RENAME w",
        "ALTER TABLE d.t ADD PARTITION p3 VALUES LESS THAN ('400')",
        "ALTER TABLE d.t DROP PARTITION p0",
        "ALTER TABLE d.t ADD COLUMN c INT DEFAULT '5'",
        "ALTER TABLE d.t MODIFY COLUMN v VARCHAR(99), ADD COLUMN w BIGINT DEFAULT '6'",
        "DROP TABLE d.t",
        "DROP DATABASE d",
    ]:
        is_column = " COLUMN " in statement
        run_statement(build, statement, [*COMMITS[:2], *["alter.commit"] * is_column])
    points = [*COMMITS, "collect.unlinked", "catalog.forget.before"]
    run_statement(build, "DROP TABLE d.t FORCE", points)


def recover(build):
    """What lives again is there whole, or still in the trash."""
    points = ["recover.held", "relink.linked", "recover.commit", "file.link", *COMMITS]
    for statement, dropping in [
        ("RECOVER TABLE d.t", "DROP TABLE d.t"),
        ("RECOVER PARTITION p0 FROM d.t", "ALTER TABLE d.t DROP PARTITION p0"),
        ("RECOVER DATABASE d", "DROP DATABASE d"),
        ("RECOVER TABLE d.t FROM TRUNCATE {undo}", "TRUNCATE TABLE d.t PARTITION (p0, p1)"),
    ]:
        run_statement(build, statement, points, [dropping])


def picture(world):
    """Everything that the statements of this file may change."""
    if {"Database": "d"} not in world.run("SHOW DATABASES"):
        return "no database"
    tables = sorted(list(row.values())[0] for row in world.run("SHOW TABLES FROM d"))
    return [
        (
            name,
            world.rows(f"d.{name}"),
            len(world.run(f"SHOW PARTITIONS FROM d.{name}")),
            world.run(f"DESC d.{name}"),
        )
        for name in tables
    ]


def run_statement(build, sql, points, setup=()):
    # Compaction commits too: the first commit behind a start would often be its.
    world = World(build, "compaction_min_rowsets = 0\n")
    state = {}

    def prepare():
        world.run("DROP DATABASE IF EXISTS d FORCE")
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        for statement in setup:
            world.run(statement)
        state["sql"] = sql
        if "{undo}" in sql:
            rows = world.run("SHOW CATALOG RECYCLE BIN WHERE Type = 'TableVersion'")
            state["sql"] = sql.replace("{undo}", rows[-1]["Recover"].rsplit(" ", 1)[1])
        if "before" not in state:
            state["before"] = picture(world)
            world.run(state["sql"])
            state["after"] = picture(world)
            check(state["before"] != state["after"], f"{sql} changes nothing")
            return prepare()
        world.server.stop()

    def statement():
        state["error"] = world.try_run(state["sql"])

    try:
        for point in points:
            for passing in PASSINGS:
                if not world.server.is_running():
                    world.start()
                prepare()
                state["error"] = "it was not run"
                if start_dying(world, f"{point}=kill@{passing}"):
                    statement()
                if " FORCE" in sql:
                    time.sleep(0.2)  # the maintainer's turn
                was_killed = stop_dying(world)
                world.start()
                where = f"{sql}: killed at {point}, passing {passing}"
                found = picture(world)
                check(found in (state["before"], state["after"]), f"{where}: neither: {found}")
                is_safe = state["error"] or found == state["after"]
                check(is_safe, f"{where}: acknowledged and lost")
                if point in ("insert.committed", "upsert.committed", "catalog.commit.after"):
                    check_equal(state["after"], found, f"{where}: it was durable")
                if not was_killed:
                    break
            check(passing > 1, f"{sql}: {point} was not reached")
        world.check_nothing_to_do()
    finally:
        world.close()


# --- a mix, killed at random moments


class Mix:
    """One writer, one changer of definitions, one who backs up; each remembers what it was told."""

    def __init__(self, world):
        self.world = world
        self.batches = 0        # given out; batch n is the keys n*3 .. n*3+2
        self.acknowledged = set()
        self.backups = {}       # label: batches acknowledged before the statement
        self.tables = {}        # name: True acknowledged as made, False as dropped
        self.numbers = 0        # of tables, each used once
        self.stopped = False

    def write(self):
        while not self.stopped:
            batch = self.batches
            self.batches += 1
            rows = ", ".join(f"({batch * 3 + i}, 'b{batch}')" for i in range(3))
            if self.world.try_run(f"INSERT INTO d.mix VALUES {rows}") is None:
                self.acknowledged.add(batch)

    def change(self):
        number = self.numbers
        while not self.stopped:
            self.numbers = number + 1
            name = f"t{number}"
            number += 1
            sql = f"CREATE TABLE d.{name} (k INT, v VARCHAR(9)) DISTRIBUTED BY RANDOM"
            if self.world.try_run(sql) is None:
                self.tables[name] = True
            if number % 2:
                self.tables.pop(name, None)  # on its way: there or gone
                if self.world.try_run(f"DROP TABLE d.{name}") is None:
                    self.tables[name] = False

    def back_up(self):
        while not self.stopped:
            label, before = f"m{len(self.backups)}-{random.randrange(10**9)}", len(self.acknowledged)
            if self.world.try_run(f"BACKUP SNAPSHOT d.`{label}` TO r ON (mix)") is None:
                self.backups[label] = before
            time.sleep(0.03)

    def run(self, seconds):
        self.stopped = False
        threads = [threading.Thread(target=work) for work in (self.write, self.change, self.back_up)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.world.server.kill()
        self.stopped = True
        for thread in threads:
            thread.join()

    def did_little(self):
        return len(self.acknowledged) <= 50 or len(self.backups) <= 5

    def check(self, where):
        world = self.world
        rows = world.run("SELECT v, count(*) AS n, min(k) AS k FROM d.mix GROUP BY v")
        found = {int(row["v"][1:]): row for row in rows}
        lost = self.acknowledged - found.keys()
        check(not lost, f"{where}: acknowledged batches are lost: {sorted(lost)}")
        torn = [b for b, row in found.items() if (row["n"], row["k"]) != ("3", str(b * 3))]
        check(not torn, f"{where}: batches are there in part or twice: {torn}")
        names = {list(row.values())[0] for row in world.run("SHOW TABLES FROM d")}
        for name, was_made in self.tables.items():
            check((name in names) == was_made, f"{where}: table {name}, made: {was_made}")
        self.acknowledged |= found.keys()
        self.check_backups(where)

    def check_backups(self, where):
        """Each backup that was accepted holds whole batches, and those acknowledged before it."""
        there = self.world.labels()
        for label, before in self.backups.items():
            check(label in there, f"{where}: accepted backup {label} is gone")
        for label in sorted(there)[-2:]:
            self.world.restore_done(f"`{label}`", "mix AS back")
            rows = self.world.run("SELECT v, count(*) AS n FROM d.back GROUP BY v")
            torn = [row for row in rows if row["n"] != "3"]
            check(not torn, f"{where}: {label} holds batches in part: {torn}")
            check(len(rows) >= self.backups.get(label, 0), f"{where}: {label} lacks batches")
            self.world.run("DROP TABLE d.back")


def mix(build):
    print(f"seed {SEED}")
    random.seed(SEED)
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.run("CREATE TABLE d.mix (k INT, v VARCHAR(20)) DUPLICATE KEY(k) DISTRIBUTED BY RANDOM")
        world.make_repository()
        mixed = Mix(world)
        number = 0
        while number < ROUNDS or (mixed.did_little() and number < 4 * ROUNDS):  # a busy machine
            mixed.run(random.uniform(0.2, 0.9))
            world.start()
            world.settle()
            mixed.check(f"round {number}")
            number += 1
        check(not mixed.did_little(), "the mix did too little")
        world.check_nothing_to_do()
    finally:
        world.close()


if __name__ == "__main__":
    main("kill", [backup, backup_anywhere, restore, restore_anywhere, insert, change, ddl, recover, mix])
