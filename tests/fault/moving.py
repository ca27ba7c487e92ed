#!/usr/bin/env python3
"""Moving house: a second server restores from a READ ONLY repository of the same name and place, the first
loads on and backs up again, the second restores again and fetches only what is new."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, main  # noqa: E402

TABLES = ["d.parts", "d.plain"]


def make_source(build):
    world = World(build, "compaction_min_rowsets = 0\n").start()
    world.run("CREATE DATABASE d")
    world.make_table("d.parts")
    world.run("CREATE TABLE d.plain (k INT NOT NULL, v VARCHAR(64)) DUPLICATE KEY(k)")
    world.insert("d.plain", range(50))
    world.make_repository()
    return world


def contents(world):
    return [world.rows(table) for table in TABLES]


def definitions(world):
    return [world.run(f"SHOW CREATE TABLE {table}") for table in TABLES]


def moved(world, label):
    """(files fetched, files reused) of the latest restore of that label."""
    found = world.counters("RESTORE", label)
    check_equal(int(found["files_total"]), int(found["files_done"]) + int(found["files_reused"]), found)
    return int(found["files_done"]), int(found["files_reused"])


def there_and_again(build):
    first = make_source(build)
    second = first.beside()
    try:
        first.backup_done("monday")
        second.start()
        second.make_repository(is_read_only=True)
        second.restore_done("monday")
        check_equal(contents(first), contents(second), "rows after the move")
        check_equal(definitions(first), definitions(second), "definitions after the move")
        check_equal((4, 0), moved(second, "monday"), "an empty server fetches everything")

        first.insert("d.parts", range(100, 110), prefix="tuesday")
        first.insert("d.plain", range(50, 60))
        first.backup_done("tuesday")
        second.restore_done("tuesday")
        check_equal(contents(first), contents(second), "rows after the second restore")
        check_equal((2, 4), moved(second, "tuesday"), "only what is new is fetched")

        second.restore_done("tuesday")
        check_equal((0, 6), moved(second, "tuesday"), "nothing new, nothing fetched")
        second.refused("BACKUP SNAPSHOT d.mine TO r", "Repository r is read only")
        for world in (first, second):
            world.check_nothing_to_do()
    finally:
        second.close()
        first.close()


def many_empty_tables(build):
    """Equal file lists are one stored file, and are fetched for each table."""
    first = make_source(build)
    second = first.beside()
    try:
        for i in range(20):
            first.run(f"CREATE TABLE d.empty{i} (k INT) DUPLICATE KEY(k)")
        first.backup_done("empty")
        second.start()
        second.make_repository(is_read_only=True)
        for i in range(3):
            second.run(f"RESTORE SNAPSHOT empty FROM r DATABASE d AS copy{i}")
            second.finished("RESTORE", f"copy{i}")
            check_equal(22, len(second.run(f"SHOW TABLES FROM copy{i}")), "tables")
    finally:
        second.close()
        first.close()


def the_first_house_is_gone(build):
    """The backup stands for itself: the server that wrote it is not needed."""
    first = make_source(build)
    second = first.beside()
    try:
        first.backup_done("last")
        want = contents(first)
        first.server.kill()
        second.start()
        second.make_repository()
        second.restore_done("last")
        check_equal(want, contents(second), "rows on the new server")
        second.insert("d.plain", range(60, 70))
        second.backup_done("next")
        stored = {path.name for path in second.stored("data")}
        check_equal(5, len(stored), "one file more is stored")
        check({"last", "next"} == second.labels(), "both labels stand")
        second.check_nothing_to_do()
    finally:
        second.close()
        first.close()


main("moving", [there_and_again, many_empty_tables, the_first_house_is_gone])
