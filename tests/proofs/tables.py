"""Loads the tables of `credlint score` in pandas and DuckDB and compares types and values with what is documented.

    tables.py CREDLINT [SCRATCH]

The types come from docs/columns.md: each column of a table has to be described there, and each description has to
meet a column. The values come from `--format json` of the same run. Practices with names that readers like to
misunderstand go the same way as the seeds.
"""

import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = "2026-11-23"
# Ids, names and further keys that look like something else.
ODD = [
    ("0716", "NA"),
    ("1e5", "null"),
    ("007", "true"),
    ("2026-01-01", "=1+1"),
    ("12", "-20 °C storage"),
    ("NaN", "'quoted"),
    ("0x1F", "''=two"),
    ("1_000", "a;b"),
    ("-5", 'say "b", c'),
    ("inf", "two\nlines"),
    ("None", "tab\there"),
    ("1.0", "ends in \\"),
    ("False", "#  not a remark"),
    ("00", "\u00e9\u4e2d\U0001f600 \u202enoitcerid"),
    ("1,5", "@SUM(A1)"),
    ("+3", " spaces "),
]


def documented():
    """Table → [(pattern of names, what its cells are)]; names without a wildcard come first."""
    found = {}
    for section in (ROOT / "docs/columns.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", section, re.M)
        rows.sort(key=lambda row: "<" in row[0])
        found[section.split("`")[1]] = [
            (re.compile(re.sub(r"<[^>]+>", "[a-z0-9-]+", re.escape(name))), kind) for name, kind in rows
        ]
    return found


def kinds(header, described):
    """What each column holds; columns that nobody describes are a problem."""
    found, used = {}, set()
    for name in header:
        row = next((row for row in described if row[0].fullmatch(name)), None)
        found[name] = row[1] if row else None
        used.add(row)
    return found, used


# Numbers that a table need not have: without a single value nobody can tell the type.
OPTIONAL = {"row"}


def in_pandas(path, kinds, named=True):
    """Problems of types, and the rows; only columns of text are named, as the page about the columns advises."""
    text = {name: str for name, kind in kinds.items() if kind == "text" and named}
    frame = pandas.read_csv(path, keep_default_na=False, dtype=text)
    right = {
        "integer": pandas.api.types.is_integer_dtype,
        "true or false": pandas.api.types.is_bool_dtype,
        "text": pandas.api.types.is_string_dtype,
        "word": pandas.api.types.is_string_dtype,
        "date": pandas.api.types.is_string_dtype,
    }
    empty = {name for name in OPTIONAL if name in frame and (frame[name] == "").all()}
    wrong = [
        f"{name} is {frame[name].dtype}, not {kind}"
        for name, kind in kinds.items()
        if name not in empty and not right[kind](frame[name])
    ]
    for name in (name for name, kind in kinds.items() if kind == "date"):
        if pandas.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce").isna().any():
            wrong.append(f"{name} holds something else than dates")
    return wrong, frame.to_dict("records")


def in_duckdb(path, kinds, named=True):
    text = ", ".join(f"'{name}': 'VARCHAR'" for name, kind in kinds.items() if kind == "text" and named)
    table = duckdb.sql(f"SELECT * FROM read_csv('{path}'{f', types = {{{text}}}' if text else ''})")
    right = {"integer": "BIGINT", "true or false": "BOOLEAN", "text": "VARCHAR", "word": "VARCHAR", "date": "DATE"}
    types = dict(zip(table.columns, map(str, table.types)))
    rows = [{name: "" if cell is None else cell for name, cell in zip(table.columns, row)} for row in table.fetchall()]
    empty = {name for name in OPTIONAL if all(row.get(name) == "" for row in rows)}
    wrong = [
        f"{name} is {types.get(name)}, not {right[kind]}"
        for name, kind in kinds.items()
        if name not in empty and types.get(name) != right[kind]
    ]
    return wrong, rows


def as_it_was(text):
    """Without the apostrophe that keeps spreadsheets from reading a formula."""
    return re.sub(r"^'(?='*[=+\-@\t\r\n＝＋－＠])", "", text)


def differences(rows, practices):
    """Where a table says something else than the JSON of the same run."""
    if len(rows) != len(practices):
        return [f"{len(rows)} rows for {len(practices)} practices"]
    wrong = []

    def same(what, cell, value):
        if cell != value:
            wrong.append(f"{what}: {cell!r} is not {value!r}")

    for number, (row, practice) in enumerate(zip(rows, practices), 1):
        for key in ("id", "name", "file"):
            same(f"row {number} {key}", as_it_was(row[key]), practice[key] or "")
        same(f"row {number} document", row["document"], practice["document"])
        for element in practice["elements"]:
            same(f"row {number} {element['element']}", row[f"verdict.{element['element']}"], element["verdict"])
        for gap in practice["gaps"]:
            for key in ("missing", "open", "applicable"):
                same(f"row {number} {gap['block']} {key}", row[f"gap.{gap['block']}.{key}"], gap[key])
            same(f"row {number} {gap['block']}", row[f"gap.{gap['block']}.too-little-stated"], gap["too_little_stated"])
        for clause in practice["definition"]["clauses"]:
            same(f"row {number} {clause['clause']}", row[f"definition.{clause['clause']}"], clause["verdict"])
    return wrong


