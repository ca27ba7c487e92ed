#!/usr/bin/env python3
"""BACKUP and RESTORE of a database with many tables, and both again when nothing changed.

  bench/tables.py [--build DIR] [--rounds N] [--tables N]"""
import subprocess
import time

from common import Bench, arguments, median, settle, tell


def load(bench, tables):
    bench.query("CREATE DATABASE d")
    text = "".join(
        f"CREATE TABLE d.t{i} (k INT, v VARCHAR(20)) DUPLICATE KEY(k); INSERT INTO d.t{i} VALUES ({i}, 'v');"
        for i in range(tables)
    )
    began = time.monotonic()
    subprocess.run([*bench.server.client_command(), "-e", text], check=True)
    print(f"{tables} tables made and one row each inserted: {time.monotonic() - began:.1f} s")


def main():
    options = arguments(__doc__, rounds=5, tables=500)
    firsts, agains = [], []
    with Bench(options.build) as source:
        load(source, options.tables)
        first, _ = source.backup("d", "s")
        backups = []
        for i in range(options.rounds):
            milliseconds, row = source.backup("d", f"again{i}")
            moved = int(row["BYTES_DONE"])
            backups.append(milliseconds)
        for _ in range(options.rounds):
            with Bench(options.build, source.work.repo) as target:
                settle()
                firsts.append(target.restore("s", "d", "d")[0])
                milliseconds, row = target.restore("s", "d", "again")
                agains.append(milliseconds)
                moved += int(row["BYTES_DONE"])
    tell(f"backup of {options.tables} tables", first, " ms", "aim: under 2000")
    tell("backup again, nothing changed", median(backups), " ms", "aim: no data moved", backups)
    tell(f"restore of {options.tables} tables", median(firsts), " ms", "aim: under 2000", firsts)
    tell("restore again under another name", median(agains), " ms", "aim: no data moved", agains)
    tell("bytes moved by the repeated jobs", moved, "", "aim: 0")


if __name__ == "__main__":
    main()
