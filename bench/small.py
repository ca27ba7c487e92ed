#!/usr/bin/env python3
"""RESTORE of many small files, beside a bare loop that writes, syncs and renames the same files.

  bench/small.py [--build DIR] [--rounds N] [--hours PARTITIONS]

About 70 KB each: one partition per hour of the flights' first days."""
import datetime
import random

from common import Bench, arguments, median, settle, stored_data, tell, timed_copy

PADS = 4


def load(bench, hours):
    end = datetime.datetime(2001, 1, 1) + datetime.timedelta(hours=hours)
    columns = "".join(f", pad{i} VARCHAR(32)" for i in range(PADS))
    pads = "".join(f", {bench.pad(i)}" for i in range(PADS))
    bench.query("CREATE DATABASE d")
    bench.query(
        f"CREATE TABLE d.t (date DATETIME{columns}) DUPLICATE KEY(date) PARTITION BY RANGE(date)"
        f" (START ('2001-01-01 00:00:00') END ('{end}') EVERY (INTERVAL 1 HOUR))"
    )
    bench.query(f"INSERT INTO d.t SELECT date{pads} FROM {bench.flights()} WHERE date < '{end}'")
    bench.backup("d", "s")


def restore(build, source):
    with Bench(build, source.work.repo) as target:
        settle()
        return target.restore("s", "d", "d")


def main():
    options = arguments(__doc__, rounds=5, hours=2400)
    restores, copies = [], []
    with Bench(options.build) as source:
        load(source, options.hours)
        for _ in range(options.rounds):
            todo = ["restore", "copy"]
            random.shuffle(todo)
            for what in todo:
                if what == "restore":
                    milliseconds, row = restore(options.build, source)
                    restores.append(milliseconds)
                else:
                    settle()
                    copies.append(timed_copy(options.build, "smallfiles", stored_data(source), source.work.root / "peer"))
    files = int(row["FILES_DONE"])
    print(f"{files} files of {int(row['BYTES_DONE']) / files / 1000:.0f} KB on average")
    tell("restore, verified", median(restores), " ms", "no aim of its own", restores)
    tell("bare loop: write, fsync, rename; 4 threads", median(copies), " ms", "the peer", copies)
    tell("ratio", median(restores) / median(copies), "", "aim: at most 1.5")


if __name__ == "__main__":
    main()