def odd_practices(folder):
    """A practice for each odd pair; JSON is YAML, and quotes everything."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (own, name) in enumerate(ODD):
        body = {"country": "ES", "name": name, "homepage": "https://b.example/"}
        record = {
            "descriptor": "micro-credential/1",
            "id": own,
            "title": name,
            "awarding_bodies": [body],
            "practice": {
                "id": own,
                "name": name,
                "country": "ES",
                "kind": "private-provider",
                "cohort": own,
                "note": name,
            },
        }
        (folder / f"{number:02}, odd.yaml").write_text(json.dumps(record), encoding="utf-8")
    return folder


def main(credlint, scratch):
    described = documented()
    met, problems, columns = set(), [], 0
    # What is run: name, folder, profile, further arguments.
    runs = [
        ("seeds", ROOT / "seeds", "mapping", ["--by", "country"]),
        ("odd", odd_practices(scratch / "odd"), "eu", ["--by", "cohort"]),
    ]
    # One practice alone leaves nothing in a column to tell a reader what the others are.
    alone = scratch / "alone"
    alone.mkdir(exist_ok=True)
    (alone / "one.yaml").write_text(next((scratch / "odd").glob("04*")).read_text(encoding="utf-8"), encoding="utf-8")
    runs.append(("alone", alone, "eu", ["--by", "cohort"]))
    for name, folder, profile, more in runs:
        tables = {form: scratch / f"{name}.{form}.csv" for form in ("csv", "patterns-csv")}
        outputs = [part for form, path in tables.items() for part in ("--output", f"{form}={path}")]
        command = [
            credlint,
            "score",
            str(folder),
            "--profile",
            profile,
            "--format",
            "json",
            "--as-of",
            DAY,
            *more,
            *outputs,
        ]
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        if run.returncode not in (0, 1):
            sys.exit(f"{' '.join(command)}: {run.stderr}")
        practices = json.loads(run.stdout)["practices"]
        for form, path in tables.items():
            header = written_rows(path)[0]
            held, used = kinds(header, described[form])
            met |= {row[0].pattern for row in used if row}
            columns += len(held)
            problems += [f"{path.name}: {column} is not described" for column, kind in held.items() if kind is None]
            held = {column: kind for column, kind in held.items() if kind}
            problems += judged(path, held, practices if form == "csv" else None)
            if name == "alone" and form == "csv":
                problems += not_found(path, held, practices)
    never = {row[0].pattern for rows in described.values() for row in rows} - met
    problems += [f"docs/columns.md describes {pattern}, which no table has" for pattern in sorted(never)]
    print(f"{columns} columns in pandas {pandas.__version__} and DuckDB {duckdb.__version__}, {len(problems)} problems")
    print("\n".join(problems))
    return 1 if problems or not columns else 0


def written_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def judged(path, held, practices):
    problems = []
    header, *rest = written_rows(path)
    written = [dict(zip(header, row)) for row in rest]
    for reader, read in (("pandas", in_pandas), ("DuckDB", in_duckdb)):
        wrong, rows = read(path, held)
        if practices is not None:
            wrong += differences(rows, practices)
        # Every cell as plain CSV has it, so that no reader has changed one.
        wrong += [
            f"row {number} {column}: {row[column]!r} is not {text[column]!r}"
            for number, (row, text) in enumerate(zip(rows, written), 1)
            for column in held
            if as_text(row[column]) != text[column]
        ]
        if len(rows) != len(written) or not rows:
            wrong.append(f"{len(rows)} rows of {len(written)}")
        problems += [f"{path.name} in {reader}: {what}" for what in wrong]
    return problems


def not_found(path, held, practices):
    """Ways to break a good table, each of which must be found: a judge that finds nothing proves nothing."""
    problems = []
    for reader, read in (("pandas", in_pandas), ("DuckDB", in_duckdb)):
        if not any(what.startswith("id is ") for what in read(path, held, named=False)[0]):
            problems.append(f"not found in {reader}: an id of digits that nobody calls text")
    header, row = written_rows(path)
    broken = path.with_name("broken.csv")
    for column, cell in (
        ("document", "one"),
        ("findings.errors", ""),
        ("gap.mandatory.missing", "1.5"),
        ("gap.mandatory.too-little-stated", "yes!"),
        ("made-by.as-of", "23/11/26"),
        ("verdict.level", "met"),
    ):
        changed = [cell if name == column else own for name, own in zip(header, row)]
        with open(broken, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, changed])
        found = judged(broken, held, practices)
        for reader in ("pandas", "DuckDB"):
            if not any(f" in {reader}: " in what for what in found):
                problems.append(f"not found in {reader}: {column} as {cell!r}")
    broken.unlink()
    return problems


def as_text(cell):
    if isinstance(cell, bool) or type(cell).__name__ == "bool_":
        return "true" if cell else "false"
    return str(cell)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        place = Path(sys.argv[2]).resolve()
        place.mkdir(parents=True, exist_ok=True)
        sys.exit(main(sys.argv[1], place))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(main(sys.argv[1], Path(folder)))
