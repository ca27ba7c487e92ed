#!/usr/bin/env python3
"""Start and stop: one server per folder, jobs over a stop, configuration, whose folder it is, and what
FILES and repositories may reach."""
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, check_has, flip, main, timed  # noqa: E402
from harness import SOURCE  # noqa: E402

START_SECONDS = 20


def start_fails(world, *parts, arguments=()):
    """A start that must end with exit code 1 or 2 and one line that says why."""
    command = [world.server.binary, "--data-dir", world.work.data_dir, "--mysql-port", "0"]
    if world.server.config_path.stat().st_size:
        command += ["--config", world.server.config_path]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=START_SECONDS
    )
    check(done.returncode in (1, 2), f"exit code {done.returncode}\n{done.stderr}")
    check("ready" not in done.stdout, f"it became ready: {done.stdout}")
    check_has(done.stderr, "kintsugid: ", *(str(part) for part in parts))


def one_server_per_folder(build):
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        whole = world.rows("d.t")
        start_fails(world, "is in use by another server", world.work.data_dir)
        link = world.work.root / "link"
        link.symlink_to(world.work.data_dir)
        start_fails(world, "is in use by another server", arguments=[])
        command = [world.server.binary, f"--data-dir={link}", "--mysql-port", "0"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS)
        check_has(done.stderr, "is in use by another server")
        check_equal(whole, world.rows("d.t"), "the first server goes on")
        world.server.kill()
        world.start()  # nothing of a killed server stands in the way
        check_equal(whole, world.rows("d.t"), "after kill -9")
        world.check_nothing_to_do()
    finally:
        world.close()


def stop_in_a_job(build):
    """SIGTERM in the middle of a job leaves it to the next start; the stop does not wait for it."""
    world = World(build, "catalog_trash_expire_second = 0\n").start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        whole = world.rows("d.t")
        world.make_repository()
        for state, point in [("UPLOADING", "backup.upload"), ("UPLOADING", "stage.copied"),
                             ("SAVE_META", "job.BACKUP.SAVE_META")]:
            label = point.replace(".", "_")
            world.restart(f"{point}=wait@600")
            world.run("TRUNCATE TABLE d.t")
            world.insert("d.t", range(300), prefix=label)
            whole = world.rows("d.t")
            world.backup(label, "t")
            world.wait_state("BACKUP", state)
            _, seconds = timed(world.server.stop)
            check(seconds < 5, f"the stop took {seconds:.1f} s in {point}")
            world.start()
            check_equal(label, world.finished("BACKUP")["SnapshotName"], "the job that goes on")
        for state, point in [("DOWNLOADING", "restore.fetch"), ("PENDING", "stage.copied"),
                             ("COMMITTING", "restore.linked"), ("COMMIT", "job.RESTORE.COMMIT")]:
            world.restart(f"{point}=wait@600")
            world.run("DROP TABLE d.t FORCE")
            for _ in range(500):  # nothing local is left to reuse
                if not world.rowset_files():
                    break
                time.sleep(0.01)
            world.restore(label, "t")
            world.wait_state("RESTORE", state)
            _, seconds = timed(world.server.stop)
            check(seconds < 5, f"the stop took {seconds:.1f} s in {point}")
            world.start()
            world.finished("RESTORE")
            check_equal(whole, world.rows("d.t"), f"stopped in {point}")
        world.check_nothing_to_do()
    finally:
        world.close()


