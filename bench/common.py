"""What the measurements of bench/ share. Figures are medians of alternating rounds; machines are
noisy: read the ratios."""
import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "lib"))
from harness import SOURCE, Server, Session, Workspace  # noqa: E402

FLIGHTS = SOURCE / ".deps" / "data" / "flights-3m.parquet"
LOAD_SECONDS = 600


def arguments(description, **defaults):
    """--build, --rounds and one number per further name."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=SOURCE / "build")
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()


class Bench:
    """A server of its own with a repository `r`; gone at the end of the `with`."""

    def __init__(self, build, repository=None, config=""):
        self.work = Workspace()
        self.config = config
        self.build = build
        self.repository = repository

    def __enter__(self):
        self.server = Server(self.build, self.work, "files_dirs = ${FILES_DIR}\n" + self.config).start()
        kind, place = ("READ ONLY ", self.repository) if self.repository else ("", self.work.repo)
        self.query(f"CREATE {kind}REPOSITORY r WITH BROKER ON LOCATION 'file://{place}'")
        return self

    def __exit__(self, *_):
        self.server.kill()
        self.work.remove()

    def query(self, sql):
        return self.server.query(sql, seconds=LOAD_SECONDS)

    def session(self):
        """A client that stays, so that its start is not measured. Close it."""
        return Session(self.server)

    def flights(self):
        """The table function that reads the 3 million flights."""
        place = self.work.files / FLIGHTS.name
        if not place.exists():
            shutil.copy(FLIGHTS, place)
        return f"FILES('path' = 'file://{place}', 'format' = 'parquet')"

    def pad(self, i):
        """32 bytes that LZ4 hardly shortens, another for each row and `i`."""
        return f"md5(concat(date, '{i}', distance, origin, destination, delay))"

    def finish(self, kind, database):
        """Wait for the latest job of a database: (milliseconds, its row)."""
        self.server.wait_job(kind, database, seconds=LOAD_SECONDS)
        rows = self.query(f"SELECT * FROM information_schema.{kind}_jobs")
        row = [r for r in rows if r["DATABASE_NAME"] == database][-1]
        if row["STATE"] != "FINISHED":
            sys.exit(f"{kind} of {database} ended as {row}")
        return int(row["DURATION_MS"]), row

    def backup(self, database, label, objects="", properties=""):
        self.query(f"BACKUP DATABASE {database} SNAPSHOT {label} TO r {objects} {properties}")
        return self.finish("backup", database)

    def restore(self, label, source, target, objects="", properties=""):
        self.query(f"RESTORE SNAPSHOT {label} FROM r DATABASE {source} AS {target} {objects} {properties}")
        return self.finish("restore", target)

    def count_files(self):
        return sum(1 for _ in (self.work.data_dir / "rowsets").rglob("*.parquet"))

    def memory_kb(self, field="VmRSS"):
        for line in Path(f"/proc/{self.server.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1])
        return 0


def stored_data(bench):
    return bench.work.repo / "kintsugi_repository_r" / "data"


def timed_copy(build, program, source, place):
    """Milliseconds that a peer takes to copy a folder; the copy is taken away again."""
    said = subprocess.run([build / "bench" / program, source, place], check=True, capture_output=True, text=True)
    shutil.rmtree(place)
    return float(said.stdout.split("seconds ")[1]) * 1000


def settle():
    """Let the disk finish what came before."""
    subprocess.run(["sync"], check=True)
    time.sleep(1)


def median(values):
    return statistics.median(values)


def tell(text, value, unit, aim, values=()):
    """One figure, with what it should be beside it."""
    rounds = f", rounds {[round(v, 2) for v in sorted(values)]}" if values else ""
    print(f"{text}: {value:.{2 if value < 10 else 0}f}{unit} ({aim}){rounds}", flush=True)
