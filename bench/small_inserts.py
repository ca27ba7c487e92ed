#!/usr/bin/env python3
"""Many one-row INSERTs: how many a second, how many files a scan reads meanwhile, what memory they
cost, and what a query loses beside the merging of their files.

  bench/small_inserts.py [--build DIR] [--inserts N] [--clients N] [--rounds N]"""
import subprocess
import threading
import time

from common import Bench, arguments, median, tell

AIM_RATE, AIM_FILES = 300, 200
COLUMNS = "(k INT, v VARCHAR(20)) DUPLICATE KEY(k)"
QUERY = "SELECT origin, count(*), avg(delay) FROM d.t GROUP BY origin ORDER BY origin LIMIT 3"


def run_client(bench, table, count):
    text = "".join(f"INSERT INTO i.{table} VALUES ({i}, 'v');\n" for i in range(count))
    command = bench.server.client_command()
    subprocess.run(command, input=text.encode(), check=True, stdout=subprocess.DEVNULL)


def files_of_scan(bench):
    return int(bench.query("SELECT max(FILE_COUNT) AS n FROM information_schema.compactions")[0]["n"])


class Watcher(threading.Thread):
    """Files of the table that grows, looked at again and again."""

    def __init__(self, bench):
        super().__init__()
        self.bench, self.most, self.is_over = bench, 0, False

    def run(self):
        while not self.is_over:
            self.most = max(self.most, files_of_scan(self.bench))
            time.sleep(0.1)


def measure_rate(bench, options):
    bench.query("CREATE DATABASE i")
    bench.query(f"CREATE TABLE i.t {COLUMNS}")
    run_client(bench, "t", 50)
    before = bench.memory_kb()
    watcher = Watcher(bench)
    watcher.start()
    share = options.inserts // options.clients
    threads = [threading.Thread(target=run_client, args=(bench, "t", share)) for _ in range(options.clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = share * options.clients / (time.monotonic() - began)
    watcher.is_over = True
    watcher.join()
    tell(f"one-row INSERTs, {options.clients} clients, {share * options.clients} in all", rate, "/s", f"aim: {AIM_RATE}")
    tell("most files of the table meanwhile", watcher.most, "", f"aim: under {AIM_FILES}")
    grown = (bench.memory_kb() - before) / (share * options.clients)
    tell("memory for each INSERT", grown, " KB", "aim: none that stays")
    row = bench.query("SELECT * FROM information_schema.maintenance WHERE NAME = 'compaction'")[0]
    print(f"compaction merged {row['FILES_DONE']} files; writes delayed: {row['DELAYED_WRITES']}")


def query_time(bench):
    began = time.monotonic()
    bench.query(QUERY)
    return time.monotonic() - began


def measure_slowdown(bench, options):
    """The query reads one table while another one's files are merged without a pause."""
    bench.query("CREATE DATABASE d")
    columns = "date DATETIME, delay SMALLINT, distance SMALLINT, origin VARCHAR(3), destination VARCHAR(3)"
    select = f"SELECT date, delay, distance, origin, destination FROM {bench.flights()}"
    for table in "tu":
        bench.query(f"CREATE TABLE d.{table} ({columns}) DUPLICATE KEY(date)")
    bench.query(f"INSERT INTO d.t {select}")
    quiet, beside = [], []
    for _ in range(options.rounds):
        quiet += [query_time(bench) for _ in range(10)]
        for _ in range(10):
            bench.query(f"INSERT INTO d.u {select}")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and is_merging(bench):
            beside.append(query_time(bench))
        bench.query("TRUNCATE TABLE d.u")
    if beside:
        ratio = median(beside) / median(quiet)
        tell(f"query while files are merged, {len(beside)} queries, beside quiet", ratio, "x", "aim: under 1.2")


def is_merging(bench):
    state = bench.query("SELECT STATE FROM information_schema.maintenance WHERE NAME = 'compaction'")
    return state[0]["STATE"] != "IDLE"


def main():
    options = arguments(__doc__, inserts=10000, clients=16, rounds=2)
    with Bench(options.build) as bench:
        measure_rate(bench, options)
        measure_slowdown(bench, options)


if __name__ == "__main__":
    main()
