#!/usr/bin/env python3
"""Tests of the checkers themselves: a check that cannot fail is worth nothing."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
sys.path += [str(TOOLS.parent / "tests"), str(TOOLS.parent / "tests" / "lib")]

from harness import Failure, tidy  # noqa: E402
from run_sql import split_script  # noqa: E402

LAYERS = "base:\nio: base\nmeta: base\n"


def run(tool, files):
    """Run a checker on a tree of {path: text}; gives its output, empty when it is content."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {"src/LAYERS": LAYERS, **files}.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = subprocess.run([TOOLS / tool, "--root", folder], capture_output=True, text=True)
        assert (done.returncode == 0) == (done.stdout == "" and done.stderr == ""), done
        return done.stdout + done.stderr


class Layers(unittest.TestCase):
    def test_own_and_lower_are_fine(self):
        text = '#include "io/a.h"\n#include "base/b.h"\n#include <stdio.h>\n'
        self.assertEqual("", run("check_layers", {"src/io/a.c": text}))

    def test_upward_and_sideways_are_not(self):
        self.assertIn("base may include", run("check_layers", {"src/base/a.h": '#include "io/a.h"'}))
        self.assertIn("io may include", run("check_layers", {"src/io/a.c": '#include "meta/a.h"'}))

    def test_foreign_headers_have_one_home(self):
        self.assertEqual("", run("check_layers", {"src/meta/a.c": "#include <sqlite3.h>"}))
        self.assertIn("meta alone", run("check_layers", {"src/io/a.c": "#include <sqlite3.h>"}))

    def test_paths_start_at_src(self):
        self.assertIn("from src/", run("check_layers", {"src/io/a.c": '#include "a.h"'}))

    def test_folders_must_be_known(self):
        self.assertIn("not in src/LAYERS", run("check_layers", {"src/new/a.c": ""}))

    def test_unit_tests_obey_too(self):
        text = '#include "check.h"\n#include "meta/a.h"\n'
        self.assertIn("io may include", run("check_layers", {"tests/unit/io/a_test.c": text}))

    def test_layers_must_be_in_order(self):
        self.assertIn("named above", run("check_layers", {"src/LAYERS": "io: base\nbase:\n"}))


class Sizes(unittest.TestCase):
    HEAD = "/*\n * a: b.\n */\n"

    def size(self, text, path="src/io/a.c"):
        return run("check_sizes", {path: text})

    def function(self, lines, body="    a();\n", arguments="void"):
        return f"{self.HEAD}int f({arguments})\n{{\n{body * lines}}}\n"

    def test_function_length(self):
        self.assertEqual("", self.size(self.function(57)))
        self.assertIn("61 lines, at most 60", self.size(self.function(58)))

    def test_dispatch_may_be_longer(self):
        switch = "    switch (x) {\n" + "    case 1:\n" * 63 + "    }\n"
        self.assertEqual("", self.size(self.function(1, switch)))
        self.assertIn("at most 70", self.size(self.function(1, switch + "    a();\n" * 5)))

    def test_parameters(self):
        self.assertEqual("", self.size(self.function(1, arguments="int a, int b, int c, int d, int e")))
        found = self.size(self.function(1, arguments="int a, int b, int c, int d, int e, int f"))
        self.assertIn("6 parameters", found)

    def test_parameter_that_is_a_function(self):
        arguments = "int a, void (*done)(int, int, int, int), int c"
        self.assertEqual("", self.size(self.function(1, arguments=arguments)))

    def test_nesting(self):
        deep = "    if (a) {\n for (;;) {\n while (b) {\n c();\n }\n }\n }\n"
        self.assertEqual("", self.size(self.function(1, deep)))
        deeper = deep.replace("c();", "if (d) {\n c();\n }\n")
        self.assertIn("nests 4", self.size(self.function(1, deeper)))

    def test_literals_do_not_confuse(self):
        text = self.function(1, "    a(\"{{{{\", '{'); // if (x) {{{{\n")
        self.assertEqual("", self.size(text))

    def test_file_length(self):
        self.assertEqual("", self.size("int a;\n" * 900, "src/io/a.h"))
        self.assertIn("901 lines", self.size("int a;\n" * 901, "src/io/a.h"))

    def test_opening_comment(self):
        self.assertIn("opens with", self.size("int a;\n"))
        self.assertEqual("", self.size("/*\n" + " * x\n" * 12 + " */\n"))
        self.assertIn("13 lines", self.size("/*\n" + " * x\n" * 13 + " */\n"))


class SqlScripts(unittest.TestCase):
    def split(self, text):
        return list(split_script(text))

    def test_statements_end_outside_literals_and_comments(self):
        text = "SELECT 'a;\\';', \"b;\", `c;` /* d; */ -- e;\n; SELECT 2\\G\n"
        self.assertEqual(["statement", "statement"], [kind for kind, _ in self.split(text)])
        self.assertEqual("SELECT 2\\G", self.split(text)[1][1])

    def test_comments_above_a_statement_are_not_sent(self):
        text = "-- one\n# two\n\nSELECT 1 -- three\n;\n-- four\n"
        kinds = [("rest", "-- one\n# two"), ("statement", "SELECT 1 -- three\n;"), ("rest", "-- four")]
        self.assertEqual(kinds, self.split(text))

    def test_directives_stand_between_statements_only(self):
        text = "--! restart A=b\nSELECT 1;\n--! wait backup d\nSELECT\n--! no\n;"
        kinds = [kind for kind, _ in self.split(text)]
        self.assertEqual(["directive", "statement", "directive", "statement"], kinds)
        self.assertEqual(("directive", "restart A=b"), self.split(text)[0])

    def test_a_statement_without_end_is_refused(self):
        self.assertRaises(Failure, self.split, "SELECT 1")

    def test_tidy_leaves_results_and_errors(self):
        said = "--------------\nSELECT 1\n--------------\n\na\tb\n1\t2\n1 row in set (0.001 sec)\n\n"
        self.assertEqual("a | b\n1 | 2\n1 row in set", tidy(said))
        self.assertEqual("ERROR 1064 (42000): no", tidy("ERROR 1064 (42000) at line 7: no\n"))


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    bad = len(result.failures) + len(result.errors)
    print(f"tools: {result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)
