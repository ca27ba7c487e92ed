"""A real build/kintsugid and the real `mariadb` client, as Python objects. Used by the SQL tests,
the fault tests and the examples of the documentation. Ends only processes that it started."""
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
READY = re.compile(rb"kintsugid: ready on 127\.0\.0\.1:(\d+)\s")
START_SECONDS = 60
STOP_SECONDS = 30
STATEMENT_SECONDS = 120
JOB_SECONDS = 120


class Failure(Exception):
    """Something that ends a test; its text says what was expected and what was found."""


class Workspace:
    """One test's folder, with what a server and its repositories need. Removed at the end."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="kgsql-"))
        self.data_dir = self.root / "data"
        self.repo = self.root / "repo"
        self.files = self.root / "files"
        self.repo.mkdir()
        self.files.mkdir()
        # Longest first: the order in which they are turned back into names.
        self.names = {
            "REPO": f"file://{self.repo}",
            "FILES": f"file://{self.files}",
            "DATA": f"file://{SOURCE}/tests/data",
            "REPO_DIR": str(self.repo),
            "FILES_DIR": str(self.files),
            "DATA_DIR": f"{SOURCE}/tests/data",
            "WORK": str(self.root),
        }

    def expand(self, text):
        return re.sub(r"\$\{(\w+)\}", lambda m: self.names.get(m[1], m[0]), text)

    def abstract(self, text):
        for name, value in self.names.items():
            text = text.replace(value, f"${{{name}}}")
        return text

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


class Server:
    """A server on a workspace's data folder. The port stays the same over restarts."""

    def __init__(self, build, work, config=""):
        self.binary = Path(build) / "kintsugid"
        self.work = work
        self.port = 0
        self.process = None
        self.log_path = work.root / "server.log"
        self.config_path = work.root / "server.conf"
        self.config_path.write_text(work.expand(config))

    def start(self, env=None):
        """Start and wait for the line that says ready; gives the server."""
        command = [self.binary, "--data-dir", self.work.data_dir, "--mysql-port", str(self.port)]
        if self.config_path.stat().st_size:
            command += ["--config", self.config_path]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **(env or {})}
            )
        self.port = self._read_port()
        return self

    def _read_port(self):
        said, deadline = b"", time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                more = os.read(self.process.stdout.fileno(), 4096)
                said += more
                if found := READY.search(said):
                    return int(found[1])
                if not more:
                    break
            elif self.process.poll() is not None:
                break
        self.kill()
        raise Failure(f"the server did not become ready; it said {said!r}\n{self.log_tail()}")

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """SIGTERM; the exit code must be 0."""
        if not self.is_running():
            raise Failure(f"the server is gone, exit code {self.exit_code()}\n{self.log_tail()}")
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"the server did not stop within {STOP_SECONDS} s of SIGTERM") from None
        if code != 0:
            raise Failure(f"the server stopped with exit code {code}\n{self.log_tail()}")

    def kill(self):
        """kill -9, if it still runs."""
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def wait_gone(self, seconds=STOP_SECONDS):
        """Wait for the server to end by itself, as at a fault point; gives the exit code."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"the server still runs after {seconds} s") from None

    def exit_code(self):
        return self.process.poll() if self.process else None

    def log_tail(self, lines=40):
        if not self.log_path.exists():
            return ""
        text = self.log_path.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(f"  log: {line}" for line in text)

    def client_command(self, user="root", database=None):
        command = ["mariadb", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1"]
        command += [f"--port={self.port}", f"--user={user}", "--default-character-set=utf8mb4"]
        return command + ([f"--database={database}"] if database else [])

    def query(self, sql, user="root", database=None, seconds=STATEMENT_SECONDS):
        """Rows of one statement as dicts of text (NULL is 'NULL'). Failure when it fails."""
        done = subprocess.run(
            [*self.client_command(user, database), "--batch", "--raw", "-e", sql],
            capture_output=True, text=True, timeout=seconds,
        )
        if done.returncode != 0:
            raise Failure(f"{sql}\n{done.stderr.strip()}")
        lines = done.stdout.split("\n")[:-1]
        header = lines[0].split("\t") if lines else []
        return [dict(zip(header, line.split("\t"))) for line in lines[1:]]

    def error(self, sql, user="root", database=None):
        """The text that the client prints for a statement that must fail."""
        try:
            self.query(sql, user, database)
        except Failure as failure:
            return str(failure).split("\n", 1)[1]
        raise Failure(f"{sql}\nworked, and must not")

    def wait_job(self, kind, database, seconds=JOB_SECONDS):
        """Poll SHOW BACKUP or SHOW RESTORE until the job is over; gives its row."""
        deadline = time.monotonic() + seconds
        row = {}
        while time.monotonic() < deadline:
            rows = self.query(f"SHOW {kind.upper()} FROM `{database}`")
            row = rows[-1] if rows else {}
            if row.get("State") in ("FINISHED", "CANCELLED"):
                return row
            time.sleep(0.02)
        raise Failure(f"{kind} of {database} is not over after {seconds} s: {row}")

    def timestamp(self, repo, label):
        """backup_timestamp of a label's latest backup, as SHOW SNAPSHOT gives it."""
        rows = self.query(f"SHOW SNAPSHOT ON `{repo}` WHERE SNAPSHOT = '{label}'")
        stamps = [row["Timestamp"] for row in rows if row.get("Snapshot") == label]
        if not stamps or stamps[-1] in ("", "NULL"):
            raise Failure(f"repository {repo} shows no backup {label}: {rows}")
        return stamps[-1].split(",")[-1].strip()


class Session:
    """One client process that is fed statement by statement; output and errors come merged."""

    SENTINEL = "@@end-of-statement@@"

    def __init__(self, server, user="root", database=None, is_table=False):
        # Line by line, or the client keeps warnings back until the next statement.
        command = ["stdbuf", "-oL", *server.client_command(user, database)]
        command += ["-vv", "--force", "--unbuffered", "--comments", "--show-warnings"]
        command += ["--table"] if is_table else []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, statement, seconds=STATEMENT_SECONDS):
        """What the client prints for it, without its echo of the statement."""
        try:
            self.process.stdin.write(f"{statement}\n\\! echo {self.SENTINEL}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the output tells why
        return tidy(self._read(statement, seconds))

    def _read(self, statement, seconds):
        said, deadline = b"", time.monotonic() + seconds
        sentinel = f"{self.SENTINEL}\n".encode()
        while not said.endswith(sentinel):
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failure(f"no end after {seconds} s: {statement}\n{said.decode()}")
            if not select.select([self.process.stdout], [], [], left)[0]:
                continue
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                return said.decode(errors="backslashreplace") + "(the client ended)\n"
            said += more
        return said[: -len(sentinel)].decode(errors="backslashreplace")

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def tidy(said):
    """Drop the client's echo of the statement and the line number in errors; tabs become bars."""
    said = re.sub(r"\A\n*--------------\n.*?\n--------------\n\n", "", said, flags=re.S)
    said = re.sub(r"^(ERROR \d+ \(\w+\)) at line \d+:", r"\1:", said, flags=re.M)
    said = re.sub(r"( in set|affected)(, \d+ warnings?)? \(.*? sec\)", r"\1\2", said)
    return said.replace("\t", " | ").strip("\n")
