#!/usr/bin/env python3
"""How fast RESTORE is, beside a plain durable copy of the same bytes, in one run.

  bench/restore.py [--build DIR] [--rounds N] [--mb SIZE] [--tables N]

Rounds are randomised; figures are medians (machines are noisy: read the ratios)."""
import argparse
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "lib"))
from harness import SOURCE, Server, Workspace  # noqa: E402

FLIGHTS = SOURCE / ".deps" / "data" / "flights-3m.parquet"
PADDING_BYTES_PER_ROW = 32  # one md5 text, which LZ4 hardly shortens
FLIGHT_ROWS = 3_000_000


def job(server, database):
    """The latest restore of a database: (milliseconds, row)."""
    server.wait_job("restore", database, seconds=600)
    rows = server.query("SELECT * FROM information_schema.restore_jobs")
    row = [r for r in rows if r["DATABASE_NAME"] == database][-1]
    if row["STATE"] != "FINISHED":
        sys.exit(f"restore of {database} ended as {row}")
    return int(row["DURATION_MS"]), row


def load(server, work, megabytes):
    pads = max(1, round(megabytes * 1_000_000 / FLIGHT_ROWS / PADDING_BYTES_PER_ROW))
    columns = "".join(f", pad{i} VARCHAR(32)" for i in range(pads))
    values = "".join(f", md5(concat(date, '{i}', distance, origin, destination, delay))" for i in range(pads))
    shutil.copy(FLIGHTS, work.files / FLIGHTS.name)
    server.query("CREATE DATABASE big")
    server.query(
        "CREATE TABLE big.flights (date DATETIME, delay SMALLINT, distance SMALLINT, origin VARCHAR(3),"
        f" destination VARCHAR(3){columns}) DUPLICATE KEY(date)"
        " PARTITION BY RANGE(date) (START ('2001-01-01') END ('2001-08-01') EVERY (INTERVAL 1 MONTH))"
    )
    server.query(
        f"INSERT INTO big.flights SELECT date, delay, distance, origin, destination{values}"
        f" FROM FILES('path' = 'file://{work.files}/{FLIGHTS.name}', 'format' = 'parquet')",
        seconds=600,
    )
    server.query("CREATE TABLE big.one (k INT) DUPLICATE KEY(k)")
    server.query("INSERT INTO big.one VALUES (1)")


def backup(server, label, objects):
    began = time.monotonic()
    server.query(f"BACKUP DATABASE big SNAPSHOT {label} TO r ON ({objects})")
    row = server.wait_job("backup", "big", seconds=600)
    if row["State"] != "FINISHED":
        sys.exit(f"backup {label} ended as {row}")
    return time.monotonic() - began


class Target:
    """A second server with an empty data folder."""

    def __init__(self, build, repository):
        self.work = Workspace()
        self.server = Server(build, self.work).start()
        self.server.query(f"CREATE READ ONLY REPOSITORY r WITH BROKER ON LOCATION 'file://{repository}'")

    def close(self):
        self.server.stop()
        self.work.remove()


def restore_big(build, work):
    target = Target(build, work.repo)
    settle()
    target.server.query("RESTORE SNAPSHOT big FROM r DATABASE big ON (flights)")
    milliseconds, row = job(target.server, "big")
    target.server.query("RESTORE SNAPSHOT big FROM r DATABASE big AS again ON (flights)")
    again, again_row = job(target.server, "again")
    if again_row["BYTES_DONE"] != "0":
        sys.exit(f"repeating a restore moved bytes: {again_row}")
    target.close()
    return milliseconds, again, int(row["BYTES_DONE"])


def plain_copy(build, work):
    place = Path(work.root) / "plaincopy"
    source = work.repo / "kintsugi_repository_r" / "data"
    settle()
    began = time.monotonic()
    subprocess.run([build / "bench" / "plaincopy", source, place], check=True, stdout=subprocess.DEVNULL)
    milliseconds = (time.monotonic() - began) * 1000
    shutil.rmtree(place)
    return milliseconds


def settle():
    subprocess.run(["sync"], check=True)
    time.sleep(1)


def measure_big(build, work, rounds):
    restores, repeats, copies, size = [], [], [], 0
    for _ in range(rounds):
        todo = ["restore", "copy"]
        random.shuffle(todo)
        for what in todo:
            if what == "copy":
                copies.append(plain_copy(build, work))
            else:
                milliseconds, again, size = restore_big(build, work)
                restores.append(milliseconds)
                repeats.append(again)
    restore, copy = statistics.median(restores), statistics.median(copies)
    print(f"restore of {size / 1e6:.0f} MB into an empty server, verified: {restore:.0f} ms"
          f" ({size / 1e6 / restore:.2f} GB/s), rounds {sorted(restores)}")
    print(f"plain durable copy, 4 threads: {copy:.0f} ms, rounds {[round(c) for c in sorted(copies)]}")
    print(f"ratio: {restore / copy:.2f} (aim: at most 1.15)")
    print(f"the same restore again, all files there: {statistics.median(repeats):.0f} ms, no byte moved")


def measure_small(build, work, rounds):
    target = Target(build, work.repo)
    times = []
    for i in range(rounds):
        target.server.query(f"RESTORE SNAPSHOT one FROM r DATABASE big AS small{i} ON (one)")
        times.append(job(target.server, f"small{i}")[0])
    target.close()
    print(f"one-row table, statement to FINISHED: {statistics.median(times):.0f} ms (aim: under 50), rounds {sorted(times)}")


def measure_start(build, tables):
    work = Workspace()
    server = Server(build, work).start()
    server.query("CREATE DATABASE d")
    text = "".join(f"CREATE TABLE d.t{i} (k INT, v VARCHAR(20)) DUPLICATE KEY(k);" for i in range(tables))
    subprocess.run([*server.client_command(), "-e", text], check=True)
    times = []
    for _ in range(5):
        server.stop()
        began = time.monotonic()
        server.start()
        times.append((time.monotonic() - began) * 1000)
    server.stop()
    work.remove()
    print(f"start with {tables} tables: {statistics.median(times):.0f} ms (aim: under 1000)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=SOURCE / "build")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--mb", type=int, default=1000, help="about this much data")
    parser.add_argument("--tables", type=int, default=1000)
    arguments = parser.parse_args()
    work = Workspace()
    server = Server(arguments.build, work, "files_dirs = ${FILES_DIR}\n").start()
    server.query(f"CREATE REPOSITORY r WITH BROKER ON LOCATION 'file://{work.repo}'")
    load(server, work, arguments.mb)
    print(f"backup of the big table: {backup(server, 'big', 'flights') * 1000:.0f} ms")
    print(f"backup again, nothing new: {backup(server, 'again', 'flights') * 1000:.0f} ms")
    measure_big(arguments.build, work, arguments.rounds)
    backup(server, "one", "one")
    measure_small(arguments.build, work, 3 * arguments.rounds)
    measure_start(arguments.build, arguments.tables)
    server.stop()
    work.remove()


if __name__ == "__main__":
    main()
