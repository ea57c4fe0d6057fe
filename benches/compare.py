#!/usr/bin/env python3
"""Measures credlint as a whole process: beside other linters on the same files, and alone on up to a million records.

    python3 benches/compare.py                    beside check-jsonschema, yamllint, ajv-cli and Spectral, on 1,000 files
    python3 benches/compare.py --scale            alone, by size, form and number of threads, and with a cache
    python3 benches/compare.py --update-readme    both, and writes the results into benches/README.md

The peers are installed into a scratch folder (target/compare) from PyPI and npm, cfn-guard with --with-cfn-guard from
crates.io; what cannot be installed is named and left out. Before anything is timed, each peer has to flag exactly the
files in which credlint finds what the peer can say too, and the measurement fails where they differ: a fast tool that
finds nothing is no peer. Needs Python 3.9 on a Unix, and GNU time for the memory of small processes.
"""

import argparse
import datetime
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "benches/README.md"
PYPI = {"check-jsonschema": "0.39.0", "yamllint": "1.38.0"}
NPM = {"ajv-cli": "5.0.0", "@stoplight/spectral-cli": "6.16.3"}
CFN_GUARD = "3.2.1"
# Rules ask whether a date is over; with this day they answer the same next year.
DAY = "2026-11-23"
# What credlint is expected to do here, in design figures: the least ratios of time, the least rate, the most memory.
GOALS = {
    "check-jsonschema": 100,
    "yamllint": 100,
    "Spectral": 200,
    "Spectral with schema": 200,
    "ajv-cli": 3,
    "cfn-guard": 5,
}
RATE, FLAT_MB = 15_000, 100
# A peer that takes more seconds of processor time is run once.
SLOW = 30

# What is asked of a descriptor in every tool, and by which rules credlint says the same.
STATED = [
    "title",
    "awarding_bodies",
    "learning_outcomes",
    "workload",
    "level",
    "assessment",
    "participation",
    "quality_assurance",
    "prerequisites",
    "stackability",
    "further_information",
]
PRESENCE = {"title/missing", "level/missing", "assessment/missing", "quality-assurance/missing"}
VALUES = {"country/unknown", "level/eqf-out-of-range"}
SHAPE = {"shape/unknown-key", "shape/wrong-value", "shape/missing-key"}
REPEATED = "yaml/duplicate-key"


def main():
    options = arguments()
    say(f"scratch folder: {options.scratch}")
    options.scratch.mkdir(parents=True, exist_ok=True)
    built(options)
    result = {"machine": machine(options), "command": "python3 benches/compare.py " + shlex.join(sys.argv[1:])}
    result["command"] = result["command"].strip()
    parts = [machine_as_markdown(result)]
    if not options.scale or options.update_readme:
        result["peers"] = compare(options)
        parts.append(peers_as_markdown(result))
    if options.scale or options.update_readme:
        result["scale"] = scale(options)
        parts.append(scale_as_markdown(result))
    text = "\n".join(parts)
    if options.json:
        whole = json.dumps(result, indent=1) + "\n"
        sys.stdout.write(whole) if options.json == "-" else Path(options.json).write_text(whole, encoding="utf-8")
    if options.json != "-":
        print(text)
    if options.update_readme:
        rewrite(text)
    wrong = [what for part in ("peers", "scale") for what in result.get(part, {}).get("wrong", [])]
    if wrong:
        sys.exit("not comparable: " + "; ".join(wrong))


