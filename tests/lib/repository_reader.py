"""A reader of repositories that was written from docs/FORMAT.md alone: no line of the server's code is
behind it. What it does not understand is an error, so that page and server cannot drift apart."""
import json
import re
import struct
from pathlib import Path

# --- BLAKE3, from its specification (section 2). Slow; repositories of tests are small.

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
MASK = 0xFFFFFFFF
COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _compress(cv, block, counter, length, flags):
    v = list(cv) + list(IV[:4]) + [counter & MASK, counter >> 32, length, flags]
    m = list(struct.unpack("<16I", block.ljust(64, b"\0")))
    for _ in range(7):
        for i, (a, b, c, d) in enumerate(COLUMNS + DIAGONALS):
            for word, first, second in ((m[2 * i], 16, 12), (m[2 * i + 1], 8, 7)):
                v[a] = (v[a] + v[b] + word) & MASK
                x = v[d] ^ v[a]
                v[d] = (x >> first | x << (32 - first)) & MASK
                v[c] = (v[c] + v[d]) & MASK
                x = v[b] ^ v[c]
                v[b] = (x >> second | x << (32 - second)) & MASK
        m = [m[p] for p in PERMUTATION]
    return [v[i] ^ v[i + 8] for i in range(8)]


def _chunk(data, counter):
    """(what the last compression takes) of one chunk of at most 1024 bytes."""
    cv, blocks = IV, [data[i : i + 64] for i in range(0, len(data), 64)] or [b""]
    for i, block in enumerate(blocks):
        flags = (CHUNK_START if i == 0 else 0) | (CHUNK_END if i == len(blocks) - 1 else 0)
        last = (cv, block, counter, len(block), flags)
        cv = _compress(*last)
    return last


