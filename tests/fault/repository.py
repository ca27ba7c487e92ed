#!/usr/bin/env python3
"""What lies in a repository, and what becomes of a RESTORE when it is damaged.

A reader written from docs/FORMAT.md alone checks every byte that the server stored, also after kill -9
at each step of a BACKUP. Then each kind of file is removed, cut, changed and exchanged: RESTORE must
name the file, and what it was to replace must be whole and as before.

--build FOLDER holds kintsugid. The last line counts."""
import argparse
import json
import shutil
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from harness import Failure, Server, Workspace  # noqa: E402
from repository_reader import Damaged, Repository, encode_name, sign  # noqa: E402

SCHEMA = """
CREATE DATABASE shop;
CREATE TABLE shop.sales (day DATE NOT NULL, big LARGEINT, amount DECIMAL(10,2), name VARCHAR(50))
  DUPLICATE KEY(day) PARTITION BY RANGE(day)
  (PARTITION p1 VALUES LESS THAN ('2024-02-01'), PARTITION p2 VALUES LESS THAN ('2024-03-01'))
  DISTRIBUTED BY HASH(day);
CREATE TABLE shop.city (id INT, name STRING);
CREATE TABLE shop.empty (id INT);
INSERT INTO shop.sales VALUES ('2024-01-05', 170141183460469231731687303715884105727, 1.5, 'a'),
  ('2024-02-05', -1, 2.5, 'b'), ('2024-02-06', NULL, NULL, NULL);
INSERT INTO shop.sales VALUES ('2024-01-06', 7, 3.5, 'c');
INSERT INTO shop.city VALUES (1, 'Kyoto'), (2, 'Nara');
CREATE REPOSITORY lab WITH BROKER ON LOCATION '${REPO}';
"""
SUMS = "SELECT count(*) c, sum(amount) s, min(big) l, max(name) n FROM shop.sales"


def run_all(server, work, text):
    for statement in work.expand(text).split(";"):
        if statement.strip():
            server.query(statement)


def back_up(server, label):
    server.query(f"BACKUP SNAPSHOT shop.`{label}` TO lab")
    row = server.wait_job("backup", "shop")
    if row["State"] != "FINISHED":
        raise Failure(f"backup {label}: {row['Status']}")


def read_repository(work):
    return Repository(work.repo / "kintsugi_repository_lab")


def expect(what, expected, found):
    if expected != found:
        raise Failure(f"{what}: expected {expected!r}, found {found!r}")


# --- every byte is on the page


def test_page_describes_every_byte(server, work):
    run_all(server, work, SCHEMA)
    back_up(server, "2024-12 größe")
    first = read_repository(work)
    tables = first.manifests[first.manifest("2024-12 größe")]["tables"]
    expect("rows", {"city": 2, "empty": 0, "sales": 4}, {t["definition"]["name"]: t["rows"] for t in tables})
    sales = first.table("2024-12 größe", "sales")
    expect("files of the partitions", [2, 1], [p["files"] for p in sales["partitions"]])
    expect("claims left", [], first.claims)
    back_up(server, "again")
    second = read_repository(work)
    expect("data after the same backup again", set(first.data), set(second.data))
    expect("lists after the same backup again", set(first.lists), set(second.lists))
    server.query("INSERT INTO shop.city VALUES (3, 'Osaka')")
    back_up(server, "more")
    third = read_repository(work)
    expect("files added by one INSERT", 1, len(set(third.data) - set(first.data)))
    expect("content_id of an unchanged partition", sales["partitions"][0]["content_id"],
           third.table("more", "sales")["partitions"][0]["content_id"])


# --- kill -9 at each step of a backup

KILLS = [
    "backup.accepted=kill", "backup.upload=kill", "backup.upload=kill@3", "stage.copied=kill", "stage.copied=kill@4",
    "lease.take=kill", "backup.manifest.before=kill", "backup.manifest.after=kill",
] + [f"{point}=kill@{n}" for point in ("file.create", "file.write", "file.sync", "file.link", "file.linked")
     for n in (1, 3, 6, 9)]


def kill_backup(server, work, fault):
    """A backup under `fault`; then the server is started again. True if it was killed."""
    server.stop()
    server.start({"KINTSUGI_FAULT": fault})
    try:
        server.query("BACKUP SNAPSHOT shop.killed TO lab")
        server.wait_job("backup", "shop", 10)
        server.stop()
    except Failure:
        server.wait_gone(5)
    was_killed = server.exit_code() == -signal.SIGKILL
    server.start()
    return was_killed


def test_backup_killed_anywhere_goes_on_or_leaves_nothing(server, work):
    run_all(server, work, SCHEMA)
    back_up(server, "before")
    pristine = shutil.copytree(work.repo, work.root / "pristine")
    killed = 0
    for number, fault in enumerate(KILLS):
        # Without data of earlier backups there is something to upload.
        for path in (work.repo / "kintsugi_repository_lab").glob("*/*/*.*[lt]"):
            path.unlink()
        killed += kill_backup(server, work, fault)
        shown = [row for row in server.query("SHOW BACKUP FROM shop") if row["SnapshotName"] == "killed"]
        state = server.wait_job("backup", "shop", 30)["State"] if shown else "none"
        for folder in ("data", "lists"):
            there = f"kintsugi_repository_lab/{folder}"
            shutil.copytree(pristine / there, work.repo / there, dirs_exist_ok=True)
        try:
            repository = read_repository(work)
        except Damaged as damage:
            raise Failure(f"{fault}: {damage}") from None
        labels = {manifest["label"] for manifest in repository.manifests.values()}
        expect(f"{fault}: manifest of a backup in state {state}", state == "FINISHED", "killed" in labels)
        expect(f"{fault}: claims", [], repository.claims)
        back_up(server, f"next{number}")
        shutil.rmtree(work.repo)
        shutil.copytree(pristine, work.repo)
    if killed < len(KILLS) // 2:
        raise Failure(f"only {killed} of {len(KILLS)} faults killed the server")


