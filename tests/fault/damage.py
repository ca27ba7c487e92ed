#!/usr/bin/env python3
"""Damage of every kind in a repository, in local files, and disks that are full or gone.

The job ends at once and names the file and what was found; targets are untouched; after the repair
another try works."""
import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, check_has, flip, main, timed  # noqa: E402
from harness import Failure  # noqa: E402
from repository_reader import blake3, sign  # noqa: E402

SOON = 3  # seconds in which a failing job must be over


class Damaged:
    """A backup `b` of tables one and two, and a server whose `one` has other rows and no `two`."""

    def __init__(self, build):
        self.world = World(build, "catalog_trash_expire_second = 0\n").start()
        world = self.world
        world.run("CREATE DATABASE d")
        world.make_table("d.one")
        world.make_table("d.two", range(0, 300, 2))
        world.make_repository()
        world.backup_done("b")
        self.after = [world.rows("d.one"), world.rows("d.two")]
        self.sql = world.restore_sql("b")
        self.restart_from_before()

    def restart_from_before(self):
        """Nothing of the backup is left on the server: every file must be fetched."""
        world = self.world
        world.run("DROP DATABASE IF EXISTS d FORCE")
        world.run("CREATE DATABASE d")
        world.make_table("d.one", [5, 105, 205])
        self.before = [world.rows("d.one"), None]
        for _ in range(300):
            if len(world.rowset_files()) == 3:
                return
            time.sleep(0.01)
        raise Failure("dropped files stay")

    def manifest(self):
        (path,) = self.world.repository().glob("snapshots/b/*.json")
        return path

    def lists(self):
        return self.world.stored("lists")

    def found(self):
        return [self.world.rows_or_none("d.one"), self.world.rows_or_none("d.two")]

    def refused_in_job(self, *parts):
        self.world.run(self.sql)
        row, seconds = timed(self.world.cancelled, "RESTORE", *parts)
        check(seconds < SOON, f"it took {seconds:.1f} s to notice: {row['Status']}")
        self.world.settle()
        check_equal(self.before, self.found(), f"targets after {row['Status']}")

    def refused_in_statement(self, *parts):
        text, seconds = timed(self.world.refused, self.sql, *parts)
        check(seconds < SOON, f"it took {seconds:.1f} s to notice: {text}")
        check_equal(self.before, self.found(), f"targets after {text}")

    def works_again(self):
        world = self.world
        world.run(self.sql)
        world.finished("RESTORE")
        check_equal(self.after, self.found(), "after the repair")
        world.settle()
        self.restart_from_before()

    def close(self):
        self.world.check_nothing_to_do()
        self.world.close()


def each_damage(damaged, path, damages, refused):
    """Do each damage to the file, see it noticed, put the file back, see that it works."""
    kept = path.with_name(path.name + ".kept")
    mode = path.stat().st_mode
    for damage, parts in damages:
        shutil.copyfile(path, kept)
        path.chmod(0o644)
        damage(path)
        refused(str(path), *parts)
        if path.exists():
            path.chmod(0o644)
        shutil.move(kept, path)
        path.chmod(mode)
        damaged.works_again()


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    os.truncate(path, 0)


def append(path):
    path.write_bytes(path.read_bytes() + b"x")


def data_files(build):
    damaged = Damaged(build)
    path, other = damaged.world.stored("data")[:2]
    swapped = other.read_bytes()
    size = path.stat().st_size
    try:
        each_damage(damaged, path, [
            (flip, ["is damaged", "expected digest", path.stem]),
            (lambda p: flip(p, 0), ["is damaged", "expected digest"]),
            (lambda p: flip(p, size - 1), ["is damaged", "expected digest"]),
            (truncate, ["is damaged", f"expected {size} bytes, found {size // 2}"]),
            (empty, ["is damaged", f"expected {size} bytes, found 0"]),
            (append, ["is damaged", f"expected {size} bytes, found at least {size + 1}"]),
            (lambda p: p.write_bytes(swapped), ["is damaged", "expected"]),
            (Path.unlink, ["does not exist"]),
        ], damaged.refused_in_job)
        damaged.close()
    finally:
        damaged.world.close()


def file_lists(build):
    damaged = Damaged(build)
    path, other = damaged.lists()[:2]
    swapped = other.read_bytes()
    try:
        each_damage(damaged, path, [
            (flip, ["is damaged", "expected digest"]),
            (truncate, ["is damaged", "expected"]),
            (append, ["is damaged", "expected"]),
            (lambda p: p.write_bytes(swapped), ["is damaged", "expected"]),
            (Path.unlink, ["does not exist"]),
        ], damaged.refused_in_job)
        damaged.close()
    finally:
        damaged.world.close()


