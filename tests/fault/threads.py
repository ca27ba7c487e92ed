#!/usr/bin/env python3
"""Many sessions do everything at once; nothing is lost, hangs, grows or stays open.

Small on purpose, about a minute in all. The same file against a build with -DKG_SANITIZE=thread
looks for races: then a report of the sanitizer is a failure too."""
import os
import random
import re
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from faultkit import World, check, check_equal, main  # noqa: E402
from harness import SOURCE, Session  # noqa: E402

LOAD_SECONDS = 15
BATCH = 10  # rows of one INSERT: readers see all of them or none
WRITERS = 3
STATEMENTS = 20000  # of the memory test, in all
GROWTH_KB = 4096  # over the second half of them: 400 bytes a statement
ROUNDS = 12

# What statements may be answered while others drop, restore, cancel and kill beside them.
EXPECTED = re.compile(
    "interrupted|Lost connection|gone away|the client ended|Unknown table|can not be cancelled. state: [FC]"
    "|No backup job|no backup job|restore job|running|being restored|already exist"
)


# --- what a server holds

def proc(world, name):
    return Path(f"/proc/{world.server.process.pid}/{name}")


def resident_kb(world):
    (line,) = [x for x in proc(world, "status").read_text().splitlines() if x.startswith("VmRSS")]
    return int(line.split()[1])


