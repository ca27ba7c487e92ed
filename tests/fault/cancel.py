#!/usr/bin/env python3
"""CANCEL in every state, CANCEL that races with the commit, KILL QUERY of long statements.

CANCEL takes effect within a second and leaves nothing behind; old rows can be read all the time;
whatever CANCEL answers, SHOW and the data agree with it."""
import random
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import (  # noqa: E402
    BACKUP_STATES, RESTORE_STATES, World, check, check_equal, check_has, main, timed,
)

LONG = 300  # of 100 ms: longer than any test waits
SEED, RACES = 7, 30


def cancel_quickly(world, kind, database="d"):
    _, seconds = timed(world.run, f"CANCEL {kind} FROM {database}")
    check(seconds < 1, f"CANCEL {kind} took {seconds:.2f} s")


def cancel_backup(build):
    """In every state and inside an upload; the label can be used again at once."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        whole = world.rows("d.t")
        inside = [("UPLOADING", "stage.copied"), ("UPLOADING", "backup.upload")]
        states = [(state, f"job.BACKUP.{state}") for state in BACKUP_STATES]
        for state, point in [*inside, *states]:  # first while nothing is stored yet
            world.restart(f"{point}=wait@{LONG}")
            for _ in range(2):
                world.backup("again", "t")
                world.wait_state("BACKUP", state)
                check_equal(whole, world.rows("d.t"), f"read in {point}")
                world.refused("BACKUP SNAPSHOT d.other TO r", "Can only run one backup or restore")
                cancel_quickly(world, "BACKUP")
                world.cancelled("BACKUP", "user cancelled")
                check_equal([], world.claims_in_repository(), f"claims after CANCEL in {point}")
                check_equal(set(), world.labels(), f"labels after CANCEL in {point}")
                check_equal([], world.staged(), f"staging after CANCEL in {point}")
            world.refused("CANCEL BACKUP FROM d", "state: CANCELLED")
            world.refused("CANCEL RESTORE FROM d", "No restore is currently running")
        world.restart()
        world.backup_done("again", "t")
        world.check_nothing_to_do()
    finally:
        world.close()


def cancel_restore(build):
    """Onto a table that exists and one that does not: nothing of it is ever seen."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.old")
        world.make_table("d.new")
        world.make_repository()
        world.backup_done("b")
        sql = world.restore_sql("b")
        world.run("DROP TABLE d.new FORCE")
        world.run("TRUNCATE TABLE d.old")
        world.insert("d.old", [5, 105, 205])
        before = world.rows("d.old")
        inside = [("DOWNLOADING", "restore.fetch"), ("COMMITTING", "restore.linked")]
        states = [(state, f"job.RESTORE.{state}") for state in RESTORE_STATES]
        for state, point in [*inside, *states]:  # once files are stored none is copied
            world.restart(f"{point}=wait@{LONG}")
            world.run("TRUNCATE TABLE d.old")  # what was cancelled must not count as local content
            world.insert("d.old", [5, 105, 205])
            files = len(world.rowset_files())
            world.run(sql)
            world.wait_state("RESTORE", state)
            check_equal(before, world.rows("d.old"), f"read in {point}")
            world.refused("INSERT INTO d.old VALUES (1, 'x')", 'Cannot write RESTORE state table "old"')
            cancel_quickly(world, "RESTORE")
            world.cancelled("RESTORE", f"user cancelled, current state: {state}")
            check_equal(before, world.rows("d.old"), f"rows after CANCEL in {point}")
            check_equal(None, world.rows_or_none("d.new"), f"new table after CANCEL in {point}")
            check_equal([], world.staged(), f"staging after CANCEL in {point}")
            check(len(world.rowset_files()) <= files, f"rowset files left by CANCEL in {point}")
            world.run("INSERT INTO d.old VALUES (1, 'x')")
            world.run("TRUNCATE TABLE d.old PARTITION (p0)")
        world.restart()
        world.run(sql)
        world.finished("RESTORE")
        world.check_nothing_to_do()
    finally:
        world.close()