def arguments():
    def sizes(text):
        return [int(part.replace("_", "")) for part in text.split(",") if part]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--credlint", type=Path, default=os.environ.get("CREDLINT"), help="the binary; else `cargo build --release`")
    add("--generate", type=Path, default=os.environ.get("CREDLINT_GENERATE"), help="examples/generate.rs, built")
    add("--scratch", type=Path, default=ROOT / "target/compare", help="where everything is kept (target/compare)")
    add("--files", type=int, default=1000, help="how many files the peers get")
    add("--rounds", type=int, default=5, help="how often each is run")
    add("--seed", type=int, default=42)
    add("--only", help="the peers to run, with commas between")
    add("--with-cfn-guard", action="store_true", help="builds cfn-guard as well, which takes some minutes")
    add("--offline", action="store_true", help="installs nothing, uses what the scratch folder has")
    add("--scale", action="store_true", help="credlint alone, by size")
    add("--sizes", type=sizes, default=[1_000, 20_000, 200_000, 1_000_000], help="records of NDJSON")
    add("--folders", type=sizes, default=[1_000, 20_000, 200_000], help="files of YAML")
    add("--piped-from", type=int, default=200_000, help="from this size on, records come through a pipe, not from disk")
    add("--json", metavar="FILE", help="everything that was measured (`-`: standard output)")
    add("--update-readme", action="store_true", help="compares, scales, and writes both into benches/README.md")
    options = parser.parse_args()
    # A virtual environment knows its own place; a path through a link would make it another.
    options.scratch = options.scratch.resolve()
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


# Programs


def built(options):
    """Both programs: as named, else as cargo builds them."""
    if not options.credlint:
        say("builds credlint; --credlint names a binary instead")
        subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "credlint"], cwd=ROOT, check=True)
        options.credlint = ROOT / "target/release/credlint"
    if not options.generate:
        say("builds the generator; --generate names a binary instead")
        subprocess.run(["cargo", "build", "--release", "--locked", "--example", "generate"], cwd=ROOT, check=True)
        options.generate = ROOT / "target/release/examples/generate"
    for program in (options.credlint, options.generate):
        if not os.access(program, os.X_OK):
            sys.exit(f"{program} is no program")
    options.credlint, options.generate = options.credlint.resolve(), options.generate.resolve()


def installed(options, what, command, proof):
    """Whether a tool is there, after an attempt to install it."""
    if proof.exists():
        return True
    if options.offline:
        say(f"skipped: {what} is not in the scratch folder")
        return False
    say(f"installs {what}")
    try:
        for step in command:
            run = subprocess.run(step, capture_output=True, text=True)
            if run.returncode:
                say(f"skipped: {what} could not be installed: {(run.stderr or run.stdout).strip()[-300:]}")
                return False
    except OSError as error:
        say(f"skipped: {what} could not be installed: {error}")
        return False
    return proof.exists()


@dataclass
class Peer:
    """Another tool, what it is asked, and which files it flags."""

    name: str
    version: str
    asked: str
    command: list
    # The rules of credlint that it has a counterpart for.
    rules: set
    flagged: object
    # What becomes of files with a repeated key; they are kept out of the timed files.
    repeated: str = "not found"