def descriptors(world):
    """How often each kind of thing is open; names of files without their numbers."""
    found = {}
    for link in proc(world, "fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        kind = target.split(":")[0] if target.startswith(("socket:", "pipe:", "anon_inode:")) else target
        found[kind] = found.get(kind, 0) + 1
    return found


def thread_count(world):
    return len(list(proc(world, "task").iterdir()))


def wait_equal(expected, ask, what, seconds=10):
    deadline = time.monotonic() + seconds
    while ask() != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    check_equal(expected, ask(), what)


# --- the load: each function runs in a thread of its own until the time is over

class Load:
    def __init__(self, world):
        self.world = world
        self.end = time.monotonic() + LOAD_SECONDS
        self.written = [0] * WRITERS  # rows that were acknowledged
        self.counts = {}
        self.problems = []
        self.answers = set()

    def is_on(self):
        return time.monotonic() < self.end and not self.problems

    def say(self, session, sql):
        """True: it worked. Errors that the load itself brings about are no problem."""
        said = session.run(sql + ";", 60)
        if not re.search(r"^ERROR|the client ended", said, re.M):
            return True
        self.answers.add(re.sub("label .* can", "label .. can", said.splitlines()[0]))
        if not EXPECTED.search(said):
            self.problems.append(f"{sql[:120]}: {said}")
        return False

    def run(self, work, *arguments):
        name = work.__name__.strip("_")
        try:
            self.counts.setdefault(name, 0)
            work(*arguments)
        except Exception as problem:  # told by the main thread
            self.problems.append(f"{name}: {problem!r}")

    def count(self, name):
        self.counts[name] = self.counts.get(name, 0) + 1

    def writing(self, number):
        session = Session(self.world.server)
        while self.is_on():
            first = self.written[number]
            rows = ", ".join(f"({number}, {first + i})" for i in range(BATCH))
            if self.say(session, f"INSERT INTO d.log VALUES {rows}"):
                self.written[number] += BATCH
                self.count("writing")
        session.close()

    def reading(self):
        session = Session(self.world.server)
        while self.is_on():
            said = session.run(f"SELECT count(*) % {BATCH} AS rest FROM d.log;", 60)
            check("ERROR" not in said and "\n0\n" in said, f"a read: {said}")
            self.say(session, "SHOW PROCESSLIST")
            self.say(session, "SELECT * FROM information_schema.tables")
            self.count("reading")
        session.close()

    def changing(self):
        session = Session(self.world.server)
        while self.is_on():
            self.say(session, "CREATE TABLE d.brief (k INT, v STRING)")
            self.say(session, "INSERT INTO d.brief VALUES (1, 'a'), (2, 'b')")
            self.say(session, "SELECT count(*), max(v) FROM d.brief")
            self.say(session, "DROP TABLE d.brief FORCE")
            self.count("changing")
        session.close()

    def backing_up(self):
        session = Session(self.world.server)
        for number in range(10**6):
            if not self.is_on():
                break
            if not self.say(session, f"BACKUP SNAPSHOT d.b{number} TO r ON (log, still)"):
                continue
            self.world.server.wait_job("BACKUP", "d")
            self.count("backing_up")
        session.close()

    def restoring(self):
        session = Session(self.world.server)
        restore = self.world.restore_sql("base", "still AS again", "copy")
        while self.is_on():
            if self.say(session, restore):
                self.world.server.wait_job("RESTORE", "copy")
                self.count("restoring")
            self.say(session, "SELECT count(*), max(v) FROM copy.again")
        session.close()

    def cancelling(self):
        session = Session(self.world.server)
        while self.is_on():
            time.sleep(random.uniform(0, 0.3))
            self.say(session, "CANCEL BACKUP FROM d")
            self.say(session, "CANCEL RESTORE FROM copy")
            self.say(session, "SHOW BACKUP FROM d")
            self.say(session, "SHOW RESTORE FROM copy")
            self.count("cancelling")
        session.close()

    def killing(self):
        session = Session(self.world.server)
        while self.is_on():
            victim = Session(self.world.server)
            said = victim.run("SELECT connection_id() AS id;")
            number = [line for line in said.splitlines() if line.strip().isdigit()][0].strip()
            slow = threading.Thread(target=self.say, args=(victim, slow_query()))
            slow.start()
            time.sleep(random.uniform(0, 0.1))
            way = random.choice(("KILL QUERY", "KILL", "hang up"))
            if way == "hang up":
                victim.process.send_signal(signal.SIGKILL)
            else:
                self.say(session, f"{way} {number}")
            slow.join()
            victim.close()
            self.count("killing")
        session.close()


def slow_query():
    return "SELECT count(*) FROM d.still a, d.still b, d.still c WHERE a.k + b.k + c.k = -1"


def start_load(load):
    works = [(load.writing, number) for number in range(WRITERS)]
    works += [(work,) for work in (load.reading, load.changing, load.backing_up, load.restoring,
                                   load.cancelling, load.killing)]
    threads = [threading.Thread(target=load.run, args=work) for work in works]
    for thread in threads:
        thread.start()
    return threads


def check_sanitizer(world):
    text = world.server.log_path.read_text(errors="replace")
    found = re.findall(r"WARNING: ThreadSanitizer.*?SUMMARY[^\n]*", text, re.S)
    check(not found, lambda: f"{len(found)} reports, the first ones:\n" + "\n".join(found[:5]))


# --- the cases

def everything_at_once(build):
    world = World(build)
    try:
        world.start()
        world.run("CREATE DATABASE d")
        world.run("CREATE DATABASE copy")
        world.make_repository()
        world.make_table("d.still")
        world.run("CREATE TABLE d.log (writer INT, number INT)")
        world.backup_done("base", "still")
        still = world.rows("d.still")
        quiet = thread_count(world)
        load = Load(world)
        for thread in start_load(load):
            thread.join(LOAD_SECONDS + 90)
            check(not thread.is_alive(), lambda: f"a session hangs: {world.run('SHOW PROCESSLIST')}")
        check(not load.problems, lambda: "\n".join(load.problems))
        idle = [name for name, count in load.counts.items() if not count]
        check(not idle, lambda: f"never came to anything: {idle}; told: {sorted(load.answers)}")
        world.settle()
        for number, written in enumerate(load.written):
            (row,) = world.run("SELECT count(*) AS n, count(DISTINCT number) AS d, max(number) + 1 AS m"
                               f" FROM d.log WHERE writer = {number}")
            check_equal([str(written)] * 3, list(row.values()), f"rows of writer {number}")
        check_equal(still, world.rows("d.still"), "d.still")
        world.restore_done("base", "still AS again", "copy")
        check_equal(still, world.rows("copy.again"), "copy.again")
        wait_equal(1, lambda: len(world.run("SHOW PROCESSLIST")), "sessions left")
        wait_equal(True, lambda: thread_count(world) <= quiet, "threads are joined")
        world.server.stop()
        world.check_at_rest()
        check_sanitizer(world)
        print(f"  {load.counts}", flush=True)
    finally:
        world.close()


def stopping_under_load(build):
    """SIGTERM while all of it runs: the server ends in time, and starts into a clean house."""
    world = World(build)
    try:
        world.start()
        world.run("CREATE DATABASE d")
        world.run("CREATE DATABASE copy")
        world.make_repository()
        world.make_table("d.still")
        world.run("CREATE TABLE d.log (writer INT, number INT)")
        world.backup_done("base", "still")
        load = Load(world)
        threads = start_load(load)
        time.sleep(2)
        load.end = 0
        world.server.stop()
        for thread in threads:
            thread.join(30)
        world.start()
        world.settle()
        (row,) = world.run("SELECT count(*) AS n FROM d.log")
        told = sum(load.written)
        # An INSERT whose answer did not get out any more may be there.
        check(told <= int(row["n"]) <= told + WRITERS * BATCH, f"{row} rows, {told} acknowledged")
        check_equal(0, int(row["n"]) % BATCH, "part of an INSERT")
        world.check_nothing_to_do()
        check_sanitizer(world)
    finally:
        world.close()


def memory_stays(build):
    """One session, many statements of several kinds, also such that fail."""
    world = World(build)
    try:
        world.start()
        world.run("CREATE DATABASE d")
        world.make_table("d.t")
        kinds = [
            "SELECT 1", "SELECT k, v FROM d.t WHERE k = 7", "SELECT nosuch FROM d.t", "SET @x = 'abc'",
            "SHOW TABLES FROM d", "SELEC", "SELECT * FROM information_schema.tables LIMIT 1",
            "USE d", "SHOW CREATE TABLE d.t", "SELECT v, count(*) FROM d.t GROUP BY v LIMIT 3",
        ]
        half = ";\n".join(kinds * (STATEMENTS // len(kinds) // 2)) + ";\n"
        script = world.work.root / "half.sql"
        script.write_text(half)
        sizes = [many(world, script) for _ in range(2)]
        check(sizes[1] - sizes[0] <= GROWTH_KB, f"{STATEMENTS // 2} statements: RSS {sizes} kB")
        print(f"  RSS in kB {sizes}", flush=True)
        world.server.stop()
    finally:
        world.close()


def many(world, script):
    command = [*world.server.client_command(), "--force", "--silent"]
    status = os.system(" ".join(map(str, command)) + f" <{script} >/dev/null 2>&1")
    check(world.server.is_running(), f"the server ended, client {status}\n{world.server.log_tail()}")
    return resident_kb(world)


def nothing_stays_open(build):
    """Descriptors, threads and memory over rounds of BACKUP, RESTORE, CANCEL and broken sessions."""
    world = World(build)
    try:
        world.start()
        world.run("CREATE DATABASE d")
        world.make_repository()
        world.make_table("d.t")
        open_before = threads_before = None
        for number in range(ROUNDS):
            one_round(world, number)
            if number == 1:  # what is opened once and kept is open by now
                wait_equal(1, lambda: len(world.run("SHOW PROCESSLIST")), "sessions")
                time.sleep(0.3)
                open_before, threads_before = descriptors(world), thread_count(world)
        wait_equal(1, lambda: len(world.run("SHOW PROCESSLIST")), "sessions")
        wait_equal(open_before, lambda: descriptors(world), "descriptors")
        wait_equal(True, lambda: thread_count(world) <= threads_before, "threads are joined")
        world.check_nothing_to_do()
    finally:
        world.close()


def one_round(world, number):
    world.backup_done(f"b{number}", "t")
    world.restore_done(f"b{number}", "t AS copied")
    world.restore(f"b{number}", f"t AS copied{number}")
    world.try_run("CANCEL RESTORE FROM d")
    world.server.wait_job("RESTORE", "d")
    world.insert("d.t", [number])
    world.backup(f"c{number}", "t")
    world.try_run("CANCEL BACKUP FROM d")
    world.server.wait_job("BACKUP", "d")
    world.try_run("SELECT * FROM FILES('path' = 'file:///nowhere/x.csv', 'format' = 'csv')")
    hung_up = world.session("d")
    hung_up.run("SELECT count(*) FROM t;")
    hung_up.process.kill()
    hung_up.close()


if __name__ == "__main__":
    os.environ["TSAN_OPTIONS"] = f"suppressions={SOURCE}/tools/tsan.supp:exitcode=0"
    main("threads.py", [everything_at_once, stopping_under_load, memory_stays, nothing_stays_open])