# --- damage


def cut(path):
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[: len(content) // 2])


def change(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def empty(path):
    path.chmod(0o644)
    path.write_bytes(b"")


def grow(path):
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


def link(path):
    """The right bytes, but elsewhere."""
    away = path.parents[3] / "elsewhere"
    shutil.move(path, away)
    path.symlink_to(away)


def make_folder(path):
    path.unlink()
    path.mkdir()


def exchange(other):
    def exchange_it(path):
        path.chmod(0o644)
        path.write_bytes(other.read_bytes())

    return exchange_it


def edit_manifest(**changes):
    """A hostile writer: other values, rightly signed."""

    def edit(path):
        manifest = json.loads(path.read_bytes().split(b"\n")[0])
        manifest.update(changes)
        path.write_bytes(sign(json.dumps(manifest).encode() + b"\n"))

    return edit


def remove(path):
    path.unlink()


def damages(repository):
    """(what is done, to which file)"""
    manifest, sales = repository.manifest("one"), repository.table("one", "sales")
    listed = repository.lists[sales["list"]["digest"]]
    data = repository.data[sales["lines"][1]["stored"]]
    other_list = repository.lists[repository.table("one", "city")["list"]["digest"]]
    other_data = repository.data[sales["lines"][0]["stored"]]
    for harm in (cut, change, empty, grow, remove, link, make_folder):
        for path in (manifest, listed, data):
            yield f"{harm.__name__} {path.parent.parent.name}", harm, path
    yield "manifest of another backup", exchange(repository.manifest("two")), manifest
    yield "list of another table", exchange(other_list), listed
    yield "data of another file", exchange(other_data), data
    yield "newer manifest", edit_manifest(min_reader=9), manifest
    yield "tables of nobody", edit_manifest(tables=[{}]), manifest
    yield "a database that is a path", edit_manifest(database="../shop"), manifest
    identity = repository.folder / "repository.json"
    for harm in (cut, empty, remove):
        yield f"{harm.__name__} repository.json", harm, identity


def restore_outcome(server, timestamp):
    """None when it worked, else the text of the error or the job's Status."""
    try:
        server.query(f"RESTORE SNAPSHOT shop.one FROM lab ON (TABLE sales) PROPERTIES ('backup_timestamp' = '{timestamp}')")
    except Failure as failure:
        return str(failure)
    row = server.wait_job("restore", "shop", 20)
    return None if row["State"] == "FINISHED" else row["Status"]


def check_refused(server, work, timestamp, name, path):
    before = server.query(SUMS)
    outcome = restore_outcome(server, timestamp)
    if outcome is None:
        raise Failure(f"{name}: the restore worked")
    # The name of the file; a manifest that is gone is told by its label and its time.
    told = timestamp if not path.exists() and "snapshots" in path.parts else path.name
    if path.name == "repository.json" and not path.exists():
        told = "There is no repository named lab"
    if told not in outcome:
        raise Failure(f"{name}: {path} is not named in: {outcome}")
    expect(f"{name}: the target", before, server.query(SUMS))
    left = [entry.name for entry in (work.data_dir / "staging").iterdir()]
    expect(f"{name}: left in staging", [], left)


def test_damage_is_named_and_nothing_changes(server, work):
    run_all(server, work, SCHEMA)
    back_up(server, "one")
    server.query("INSERT INTO shop.city VALUES (3, 'Osaka')")
    back_up(server, "two")
    timestamp = server.timestamp("lab", "one")
    saved = server.query(SUMS)
    # Nothing of the backup may be at hand here, or it would not be fetched.
    server.query("DROP TABLE shop.sales FORCE")
    run_all(server, work, SCHEMA.split(";")[1] + ";INSERT INTO shop.sales VALUES ('2024-01-09', 5, 9.5, 'new')")
    pristine = shutil.copytree(work.repo, work.root / "pristine")
    count = len(list(damages(read_repository(work))))
    for number in range(count):
        name, harm, path = list(damages(read_repository(work)))[number]
        harm(path)
        check_refused(server, work, timestamp, name, path)
        shutil.rmtree(work.repo)
        shutil.copytree(pristine, work.repo)
    expect("restore of the whole repository", None, restore_outcome(server, timestamp))
    expect("rows after it", saved, server.query(SUMS))


def test_names_reach_the_page_as_the_page_says(server, work):
    run_all(server, work, SCHEMA)
    for label in ("a b", "%41", "日本", "-", "CON", "x" * 200):
        back_up(server, label)
        path = read_repository(work).manifest(label)
        expect(f"folder of {label}", encode_name(label), path.parent.name)
    for label in ("x" * 201, "é" * 34, "a/b", ".", ".."):
        told = server.error(f"BACKUP SNAPSHOT shop.`{label}` TO lab")
        if "Incorrect label name" not in told:
            raise Failure(f"label {label}: {told}")


def run_test(test, build):
    work = Workspace()
    server = Server(build, work)
    try:
        server.start()
        test(server, work)
        server.stop()
        return True
    except (Failure, Damaged, KeyError, OSError) as failure:
        print(f"{test.__name__}: {failure!r}\n{server.log_tail(8)}")
        return False
    finally:
        server.kill()
        work.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build", type=Path)
    parser.add_argument("tests", nargs="*", help="names; all when none is given")
    options = parser.parse_args()
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    results = [run_test(test, options.build) for test in tests if not options.tests or test.__name__ in options.tests]
    print(f"repository.py: {results.count(True)} passed, {results.count(False)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