def stop_with_clients(build):
    """SIGTERM ends a running statement and does not wait for clients that say nothing."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        idle, busy = world.session(), world.session()
        check_has(idle.run("SELECT 1;"), "1")
        busy.process.stdin.write(
            b"SELECT sum(a.k * b.k + c.k * e.k) FROM d.t a, d.t b, d.t c, d.t e;\n")
        busy.process.stdin.flush()
        time.sleep(0.5)
        _, seconds = timed(world.server.stop)
        check(seconds < 5, f"the stop took {seconds:.1f} s")
        idle.close()
        busy.close()
        world.start()
        check_equal("300", world.rows("d.t")[0], "after the stop")
    finally:
        world.close()


def configuration(build):
    world = World(build)
    try:
        for text, parts in [
            ("no_such_key = 1\n", ["unknown key 'no_such_key'", "server.conf"]),
            ("job_workers = many\n", ["key 'job_workers' must be", "found 'many'"]),
            ("job_workers = 0\n", ["key 'job_workers' must be", "found '0'"]),
            ("job_workers = 2\njob_workers = 3\n", ["key 'job_workers' is given twice"]),
            ("job_workers\n", ["expected 'key = value'"]),
            ("files_dirs = relative\n", ["key 'files_dirs' must be"]),
        ]:
            world.server.config_path.write_text(text)
            start_fails(world, *parts)
            check(not world.work.data_dir.exists(), "a refused start made the data folder")
        world.server.config_path.write_text(f"files_dirs = {world.work.data_dir}\n")
        start_fails(world, "may not contain one another")
        world.server.config_path.write_text("")
        start_fails(world, "unknown option '--what'", arguments=["--what"])
        start_fails(world, "only loopback is allowed", arguments=["--bind", "0.0.0.0"])
        shown = subprocess.run([world.server.binary, "--print-config-docs"],
                               capture_output=True, text=True, check=True).stdout
        page = (SOURCE / "docs" / "operations.md").read_text()
        missing = [key for key in re.findall(r"^\| `(\w+)`", shown, re.M) if f"`{key}`" not in page]
        check(shown and not missing, f"keys that docs/operations.md does not know: {missing}")
    finally:
        world.close()


def whose_folder(build):
    """root.json, key and catalog.db belong together: whatever is missing or foreign is refused."""
    world, other = World(build).start(), World(build).start()
    try:
        for one in (world, other):
            one.run("CREATE DATABASE d")
            one.make_table("d.t")
        whole = world.rows("d.t")
        world.server.stop()
        other.server.stop()
        data, files = world.work.data_dir, len(world.rowset_files())
        for name, damage, parts in [
            ("root.json", Path.unlink, ["has no root.json", "3 rowsets"]),
            ("root.json", lambda p: shutil.copy(other.work.data_dir / "root.json", p),
             ["belongs to another server"]),
            ("root.json", lambda p: p.write_text("garbage"), ["root.json"]),
            ("key", Path.unlink, ["key is missing"]),
            ("key", lambda p: p.write_bytes(b"short"), ["must hold 32 bytes, found 5"]),
            ("catalog.db", lambda p: shutil.copy(other.work.data_dir / "catalog.db", p),
             ["belongs to another server"]),
            ("catalog.db", lambda p: p.write_bytes(b"garbage" * 1000), ["catalog.db"]),
        ]:
            path, kept = data / name, world.work.root / "kept"
            shutil.copy2(path, kept)
            path.chmod(0o600)
            damage(path)
            start_fails(world, *parts)
            check_equal(files, len(world.rowset_files()), f"rowsets after {parts}")
            path.unlink(missing_ok=True)
            shutil.move(kept, path)
        world.start()
        check_equal(whole, world.rows("d.t"), "after the repair")
        world.check_nothing_to_do()
    finally:
        world.close()
        other.close()


def damaged_catalog(build):
    """Bytes changed in catalog.db are noticed: at the start, or the rows are all the same."""
    world = World(build).start()
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        whole = world.rows("d.t")
        world.server.stop()
        path = world.work.data_dir / "catalog.db"
        good = path.read_bytes()
        noticed = 0
        for at in range(0, len(good), 1009):
            path.write_bytes(good)
            flip(path, at)
            try:
                world.start()
            except Exception:
                noticed += 1
                check(world.server.exit_code() == 1, f"byte {at}: {world.server.log_tail(3)}")
                continue
            check_equal(whole, world.rows("d.t"), f"with byte {at} of catalog.db changed")
            world.server.kill()
            path.with_name("catalog.db-wal").unlink(missing_ok=True)
            path.with_name("catalog.db-shm").unlink(missing_ok=True)
        check(noticed > 5, "hardly any damage was noticed")
        path.write_bytes(good)
        world.start()
        world.check_nothing_to_do()
    finally:
        world.close()


def copied_elsewhere(build):
    """A data folder that was copied, stopped or as it lay after kill -9, is a server with its data."""
    world, copy = World(build).start(), World(build)
    try:
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        world.backup_done("b", "t")
        whole = world.rows("d.t")
        for end in (world.server.kill, world.server.stop):
            end()
            shutil.rmtree(copy.work.data_dir, ignore_errors=True)
            shutil.copytree(world.work.data_dir, copy.work.data_dir)
            copy.start()
            check_equal(whole, copy.rows("d.t"), "the copy")
            world.start()
            world.insert("d.t", [1])
            check_equal(whole, copy.rows("d.t"), "the copy, after the first went on")
            world.run("TRUNCATE TABLE d.t")
            world.restore_done("b", "t")
            copy.server.stop()
    finally:
        world.close()
        copy.close()


def files_and_links(build):
    """FILES and repositories stay in their folders: links, `..`, devices and patterns do not help."""
    world = World(build, "files_dirs = ${FILES_DIR}\nrepository_dirs = ${REPO_DIR}\n")
    inside, root = world.work.files, world.work.root
    secret = root / "secret"
    secret.mkdir()
    (secret / "s.csv").write_text("1,secret\n")
    (inside / "good.csv").write_text("1,good\n")
    (inside / "sub").mkdir()
    (inside / "sub" / "good.csv").write_text("2,good\n")
    (inside / "link.csv").symlink_to(secret / "s.csv")
    (inside / "linked").symlink_to(secret)
    (inside / "local.csv").symlink_to("good.csv")
    world.start()
    try:
        read = "SELECT count(*) AS n FROM FILES('path'='file://{}', 'format'='csv')"
        for path, rows in [(inside / "good.csv", "1"), (inside / "sub/good.csv", "1"),
                           (f"{inside}/s*/*.csv", "1"), (f"{inside}//sub///good.csv", "1")]:
            check_equal(rows, world.run(read.format(path))[0]["n"], f"rows of {path}")
        for path in [
            secret / "s.csv", inside / "link.csv", inside / "linked/s.csv", inside / "local.csv",
            f"{inside}/../secret/s.csv", f"{inside}/sub/../good.csv", f"{inside}/./good.csv",
            f"{inside}x/s.csv", "/etc/passwd", f"{inside}/linked/../good.csv",
            world.work.data_dir / "key", f"{root}/*/s.csv",
        ]:
            world.refused(read.format(path), "may not read")
        world.refused(read.format(f"{inside}/*/s.csv"), "no file found")
        for place, said in [(secret, "Folder"), (world.work.data_dir / "r", "Folder"),
                            (root, "Folder"), (f"{world.work.repo}/../secret", "Invalid location")]:
            world.refused(f"CREATE REPOSITORY bad WITH BROKER ON LOCATION 'file://{place}'", said)
        (world.work.repo / "way").symlink_to(secret)
        world.refused(
            f"CREATE REPOSITORY bad WITH BROKER ON LOCATION 'file://{world.work.repo}/way'", "Folder")
        check_equal([], world.run("SHOW REPOSITORIES"), "repositories")
        check_equal(["s.csv"], [path.name for path in secret.iterdir()], "what was written outside")
        # A link inside of a repository does not lead out of it either.
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        world.make_repository()
        (world.repository() / "data").symlink_to(secret)
        world.backup("b", "t")
        world.cancelled("BACKUP", "data: it is")
        check_equal(["s.csv"], [path.name for path in secret.iterdir()], "what was written outside")
    finally:
        world.close()


if __name__ == "__main__":
    main("lifecycle", [one_server_per_folder, stop_in_a_job, stop_with_clients, configuration,
                       whose_folder, damaged_catalog, copied_elsewhere, files_and_links])
