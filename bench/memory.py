#!/usr/bin/env python3
"""Memory of the server while it restores much data and very many files, beyond what it has idle.

  bench/memory.py [--build DIR] [--mb SIZE] [--files N]

Page cache is not counted."""
import threading
import time

from common import Bench, arguments, tell

AIM = "aim: under 256"
HOURS_WITH_FLIGHTS = 3980  # until 20 June, of 4080


class Peak(threading.Thread):
    """The most memory that was seen, looked at every 5 ms."""

    def __init__(self, bench):
        super().__init__()
        self.bench, self.most, self.is_over = bench, 0, False

    def run(self):
        while not self.is_over:
            self.most = max(self.most, self.bench.memory_kb("RssAnon"))
            time.sleep(0.005)


def restore(build, source, label):
    """(idle, peak, row) of a restore into an empty server, in MB."""
    with Bench(build, source.work.repo) as target:
        target.query("SELECT 1")
        idle = target.memory_kb("RssAnon")
        peak = Peak(target)
        peak.start()
        milliseconds, row = target.restore(label, label, label)
        peak.is_over = True
        peak.join()
        return (peak.most - idle) / 1024, milliseconds, row


def load_large(bench, megabytes):
    pads = max(1, round(megabytes * 1_000_000 / 3_000_000 / 32))
    columns = "".join(f", pad{i} VARCHAR(32)" for i in range(pads))
    values = "".join(f", {bench.pad(i)}" for i in range(pads))
    bench.query("CREATE DATABASE large")
    bench.query(f"CREATE TABLE large.t (date DATETIME{columns}) DUPLICATE KEY(date)")
    bench.query(f"INSERT INTO large.t SELECT date{values} FROM {bench.flights()}")
    bench.backup("large", "large")


def load_many(bench, files):
    """Tables of one file per hour, until there are enough; so many partitions may be made at once."""
    bench.query("CREATE DATABASE many")
    parts = (
        "PARTITION BY RANGE(date) (START ('2001-01-01 00:00:00') END ('2001-06-20 00:00:00') EVERY (INTERVAL 1 HOUR))"
    )
    for i in range(max(1, round(files / HOURS_WITH_FLIGHTS))):
        bench.query(f"CREATE TABLE many.t{i} (date DATETIME, delay SMALLINT, n INT) DUPLICATE KEY(date) {parts}")
        bench.query(f"INSERT INTO many.t{i} SELECT date, delay, {i} FROM {bench.flights()} WHERE date < '2001-06-20'")
    bench.backup("many", "many")


def main():
    options = arguments(__doc__, mb=1000, files=100_000)
    with Bench(options.build) as source:
        load_large(source, options.mb)
        more, milliseconds, row = restore(options.build, source, "large")
        tell(f"restore of {int(row['BYTES_DONE']) / 1e6:.0f} MB in {milliseconds} ms: memory beyond idle", more, " MB", AIM)
    with Bench(options.build) as source:
        load_many(source, options.files)
        more, milliseconds, row = restore(options.build, source, "many")
        tell(f"restore of {row['FILES_TOTAL']} files in {milliseconds} ms: memory beyond idle", more, " MB", AIM)


if __name__ == "__main__":
    main()
