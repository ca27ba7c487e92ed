#!/usr/bin/env python3
"""Distinct counts over many rows: exactly, by BITMAP and by HLL, of one group and of 1000.

  bench/sketch.py [--build DIR] [--rounds N] [--millions N]"""
import time

from common import Bench, arguments, median, tell

# name, expression, and what it is measured against
QUESTIONS = [
    ("count(distinct)", "count(DISTINCT x)", None),
    ("bitmap_union_int", "bitmap_union_int(x)", "count(distinct)"),
    ("bitmap_union_count(to_bitmap)", "bitmap_union_count(to_bitmap(x))", "count(distinct)"),
    ("bitmap_union_count(bitmap_hash)", "bitmap_union_count(bitmap_hash(x))", "count(distinct)"),
    ("ndv", "ndv(x)", "count(distinct)"),
    ("hll_union_agg(hll_hash)", "hll_union_agg(hll_hash(x))", "count(distinct)"),
    ("percentile_approx", "percentile_approx(x, 0.5)", "percentile_cont"),
    ("percentile_cont", "percentile_cont(x, 0.5)", None),
]
SHAPES = [("", ""), (" by 1000 groups", " GROUP BY g")]


def load(bench, millions):
    digits = " UNION ALL ".join(f"SELECT {i} d" for i in range(10))
    bench.query("CREATE DATABASE d")
    bench.query(f"CREATE TABLE d.digits (d INT) DUPLICATE KEY (d); INSERT INTO d.digits {digits}")
    bench.query("CREATE TABLE d.t (g INT, x BIGINT) DUPLICATE KEY (g)")
    number = "((((a.d * 10 + b.d) * 10 + c.d) * 10 + e.d) * 10 + f.d) * 10 + h.d"
    for million in range(millions):
        # Half of the numbers come twice, in no order.
        bench.query(
            f"INSERT INTO d.t SELECT ({number}) % 1000, (({number} + {million} * 1000000) * 7919) % {millions * 500009 + 7} "
            "FROM d.digits a, d.digits b, d.digits c, d.digits e, d.digits f, d.digits h"
        )


def main():
    options = arguments(__doc__, rounds=3, millions=10)
    times = {}
    with Bench(options.build) as bench:
        load(bench, options.millions)
        for _ in range(options.rounds):
            for shape, group in SHAPES:
                for name, expression, _ in QUESTIONS:
                    began = time.monotonic()
                    bench.query(f"SELECT sum(n) FROM (SELECT {expression} n FROM d.t{group}) q")
                    times.setdefault(name + shape, []).append((time.monotonic() - began) * 1000)
    for shape, _ in SHAPES:
        for name, _, against in QUESTIONS:
            mine = median(times[name + shape])
            note = f"{mine / median(times[against + shape]):.2f} of {against}" if against else ""
            tell(name + shape, mine, " ms", note, times[name + shape])


if __name__ == "__main__":
    main()