def signed(text):
    """A manifest's first line with the digest that belongs to it."""
    return sign(f"{text}\n".encode()).decode()


def manifests(build):
    damaged = Damaged(build)
    path = damaged.manifest()
    head = path.read_text().split("\n")[0]
    check_equal(path.read_text(), signed(head), "the digest line as FORMAT.md says it is made")
    newer = signed(head.replace('"min_reader":1', '"min_reader":7', 1))
    other = signed(head.replace('"label":"b"', '"label":"c"', 1))
    count = signed(head.replace('"rows":', '"rows":1', 1))
    try:
        each_damage(damaged, path, [
            (flip, ["is damaged"]),
            (truncate, ["is damaged"]),
            (empty, ["is damaged"]),
            (append, ["is damaged"]),
            (lambda p: p.write_text(head + "\n"), ["is damaged"]),
            (lambda p: p.write_text(newer), ["needs format version 7", "reads up to 2"]),
            (lambda p: p.write_text(other), ["is damaged", "it is the manifest of c"]),
            (lambda p: p.write_text(count), ["is damaged"]),
        ], damaged.refused_in_statement)
        kept = path.read_bytes()
        path.unlink()
        damaged.world.refused(damaged.sql, "b")
        path.write_bytes(kept)
        damaged.works_again()
        damaged.close()
    finally:
        damaged.world.close()


def claims(build):
    """A writing.json that nobody can read is another's, until a person takes it away."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        claim = world.repository() / "snapshots" / "b" / "writing.json"
        claim.parent.mkdir(parents=True)
        for garbage in ["", "garbage", "{}", '{"server":"00","job":"00","renewed_ms":1}']:
            claim.write_text(garbage)
            world.refused("BACKUP SNAPSHOT d.b TO r", str(claim), "can not be read")
            check_equal(garbage, claim.read_text(), "the claim stays as it was")
        lapsed = '{"server":"%s","job":"%s","renewed_ms":%d}' % ("0" * 32, "1" * 32, 1000)
        claim.write_text(lapsed)
        world.backup_done("b")
        world.settle()
        fresh = '{"server":"%s","job":"%s","renewed_ms":%d}' % ("0" * 32, "1" * 32, 10**15)
        other = world.repository() / "snapshots" / "c" / "writing.json"
        other.parent.mkdir()
        other.write_text(fresh)
        world.refused("BACKUP SNAPSHOT d.c TO r", "Snapshot with name 'c' already exist")
        other.unlink()
        world.backup_done("c")
        world.check_nothing_to_do()
    finally:
        world.close()


def identity(build):
    """repository.json: each statement that needs it says what is wrong with it."""
    damaged = Damaged(build)
    world = damaged.world
    path = world.repository() / "repository.json"
    good = path.read_text()
    try:
        for text, said in [
            ("garbage", "is damaged"),
            ("", "is damaged"),
            (good[: len(good) // 2], "is damaged"),
            (good.replace('"min_reader":1', '"min_reader":9'), "needs format version 9"),
            (good.replace('"encryption":"none"', '"encryption":"aes"'), "asks for encryption = aes"),
            (good.replace('"uuid":"', '"uuid":"0'), "is damaged"),
        ]:
            path.chmod(0o644)
            path.write_text(text)
            damaged.refused_in_statement(said, str(path))
            world.refused("BACKUP SNAPSHOT d.x TO r ON (one)", said)
            check_has(world.run("SHOW REPOSITORIES")[0]["ErrMsg"], said)
        uuid = good.split('"uuid":"')[1][:32]
        path.write_text(good.replace(uuid, uuid[::-1]))
        damaged.refused_in_statement("is another one than when it was created here")
        path.write_text(good)
        check_equal("NULL", world.run("SHOW REPOSITORIES")[0]["ErrMsg"], "after the repair")
        damaged.works_again()
        damaged.close()
    finally:
        damaged.world.close()


def gone(build):
    """The repository's folder is not there, then it is there again."""
    damaged = Damaged(build)
    world = damaged.world
    away = world.work.root / "away"
    try:
        shutil.move(world.repository(), away)
        damaged.refused_in_statement("There is no repository named r")
        world.refused("BACKUP SNAPSHOT d.x TO r ON (one)", "There is no repository named r")
        check_has(world.run("SHOW REPOSITORIES")[0]["ErrMsg"], "There is no repository named r")
        shutil.move(away, world.repository())
        damaged.works_again()
        # It goes while a job runs.
        world.restart("job.RESTORE.DOWNLOADING=wait@10,job.BACKUP.UPLOADING=wait@10")
        world.run(damaged.sql)
        world.wait_state("RESTORE", "DOWNLOADING")
        shutil.move(world.repository(), away)
        world.cancelled("RESTORE", "There is no repository named r")
        check_equal(damaged.before, damaged.found(), "targets")
        shutil.move(away, world.repository())
        world.run("BACKUP SNAPSHOT d.x TO r ON (one)")
        world.wait_state("BACKUP", "UPLOADING")
        shutil.move(world.repository(), away)
        world.cancelled("BACKUP", "There is no repository named r")
        shutil.move(away, world.repository())
        # Its claim could not be taken away then. It is nobody's: the label is free all the same.
        world.restart()
        world.backup_done("x", "one")
        damaged.close()
    finally:
        damaged.world.close()


