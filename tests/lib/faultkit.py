"""What the fault tests share: a server with its repository, small tables whose content is known,
and the invariants that must hold once no job runs. Built on harness.py."""
import argparse
import json
import sqlite3
import sys
import time
import traceback
from pathlib import Path

from harness import SOURCE, Failure, Server, Session, Workspace

BACKUP_STATES = "PENDING SNAPSHOTING UPLOAD_SNAPSHOT UPLOADING SAVE_META UPLOAD_INFO".split()
RESTORE_STATES = "PENDING SNAPSHOTING DOWNLOAD DOWNLOADING COMMIT COMMITTING".split()
FINGERPRINT = "count(*) AS n, sum(k) AS k, sum(crc32(v)) AS v, max(v) AS last"
EMPTY = ("0", "NULL", "NULL", "NULL")
SETTLE_SECONDS = 10


def check(is_true, told):
    if not is_true:
        raise Failure(told() if callable(told) else told)


def check_equal(expected, found, what):
    check(expected == found, lambda: f"{what}\n  expected {expected}\n  found    {found}")


def check_has(text, *parts):
    for part in parts:
        check(part in text, lambda: f"expected '{part}' in\n  {text}")


class World:
    """A server, its data folder, and a repository `r`."""

    def __init__(self, build, config=""):
        self.build = build
        self.config = config
        self.work = Workspace()
        self.server = Server(build, self.work, config)

    def beside(self):
        """A second server with a data folder of its own, which can reach the same repositories."""
        other = World(self.build, self.config)
        other.work.repo.rmdir()
        other.work.repo = self.work.repo
        return other

    def start(self, fault=None):
        self.server.start({"KINTSUGI_FAULT": fault or ""})
        return self

    def restart(self, fault=None):
        if self.server.is_running():
            self.stop_or_die()
        return self.start(fault)

    def stop_or_die(self):
        """SIGTERM. A fault point that kills may be passed while the server stops: that is its end, too."""
        try:
            self.server.stop()
        except Failure:
            if self.server.exit_code() != -9:
                raise

    def close(self):
        self.server.kill()
        self.work.remove()

    # --- statements

    def run(self, sql, **options):
        return self.server.query(sql, **options)

    def try_run(self, sql):
        """The error that the client prints, or None. The server may die over it."""
        try:
            self.server.query(sql)
            return None
        except Failure as failure:
            return str(failure).rsplit("\n", 1)[-1]

    def refused(self, sql, *parts):
        text = self.server.error(sql)
        check_has(text, *parts)
        return text

    def make_repository(self, is_read_only=False):
        only = "READ ONLY " if is_read_only else ""
        self.run(f"CREATE {only}REPOSITORY r WITH BROKER ON LOCATION 'file://{self.work.repo}'")

    def make_table(self, name, keys=range(300), columns="k INT NOT NULL, v VARCHAR(64)"):
        """Three partitions of 100 keys each, one rowset in each."""
        self.run(
            f"CREATE TABLE {name} ({columns}) DUPLICATE KEY(k) PARTITION BY RANGE(k) ("
            "PARTITION p0 VALUES LESS THAN ('100'), PARTITION p1 VALUES LESS THAN ('200'),"
            "PARTITION p2 VALUES LESS THAN ('300')) DISTRIBUTED BY HASH(k) BUCKETS 1"
        )
        if keys:
            self.insert(name, keys)

    def insert(self, table, keys, prefix="v"):
        self.run(f"INSERT INTO {table} VALUES {values(keys, prefix)}")

    def rows(self, table):
        """A table's content, whatever the order of its rows."""
        (row,) = self.run(f"SELECT {FINGERPRINT} FROM {table}")
        return tuple(row.values())

    def rows_or_none(self, table):
        database, name = table.split(".")
        if {"Database": database} not in self.run("SHOW DATABASES"):
            return None
        tables = [list(row.values())[0] for row in self.run(f"SHOW TABLES FROM {database}")]
        return self.rows(table) if name in tables else None

    def backup(self, label, objects="", database="d"):
        on = f" ON ({objects})" if objects else ""
        self.run(f"BACKUP SNAPSHOT {database}.{label} TO r{on}")

    def backup_done(self, label, objects="", database="d"):
        self.backup(label, objects, database)
        return self.finished("BACKUP", database)

    def restore_sql(self, label, objects="", database="d", properties=""):
        on = f" ON ({objects})" if objects else ""
        stamp = self.server.timestamp("r", label.strip("`"))
        return (
            f"RESTORE SNAPSHOT {database}.{label} FROM r{on} PROPERTIES"
            f" ('backup_timestamp' = '{stamp}'{properties})"
        )

    def restore(self, label, objects="", database="d", properties=""):
        self.run(self.restore_sql(label, objects, database, properties))

    def restore_done(self, label, objects="", database="d"):
        self.restore(label, objects, database)
        return self.finished("RESTORE", database)

    def finished(self, kind, database="d"):
        row = self.server.wait_job(kind, database)
        check_equal("FINISHED", row["State"], f"{kind} of {database}: {row}")
        return row

    def cancelled(self, kind, *parts, database="d"):
        row = self.server.wait_job(kind, database)
        check_equal("CANCELLED", row["State"], f"{kind} of {database}: {row}")
        check_has(row["Status"], *parts)
        return row

    def job(self, kind, database="d"):
        """The latest job of the kind in SHOW, or None."""
        try:
            rows = self.run(f"SHOW {kind} FROM {database}")
        except Failure as failure:
            if "Unknown database" in str(failure):
                return None
            raise
        return rows[-1] if rows else None

    def counters(self, kind, label):
        """The last job of that label in information_schema."""
        rows = self.run(
            f"SELECT * FROM information_schema.{kind.lower()}_jobs WHERE label = '{label}'"
            " ORDER BY job_id"
        )
        return {name.lower(): value for name, value in rows[-1].items()}

    def wait_state(self, kind, state, database="d"):
        deadline = time.monotonic() + SETTLE_SECONDS
        row = None
        while time.monotonic() < deadline:
            row = self.job(kind, database)
            if row and row["State"] == state:
                return row
            time.sleep(0.01)
        raise Failure(f"{kind} does not reach {state}: {row}")

    def labels(self):
        return {row["Snapshot"] for row in self.run("SHOW SNAPSHOT ON r")}

    # --- files

    def repository(self):
        return self.work.repo / "kintsugi_repository_r"

    def stored(self, kind):
        """Files below data/ or lists/ of the repository."""
        return sorted(p for p in (self.repository() / kind).rglob("*") if p.is_file())

    def claims_in_repository(self):
        return list(self.repository().glob("snapshots/*/writing.json"))

    def staged(self):
        return list((self.work.data_dir / "staging").iterdir())

    def rowset_files(self):
        return sorted((self.work.data_dir / "rowsets").rglob("*.parquet"))

    # --- invariants

    def settle(self):
        """Wait until no job runs and what jobs keep is gone; Failure if that does not come."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            unfinished = [
                row
                for kind in ("backup", "restore")
                for row in self.run(
                    f"SELECT label, state FROM information_schema.{kind}_jobs"
                    " WHERE state NOT IN ('FINISHED', 'CANCELLED')"
                )
            ]
            left = [*unfinished, *self.staged(), *self.claims_in_repository()]
            if not left:
                return
            check(time.monotonic() < deadline, lambda: f"still there after the jobs: {left}")
            time.sleep(0.02)

    def check_at_rest(self):
        """With the server stopped: catalog, data folder and repository agree with each other."""
        check(not self.server.is_running(), "the server must be stopped")
        problems = [*self._problems_of_catalog(), *self._problems_of_repository()]
        check(not problems, lambda: "\n".join(str(problem) for problem in problems))

    def _problems_of_catalog(self):
        data = self.work.data_dir
        catalog = sqlite3.connect(f"file:{data}/catalog.db?mode=ro", uri=True)
        ask = lambda sql: catalog.execute(sql).fetchall()  # noqa: E731
        yield from (f"unfinished job {row}" for row in ask(
            "SELECT id, state FROM job WHERE is_cleaned = 0"
            " OR state NOT IN ('FINISHED', 'CANCELLED')"))
        yield from (f"claim left: {row}" for row in ask("SELECT * FROM claim"))
        yield from (f"reference of a job left: {row}" for row in ask("SELECT * FROM job_rowset"))
        yield from (f"staging left: {path}" for path in self.staged())
        files = {int(path.stem): path.stat().st_size for path in self.rowset_files()}
        rows = ask("SELECT id, size_bytes, to_txn FROM rowset")
        for rowset, size, end in rows:
            if end is None and files.get(rowset) != size:
                yield f"rowset {rowset} has {size} bytes, its file {files.get(rowset)}"
        known = {row[0] for row in rows}
        yield from (f"file of no rowset: {rowset}" for rowset in files.keys() - known)
        yield from (f"rowset without table: {row}" for row in ask(
            "SELECT id FROM rowset WHERE to_txn IS NULL AND NOT EXISTS (SELECT 1 FROM object"
            " WHERE object.id = rowset.partition_id AND object.to_txn IS NULL)"))
        catalog.close()

    def _problems_of_repository(self):
        root = self.repository()
        yield from (f"claim in the repository: {path}" for path in self.claims_in_repository())
        yield from (f"temporary file: {path}" for path in root.rglob("*.tmp"))
        for path in root.glob("snapshots/*/*.json"):
            for table in json.loads(path.read_text().split("\n")[0])["tables"]:
                name = table["list"]["digest"]
                found = root / "lists" / name[:2] / f"{name}.jsonl"
                if not found.exists() or found.stat().st_size != table["list"]["bytes"]:
                    yield f"{path} names {found}, which is not there or has another size"

    def check_nothing_to_do(self):
        """Two more starts find a clean house."""
        self.settle()
        self.server.stop()
        self.check_at_rest()
        size = self.server.log_path.stat().st_size
        self.start()
        self.server.stop()
        said = self.server.log_path.read_bytes()[size:].decode()
        for word in ("goes on", "go on", "unfinished", "WARN", "ERROR"):
            check(word not in said, lambda: f"a second start found something to do:\n{said}")
        self.check_at_rest()

    def session(self, database=None):
        return Session(self.server, database=database)


def values(keys, prefix="v"):
    return ", ".join(f"({key}, '{prefix}{key}')" for key in keys)


def timed(work, *arguments):
    begin = time.monotonic()
    answer = work(*arguments)
    return answer, time.monotonic() - begin


def flip(path, at=None):
    """Change one byte, by default the middle one."""
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 1
    path.write_bytes(content)


def main(name, cases):
    """Run the cases (functions that take the build folder); the last line counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="only these cases")
    parser.add_argument("--build", type=Path, default=SOURCE / "build")
    arguments = parser.parse_args()
    failed = passed = 0
    for case in cases:
        if arguments.names and case.__name__ not in arguments.names:
            continue
        begin = time.monotonic()
        try:
            case(arguments.build)
            passed, told = passed + 1, "ok"
        except Exception as problem:  # one case must not hide the next
            failed, told = failed + 1, "FAILED"
            is_known = isinstance(problem, Failure)
            print(problem if is_known else traceback.format_exc(), flush=True)
            if is_known:
                print(traceback.format_tb(problem.__traceback__)[-2:], flush=True)
        print(f"{name} {case.__name__}: {told} ({time.monotonic() - begin:.1f} s)", flush=True)
    print(f"{name}: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