def peers(options, files):
    """The peers that are here, each with its checks written in its own language."""
    scratch = options.scratch
    python, npm, cargo = scratch / "python", scratch / "npm/node_modules", scratch / "cargo"
    listed = [str(path) for path in files]
    glob = str(files[0].parent.parent / "*/*.yaml")
    schema = json.loads((ROOT / "schemas/descriptor.schema.json").read_text(encoding="utf-8"))
    wanted = set(options.only.lower().split(",")) if options.only else None
    found = []

    def pip(name):
        steps = [
            [sys.executable, "-m", "venv", str(python)],
            [str(python / "bin/pip"), "install", "--quiet", f"{name}=={PYPI[name]}"],
        ]
        return (not wanted or name in wanted) and installed(options, name, steps, python / "bin" / name)

    def node(name, package, program):
        step = [
            "npm",
            "install",
            "--prefix",
            str(scratch / "npm"),
            "--no-audit",
            "--no-fund",
            "--silent",
            f"{package}@{NPM[package]}",
        ]
        return (not wanted or name in wanted) and installed(options, name, [step], npm / ".bin" / program)

    if pip("check-jsonschema"):
        path = written(scratch / "descriptor.schema.json", demanding(schema))
        command = [str(python / "bin/check-jsonschema"), "--output-format", "json", "--schemafile", str(path)]
        found.append(
            Peer(
                "check-jsonschema",
                PYPI["check-jsonschema"],
                "the JSON Schema, 2020-12",
                command + listed,
                SHAPE | PRESENCE | VALUES | {REPEATED},
                flagged_by_check_jsonschema,
            )
        )
    if pip("yamllint"):
        rules = "{extends: relaxed, rules: {line-length: disable}}"
        command = [str(python / "bin/yamllint"), "--format", "parsable", "--config-data", rules]
        found.append(
            Peer(
                "yamllint",
                PYPI["yamllint"],
                "syntax and repeated keys",
                command + listed,
                {REPEATED},
                flagged_by_yamllint,
            )
        )
    if node("ajv-cli", "ajv-cli", "ajv"):
        path = written(scratch / "descriptor.ajv.schema.json", for_ajv(demanding(schema)))
        command = [str(npm / ".bin/ajv"), "validate", "--spec=draft2020", "--strict=false", "--errors=line"]
        found.append(
            Peer(
                "ajv-cli",
                NPM["ajv-cli"],
                "the JSON Schema, 2020-12",
                command + ["-s", str(path), "-d", glob],
                SHAPE | PRESENCE | VALUES,
                flagged_by_ajv,
                "it ends at the first",
            )
        )
    if node("spectral", "@stoplight/spectral-cli", "spectral"):
        command = [str(npm / ".bin/spectral"), "lint", "--format", "json", "--quiet", "--ruleset"]
        for name, asked, rules in (
            ("Spectral", "rules for presence, values and keys", spectral_rules(schema)),
            ("Spectral with schema", "the JSON Schema, 2020-12, and the rules", spectral_rules_with_schema(schema)),
        ):
            path = written(scratch / (name.lower().replace(" ", "-") + ".json"), rules)
            found.append(
                Peer(
                    name,
                    NPM["@stoplight/spectral-cli"],
                    asked,
                    [*command, str(path), glob],
                    SHAPE | PRESENCE | VALUES | {REPEATED},
                    flagged_by_spectral,
                )
            )
    if options.with_cfn_guard and (not wanted or "cfn-guard" in wanted):
        step = ["cargo", "install", "--quiet", "--locked", "--root", str(cargo), "--version", CFN_GUARD, "cfn-guard"]
        if installed(options, "cfn-guard", [step], cargo / "bin/cfn-guard"):
            path = scratch / "descriptor.guard"
            path.write_text(guard_rules(), encoding="utf-8")
            command = [
                str(cargo / "bin/cfn-guard"),
                "validate",
                "--rules",
                str(path),
                "--data",
                str(files[0].parent.parent),
                "--structured",
                "--output-format",
                "json",
                "--show-summary",
                "none",
            ]
            found.append(
                Peer(
                    "cfn-guard",
                    CFN_GUARD,
                    "presence and value rules",
                    command,
                    PRESENCE | VALUES | {"shape/wrong-value"},
                    flagged_by_guard,
                )
            )
    return found


# The same demands in each tool's language


