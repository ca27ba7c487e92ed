#!/usr/bin/env python3
"""Golden tests: statements run by the real `mariadb` client against a real server.

Each folder tests/sql/<topic>/ gets a fresh server, data folder and repository folder; its files
NN_name.sql run in order, each by one client process, and NN_name.out beside them holds what must
come back. tests/sql/server.conf, or <topic>/server.conf, is the server's configuration.

In statements and configuration: ${REPO} ${DATA} ${FILES} (file:// URLs of the repository folder,
tests/data, and a writable folder), ${REPO_DIR} ${DATA_DIR} ${FILES_DIR} ${WORK} (the paths), and
${TS:label@repo} (the backup_timestamp that SHOW SNAPSHOT gives).

Directives, each on a line of its own between statements:
  --! wait backup|restore DB     until the job is over; prints its last state
  --! restart [NAME=VALUE ..]    SIGTERM and start again, with environment variables
  --! kill9 [NAME=VALUE ..]      kill -9 and start again
  --! died [NAME=VALUE ..]       the server must have ended by itself (fault points); start again
  --! connect USER [DB]          a new client process
  --! session NAME               switch to another client, opened at first use ("main" is the first)
  --! shell COMMAND              bash in the work folder, with the names above as variables
  --! let NAME STATEMENT         ${NAME} is from here on the last number in its answer
  --! mask REGEX -> TEXT         from here on in this file, in results
  --! mask times                 the same for yyyy-MM-dd HH:mm:ss
Backup timestamps, UUIDs and the folders above are masked always."""
import argparse
import difflib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "lib"))
from harness import SOURCE, STATEMENT_SECONDS, Failure, Server, Session, Workspace  # noqa: E402

