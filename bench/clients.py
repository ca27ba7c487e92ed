#!/usr/bin/env python3
"""What clients see: single-row INSERTs, a large SELECT through the protocol, and queries while
BACKUP and RESTORE run.

  bench/clients.py [--build DIR] [--rounds N] [--inserts N] [--clients N]"""
import shutil
import subprocess
import threading
import time

from common import Bench, arguments, median, tell

PADS = 6
UNLIMITED, LIMITED = "", 'PROPERTIES ("bandwidth_limit" = "104857600")'
QUERY = "SELECT origin, count(*), avg(delay), max(pad0) FROM d.t GROUP BY origin ORDER BY origin LIMIT 3"


def load(bench):
    columns = "".join(f", pad{i} VARCHAR(32)" for i in range(PADS))
    pads = "".join(f", {bench.pad(i)}" for i in range(PADS))
    bench.query("CREATE DATABASE d")
    for table in "tu":
        bench.query(
            f"CREATE TABLE d.{table} (date DATETIME, delay SMALLINT, distance SMALLINT, origin VARCHAR(3),"
            f" destination VARCHAR(3){columns}) DUPLICATE KEY(date)"
        )
    bench.query(f"INSERT INTO d.t SELECT date, delay, distance, origin, destination{pads} FROM {bench.flights()}")
    bench.query("INSERT INTO d.u SELECT * FROM d.t WHERE delay <> 1")
    bench.query("CREATE DATABASE i")
    bench.query("CREATE TABLE i.t (k INT, v VARCHAR(20)) DUPLICATE KEY(k)")


def run_client(bench, text):
    began = time.monotonic()
    subprocess.run([*bench.server.client_command(), "-e", text], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def measure_inserts(bench, options):
    """Each client is one connection; making it is taken off with a run of the same client without work."""
    text = "INSERT INTO i.t VALUES (1, 'v');" * options.inserts
    idle = median([run_client(bench, "SELECT 1") for _ in range(options.rounds)])
    alone = median([run_client(bench, text) - idle for _ in range(options.rounds)])
    tell("single-row INSERT, one client", alone / options.inserts * 1000, " ms", "no aim yet; durable when it answers")
    threads = [threading.Thread(target=run_client, args=(bench, text)) for _ in range(options.clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = options.clients * options.inserts / (time.monotonic() - began - idle)
    tell(f"single-row INSERTs, {options.clients} clients", rate, "/s", f"one client: {options.inserts / alone:.0f}/s")


def measure_select(bench, options):
    """Beside the count of the same rows, which needs no protocol."""
    text = "SELECT date, delay, distance, origin, destination FROM d.t"
    command = [*bench.server.client_command(), "--quick", "--batch", "-e", text]
    times = []
    for _ in range(options.rounds):
        began = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.monotonic() - began)
    tell("SELECT of 3 million rows, 5 columns, to a client", median(times), " s", "no aim yet", times)
    tell("memory of the server at its peak so far", bench.memory_kb("VmHWM") / 1024, " MB", "no aim yet")


class Loop(threading.Thread):
    """One query again and again over one connection each; the times of all."""

    def __init__(self, bench):
        super().__init__()
        self.bench, self.times, self.is_over = bench, [], False

    def run(self):
        while not self.is_over:
            self.times.append(run_client(self.bench, QUERY))


def query_times(bench, work):
    """Times of the queries that began while `work` ran."""
    loop = Loop(bench)
    loop.start()
    work()
    loop.is_over = True
    loop.join()
    return loop.times


def backup_elsewhere(bench, label, limit):
    """Into an empty repository: what is there already would not be copied."""
    place = bench.work.root / label
    place.mkdir()
    bench.query(f"CREATE REPOSITORY {label} WITH BROKER ON LOCATION 'file://{place}'")
    bench.query(f"BACKUP DATABASE d SNAPSHOT {label} TO {label} ON (t) {limit}")
    bench.finish("backup", "d")
    bench.query(f"DROP REPOSITORY {label}")
    shutil.rmtree(place)


def restore_elsewhere(target, limit):
    """Dropped by force before, so that no file is there that could be used again."""
    target.query("DROP DATABASE IF EXISTS e FORCE")
    while target.count_files() > target.files_before:
        time.sleep(0.05)
    target.restore("s", "d", "e", "ON (u)", limit)


def measure_slowdown(bench, options):
    """The query reads table t; RESTORE brings table u, whose bytes are others."""
    bench.backup("d", "s")
    with Bench(bench.build, bench.work.repo) as target:
        target.restore("s", "d", "d", "ON (t)")
        target.files_before = target.count_files()
        for limit, aim in ((UNLIMITED, "no aim"), (LIMITED, "aim: under 1.2")):
            quiet, backups, restores = [], [], []
            for i in range(options.rounds):
                quiet += query_times(target, lambda: time.sleep(2))
                backups += query_times(target, lambda: backup_elsewhere(target, f"b{i}", limit))
                restores += query_times(target, lambda: restore_elsewhere(target, limit))
            for kind, times in (("BACKUP", backups), ("RESTORE", restores)):
                ratio = median(times) / median(quiet)
                tell(f"query while {kind} runs {limit}, {len(times)} queries, beside quiet", ratio, "x", aim)


def main():
    options = arguments(__doc__, rounds=3, inserts=100, clients=16)
    with Bench(options.build) as bench:
        load(bench)
        measure_inserts(bench, options)
        measure_select(bench, options)
        measure_slowdown(bench, options)


if __name__ == "__main__":
    main()
