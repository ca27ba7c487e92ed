#!/usr/bin/env python3
"""Upsert of a tenth of a PRIMARY KEY table, and scans after it, beside DuckDB's own tables.

  bench/upsert.py [--build DIR] [--rounds N] [--rows ROWS]

A tenth as many rows as the table has are written, nine of ten replace one; then twice more, until compaction
has come and rests. DuckDB: INSERT OR REPLACE
into a table with a primary key, in a file; both read the same Parquet file."""
import random
import subprocess
import time

from common import LOAD_SECONDS, Bench, arguments, median, settle, tell
from harness import Failure, Session

SCANS = [
    ("sum", "SELECT sum(b) FROM {t}"),
    ("group", "SELECT a % 1000 AS g, max(s), count(*) FROM {t} GROUP BY a % 1000 ORDER BY g LIMIT 5"),
    ("point", "SELECT b FROM {t} WHERE k = {k}"),
    ("count", "SELECT count(*) FROM {t}"),
]
LATER = (2, 3)  # further upserts, so that compaction becomes due
REST_SECONDS = 4
COLUMNS = "k BIGINT NOT NULL, a INT, b BIGINT, s VARCHAR(32)"


class Native:
    """DuckDB with a file of its own, one statement at a time."""

    def __init__(self, build, path):
        self.process = subprocess.Popen(
            [build / "bench" / "native", path, "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, sql):
        """(milliseconds, first cell)"""
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().split(" ", 1)
        return float(line[0]), line[1].strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(bench, sql):
    """(milliseconds beyond those of the smallest statement, first cell)"""
    begun = time.monotonic()
    said = bench.session.run(sql + ";", LOAD_SECONDS)
    took = (time.monotonic() - begun) * 1000
    if "ERROR" in said:
        raise Failure(f"{sql}: {said}")
    return max(took - bench.idle, 0.01), (said.splitlines() + ["", ""])[1].split(" | ")[0]


def make_files(native, files, rows):
    select = "SELECT {key} AS k, CAST(hash(i + {seed}) % 1000000 AS INTEGER) AS a, CAST(hash(i * 7 + {seed}) % 1000000007 AS BIGINT) AS b, 'v' || (hash(i + {seed}) % 100000) AS s"
    base = select.format(key="i", seed=0)
    native.run(f"COPY ({base} FROM range({rows}) t(i)) TO '{files}/base.parquet'")
    news = rows // 10
    key = f"CASE WHEN i % 10 < 9 THEN CAST(hash(i) % {rows} AS BIGINT) ELSE {rows} + i END"
    for seed in (1, *LATER):
        inner = select.format(key=key.replace("hash(i)", f"hash(i + {seed * rows})"), seed=seed)
        native.run(f"COPY (SELECT k, max(a) AS a, max(b) AS b, max(s) AS s FROM ({inner} FROM range({news}) t(i)) GROUP BY k) TO '{files}/new{seed}.parquet'")


def one_round(bench, native, rows, figures):
    files = bench.work.files
    for name in ("base", "new1"):
        native.run(f"SELECT count(*) FROM read_parquet('{files}/{name}.parquet')")
    bench.query("DROP TABLE IF EXISTS d.t FORCE")
    bench.query(f"CREATE TABLE d.t ({COLUMNS}) PRIMARY KEY(k) DISTRIBUTED BY HASH(k)")
    native.run("DROP TABLE IF EXISTS t")
    native.run(f"CREATE TABLE t ({COLUMNS}, PRIMARY KEY (k))")
    source = "FILES('path' = 'file://{}', 'format' = 'parquet')"
    load = f"INSERT INTO d.t SELECT k, a, b, s FROM {source.format(files / 'base.parquet')}"
    figures["load"].append((timed(bench, load)[0], native.run(f"INSERT INTO t SELECT * FROM '{files}/base.parquet'")[0]))
    native.run("CHECKPOINT")
    settle()
    upsert = f"INSERT INTO d.t SELECT k, a, b, s FROM {source.format(files / 'new1.parquet')}"
    replace = f"INSERT OR REPLACE INTO t SELECT * FROM '{files}/new1.parquet'"
    todo = ["ours", "native"]
    random.shuffle(todo)
    took = {}
    for what in todo:
        took[what] = timed(bench, upsert)[0] if what == "ours" else native.run(replace)[0]
    figures["upsert"].append((took["ours"], took["native"]))
    scan(bench, native, rows, figures, "after it: ")
    for seed in LATER:
        place = files / f"new{seed}.parquet"
        timed(bench, f"INSERT INTO d.t SELECT k, a, b, s FROM {source.format(place)}")
        native.run(f"INSERT OR REPLACE INTO t SELECT * FROM '{place}'")
    native.run("CHECKPOINT")
    await_compaction(bench)
    scan(bench, native, rows, figures, "compacted: ")


def await_compaction(bench):
    """More than a fifth of the rows is dead by now: compaction is due, and over when it rests."""
    runs, since = "0", time.monotonic()
    while runs == "0" or time.monotonic() - since < REST_SECONDS:
        now = bench.query("SELECT sum(RUNS) AS n FROM information_schema.compactions WHERE TABLE_NAME = 't'")[0]["n"]
        if now != runs:
            runs, since = now, time.monotonic()
        if time.monotonic() - since > LOAD_SECONDS:
            raise Failure("compaction never came")
        time.sleep(0.2)


def scan(bench, native, rows, figures, when):
    for name, sql in SCANS:
        key = random.randrange(rows)
        ours = [timed(bench, sql.format(t="d.t", k=key)) for _ in range(5)]
        theirs = [native.run(sql.format(t="t", k=key)) for _ in range(5)]
        figures[when + name].append((median([o[0] for o in ours]), median([n[0] for n in theirs])))
        if ours[-1][1] != theirs[-1][1]:
            raise Failure(f"{sql}: {ours[-1][1]}, DuckDB {theirs[-1][1]}")


AIMS = {"upsert": "aim: at most 1, better 0.25", "after it": "aim: at most 2.5", "compacted": "aim: at most 2"}


def main():
    options = arguments(__doc__, rounds=3, rows=10_000_000)
    names = ["load", "upsert"] + [f"{when}: {name}" for when in ("after it", "compacted") for name, _ in SCANS]
    figures = {name: [] for name in names}
    with Bench(options.build) as bench:
        native = Native(options.build, bench.work.root / "native.duckdb")
        bench.session, bench.idle = Session(bench.server), 0
        bench.idle = median([timed(bench, "SELECT 1")[0] for _ in range(20)])
        bench.query("CREATE DATABASE d")
        make_files(native, bench.work.files, options.rows)
        for _ in range(options.rounds):
            one_round(bench, native, options.rows, figures)
        native.close()
    for name, pairs in figures.items():
        ours, theirs = median([p[0] for p in pairs]), median([p[1] for p in pairs])
        aim = AIMS.get(name.split(":")[0], "")
        tell(name, ours / theirs, f" ({ours:.1f} ms, DuckDB {theirs:.1f} ms)", aim, [round(p[0]) for p in pairs])


if __name__ == "__main__":
    main()
