#!/usr/bin/env python3
"""Upserts, updates and deletes of several sessions in one table, while it is compacted, read and
backed up, compared with plain models.

Each writer has keys of its own, so that its model is exact, in the same files as all others; a few
keys are everybody's: of those exactly one row may be there, and it must be somebody's last one. The
choices come from a seed: KINTSUGI_SEED chooses another, KINTSUGI_SECONDS a longer run."""
import os
import random
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, main  # noqa: E402

SEED = int(os.environ.get("KINTSUGI_SEED", "20261127"))
SECONDS = float(os.environ.get("KINTSUGI_SECONDS", "20"))
WRITERS, KEYS, SHARED = 3, 60, 5
CONFIG = "compaction_min_rowsets = 3\n"


class Writer:
    """Own keys are those with k % WRITERS == number, from SHARED * WRITERS on."""

    def __init__(self, world, number):
        self.world, self.number = world, number
        self.random = random.Random(SEED + number)
        self.rows = {}    # own keys: what the table must hold
        self.shared = {}  # everybody's keys: what this one wrote last
        self.round = 0

    def keys(self):
        some = self.random.sample(range(SHARED, KEYS), self.random.randint(1, 12))
        return [k * WRITERS + self.number for k in some]

    def upsert(self):
        new = {k: f"{self.number}-{self.round}" for k in self.keys()}
        shared = {k: f"{self.number}-{self.round}" for k in self.random.sample(range(SHARED), 2)}
        values = ", ".join(f"({k}, '{v}', {self.round})" for k, v in {**new, **shared}.items())
        self.world.run(f"INSERT INTO d.t VALUES {values}")
        self.rows.update({k: (v, self.round) for k, v in new.items()})
        self.shared.update(shared)

    def upsert_some_columns(self):
        keys = self.keys()
        self.world.run(f"INSERT INTO d.t (k, n) VALUES {', '.join(f'({k}, {self.round})' for k in keys)}")
        for k in keys:
            self.rows[k] = (self.rows.get(k, ("none", 0))[0], self.round)

    def update(self):
        keys = self.keys()
        self.world.run(f"UPDATE d.t SET n = n + 1000 WHERE k IN ({', '.join(map(str, keys))})")
        for k in keys:
            if k in self.rows:
                self.rows[k] = (self.rows[k][0], self.rows[k][1] + 1000)

    def delete(self):
        keys = self.keys()
        self.world.run(f"DELETE FROM d.t WHERE k IN ({', '.join(map(str, keys))})")
        for k in keys:
            self.rows.pop(k, None)

    def work(self, until):
        steps = [self.upsert, self.upsert, self.upsert_some_columns, self.update, self.delete]
        while time.monotonic() < until:
            self.round += 1
            self.random.choice(steps)()


def read(world, table="d.t"):
    rows = world.run(f"SELECT k, v, n FROM {table}")
    return [(int(row["k"]), row["v"], int(row["n"])) for row in rows]


def check_once(rows, where):
    keys = [row[0] for row in rows]
    check_equal(len(set(keys)), len(keys), f"{where}: a key is there twice: {sorted(keys)}")


def compare(world, writers, where):
    rows = read(world)
    check_once(rows, where)
    found = {k: (v, n) for k, v, n in rows}
    for writer in writers:
        own = {k: row for k, row in found.items() if k >= SHARED * WRITERS and k % WRITERS == writer.number}
        check_equal(writer.rows, own, f"{where}: rows of writer {writer.number}")
    for k in range(SHARED):
        last = {writer.shared[k] for writer in writers if k in writer.shared}
        if last:
            check(found.get(k, ("",))[0] in last, f"{where}: key {k} is {found.get(k)}, not one of {last}")


def run_threads(works):
    failures = []

    def guarded(work):
        try:
            work()
        except Exception as failure:  # told by the main thread
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def several_sessions(build):
    print(f"seed {SEED}")
    world = World(build, CONFIG).start()
    try:
        world.run("CREATE DATABASE d")
        world.run("CREATE TABLE d.t (k INT NOT NULL, v VARCHAR(20) DEFAULT 'none', n INT NOT NULL) PRIMARY KEY(k)")
        world.make_repository()
        writers = [Writer(world, number) for number in range(WRITERS)]
        until, labels, looks = time.monotonic() + SECONDS, [], []

        def look():
            while time.monotonic() < until:
                check_once(read(world), "a reader")
                looks.append(1)

        def back_up():
            while time.monotonic() < until:
                labels.append(f"b{len(labels)}")
                world.backup_done(labels[-1])
                time.sleep(0.3)

        run_threads([*(lambda w=w: w.work(until) for w in writers), look, back_up])
        compare(world, writers, "at the end")
        world.restart()
        compare(world, writers, "after a new start")
        for label in labels[:: max(1, len(labels) // 4)]:
            world.restore_done(label, "t AS back")
            check_once(read(world, "d.back"), f"backup {label}")
            world.run("DROP TABLE d.back")
        world.backup_done("last")
        world.run("DROP TABLE d.t FORCE")
        world.restore_done("last")
        compare(world, writers, "restored")
        rounds = sum(writer.round for writer in writers)
        print(f"{rounds} statements, {len(looks)} reads, {len(labels)} backups")
        check(rounds > 30 and looks and labels, "too little was done")
        world.server.stop()
        world.start()
        world.check_nothing_to_do()
    finally:
        world.close()


if __name__ == "__main__":
    main("change", [several_sessions])