def too_late(build):
    """While the manifest is put, or the one transaction commits: CANCEL waits and says FINISHED."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        world.restart("backup.manifest.before=wait@8")
        world.backup("b", "t")
        world.wait_state("BACKUP", "UPLOAD_INFO")
        time.sleep(0.3)
        world.refused("CANCEL BACKUP FROM d", "can not be cancelled. state: FINISHED")
        world.finished("BACKUP")
        world.restart("restore.applied=wait@8")
        world.restore("b", "t AS u")
        time.sleep(0.3)
        world.refused("CANCEL RESTORE FROM d", "can not be cancelled. state: FINISHED")
        world.finished("RESTORE")
        check_equal(world.rows("d.t"), world.rows("d.u"), "restored")
        world.check_nothing_to_do()
    finally:
        world.close()


def race(build):
    """CANCEL at random moments: its answer, SHOW and what is there say the same."""
    print(f"seed {SEED}")
    random.seed(SEED)
    world = World(build).start()
    seen = set()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        world.backup_done("b", "t")
        sql = world.restore_sql("b", "t AS u")
        moments = ["BACKUP.SNAPSHOTING", "BACKUP.UPLOAD_INFO", "RESTORE.DOWNLOAD", "RESTORE.COMMITTING"]
        world.restart(",".join(f"job.{moment}=wait@1" for moment in moments))
        for number in range(RACES):
            kind = "BACKUP" if number % 2 else "RESTORE"
            world.run(f"BACKUP SNAPSHOT d.l{number} TO r ON (t)" if kind == "BACKUP" else sql)
            time.sleep(random.uniform(0, 0.25))
            error = world.try_run(f"CANCEL {kind} FROM d")
            row = world.server.wait_job(kind, "d")
            expected = "FINISHED" if error else "CANCELLED"
            check_equal(expected, row["State"], f"race {number}: CANCEL said {error}")
            if error:
                check_has(error, "state: FINISHED")
            world.settle()
            is_there = f"l{number}" in world.labels()
            if kind == "RESTORE":
                is_there = world.rows_or_none("d.u") is not None
                world.run("DROP TABLE IF EXISTS d.u FORCE")
            check_equal(bool(error), is_there, f"race {number}: {kind} has an effect")
            seen.add(expected)
        check_equal({"FINISHED", "CANCELLED"}, seen, "both outcomes must come up")
        world.check_nothing_to_do()
    finally:
        world.close()


def running_id(world, text):
    """The connection that runs a statement with this text."""
    for _ in range(200):
        for row in world.run("SHOW FULL PROCESSLIST"):
            if text in row["Info"] and "PROCESSLIST" not in row["Info"]:
                return row["Id"]
        time.sleep(0.01)
    check(False, f"no connection runs {text}")


def kill_query(build):
    """Long statements end within a second of KILL QUERY, and the connection lives on."""
    world = World(build).start()
    cross = "d.t a, d.t b, d.t c, d.t e"
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.run("CREATE TABLE d.sink (k BIGINT, v VARCHAR(64)) DISTRIBUTED BY RANDOM")
        for sql in [
            f"SELECT sum(a.k * b.k + c.k * e.k) AS marked FROM {cross}",
            f"INSERT INTO d.sink SELECT a.k * b.k + c.k, concat(e.v, 'marked') FROM {cross}",
            f"SELECT a.k, b.v, 'marked' FROM {cross}",
        ]:
            session = world.session()
            said = []
            thread = threading.Thread(target=lambda: said.append(session.run(f"{sql};", 60)))
            thread.start()
            victim = running_id(world, "marked")
            time.sleep(0.3)
            world.run(f"KILL QUERY {victim}")
            begin = time.monotonic()
            thread.join(60)
            check(time.monotonic() - begin < 1.5, f"KILL QUERY took {time.monotonic() - begin:.1f} s")
            tail = said[0][-300:]
            check(re.search(r"ERROR (1317|2013)|interrupted", tail), f"{sql}\n{tail}")
            check_has(session.run("SELECT 41 + 1;"), "42")
            session.close()
        check_equal("0", world.run("SELECT count(*) AS n FROM d.sink")[0]["n"], "rows of a killed INSERT")
        check_equal([], world.staged(), "staging of a killed INSERT")
        check_equal(3, len(world.rowset_files()), "files of a killed INSERT")
        world.server.stop()
        world.check_at_rest()
    finally:
        world.close()


if __name__ == "__main__":
    main("cancel", [cancel_backup, cancel_restore, too_late, race, kill_query])