def _subtree(data, counter):
    if len(data) <= 1024:
        return _chunk(data, counter)
    left = 1024
    while left * 2 < len(data):
        left *= 2
    halves = _subtree(data[:left], counter), _subtree(data[left:], counter + left // 1024)
    block = b"".join(struct.pack("<8I", *_compress(*half)) for half in halves)
    return (IV, block, 0, 64, PARENT)


def blake3(data):
    cv, block, counter, length, flags = _subtree(data, 0)
    return struct.pack("<8I", *_compress(cv, block, counter, length, flags | ROOT)).hex()


assert blake3(b"") == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
VECTOR = bytes(i % 251 for i in range(5121))
assert blake3(VECTOR) == "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff"

# --- the page


class Damaged(Exception):
    pass


def must(condition, text):
    if not condition:
        raise Damaged(text)


def encode_name(name):
    return "".join(c if re.fullmatch("[A-Za-z0-9_-]", c) else "".join(f"%{b:02X}" for b in c.encode()) for c in name)


STAMP = re.compile(r"\d{4}(-\d\d){5}(-\d{3})?")
TABLE_FIELDS = {"min_reader", "definition", "partitions", "list", "files", "rows", "bytes"}
PARTITION_FIELDS = {"definition", "content_id", "version", "files", "rows", "bytes"}
LINE_FIELDS = {"partition", "sequence", "schema", "rows", "digest", "bytes", "stored", "stored_bytes", "codec"}
MANIFEST_FIELDS = {
    "format", "min_reader", "label", "timestamp", "database", "created_ms", "finished_ms", "job", "server", "tables",
}


LATER_TYPES = ("ARRAY", "MAP", "STRUCT", "JSON", "BITMAP", "HLL", "PERCENTILE")


def min_reader(table):
    """The oldest version that the page lets read a table."""
    definition = table["definition"]
    columns = [column for schema in definition["schemas"] for column in schema["columns"]]
    is_later = definition["keys"] != "DUPLICATE" or any("deleted" in line for line in table["lines"])
    is_later |= definition.get("is_auto_partitioned", False) or definition.get("partition_expr", "") != ""
    for column in columns:
        is_later |= str(column["type"]).startswith(LATER_TYPES) or bool(column.get("generated"))
        is_later |= column.get("is_auto_increment", False) or column.get("is_hidden", False)
    return 2 if is_later else 1


def read_roaring64(data):
    """The values of a 64-bit portable Roaring bitmap."""
    (count,) = struct.unpack_from("<Q", data)
    at, values = 8, []
    for _ in range(count):
        (upper,) = struct.unpack_from("<I", data, at)
        lower, at = _read_roaring32(data, at + 4)
        values += [upper << 32 | value for value in lower]
    must(at == len(data), "bytes behind a delete vector")
    return values


def _read_roaring32(data, start):
    at = start
    (cookie,) = struct.unpack_from("<I", data, at)
    at += 4
    if cookie & 0xFFFF == 12347:
        size = (cookie >> 16) + 1
        runs, at = data[at : at + (size + 7) // 8], at + (size + 7) // 8
    else:
        must(cookie == 12346, "cookie of a Roaring bitmap")
        (size,) = struct.unpack_from("<I", data, at)
        runs, at = bytes((size + 7) // 8), at + 4
    heads = [struct.unpack_from("<HH", data, at + 4 * i) for i in range(size)]
    at += 4 * size
    if cookie & 0xFFFF == 12346 or size >= 4:
        at += 4 * size  # offsets: the containers follow in order anyway
    values = []
    for i, (key, last) in enumerate(heads):
        high = key << 16
        if runs[i // 8] >> (i % 8) & 1:
            (number,) = struct.unpack_from("<H", data, at)
            for run in range(number):
                first, more = struct.unpack_from("<HH", data, at + 2 + 4 * run)
                values += range(high + first, high + first + more + 1)
            at += 2 + 4 * number
        elif last + 1 <= 4096:
            values += [high + low for low in struct.unpack_from(f"<{last + 1}H", data, at)]
            at += 2 * (last + 1)
        else:
            bits = int.from_bytes(data[at : at + 8192], "little")
            values += [high + low for low in range(65536) if bits >> low & 1]
            at += 8192
    return values, at


def sign(first_line):
    """A manifest of this first line (with its line break)."""
    return first_line + b"blake3:" + blake3(first_line).encode() + b"\n"


class Repository:
    """Every file below the folder is read and checked when it is made."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.data, self.vectors, self.lists, self.manifests, self.claims = {}, {}, {}, {}, []
        identity = json.loads((self.folder / "repository.json").read_bytes())
        must(identity["min_reader"] <= 2 and identity["format"] in (1, 2), "repository.json: version")
        must(identity["options"] == {"compression": "none", "encryption": "none"}, "repository.json: options")
        must(re.fullmatch("[0-9a-f]{32}", identity["uuid"]), "repository.json: uuid")
        must(self.folder.name == "kintsugi_repository_" + encode_name(identity["name"]), "name of the folder")
        for path in sorted(p for p in self.folder.rglob("*") if not p.is_dir()):
            self._sort_in(path, path.relative_to(self.folder).as_posix())
        for path in self.manifests:
            self.manifests[path] = self._read_manifest(path)

    def _sort_in(self, path, name):
        must(not path.is_symlink(), f"{name} is a link")
        content = re.fullmatch(r"(data|lists)/([0-9a-f]{2})/([0-9a-f]{64})\.(parquet|roaring|jsonl)", name)
        if name == "repository.json" or re.search(r"\.[0-9a-f]{16}\.tmp$", name):
            return
        if content:
            kind, folder, digest, ending = content.groups()
            must(digest.startswith(folder) and (kind == "lists") == (ending == "jsonl"), f"place of {name}")
            must(blake3(path.read_bytes()) == digest, f"{name}: digest")
            must(path.stat().st_mode & 0o777 == 0o444, f"{name}: mode")
            {"parquet": self.data, "roaring": self.vectors, "jsonl": self.lists}[ending][digest] = path
        elif re.fullmatch(r"snapshots/[A-Za-z0-9_%-]+/writing\.json", name):
            self.claims.append(path)
        else:
            found = re.fullmatch(r"snapshots/[A-Za-z0-9_%-]+/(.*)\.json", name)
            must(found and STAMP.fullmatch(found[1]), f"{name} has no place on the page")
            self.manifests[path] = None

    def _read_manifest(self, path):
        text = path.read_bytes()
        first, digest, rest = text.split(b"\n")
        must(rest == b"" and sign(first + b"\n") == text, f"{path}: last line")
        manifest = json.loads(first)
        must(set(manifest) == MANIFEST_FIELDS, f"{path}: fields {set(manifest) ^ MANIFEST_FIELDS}")
        must(path.parent.name == encode_name(manifest["label"]), f"{path}: label")
        must(path.stem == manifest["timestamp"], f"{path}: timestamp")
        names = [table["definition"]["name"] for table in manifest["tables"]]
        must(names == sorted(set(names), key=str.encode), f"{path}: order of tables")
        for table in manifest["tables"]:
            self._read_table(table, f"{path}: {table['definition']['name']}")
        return manifest

    def _read_table(self, table, place):
        must(set(table) == TABLE_FIELDS, f"{place}: fields")
        for partition in table["partitions"]:
            must(set(partition) == PARTITION_FIELDS and partition["version"] >= 1, f"{place}: partition")
        must(table["list"]["digest"] in self.lists, f"{place}: list {table['list']['digest']} is not there")
        text = self.lists[table["list"]["digest"]].read_bytes()
        must(len(text) == table["list"]["bytes"], f"{place}: size of the list")
        table["lines"] = [self._read_line(line, table, place) for line in text.splitlines()]
        must(table["min_reader"] == min_reader(table), f"{place}: min_reader {table['min_reader']}")
        order = [line["partition"] for line in table["lines"]]
        must(order == sorted(order), f"{place}: order of partitions")
        for field in ("rows", "bytes"):
            must(table[field] == sum(line[field] for line in table["lines"]), f"{place}: {field}")
        must(table["files"] == len(table["lines"]), f"{place}: files")
        for index, partition in enumerate(table["partitions"]):
            own = [line for line in table["lines"] if line["partition"] == index]
            sums = [len(own), sum(line["rows"] for line in own), sum(line["bytes"] for line in own)]
            must([partition[f] for f in ("files", "rows", "bytes")] == sums, f"{place}: sums of partition {index}")

    def _read_line(self, text, table, place):
        line = json.loads(text)
        must(set(line) - {"deleted"} == LINE_FIELDS and line["codec"] == "none", f"{place}: line")
        must(line["partition"] < len(table["partitions"]), f"{place}: partition of a line")
        must(line["schema"] in [s["id"] for s in table["definition"]["schemas"]], f"{place}: schema of a line")
        must(line["digest"] == line["stored"] and line["bytes"] == line["stored_bytes"], f"{place}: stored")
        must(line["stored"] in self.data, f"{place}: data {line['stored']} is not there")
        content = self.data[line["stored"]].read_bytes()
        must(len(content) == line["bytes"], f"{place}: size of data")
        must(content[:4] == content[-4:] == b"PAR1", f"{place}: data are no Parquet")
        if "deleted" in line:
            line["deleted_rows"] = self._read_vector(line["deleted"], line["rows"], place)
        return line

    def _read_vector(self, deleted, row_count, place):
        must(set(deleted) == {"rows", "digest", "bytes"}, f"{place}: fields of a delete vector")
        must(deleted["digest"] in self.vectors, f"{place}: delete vector {deleted['digest']} is not there")
        content = self.vectors[deleted["digest"]].read_bytes()
        must(len(content) == deleted["bytes"], f"{place}: size of a delete vector")
        rows = read_roaring64(content)
        must(len(rows) == deleted["rows"] and rows == sorted(set(rows)), f"{place}: rows of a delete vector")
        must(rows[-1] < row_count, f"{place}: a deleted row that the file does not have")
        return rows

    def manifest(self, label):
        found = [path for path, manifest in self.manifests.items() if manifest["label"] == label]
        must(len(found) == 1, f"manifests of {label}: {len(found)}")
        return found[0]

    def table(self, label, name):
        tables = self.manifests[self.manifest(label)]["tables"]
        return next(table for table in tables if table["definition"]["name"] == name)