def written(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def demanding(schema):
    """Our schema says what may stand in a descriptor; this one also what has to."""
    country = {"items": {"properties": {"country": {"pattern": "^[A-Z]{2}$"}}}}
    level = {"properties": {"eqf": {"minimum": 1, "maximum": 8}}}
    values = {"title": {"not": {"const": "TBD"}}, "awarding_bodies": country, "level": level}
    return {**schema, "allOf": [{"required": STATED}, {"properties": values}]}


def for_ajv(schema):
    """ajv-cli reads YAML 1.1, in which a bare date is no text."""
    dates = {**schema["$defs"]["date"], "type": ["string", "object"]}
    return {**schema, "$defs": {**schema["$defs"], "date": dates}}


def spectral_rules(schema):
    """What the other peers find by the schema, in functions that Spectral brings along."""
    keys = "|".join(map(re.escape, schema["properties"]))
    rules = {f"{name}-stated": spectral_rule("$", "truthy", field=name) for name in STATED}
    rules["known-keys"] = spectral_rule("$.*~", "pattern", {"match": f"^({keys}|x-.*)$"})
    rules["hours-number"] = spectral_rule("$.workload.hours", "pattern", {"notMatch": ""})
    rules["title-placeholder"] = spectral_rule("$.title", "pattern", {"notMatch": "^TBD$"})
    rules["country-code"] = spectral_rule("$.awarding_bodies[*].country", "pattern", {"match": "^[A-Z]{2}$"})
    rules["eqf-range"] = spectral_rule("$.level.eqf", "enumeration", {"values": list(range(1, 9))})
    return {"rules": rules}


def spectral_rules_with_schema(schema):
    """Spectral compiles the schema anew for each document, so this is slow; it is also what the others check."""
    rules = spectral_rules(schema)["rules"]
    shape = {key: value for key, value in schema.items() if key not in ("$id", "$comment")}
    rules["shape"] = spectral_rule("$", "schema", {"dialect": "draft2020-12", "schema": shape})
    return {"rules": rules}


def spectral_rule(given, function, options=None, field=None):
    then = {"function": function}
    then.update({"functionOptions": options} if options else {})
    then.update({"field": field} if field else {})
    return {"message": "{{error}}", "severity": "error", "given": given, "then": then}


def guard_rules():
    stated = "\n".join(f"  {name} exists\n  {name} !empty" for name in STATED if name not in ("title", "prerequisites"))
    return f"""rule stated {{
  title exists
  prerequisites exists
{stated}
}}
rule values when title exists {{
  when title is_string {{ title != /^TBD$/ }}
  awarding_bodies[*].country == /^[A-Z]{{2}}$/
  when level.eqf exists {{ level.eqf in r[1,8] }}
  workload.hours is_int
}}
"""


# Which files a run has flagged


def flagged_by_check_jsonschema(run):
    told = json.loads(run.stdout)
    return {Path(error["filename"]).name for key in ("errors", "parse_errors") for error in told.get(key, [])}


def flagged_by_yamllint(run):
    return {Path(line.split(":")[0]).name for line in run.stdout.splitlines() if "[error]" in line}


def flagged_by_ajv(run):
    return {Path(line[: -len(" invalid")]).name for line in run.stderr.splitlines() if line.endswith(" invalid")}


def flagged_by_spectral(run):
    return {Path(found["source"]).name for found in json.loads(run.stdout or "[]")}


def flagged_by_guard(run):
    return {Path(report["name"]).name for report in json.loads(run.stdout) if report["status"] == "FAIL"}


def found_by_credlint(options, folder):
    """File name → the rules that spoke."""
    command = [str(options.credlint), "check", str(folder), *FIXED]
    run = subprocess.run(command, capture_output=True, text=True)
    found = {}
    for line in run.stdout.splitlines():
        row = json.loads(line)
        if row["type"] == "practice":
            assert row["state"] == "checked" or row["findings"], f"{row['file']} was not checked"
            found.setdefault(Path(row["file"]).name, set()).update(finding["rule"] for finding in row["findings"])
    return found


FIXED = ["--format", "ndjson", "--as-of", DAY]


# Measuring


@dataclass
class Cost:
    wall: float
    cpu: float
    peak_mb: float
    exit: int


def small_time():
    """GNU time, if it is here. What a process inherits from the one that starts it counts as its own peak of memory;
    GNU time is small, Python is not."""
    path = shutil.which("time")
    if path is None:
        return None
    run = subprocess.run([path, "--version"], capture_output=True, text=True)
    return path if "GNU" in run.stdout + run.stderr else None


TIME = small_time()
if TIME is None:
    say("GNU time is not here: no peak of memory is told below that of this script")


class Running:
    """A process under the clock."""

    def __init__(self, command, scratch, **pipes):
        self.peak = scratch / "peak.txt"
        self.peak.unlink(missing_ok=True)
        wrapped = [TIME, "--quiet", "--format", "%M", "--output", str(self.peak)] if TIME else []
        self.start = time.perf_counter()
        self.process = subprocess.Popen(wrapped + [str(part) for part in command], **pipes)

    def cost(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        wall = time.perf_counter() - self.start
        self.process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024
        peak = int(self.peak.read_text().split()[-1]) * 1024 if TIME else usage.ru_maxrss * unit
        return Cost(wall, usage.ru_utime + usage.ru_stime, peak / 1e6, self.process.returncode)


def cost(command, scratch, stdin=None):
    """One run; what it says goes to a file, as a script would have it."""
    with open(scratch / "said.txt", "wb") as said:
        pipes = {"stdin": stdin or subprocess.DEVNULL, "stdout": said, "stderr": subprocess.STDOUT}
        return Running(command, scratch, **pipes).cost()


def machine(options):
    def first(path, pattern):
        try:
            found = re.search(pattern, Path(path).read_text(encoding="utf-8"))
        except OSError:
            return None
        return found[1].strip() if found else None

    memory = first("/proc/meminfo", r"MemTotal:\s+(\d+)")
    version = subprocess.run([str(options.credlint), "--version"], capture_output=True, text=True, check=True)
    return {
        "date": datetime.date.today().isoformat(),
        "processor": first("/proc/cpuinfo", r"model name\s*:\s*(.*)") or platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(int(memory) / 1e6) if memory else None,
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "credlint": version.stdout.strip(),
        "binary_sha256": hashlib.sha256(options.credlint.read_bytes()).hexdigest(),
    }


# Beside others


def generated(options, count, folder):
    if not folder.exists():
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run(
            [str(options.generate), str(count), str(part), str(options.seed)], check=True, stderr=subprocess.DEVNULL
        )
        part.rename(folder)
    return sorted(folder.glob("*/*.yaml"))


def timed_files(options):
    """The files for the peers, and apart from them those with a repeated key, at which ajv-cli ends."""
    folder, apart = options.scratch / "files", options.scratch / "apart/0000"
    for old in (folder, apart.parent):
        shutil.rmtree(old, ignore_errors=True)
    apart.mkdir(parents=True)
    kept = []
    for path in generated(options, options.files + options.files // 10 + 20, folder):
        if len(re.findall(r"^title:", path.read_text(encoding="utf-8"), re.M)) > 1:
            path.rename(apart / path.name)
        elif len(kept) < options.files:
            kept.append(path)
        else:
            path.unlink()
    if len(kept) < options.files:
        sys.exit("too few files without a repeated key")
    return kept, sorted(apart.glob("*.yaml"))


def compare(options):
    files, apart = timed_files(options)
    size = sum(path.stat().st_size for path in files)
    folder = files[0].parent.parent
    say(f"{len(files)} files of {size / len(files):.0f} bytes, {len(apart)} with a repeated key apart")
    found = found_by_credlint(options, folder)
    found_apart = found_by_credlint(options, apart[0].parent) if apart else {}
    result = {"files": len(files), "bytes": size, "apart": len(apart), "rounds": options.rounds, "wrong": []}
    result["with_findings"] = sum(1 for rules in found.values() if rules)
    tools = agreed(options, peers(options, files), files, apart, found, found_apart, result)
    asked_for = set(GOALS) - (set() if options.with_cfn_guard else {"cfn-guard"})
    result["left_out"] = sorted(asked_for - {tool.name for tool in tools})
    own = [str(options.credlint), "check", str(folder), *FIXED]
    rows = [("credlint", own), ("credlint --jobs 1", own + ["--jobs", "1"])]
    rows += [(tool.name, tool.command) for tool in tools]
    costs = {name: [] for name, _ in rows}
    for number in range(options.rounds):
        for name, command in rows:
            if not costs[name] or costs[name][0]["cpu"] < SLOW:
                costs[name].append(asdict(cost(command, options.scratch)))
        say(f"round {number + 1} of {options.rounds}")
    result["costs"] = costs
    for name, row in result["agreement"].items():
        if any(one["exit"] != row["exit"] for one in costs[name]):
            result["wrong"].append(
                f"{name} ended with {[one['exit'] for one in costs[name]]}, not always with {row['exit']}"
            )
    result["commands"] = {name: shorter(options, command, files) for name, command in rows}
    return result


def agreed(options, tools, files, apart, found, found_apart, result):
    """What each peer flags beside what credlint finds by the same demands; peers that differ are named as wrong."""
    result["agreement"] = {}
    for tool in tools:
        run = subprocess.run(tool.command, capture_output=True, text=True)
        try:
            flagged = tool.flagged(run)
        except (ValueError, KeyError) as error:
            result["wrong"].append(
                f"{tool.name} says nothing that can be read ({error}): {(run.stderr or run.stdout)[-300:]}"
            )
            continue
        wanted = {name for name, rules in found.items() if rules & tool.rules}
        row = {"version": tool.version, "asked": tool.asked, "flagged": len(flagged), "credlint": len(wanted)}
        row["exit"] = run.returncode
        row["only_peer"], row["only_credlint"] = sorted(flagged - wanted), sorted(wanted - flagged)
        row["repeated"] = tool.repeated
        if REPEATED in tool.rules and apart:
            again = list(map(str, apart))
            command = [part for part in tool.command if part not in set(map(str, files))]
            command = (
                command + again
                if len(command) < len(tool.command)
                else command[:-1] + [str(apart[0].parent / "*.yaml")]
            )
            seen = tool.flagged(subprocess.run(command, capture_output=True, text=True))
            also = {name for name, rules in found_apart.items() if REPEATED in rules}
            row["repeated"] = f"{len(seen & also)} of {len(apart)}"
            if seen != also or len(also) != len(apart):
                result["wrong"].append(
                    f"{tool.name} finds {len(seen)} of {len(apart)} repeated keys, credlint {len(also)}"
                )
        result["agreement"][tool.name] = row
        say(f"{tool.name} flags {len(flagged)} files, credlint {len(wanted)} by the same demands")
        if flagged != wanted:
            examples = (row["only_peer"] + row["only_credlint"])[:3]
            result["wrong"].append(
                f"{tool.name} and credlint differ in {len(flagged ^ wanted)} files, such as {examples}"
            )
        elif not flagged and not (REPEATED in tool.rules and apart):
            result["wrong"].append(f"{tool.name} has flagged nothing")
    return tools


def shorter(options, command, files):
    """A command as one can read it."""
    named = set(map(str, files))
    text = [part for part in map(str, command) if part not in named]
    text += ["FILES"] if len(text) < len(command) else []
    text = [part.replace(str(options.credlint), "credlint").replace(str(options.scratch) + "/", "") for part in text]
    return shlex.join(text).replace("python/bin/", "").replace("npm/node_modules/.bin/", "").replace("cargo/bin/", "")


# Alone


def scale(options):
    result = {"rows": [], "wrong": []}
    for count in options.sizes:
        result["rows"] += of_records(options, count)
    for count in options.folders:
        result["rows"] += of_folder(options, count)
    by_input = {}
    for row in result["rows"]:
        what = f"{row['count']} {row['form']}"
        by_input.setdefault((what, row["catalogue"]), set()).add(row["sha256"])
        if row["checked"] != row["count"]:
            result["wrong"].append(f"{what}: {row['checked']} were checked")
        if any(one["exit"] not in (0, 1) for one in row["costs"]):
            result["wrong"].append(f"{what}: credlint ended with {[one['exit'] for one in row['costs']]}")
    result["wrong"] += [
        f"{what}: the bytes depend on the number of threads" for (what, _), own in by_input.items() if len(own) > 1
    ]
    if options.folders:
        result["cache"] = with_cache(options, min(max(options.folders), 20_000))
    return result


def of_records(options, count):
    """Records on lines. Rules over a catalogue read their files twice, so they need a file."""
    if count >= options.piped_from:
        command = ["check", "-", "--stdin-filename", "records.ndjson", "--no-catalogue"]
        feed = [str(options.generate), str(count), "-", str(options.seed)]
        return [measured(options, count, "NDJSON, piped", False, jobs, command, feed) for jobs in (1, 2)]
    folder = options.scratch / f"records-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run(
        [str(options.generate), str(count), str(folder / "records.ndjson"), str(options.seed)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    rows = on_disk(options, count, "NDJSON", folder)
    shutil.rmtree(folder)
    return rows


def of_folder(options, count):
    folder = options.scratch / f"folder-{count}"
    generated(options, count, folder)
    rows = on_disk(options, count, "YAML files", folder)
    shutil.rmtree(folder)
    return rows


def on_disk(options, count, form, folder):
    kinds = [(True, 1, []), (True, 2, []), (False, 2, ["--no-catalogue"])]
    return [
        measured(options, count, form, catalogue, jobs, ["check", str(folder), *more])
        for catalogue, jobs, more in kinds
    ]


def measured(options, count, form, catalogue, jobs, command, feed=None):
    """One row: small inputs three times, large ones once."""
    row = {"count": count, "form": form, "catalogue": catalogue, "jobs": jobs, "costs": []}
    command = [str(options.credlint), *command, *FIXED, "--jobs", str(jobs)]
    for _ in range(3 if count <= 20_000 else 1):
        source = subprocess.Popen(feed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) if feed else None
        running = Running(
            command,
            options.scratch,
            stdin=source.stdout if source else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if source:
            # Else the generator would never learn that nobody reads any more.
            source.stdout.close()
        digest, last = hashlib.sha256(), b""
        while piece := running.process.stdout.read1(1 << 20):
            digest.update(piece)
            last = (last + piece)[-10_000:]
        row["costs"].append(asdict(running.cost()))
        if source:
            row["generator_cpu"] = os.wait4(source.pid, 0)[2].ru_utime
        if row.setdefault("sha256", digest.hexdigest()) != digest.hexdigest():
            row["sha256"] = "differs from run to run"
        row["checked"] = json.loads(last.splitlines()[-1])["summary"]["checked"]
    one = middle(row)
    say(f"{count} {form}, {jobs} threads: {count / one['wall']:.0f}/s, {one['peak_mb']:.0f} MB")
    return row


def with_cache(options, count):
    """A second run over an unchanged folder, beside one without a cache and beside reading the files."""
    folder, kept = options.scratch / f"folder-{count}", options.scratch / "kept"
    generated(options, count, folder)
    own = [str(options.credlint), "check", str(folder), *FIXED]
    rows = {
        "cat": ["find", str(folder), "-name", "*.yaml", "-exec", "cat", "{}", "+"],
        "without a cache": own,
        "first run": own + ["--cache", str(kept)],
        "second run": own + ["--cache", str(kept)],
    }
    costs = {name: [] for name in rows}
    for _ in range(3):
        shutil.rmtree(kept, ignore_errors=True)
        for name, command in rows.items():
            costs[name].append(asdict(cost(command, options.scratch)))
    shutil.rmtree(kept)
    shutil.rmtree(folder)
    return {"count": count, "costs": costs}


def middle(row):
    """The run with the median time."""
    return sorted(row["costs"], key=lambda one: one["wall"])[len(row["costs"]) // 2]


# Writing


def machine_as_markdown(result):
    own = result["machine"]
    return (
        f"{own['date']}, {own['cores']} cores of {own['processor']}, {own['memory_gb']} GB, {own['system']}; "
        f"{own['load_before']} processes were busy before. {own['credlint']}, binary `{own['binary_sha256'][:8]}`.\n"
    )


def peers_as_markdown(result):
    peers, agreement = result["peers"], result["peers"]["agreement"]
    costs = peers["costs"]

    def median(name, what):
        return statistics.median(one[what] for one in costs[name])

    def ratio(name, what):
        pairs = zip(costs[name], costs["credlint"])
        return statistics.median(peer[what] / own[what] for peer, own in pairs)

    lines = [
        "### Beside others",
        "",
        f"{peers['files']:,} files of {peers['bytes'] / peers['files']:,.0f} bytes, whole processes one after the other, "
        f"{peers['rounds']} rounds after a first run that is only read, for what it flags. Time and memory are medians, the "
        f"range of time in brackets; each ratio is the median of the ratios of the rounds. Who takes more than {SLOW} s of "
        "user + system time is run once. Credlint runs its whole pack and the rules over the catalogue, on every core; the peers use one.",
        "",
        "| | Time, s | User + system, s | Peak memory, MB | Time against credlint | User + system against credlint |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name in costs:
        walls = [one["wall"] for one in costs[name]]
        shown = f"{name} {agreement[name]['version']}" if name in agreement else name
        lines.append(
            f"| {shown} | {median(name, 'wall'):.2f} ({min(walls):.2f}–{max(walls):.2f}) | {median(name, 'cpu'):.2f} | "
            f"{median(name, 'peak_mb'):.0f} | {ratio(name, 'wall'):.1f} | {ratio(name, 'cpu'):.1f} |"
        )
    lines += [
        "",
        f"What they were asked, and what they flagged. Credlint finds something in {peers['with_findings']} of the files; "
        "beside each peer stands in how many of them by a rule that the peer has a counterpart for. The files are the same "
        "ones, name by name; else the script fails. Files with a repeated key are apart.",
        "",
        "| | Asked | Files flagged | By credlint | Repeated keys found |",
        "|---|---|---:|---:|---:|",
    ]
    for name, row in agreement.items():
        lines.append(f"| {name} | {row['asked']} | {row['flagged']} | {row['credlint']} | {row['repeated']} |")
    if peers["left_out"]:
        lines += ["", f"Left out: {', '.join(peers['left_out'])}."]
    lines += ["", "```text", *peers["commands"].values(), "```", ""]
    for name, least in GOALS.items():
        if name in costs:
            lines.append(
                goal(
                    f"at least {least} times as fast as {name}",
                    ratio(name, "wall") >= least,
                    f"{ratio(name, 'wall'):.1f}",
                )
            )
    return "\n".join(lines) + "\n"


def scale_as_markdown(result):
    rows = result["scale"]["rows"]
    lines = [
        "### By size",
        "",
        "Credlint alone with its whole pack, its output read and hashed; three runs up to 20,000, one above. Records that "
        "come through a pipe are generated meanwhile on the same cores, and have no catalogue, since its rules read "
        "their files twice.",
        "",
        "| Records | As | Catalogue | Threads | Time, s | A second | A second of user + system | Peak memory, MB | SHA-256 of the output |",
        "|---:|---|---|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        one = middle(row)
        lines.append(
            f"| {row['count']:,} | {row['form']} | {'yes' if row['catalogue'] else 'no'} | {row['jobs']} | {one['wall']:.2f} | "
            f"{row['count'] / one['wall']:,.0f} | {row['count'] / one['cpu']:,.0f} | {one['peak_mb']:.0f} | `{row['sha256'][:8]}` |"
        )
    lines.append("")
    lines += [
        f"The index over the catalogue takes {index:,.0f} bytes of a record ({what})." for index, what in index_of(rows)
    ]
    if cache := result["scale"].get("cache"):
        lines += [
            "",
            f"With a cache, {cache['count']:,} YAML files:",
            "",
            "| | Time, s | User + system, s | Peak memory, MB |",
            "|---|---:|---:|---:|",
        ]
        for name, costs in cache["costs"].items():
            one = middle({"costs": costs})
            lines.append(f"| {name} | {one['wall']:.2f} | {one['cpu']:.2f} | {one['peak_mb']:.0f} |")
    lines.append("")
    rates = [(row["count"] / middle(row)["wall"], row) for row in rows if row["count"] == 20_000 and row["jobs"] == 2]
    for form in ("YAML files", "NDJSON"):
        own = [rate for rate, row in rates if row["form"] == form and row["catalogue"]]
        if own:
            lines.append(
                goal(f"at least {RATE:,} descriptors a second on two cores ({form})", own[0] >= RATE, f"{own[0]:,.0f}")
            )
    flat = [(row["count"], middle(row)["peak_mb"]) for row in rows if not row["catalogue"] and row["count"] >= 20_000]
    if flat and max(flat)[0] > 20_000:
        largest = max(flat)
        most = max(peak for _, peak in flat)
        lines.append(
            goal(
                f"under {FLAT_MB} MB from 20,000 to {largest[0]:,} records without the index",
                most < FLAT_MB,
                f"{most:.0f} MB",
            )
        )
    return "\n".join(lines) + "\n"


def index_of(rows):
    """Bytes of a record, where there are enough records to tell them from noise."""
    for row in rows:
        other = [
            own for own in rows if (own["count"], own["form"], own["jobs"]) == (row["count"], row["form"], row["jobs"])
        ]
        if row["catalogue"] and row["jobs"] == 2 and row["count"] >= 200_000:
            without = next(own for own in other if not own["catalogue"])
            difference = middle(row)["peak_mb"] - middle(without)["peak_mb"]
            yield difference * 1e6 / row["count"], f"{row['count']:,} {row['form']}, peak with less peak without"


def goal(text, met, measured):
    return f"- {'Met' if met else '**Not met**'}: {text}; measured {measured}."


def rewrite(text):
    begin, end = "<!-- measured by compare.py -->", "<!-- end -->"
    own = README.read_text(encoding="utf-8")
    before, rest = own.split(begin)
    _, after = rest.split(end)
    README.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")
    say(f"{README.relative_to(ROOT)} is rewritten")


if __name__ == "__main__":
    main()