def local_rowset(build):
    """BACKUP notices a damaged or missing local file; RESTORE fetches instead of reusing it."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        whole = world.rows("d.t")
        world.backup_done("good", "t")
        path = world.rowset_files()[1]
        kept = path.read_bytes()
        shutil.rmtree(world.repository() / "data")
        for number, (damage, parts) in enumerate([
            (flip, ["is damaged", "expected digest"]),
            (truncate, ["is damaged", "bytes"]),
            (Path.unlink, ["does not exist"]),
        ]):
            path.chmod(0o644)
            damage(path)
            world.backup(f"bad{number}", "t")
            world.cancelled("BACKUP", str(path), *parts)
            world.settle()
            check(f"bad{number}" not in world.labels(), "a damaged backup is listed")
            stored = world.repository() / "data"
            names = [p.stem for p in stored.rglob("*.parquet")] if stored.exists() else []
            bad = [n for n in names if blake3_of(stored, n) != n]
            check(not bad, f"damaged content was stored as good: {bad}")
            path.write_bytes(kept)
        path.chmod(0o444)
        world.backup_done("again", "t")
        flip(path)
        world.restore_done("again", "t AS u")
        check_equal(whole, world.rows("d.u"), "a restore beside a damaged local file")
        counters = world.counters("restore", "again")
        check_equal(("1", "2"), (counters["files_done"], counters["files_reused"]), "fetched, reused")
        world.restore_done("again", "t")
        check_equal(whole, world.rows("d.t"), "a restore over the damaged table")
        world.run("DROP TABLE d.u FORCE")
        world.backup_done("healed", "t")
        world.check_nothing_to_do()
    finally:
        world.close()


def blake3_of(stored, name):
    return blake3((stored / name[:2] / f"{name}.parquet").read_bytes())


def injected_full(build):
    """DISK_FULL at each point that writes: the job ends, and another try works."""
    damaged = Damaged(build)
    world = damaged.world
    try:
        for point in ["stage.copied", "file.write", "file.create", "restore.linked", "adopt.linked"]:
            world.restart(f"{point}=nospace@3")
            for _ in range(4):
                error = world.try_run(damaged.sql)
                if error:
                    check_has(error, "Disk full")
                    break
                row = world.server.wait_job("RESTORE", "d")
                world.settle()
                if row["State"] == "CANCELLED":
                    check_has(row["Status"], "Disk full", point)
                    break
                damaged.restart_from_before()
            else:
                raise Failure(f"{point} was not reached")
            check_equal(damaged.before, damaged.found(), f"targets after {point}")
            world.restart()
            damaged.works_again()
        damaged.close()
    finally:
        damaged.world.close()


def can_mount(folder, size="24m"):
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                          capture_output=True)
    return done.returncode == 0


def fill(folder, left_bytes):
    """Leave at most so many bytes free there; the server may write meanwhile."""
    path = folder / "filler"
    with open(path, "wb", buffering=0) as file:
        while (state := os.statvfs(folder)).f_bavail * state.f_frsize > left_bytes:
            more = min(state.f_bavail * state.f_frsize - left_bytes, 1 << 20)
            try:
                file.write(b"\0" * more)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                break
    return path


def full_repository(build):
    """A real small file system under the repository."""
    world = World(build).start()
    mounted = can_mount(world.work.repo)
    if not mounted:
        print("no mount here: covered by injected_full alone")
        world.close()
        return
    try:
        world.run("CREATE DATABASE d")
        world.run("CREATE TABLE d.big (k BIGINT, v VARCHAR(2000)) DISTRIBUTED BY RANDOM")
        fill_table(world, "d.big", 40)
        world.make_repository()
        filler = fill(world.work.repo, 300_000)
        world.backup("b", "big")
        world.cancelled("BACKUP", "Disk full", str(world.work.repo))
        world.settle()
        filler.unlink()
        world.backup_done("b", "big")
        whole = world.rows("d.big")
        world.restore_done("b", "big AS copy")
        check_equal(whole, world.rows("d.copy"), "after room was made")
        world.check_nothing_to_do()
    finally:
        subprocess.run(["umount", "-l", world.work.repo], check=True)
        world.close()


def fill_table(world, table, times):
    """About 50 KB for each time, of bytes that do not shrink."""
    for number in range(times):
        rows = ", ".join(f"({number * 40 + i}, '{os.urandom(600).hex()}')" for i in range(40))
        world.run(f"INSERT INTO {table} VALUES {rows}")


def full_data_folder(build):
    """A real small file system under the data folder: statements and jobs fail, nothing is lost."""
    world = World(build)
    if not can_mount(world.work.data_dir, "100m"):  # a restore wants 64 MB to spare
        print("no mount here: covered by injected_full alone")
        world.close()
        return
    folder = world.work.data_dir
    try:
        world.start()
        world.run("CREATE DATABASE d")
        world.run("CREATE TABLE d.big (k BIGINT, v VARCHAR(2000)) DISTRIBUTED BY RANDOM")
        fill_table(world, "d.big", 40)
        world.make_repository()
        world.backup_done("b", "big")
        whole = world.rows("d.big")
        world.run("DROP TABLE d.big FORCE")
        world.run("CREATE TABLE d.big (k BIGINT, v VARCHAR(2000)) DISTRIBUTED BY RANDOM")
        sql = world.restore_sql("b", "big")
        for left in (900_000, 200_000, 0):
            filler = fill(folder, left)
            error = world.try_run(sql)
            if error:
                check_has(error, "Disk full")
            elif left:
                world.cancelled("RESTORE", "Disk full")
            else:
                filler.unlink()
                world.cancelled("RESTORE", "Disk full")
            check_equal("0", world.rows("d.big")[0], f"with {left} bytes free")
            error = world.try_run(f"INSERT INTO d.big VALUES (1, '{os.urandom(900).hex()}')")
            if error:
                check_has(error, "Disk full")
            filler.unlink(missing_ok=True)
            world.run("TRUNCATE TABLE d.big")
            world.settle()
            check(world.server.is_running(), lambda: f"the server died\n{world.server.log_tail(12)}")
        full_while_it_fetches(world, sql)
        world.run(sql)
        world.finished("RESTORE")
        check_equal(whole, world.rows("d.big"), "after room was made")
        world.check_nothing_to_do()
    finally:
        world.server.kill()
        subprocess.run(["umount", "-l", folder], check=True)
        world.close()


def full_while_it_fetches(world, sql):
    """The room that was there in DOWNLOAD is gone in DOWNLOADING, to the last byte."""
    world.restart("job.RESTORE.DOWNLOADING=wait@5")
    world.run(sql)
    world.wait_state("RESTORE", "DOWNLOADING")
    filler = fill(world.work.data_dir, 0)
    world.cancelled("RESTORE", "Disk full")
    world.settle()
    world.run("CREATE DATABASE made_on_a_full_disk")
    world.run("DROP DATABASE made_on_a_full_disk FORCE")
    check(world.server.is_running(), lambda: f"the server died\n{world.server.log_tail(12)}")
    check_equal("0", world.rows("d.big")[0], "rows on a full disk")
    filler.unlink()
    world.restart()


def read_only_place(build):
    """The repository's file system turns read-only under us."""
    world = World(build).start()
    if not can_mount(world.work.repo):
        print("no mount here")
        world.close()
        return
    remount = ["mount", "-o"]
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        world.backup_done("b", "t")
        subprocess.run([*remount, "remount,ro", world.work.repo], check=True)
        world.refused("BACKUP SNAPSHOT d.x TO r ON (t)", "Read-only file system")
        world.restore_done("b", "t AS u")
        check_equal(world.rows("d.t"), world.rows("d.u"), "restored from a read-only place")
        subprocess.run([*remount, "remount,rw", world.work.repo], check=True)
        world.backup_done("x", "t")
        world.check_nothing_to_do()
    finally:
        subprocess.run(["umount", "-l", world.work.repo], check=True)
        world.close()


if __name__ == "__main__":
    main("damage", [data_files, file_lists, manifests, claims, identity, gone, local_rowset,
                    injected_full, full_repository, full_data_folder, read_only_place])
