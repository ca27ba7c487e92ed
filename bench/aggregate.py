#!/usr/bin/env python3
"""An AGGREGATE KEY table of several loads that nobody has merged yet, beside the same rows merged.

  bench/aggregate.py [--build DIR] [--rounds N] [--loads N] [--keys N]

The first queries aggregate as the columns do, and need no merge; the last one shows what a merge costs."""
import random
import time

from common import Bench, arguments, median, settle, tell

COLUMNS = "k BIGINT, g INT, s BIGINT SUM, lo INT MIN, hi INT MAX, r INT REPLACE"
QUERIES = {
    "sum": ("SELECT sum(s) FROM d.{}", "aim: at most 6"),
    "sum, min, max by 1000 groups": (
        "SELECT g, sum(s), min(lo), max(hi) FROM d.{} GROUP BY g ORDER BY g LIMIT 1", "aim: at most 6"),
    "sum of a tenth of the keys": ("SELECT sum(s) FROM d.{} WHERE k < 200000", "aim: at most 6"),
    "count, which must merge": ("SELECT count(*), sum(s) FROM d.{}", "no aim: the cost of a merge"),
}


def load(bench, loads, keys):
    bench.query("CREATE DATABASE d")
    for name in ("loose", "merged"):
        bench.query(f"CREATE TABLE d.{name} ({COLUMNS}) AGGREGATE KEY(k, g) DISTRIBUTED BY HASH(k)")
    numbered = f"SELECT row_number() OVER () AS k FROM {bench.flights()} f"
    for i in range(loads):
        bench.query(f"INSERT INTO d.loose SELECT k, k % 1000, k % 7 + {i}, k % 100, k % 100, {i}"
                    f" FROM ({numbered}) x WHERE k <= {keys}")
    _, seconds = timed(bench.query, "INSERT INTO d.merged SELECT * FROM d.loose")
    return seconds


def timed(work, *arguments):
    begin = time.monotonic()
    answer = work(*arguments)
    return answer, time.monotonic() - begin


def main():
    options = arguments(__doc__, rounds=7, loads=5, keys=2000000)
    with Bench(options.build, config="compaction_min_rowsets = 0\n") as bench:
        seconds = load(bench, options.loads, options.keys)
        tell("read with a merge and written as one load", seconds, " s", "no aim")
        settle()
        session = bench.session()
        for name, (sql, aim) in QUERIES.items():
            times, answers = {"loose": [], "merged": []}, {}
            for _ in range(options.rounds + 1):  # the first round warms up
                for table in random.sample(sorted(times), 2):
                    answers[table], took = timed(session.run, sql.format(table) + ";")
                    times[table].append(took * 1000)
            said = {table: answer.splitlines()[1] for table, answer in answers.items()}
            if said["loose"] != said["merged"]:
                raise SystemExit(f"{name}: {said}")
            loose, merged = (median(times[table][1:]) for table in ("loose", "merged"))
            print(f"{name}: {options.loads} loads {loose:.1f} ms, merged {merged:.1f} ms")
            tell(f"{name}: ratio", loose / merged, "", aim)
        session.close()


if __name__ == "__main__":
    main()