SQL = SOURCE / "tests" / "sql"
MASKS = [
    (re.compile(r"\b\d{4}(-\d\d){5}-\d{3}\b"), "<timestamp>"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"'txnId':'\d+'"), "'txnId':'<number>'"),
    (re.compile(r'"backup_time": \d+'), '"backup_time": <number>'),
]
TIMES = (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "<time>")
TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`   # literals and names
      |/\*.*?\*/|\#[^\n]*|--(?=\s|$)[^\n]*                  # comments, as the client sees them
      |(?P<end>;|\\G)|.""",
    re.S | re.X | re.M,
)


def split_script(text):
    """('directive' | 'statement' | 'rest', text) in order; 'rest' is comment and white space."""
    begin = place = 0
    while place < len(text):
        at_line_start = place == 0 or text[place - 1] == "\n"
        if at_line_start and text.startswith("--! ", place) and not has_code(text[begin:place]):
            if text[begin:place].strip():
                yield "rest", text[begin:place].strip()
            directive = text[place:].split("\n", 1)[0]
            yield "directive", directive[4:].strip()
            begin = place = place + len(directive)
            continue
        token = TOKEN.match(text, place)
        place = token.end()
        if token["end"]:
            yield from part_statement(text[begin:place].strip())
            begin = place
    if has_code(text[begin:]):
        raise Failure(f"statement without end: {text[begin:].strip()}")
    if text[begin:].strip():
        yield "rest", text[begin:].strip()


def part_statement(text):
    """Comment lines above a statement are for the reader: the client would send them alone."""
    lead = re.match(r"(?:--\s[^\n]*\n|#[^\n]*\n|\s+)*", text).end()
    if lead:
        yield "rest", text[:lead].strip()
    yield "statement", text[lead:]


def has_code(text):
    return any(
        not token[0].isspace() and not token[0].startswith(("--", "#", "/*"))
        for token in TOKEN.finditer(text)
    )


class Script:
    """One .sql file being run."""

    is_table = False  # how results are printed

    def __init__(self, server, work):
        self.server, self.work = server, work
        self.masks = list(MASKS)
        self.sessions = {}
        self.current = "main"
        self.out = []
        self.names = {}  # given by `let`

    def run(self, text):
        try:
            for kind, piece in split_script(text):
                self.out.append(f"--! {piece}" if kind == "directive" else piece)
                if kind == "statement":
                    self.say(self.session().run(self.expand(piece), STATEMENT_SECONDS))
                elif kind == "directive":
                    verb, _, rest = piece.partition(" ")
                    getattr(self, f"do_{verb}", self.unknown)(rest.strip())
                if kind != "rest":
                    self.out.append("")
        finally:
            self.close_sessions()
        if not self.server.is_running():
            raise Failure(f"the server ended, exit code {self.server.exit_code()}")
        return "\n".join(self.out).strip("\n") + "\n"

    def say(self, said):
        said = self.work.abstract(said)
        for pattern, text in self.masks:
            said = pattern.sub(text, said)
        if said:
            self.out.append(said)

    def expand(self, text):
        def stamp(found):
            return self.server.timestamp(found[2], found[1])

        for name, value in self.names.items():
            text = text.replace("${%s}" % name, value)
        return re.sub(r"\$\{TS:([^@}]+)@([^}]+)\}", stamp, self.work.expand(text))

    def session(self):
        if self.current not in self.sessions:
            self.sessions[self.current] = Session(self.server, is_table=self.is_table)
        return self.sessions[self.current]

    def close_sessions(self):
        for session in self.sessions.values():
            session.close()
        self.sessions = {}
        self.current = "main"

    def start_again(self, rest):
        self.close_sessions()
        self.server.start(env=dict(word.split("=", 1) for word in rest.split()))

    def unknown(self, rest):
        raise Failure(f"unknown directive: {self.out[-1]}")

    def do_wait(self, rest):
        kind, database = rest.split()
        row = self.server.wait_job(kind, database)
        self.say(row["State"])

    def do_restart(self, rest):
        self.server.stop()
        self.start_again(rest)

    def do_kill9(self, rest):
        self.server.kill()
        self.start_again(rest)

    def do_died(self, rest):
        self.server.wait_gone()
        self.start_again(rest)

    def do_connect(self, rest):
        user, _, database = rest.partition(" ")
        if self.current in self.sessions:
            self.sessions[self.current].close()
        self.sessions[self.current] = Session(
            self.server, user, database.strip() or None, self.is_table
        )

    def do_let(self, rest):
        name, _, statement = rest.partition(" ")
        answer = self.session().run(self.expand(statement), STATEMENT_SECONDS)
        self.names[name] = re.findall(r"\d+(?!\d)", answer.rsplit(" row", 1)[0].rsplit("\n", 1)[0])[-1]

    def do_session(self, rest):
        self.current = rest

    def do_shell(self, rest):
        done = subprocess.run(
            ["bash", "-c", rest], cwd=self.work.root, env={**ENVIRONMENT, **self.work.names},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STATEMENT_SECONDS,
        )
        self.say(done.stdout.strip("\n"))
        if done.returncode != 0:
            self.say(f"(exit code {done.returncode})")

    def do_mask(self, rest):
        if rest == "times":
            self.masks.append(TIMES)
            return
        pattern, arrow, text = rest.partition(" -> ")
        if not arrow:
            raise Failure(f"expected 'mask REGEX -> TEXT': {rest}")
        self.masks.append((re.compile(pattern.strip(), re.M), text.strip()))


ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}


def judge(path, got, update):
    """None when the result is as expected, else what differs."""
    expected_path = path.with_suffix(".out")
    expected = expected_path.read_text() if expected_path.exists() else ""
    if got == expected and got.strip():
        return None
    if update:
        expected_path.write_text(got)
        return None
    lines = difflib.unified_diff(
        expected.splitlines(), got.splitlines(), f"expected {expected_path.name}", "found", lineterm=""
    )
    return "\n".join(lines)


def read_config(topic):
    for path in (SQL / topic / "server.conf", SQL / "server.conf"):
        if path.exists():
            return path.read_text()
    return ""


def run_files(server, work, topic, arguments):
    """(name, what went wrong or None) for each file, in order. All run, since later files stand on
    earlier ones; only those that were asked for are judged."""
    for path in sorted((SQL / topic).glob("*.sql")):
        name = f"{topic}/{path.stem}"
        try:
            got = Script(server, work).run(path.read_text())
            wrong = judge(path, got, arguments.update) if is_asked(name, arguments.names) else None
        except (Failure, OSError, ValueError, subprocess.TimeoutExpired) as failure:
            yield name, f"{failure}\n{server.log_tail()}"
            if not server.is_running():
                server.start()
            continue
        if is_asked(name, arguments.names):
            yield name, wrong


def run_topic(topic, arguments):
    work = Workspace()
    server = Server(arguments.build, work, read_config(topic))
    results = []
    try:
        server.start()
        results += run_files(server, work, topic, arguments)
        server.stop()
        results.append((f"{topic}/stop", None))
    except Failure as failure:
        results.append((f"{topic}/server", str(failure)))
    finally:
        server.kill()
        if arguments.keep:
            print(f"{topic}: kept {work.root}")
        else:
            work.remove()
    return results


def is_asked(name, names):
    return not names or any(name.startswith(start) for start in names)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="topic or topic/NN_name; default all")
    parser.add_argument("--build", type=Path, default=SOURCE / "build")
    parser.add_argument("--jobs", type=int, default=2, help="topics at a time")
    parser.add_argument("--update", action="store_true", help="write what came back to the .out files")
    parser.add_argument("--keep", action="store_true", help="keep the work folders")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    topics = sorted(path.name for path in SQL.iterdir() if any(path.glob("*.sql")))
    asked = {name.split("/")[0] for name in arguments.names}
    topics = [topic for topic in topics if not asked or topic in asked]
    passed = failed = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for results in pool.map(lambda topic: run_topic(topic, arguments), topics):
            for name, wrong in results:
                passed, failed = passed + (wrong is None), failed + (wrong is not None)
                print(f"{name}: {'ok' if wrong is None else 'FAILED'}", flush=True)
                if wrong:
                    print(wrong, flush=True)
    print(f"sql: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
