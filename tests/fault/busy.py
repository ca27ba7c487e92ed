#!/usr/bin/env python3
"""BACKUP and RESTORE while others work: the content of a backup is fixed when its statement is accepted, reads of
a target go on, writes and DDL on it are refused, jobs of different databases run at once."""
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, check_has, main  # noqa: E402

WAIT = 20  # of 100 ms: time for the statements that run meanwhile


class Writer(threading.Thread):
    """Inserts 1, 2, 3, .. one row at a time until it is stopped; `acknowledged` is the last one."""

    def __init__(self, world, table):
        super().__init__()
        self.session = world.session()
        self.table, self.acknowledged, self.is_stopped, self.said = table, 0, False, ""

    def run(self):
        while not self.is_stopped:
            key = self.acknowledged + 1
            self.said = self.session.run(f"INSERT INTO {self.table} VALUES ({key}, 'w{key}');")
            if "1 row affected" not in self.said:
                return
            self.acknowledged = key

    def stop(self):
        self.is_stopped = True
        self.join()
        self.session.close()
        check_has(self.said, "1 row affected")


def writer_never_stops(build):
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.run("CREATE TABLE d.t (k INT NOT NULL, v VARCHAR(20)) DUPLICATE KEY(k)")
        world.make_repository()
        writer = Writer(world, "d.t")
        writer.start()
        bounds = {}
        for i in range(8):
            time.sleep(0.15)
            before = writer.acknowledged
            world.backup(f"b{i}")
            bounds[i] = (before, writer.acknowledged + 1)  # one more may be on its way
            world.finished("BACKUP")
        writer.stop()
        check(writer.acknowledged > bounds[7][0], "the writer wrote all the time")
        for i, (least, most) in bounds.items():
            world.run(f"RESTORE SNAPSHOT b{i} FROM r DATABASE d AS copy{i}")
            world.finished("RESTORE", f"copy{i}")
            (row,) = world.run(f"SELECT count(*) AS n, max(k) AS last, sum(k) AS total FROM copy{i}.t")
            n = int(row["n"])
            check(least <= n <= most, f"backup {i} holds {n} rows, expected {least} to {most}")
            check_equal((str(n), str(n * (n + 1) // 2)), (row["last"], row["total"]), f"backup {i} has a gap")
        world.check_nothing_to_do()
    finally:
        world.close()


def changes_do_not_touch_a_backup(build):
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        for name in ("inserted", "truncated", "dropped", "renamed", "altered"):
            world.make_table(f"d.{name}")
        world.make_repository()
        before = world.rows("d.inserted")
        world.restart(f"job.BACKUP.UPLOADING=wait@{WAIT}")
        world.backup("fixed")
        world.wait_state("BACKUP", "UPLOADING")
        world.insert("d.inserted", range(10))
        world.run("TRUNCATE TABLE d.truncated")
        world.run("DROP TABLE d.dropped FORCE")
        world.run("ALTER TABLE d.renamed RENAME other")
        world.run("ALTER TABLE d.altered DROP PARTITION p1 FORCE")
        check_equal("UPLOADING", world.job("BACKUP")["State"], "the changes came in time")
        world.finished("BACKUP")
        world.run("RESTORE SNAPSHOT fixed FROM r DATABASE d AS copy")
        world.finished("RESTORE", "copy")
        for name in ("inserted", "truncated", "dropped", "renamed", "altered"):
            check_equal(before, world.rows(f"copy.{name}"), name)
        world.restart()
        world.check_nothing_to_do()
    finally:
        world.close()


REFUSED = [
    ("INSERT INTO d.t VALUES (1, 'x')", 'Cannot write RESTORE state table "t"'),
    ("TRUNCATE TABLE d.t", "A snapshot restore operation is in progress on the table t"),
    ("TRUNCATE TABLE d.t PARTITION (p2)", "A snapshot restore operation is in progress on the table t"),
    ("ALTER TABLE d.t RENAME u", "A snapshot restore operation is in progress on the table t"),
    ("ALTER TABLE d.t ADD PARTITION p3 VALUES LESS THAN ('400')",
     "A snapshot restore operation is in progress on the table t"),
    ("ALTER TABLE d.t DROP PARTITION p0", "A snapshot restore operation is in progress on the table t"),
    ("DROP TABLE d.t", "A snapshot restore operation is in progress on the table t"),
    ("DROP TABLE d.t FORCE", "A snapshot restore operation is in progress on the table t"),
    ("DROP DATABASE d", "A snapshot restore operation is in progress"),
    ("CREATE TABLE d.fresh (k INT) DUPLICATE KEY(k)", "A snapshot restore operation is in progress on the table fresh"),
    ("ALTER TABLE d.free RENAME fresh", "A snapshot restore operation is in progress on the table fresh"),
    ("RESTORE SNAPSHOT b FROM r DATABASE d", "Can only run one backup or restore job of a database at same time"),
    ("BACKUP SNAPSHOT d.again TO r", "Can only run one backup or restore job of a database at same time"),
    ("DROP REPOSITORY r", "Backup or restore job is running on this repository. Can not drop it"),
]


def targets_are_guarded(build):
    """Reads see the old rows to the end; what is not a target stays free."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_table("d.source")
        world.make_table("d.free")
        world.make_repository()
        world.backup_done("b", "t, source")
        world.insert("d.t", range(50))
        before = world.rows("d.t")
        world.restart(f"job.RESTORE.COMMIT=wait@{2 * WAIT}")
        world.restore("b", "t, source AS fresh")
        world.wait_state("RESTORE", "COMMIT")
        for sql, text in REFUSED:
            world.refused(sql, text)
        check_equal(before, world.rows("d.t"), "the old rows can be read")
        world.insert("d.free", range(10))
        world.run("CREATE DATABASE e")
        world.make_table("e.t")
        world.backup_done("of_e", database="e")
        check_equal("COMMIT", world.job("RESTORE")["State"], "all of this came in time")
        world.finished("RESTORE")
        check(before != world.rows("d.t"), "the rows changed at the end")
        check_equal(world.rows("d.source"), world.rows("d.fresh"), "the new table is there")
        world.insert("d.t", range(3))
        world.restart()
        world.check_nothing_to_do()
    finally:
        world.close()


def a_missing_database_is_claimed_too(build):
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        world.backup_done("b")
        world.restart(f"job.RESTORE.COMMIT=wait@{WAIT}")
        world.run("RESTORE SNAPSHOT b FROM r DATABASE d AS later")
        world.wait_state("RESTORE", "COMMIT", "later")
        world.refused("CREATE DATABASE later", "A snapshot restore operation is in progress")
        world.refused("RESTORE SNAPSHOT b FROM r DATABASE d AS later", "Can only run one backup or restore job")
        world.refused("SELECT count(*) FROM later.t", "Unknown database 'later'")
        world.finished("RESTORE", "later")
        check_equal(world.rows("d.t"), world.rows("later.t"), "rows")
    finally:
        world.close()


def one_label_two_servers(build):
    """Both want the same label at the same time: one gets it, and its backup is whole."""
    first = World(build).start()
    second = first.beside().start()
    try:
        for world in (first, second):
            world.run("CREATE DATABASE d")
            world.make_table("d.t", range(100) if world is first else range(200))
            world.make_repository()
        for i in range(10):
            answers = {}

            def submit(world, name):
                answers[name] = world.try_run(f"BACKUP SNAPSHOT d.race{i} TO r")

            threads = [threading.Thread(target=submit, args=pair) for pair in ((first, 1), (second, 2))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            losers = [text for text in answers.values() if text]
            check_equal(1, len(losers), f"race {i}: {answers}")
            check_has(losers[0], f"Snapshot with name 'race{i}' already exist in repository")
            winner = first if answers[1] is None else second
            winner.finished("BACKUP")
            winner.run(f"RESTORE SNAPSHOT race{i} FROM r DATABASE d AS copy{i}")
            winner.finished("RESTORE", f"copy{i}")
            check_equal(winner.rows("d.t"), winner.rows(f"copy{i}.t"), f"race {i}")
        for world in (first, second):
            world.check_nothing_to_do()
    finally:
        second.close()
        first.close()


def two_databases_at_once(build):
    """Jobs of different databases do not wait for one another."""
    world = World(build).start("job.BACKUP.UPLOADING=wait@25,job.RESTORE.DOWNLOADING=wait@25")
    both = ("first", "second")
    try:
        for database in both:
            world.run(f"CREATE DATABASE {database}")
            world.make_table(f"{database}.t")
        world.make_repository()
        begin = time.monotonic()
        for database in both:
            world.backup(f"of_{database}", "t", database)
        for database in both:
            world.wait_state("BACKUP", "UPLOADING", database)
        for database in both:
            world.finished("BACKUP", database)
        for database in both:
            world.restore(f"of_{database}", "t AS u", database)
        for database in both:
            world.wait_state("RESTORE", "DOWNLOADING", database)
        for database in both:
            world.finished("RESTORE", database)
            check_equal(world.rows(f"{database}.t"), world.rows(f"{database}.u"), database)
        seconds = time.monotonic() - begin
        check(seconds < 9, f"one after the other: {seconds:.1f} s")  # each of four waits 2.5 s
        world.check_nothing_to_do()
    finally:
        world.close()


class Peak(threading.Thread):
    """The server's largest resident memory while `with` lasts, beyond that at its begin."""

    def __init__(self, world):
        super().__init__()
        self.path = f"/proc/{world.server.process.pid}/statm"
        self.first = self.most = self.now()
        self.is_stopped = False

    def now(self):
        with open(self.path) as file:
            return int(file.read().split()[1]) * 4096

    def run(self):
        while not self.is_stopped:
            self.most = max(self.most, self.now())
            time.sleep(0.005)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.is_stopped = True
        self.join()

    def grown_mb(self):
        return (self.most - self.first) >> 20


def make_big_table(world):
    """200 MB of text that does not shrink."""
    world.run("CREATE DATABASE d")
    world.make_table("d.t")
    world.run("CREATE TABLE d.big (k INT, v VARCHAR(300)) DUPLICATE KEY(k)")
    for number in range(9):
        text = ", ".join(f"md5(concat(a.k, '-', b.k, '-{number}-{i}'))" for i in range(8))
        world.run(f"INSERT INTO d.big SELECT a.k, concat({text}) FROM d.t a, d.t b")
    size = sum(path.stat().st_size for path in world.rowset_files())
    check(size > 150 << 20, f"only {size} bytes")


def read_slowly(world, sql):
    """Bytes of an answer that the client takes slower than the server could make it."""
    command = [*world.server.client_command(), "--quick", "--batch", "-e", sql]
    client = subprocess.Popen(command, stdout=subprocess.PIPE)
    sent = 0
    while part := client.stdout.read(1 << 20):
        sent += len(part)
        time.sleep(0.002)
    check_equal(0, client.wait(), "the client's exit code")
    return sent


def memory_stays_flat(build):
    """Large files are copied and a large answer is streamed through little memory."""
    world = World(build, "engine_memory_bytes = 256M\ncompaction_min_rowsets = 0\n").start()
    try:
        make_big_table(world)
        world.make_repository()
        world.restart()
        whole = world.rows("d.big")
        with Peak(world) as peak:
            world.backup_done("b", "big")
        print(f"  BACKUP {peak.grown_mb()} MB", flush=True)
        check(peak.grown_mb() < 48, f"BACKUP took {peak.grown_mb()} MB of memory")
        world.run("DROP TABLE d.big FORCE")
        world.restart()
        with Peak(world) as peak:
            world.restore_done("b", "big")
        print(f"  RESTORE {peak.grown_mb()} MB", flush=True)
        check(peak.grown_mb() < 96, f"RESTORE took {peak.grown_mb()} MB of memory")
        check_equal(whole, world.rows("d.big"), "restored")
        check_equal("0", world.counters("restore", "b")["files_reused"], "files reused")
        with Peak(world) as peak:
            sent = read_slowly(world, "SELECT * FROM d.big")
        print(f"  answer of {sent >> 20} MB: {peak.grown_mb()} MB", flush=True)
        check(sent > 200 << 20, f"the answer has only {sent} bytes")
        check(peak.grown_mb() < 128, f"an answer of {sent >> 20} MB took {peak.grown_mb()} MB")
        world.check_nothing_to_do()
    finally:
        world.close()


main("busy", [
    writer_never_stops, changes_do_not_touch_a_backup, targets_are_guarded, a_missing_database_is_claimed_too,
    one_label_two_servers, two_databases_at_once, memory_stays_flat,
])
