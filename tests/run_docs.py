#!/usr/bin/env python3
"""Runs the examples of the documentation: docs/**/*.md, each page on a fresh server.

Every ```sql block runs in the order of the page; one that fails must be followed by a ```text
block that shows the error. A ```text block right behind a ```sql block is what the client prints
(as tables); widths of columns, backup timestamps, UUIDs and times of day may differ. A backup
timestamp written in a statement is replaced by the one that the label named there really has.

What the reader need not see stands in comments:
  <!-- run: skip -->             the next block is not run
  <!-- run:
  --! replace file:///backups -> ${REPO}      in statements, and backwards in results
  CREATE DATABASE d;             statements and directives as in tests/run_sql.py
  -->
A page without ```sql blocks is not a test case."""
import argparse
import difflib
import re
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent / "lib")]
from harness import SOURCE, STATEMENT_SECONDS, Failure, Server, Workspace  # noqa: E402
from run_sql import MASKS, SQL, TIMES, Script, split_script  # noqa: E402

BLOCK = re.compile(
    r"^```(?P<kind>sql|text)[^\n]*\n(?P<body>.*?)^```\s*?$|<!-- run:(?P<hidden>.*?)-->", re.S | re.M
)
STAMP = re.compile(r"\b\d{4}(?:-\d\d){5}-\d{3}\b")
LABEL = re.compile(
    r"SNAPSHOT\s+(?:`?\w+`?\.)?`?(?P<label>[\w-]+)`?\s+FROM\s+`?(?P<repo>\w+)"
    r"|ON\s+`?(?P<on>\w+)`?\s+WHERE\s+SNAPSHOT\s*=\s*[\"'](?P<named>[^\"']+)",
    re.I,
)


class Page(Script):
    """The statements of one page."""

    is_table = True

    def __init__(self, server, work):
        super().__init__(server, work)
        self.masks.append(TIMES)
        self.replaced = {}

    def run_block(self, text):
        """What the client printed for the statements of one block."""
        said = []
        for kind, piece in split_script(text):
            if kind == "directive":
                verb, _, rest = piece.partition(" ")
                getattr(self, f"do_{verb}", self.unknown)(rest.strip())
            elif kind == "statement":
                said.append(self.session().run(self.expand(piece), STATEMENT_SECONDS))
        return self.tell("\n\n".join(said))

    def expand(self, text):
        for shown, real in self.replaced.items():
            text = text.replace(shown, real)
        text = super().expand(text)
        label = LABEL.search(text)
        if STAMP.search(text) and label:
            stamp = self.server.timestamp(label["repo"] or label["on"], label["label"] or label["named"])
            text = STAMP.sub(stamp, text)
        return text

    def tell(self, said):
        for shown, real in self.replaced.items():
            said = said.replace(real, shown)
        return said

    def do_replace(self, rest):
        shown, _, real = rest.partition(" -> ")
        self.replaced[shown.strip()] = self.work.expand(real.strip())


def normalise(text):
    """Lines as compared: no widths, nothing that changes from run to run."""
    for pattern, name in [*MASKS, TIMES]:
        text = pattern.sub(name, text)
    lines = (re.sub(r" +", " ", re.sub(r"-{2,}", "--", line)).strip() for line in text.splitlines())
    return [line for line in lines if line]


def compare(statements, said, expected):
    if expected is None:
        if "ERROR " in said:
            raise Failure(f"{statements.strip()}\n{said}")
        return
    wanted, found = normalise(expected), normalise(said)
    if wanted != found:
        diff = "\n".join(difflib.unified_diff(wanted, found, "page", "found", lineterm=""))
        raise Failure(f"{statements.strip()}\n{diff}")


def read_blocks(text):
    """(kind, statements, expected output or None); kind is 'sql' or 'hidden'."""
    found = list(BLOCK.finditer(text))
    is_skipped = False
    for place, block in enumerate(found):
        if block["hidden"] is not None:
            is_skipped = block["hidden"].strip() == "skip"
            if not is_skipped:
                yield "hidden", block["hidden"], None
        elif block["kind"] == "sql":
            after = found[place + 1] if place + 1 < len(found) else None
            is_shown = after and after["kind"] == "text" and not text[block.end() : after.start()].strip()
            if not is_skipped:
                yield "sql", block["body"], after["body"] if is_shown else None
            is_skipped = False


def run_page(path, build):
    """None, or what went wrong."""
    work = Workspace()
    config = SQL / "server.conf"
    server = Server(build, work, config.read_text() if config.exists() else "")
    page = Page(server, work)
    try:
        server.start()
        for _, statements, expected in read_blocks(path.read_text()):
            compare(statements, page.run_block(statements), expected)
        page.close_sessions()
        server.stop()
        return None
    except (Failure, OSError, ValueError, subprocess.TimeoutExpired) as failure:
        return str(failure)
    finally:
        page.close_sessions()
        server.kill()
        work.remove()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", nargs="*", type=Path, help="default: all under docs/")
    parser.add_argument("--build", type=Path, default=SOURCE / "build")
    arguments = parser.parse_args()
    passed = failed = 0
    for path in arguments.pages or sorted((SOURCE / "docs").rglob("*.md")):
        if not any(kind == "sql" for kind, _, _ in read_blocks(path.read_text())):
            continue
        wrong = run_page(path, arguments.build)
        passed, failed = passed + (wrong is None), failed + (wrong is not None)
        print(f"{path.name}: {'FAILED' if wrong else 'ok'}")
        if wrong:
            print(wrong)
    print(f"docs: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
