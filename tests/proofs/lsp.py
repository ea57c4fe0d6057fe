"""Drives `credlint lsp` as an editor does: real process, real pipes, only the standard library.

usage: lsp.py CREDLINT REPOSITORY [--latency | PROOF ...]

Says what it proved, one line each, and ends with 1 at the first thing that is not so.
"""

import json
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

BINARY = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(sys.argv[2]).resolve()
WAIT = 60


class Client:
    """One server process and what it has said so far."""

    def __init__(self, folder, encodings=None, options=None, locale=None, snippets=True):
        self.process = subprocess.Popen(
            [BINARY, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
        )
        self.messages = queue.Queue()
        self.published = {}
        self.shown = []
        self.number = 0
        self.versions = {}
        self.texts = {}
        threading.Thread(target=self.listen, daemon=True).start()
        modes = {"insertTextModeSupport": {"valueSet": [1, 2]}, "snippetSupport": True} if snippets else {}
        params = {
            "processId": None,
            "rootUri": None,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": "w"}],
            "initializationOptions": options,
            "capabilities": {
                "general": {"positionEncodings": encodings} if encodings else {},
                "workspace": {
                    "workspaceEdit": {"documentChanges": True},
                    "didChangeWatchedFiles": {"dynamicRegistration": True},
                },
                "textDocument": {
                    "publishDiagnostics": {
                        "relatedInformation": True,
                        "codeDescriptionSupport": True,
                        "tagSupport": {"valueSet": [1, 2]},
                    },
                    "completion": {"completionItem": modes},
                    "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
                },
            },
        }
        if locale:
            params["locale"] = locale
        self.capabilities = self.ask("initialize", params)["capabilities"]
        self.tell("initialized", {})

    def listen(self):
        out = self.process.stdout
        while True:
            length = None
            while True:
                line = out.readline()
                if not line:
                    self.messages.put(None)
                    return
                if line == b"\r\n":
                    break
                name, value = line.decode().split(":", 1)
                if name.lower() == "content-length":
                    length = int(value)
            self.messages.put((time.perf_counter(), json.loads(out.read(length))))

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def next(self, wait=WAIT):
        got = self.messages.get(timeout=wait)
        assert got is not None, "the server has gone: " + self.process.stderr.read().decode()
        when, message = got
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.published.setdefault(params["uri"], []).append((when, params))
        elif message.get("method") == "window/showMessage":
            self.shown.append(message["params"]["message"])
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        return message

    def ask(self, method, params, fails=False):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.next()
            if message.get("id") == self.number and "method" not in message:
                assert fails or "error" not in message, message
                return message["error"] if fails else message["result"]

    def open(self, uri, text, language="yaml"):
        self.versions[uri], self.texts[uri] = 1, text
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def change(self, uri, changes, text):
        self.versions[uri] += 1
        self.texts[uri] = text
        document = {"uri": uri, "version": self.versions[uri]}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def replace(self, uri, text):
        self.change(uri, [{"text": text}], text)

    def found(self, uri):
        """The diagnostics of the newest version, however many came before."""
        while True:
            for when, params in reversed(self.published.get(uri, [])):
                if params.get("version") == self.versions[uri]:
                    return params["diagnostics"]
                break
            self.next()

    def at(self, uri, method, line, column, **more):
        place = {"line": line, "character": column}
        return self.ask(method, {"textDocument": {"uri": uri}, "position": place, **more})

    def actions(self, uri, where, only=None):
        context = {"diagnostics": []}
        if only:
            context["only"] = only
        return self.ask("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": where, "context": context})

    def bye(self):
        assert self.ask("shutdown", None) is None
        self.tell("exit", None)
        return self.process.wait(WAIT)


def units(text, encoding):
    return len(text.encode("utf-8")) if encoding == "utf-8" else len(text.encode("utf-16-le")) // 2


def offset(text, place, encoding):
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: place["line"]])
    line, column = lines[place["line"]], 0
    for number, character in enumerate(line):
        if column >= place["character"]:
            return before + number
        column += units(character, encoding)
    return before + len(line)


def applied(text, edits, encoding):
    spots = [(offset(text, e["range"]["start"], encoding), offset(text, e["range"]["end"], encoding), e["newText"]) for e in edits]
    for start, end, new in sorted(spots, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def edits_of(action):
    (change,) = action["edit"]["documentChanges"]
    return change["edits"]


def check(folder, name, *more):
    run = subprocess.run(
        [BINARY, "check", name, "--format", "json", "--no-catalogue", *more], cwd=folder, capture_output=True
    )
    return [finding for practice in json.loads(run.stdout)["practices"] for finding in practice["findings"]]


def said(text):
    print("ok:", text, flush=True)


def write(folder, name, text):
    path = folder / name
    path.write_bytes(text.encode())
    return path.as_uri()


def workspace(folder):
    write(folder, "credlint.yaml", "as_of: 2026-11-23\nexclude: [left-out]\n")
    (folder / "left-out").mkdir()
    for name in ["faulty.yaml", "defectuoso.yaml", "exemplary.yaml"]:
        shutil.copy(ROOT / "fixtures/corpus" / name, folder / name)


def positions(folder):
    """What is shown lies where `check` says it lies, in both ways of counting."""
    odd = "descriptor: micro-credential/1\r\ntitle: 𐐀 título\r\nlevel: {eqf: 'ñandú 𐐀', assigned_by: TODO}\r\n"
    write(folder, "odd.yaml", odd)
    for encoding in ["utf-8", "utf-16"]:
        client = Client(folder, [encoding, "utf-16"])
        assert client.capabilities["positionEncoding"] == encoding
        count = 0
        for name in ["faulty.yaml", "defectuoso.yaml", "exemplary.yaml", "odd.yaml"]:
            text = (folder / name).read_bytes().decode()
            uri = (folder / name).as_uri()
            client.open(uri, text)
            lines = text.split("\n")

            def place(line, column):
                before = lines[line - 1][: column - 1]
                return (line - 1, units(before, encoding))

            wanted = sorted(
                (f["rule"], place(f["line"], f["column"]), place(f["end_line"], f["end_column"]))
                for f in check(folder, name)
            )
            shown = sorted(
                (
                    d["code"],
                    (d["range"]["start"]["line"], d["range"]["start"]["character"]),
                    (d["range"]["end"]["line"], d["range"]["end"]["character"]),
                )
                for d in client.found(uri)
            )
            assert shown == wanted, (name, shown, wanted)
            count += len(wanted)
        assert client.bye() == 0
        said(f"{count} findings in four files where `check` has them, columns in {encoding}")


def typing(folder):
    """A file typed letter by letter, through every broken state there is on the way."""
    client = Client(folder, ["utf-16"])
    text = (ROOT / "fixtures/corpus/faulty.yaml").read_text()
    uri = (folder / "typed.yaml").as_uri()
    client.open(uri, "")
    client.found(uri)
    line, column = 0, 0
    for number, letter in enumerate(text):
        place = {"line": line, "character": column}
        client.change(uri, [{"range": {"start": place, "end": place}, "text": letter}], text[: number + 1])
        line, column = (line + 1, 0) if letter == "\n" else (line, column + units(letter, "utf-16"))
        if number % 7 == 0:
            at = {"line": line, "character": column}
            for method in ["completion", "hover", "definition"]:
                client.ask("textDocument/" + method, {"textDocument": {"uri": uri}, "position": at})
            client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
            client.actions(uri, {"start": at, "end": at})
    shown = sorted((d["code"], d["range"]["start"]["line"]) for d in client.found(uri))
    wanted = sorted((f["rule"], f["line"] - 1) for f in check(folder, "faulty.yaml"))
    assert shown == wanted, (shown, wanted)
    published = len(client.published[uri])
    assert published < len(text), "nothing was left out while somebody typed"
    said(f"{len(text)} letters typed one by one, {published} times checked, the last version shown as `check` has it")

    broken = [
        "descriptor: micro-credential/1\nlev",
        "descriptor: micro-credential/1\nlevel: {eqf: }",
        "descriptor: micro-credential/1\nlevel: {eqf: 4, ",
        "descriptor: micro-credential/1\nlevel:\n   eqf: 4\n nqf: [\n",
        'descriptor: micro-credential/1\ntitle: "never closed\nlevel: 4\n',
        "descriptor: micro-credential/1\n\tlevel: 4\n",
        "- - - -\n",
        "{",
        "\ufeff",
        "&a [*a, *a, {*a: *a}]",
        "[" * 500,
    ]
    for text in broken:
        client.replace(uri, text)
        found = client.found(uri)
        lines = text.split("\n")
        for line in range(len(lines)):
            for column in range(len(lines[line]) + 2):
                for method in ["completion", "hover", "definition"]:
                    client.at(uri, "textDocument/" + method, line, column)
        client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        if text.startswith("descriptor"):
            assert found, text
    client.replace(uri, "descriptor: micro-credential/1\n")
    client.found(uri)
    client.replace(uri, "services:\n  web: [\n")
    assert client.found(uri), "it was a descriptor, and is broken"
    assert client.bye() == 0
    other = Client(folder)
    uri = (folder / "compose.yaml").as_uri()
    for text in ["services:\n  web: [\n", "services: {}\n"]:
        if uri in other.versions:
            other.replace(uri, text)
        else:
            other.open(uri, text)
        assert other.found(uri) == [], "a file that is no descriptor"
    assert other.at(uri, "textDocument/completion", 1, 0)["items"] == []
    left_out = write(folder, "left-out/x.yaml", (ROOT / "fixtures/corpus/faulty.yaml").read_text())
    other.open(left_out, (ROOT / "fixtures/corpus/faulty.yaml").read_text())
    assert other.found(left_out) == []
    assert other.bye() == 0
    said(f"{len(broken)} broken texts asked about at every place; other files and excluded ones are left alone")


def labels(result):
    return [item["label"] for item in result["items"]]


def completion(folder):
    client = Client(folder, ["utf-16"], locale="fi-FI")
    uri = (folder / "new.yaml").as_uri()
    head = "descriptor: micro-credential/1\n"
    client.open(uri, head)

    def offered(rest, name=uri):
        """What is offered where `|` stands."""
        text = head + rest if name == uri else rest
        before = text[: text.index("|")]
        client.replace(name, text.replace("|", "", 1))
        line = before.count("\n")
        return client.at(name, "textDocument/completion", line, units(before.split("\n")[-1], "utf-16"))

    def take(item, name=uri):
        text = client.texts[name]
        edit = item["textEdit"]
        return applied(text, [edit], "utf-16")

    def item(result, label):
        return next(item for item in result["items"] if item["label"] == label)

    keys = labels(offered("lev|"))
    assert "level" in keys and "descriptor" not in keys and keys.index("workload") < keys.index("level"), keys
    assert "eqf" in labels(offered("level:\n  |")) and "hours" not in labels(offered("level:\n  |"))
    assert "contact_hours" in labels(offered("workload:\n  hours: 50\n  cont|\ntitle: x\n"))
    assert "hours" not in labels(offered("workload:\n  hours: 50\n  |"))
    assert "contact_hours" in labels(offered("workload:\n  hours: 50\n    cont|")), "indented too far"
    assert "nqf" in labels(offered("level: {eqf: 4, |")), "brackets that nobody has closed"
    assert "nqf" in labels(offered("level: {eqf: , n|}\ntitle: x"))
    levels = offered("level: {eqf: |}\n")
    assert "4" in labels(levels) and "none" in labels(levels), labels(levels)
    assert take(item(levels, "4")) == head + "level: {eqf: 4}\n"
    country = offered("awarding_bodies:\n  - name: X\n    country: |\n")
    spain = item(country, "ES")
    assert spain["detail"] == "Espanja", spain
    assert take(item(country, "NO")).endswith('country: "NO"\n'), "what some readers take for `false`"
    kinds = offered("assessment:\n  - type: pra|")
    assert take(item(kinds, "practical-assessment")).endswith("type: practical-assessment")
    assert take(item(offered("assessment:\n  - type:|"), "quiz")).endswith("type: quiz")
    assert labels(offered("safety_critical: |")) == ["true", "false"]
    assert labels(offered("description: some text\n  and so o|")) == [], "inside a text"
    assert labels(offered("description: |2\n  title: x\n  te|".replace("|", "\0", 1).replace("|", "\1")
                          .replace("\0", ">").replace("\1", "|"))) == []
    assert labels(offered("# lev|")) == [], "inside a comment"
    proves = offered("learning_outcomes:\n  - {id: LO1, text: isolate}\n  - {id: LO2, text: test}\nassessment:\n  - proves: [LO1, |]\n")
    assert labels(proves)[:2] == ["LO1", "LO2"] and item(proves, "LO2")["detail"] == "test"
    assert "prospectus" in labels(offered("sources:\n  prospectus: {title: P}\nevidence:\n  level: {source: |}\n"))
    stack = labels(offered("stackability:\n  part_of:\n    - |\n"))
    assert "id" in stack, stack
    fresh = offered("|")
    level = item(fresh, "workload")
    assert level["insertTextFormat"] == 2 and level["textEdit"]["newText"].startswith("workload:\n  "), level
    assert "imported_from" not in labels(fresh), "nobody types that"
    codes = item(fresh, "codes")["textEdit"]["newText"]
    assert codes == "codes:\n  - scheme: ${1}\n    value: ${2}", codes
    client.replace(uri, "de")
    (header,) = client.at(uri, "textDocument/completion", 0, 2)["items"]
    assert header["label"] == "descriptor", "a file that does not say yet what it is"
    js = (folder / "new.json").as_uri()
    client.open(js, "{}", "json")
    rest = '{"descriptor": "micro-credential/1", "level": {"eqf": |'
    assert take(item(offered(rest, js), "4"), js).endswith('"eqf": 4')
    rest = '{"descriptor": "micro-credential/1", "lev|'
    assert take(item(offered(rest, js), "level"), js).endswith('"level": ')
    rest = '{"descriptor": "micro-credential/1", "participation": {"mode": ["on|'
    assert take(item(offered(rest, js), "online"), js).endswith('["online"')
    assert client.bye() == 0
    plain = Client(folder, snippets=False)
    plain.open(uri, head)
    items = plain.at(uri, "textDocument/completion", 1, 0)["items"]
    assert all("insertTextFormat" not in item for item in items) and items
    assert plain.bye() == 0
    said("keys and codes in whole and in broken texts, labels in the user's language, YAML and JSON")


def hovers(folder):
    client = Client(folder, ["utf-16"], options={"language": "es"})
    uri = (folder / "faulty.yaml").as_uri()
    text = (folder / "faulty.yaml").read_text()
    client.open(uri, text)
    (found,) = [d for d in client.found(uri) if d["code"] == "workload/ects-ratio"]
    assert found["source"] == "credlint" and found["severity"] == 2, found
    assert found["codeDescription"]["href"].startswith("https://"), found
    assert found["relatedInformation"][0]["location"]["uri"] == uri
    place = found["range"]["start"]
    words = client.at(uri, "textDocument/hover", place["line"], place["character"])["contents"]["value"]
    for part in ["workload/ects-ratio", found["message"].split("\n")[0], "ECTS Users' Guide", "https://"]:
        assert part in words, (part, words)
    lines = text.split("\n")
    line = next(n for n, line in enumerate(lines) if line.startswith("assessment:"))
    words = client.at(uri, "textDocument/hover", line, 2)["contents"]["value"]
    assert "How you find out" in words and "evaluación" in words, words
    short = (folder / "short.yaml").as_uri()
    client.open(short, "descriptor: micro-credential/1\nlevel: none\n")
    (missing,) = [d for d in client.found(short) if d["code"] == "workload/missing"]
    assert missing["message"].count("\n") == 1 and not missing["message"].endswith(":"), missing
    place = missing["range"]["start"]
    words = client.at(short, "textDocument/hover", place["line"], place["character"])["contents"]["value"]
    assert "```yaml\nworkload:\n" in words and words.count("```") % 2 == 0, words
    fresh = (folder / "code.yaml").as_uri()
    client.open(fresh, "descriptor: micro-credential/1\nassessment:\n  - type: practical-assessment\nlevel: none\n")
    words = client.at(fresh, "textDocument/hover", 2, 12)["contents"]["value"]
    assert "práctica" in words.lower(), words
    assert client.at(fresh, "textDocument/hover", 0, 2) is not None
    assert client.at(fresh, "textDocument/hover", 99, 99) is None
    assert client.bye() == 0
    said("hovers over findings, keys and codes, in Spanish")


def fixes(folder):
    for name in ["faulty.yaml", "defectuoso.yaml"]:
        client = Client(folder, ["utf-16"])
        uri = (folder / name).as_uri()
        text = (folder / name).read_text()
        client.open(uri, text)
        client.found(uri)
        end = {"line": len(text.split("\n")), "character": 0}
        whole = {"start": {"line": 0, "character": 0}, "end": end}
        beside = folder / "left-out" / name
        beside.write_text(text)
        subprocess.run([BINARY, "check", "--fix", beside, "--no-catalogue"], capture_output=True)
        wanted = beside.read_text()
        all_at_once = client.actions(uri, whole, ["source.fixAll"])
        got = applied(text, edits_of(all_at_once[0]), "utf-16") if all_at_once else text
        assert got == wanted, name
        assert all(a["kind"] == "source.fixAll.credlint" for a in all_at_once)
        offered = client.actions(uri, whole, ["quickfix"])
        fixable = {f["fix"]["title"] for f in check(folder, name) if f.get("fix")}
        assert fixable and fixable == {a["title"] for a in offered} & fixable, (fixable, offered)
        for action in offered:
            if action["title"] in fixable:
                safe = {f["fix"]["applicability"] for f in check(folder, name) if f.get("fix", {}).get("title") == action["title"]}
                assert action["isPreferred"] == ("safe" in safe), action
                (diagnostic,) = action["diagnostics"]
                assert applied(text, edits_of(action), "utf-16") != text
        count = 0
        for action in offered:
            if "# credlint: ignore[" not in edits_of(action)[0]["newText"]:
                continue
            (edit,) = edits_of(action)
            code = action["diagnostics"][0]["code"]
            edit["newText"] = edit["newText"].replace("] ", "] it has to be so", 1)
            client.replace(uri, applied(text, [edit], "utf-16"))
            line = action["diagnostics"][0]["range"]["start"]["line"]
            left = [d for d in client.found(uri) if d["code"] == code and d["range"]["start"]["line"] == line + 1]
            assert left == [], (code, left)
            count += 1
        assert count
        assert client.bye() == 0
        said(f"{name}: quick fixes as in `check`, all safe ones together as `--fix`, {count} comments that waive")


def elsewhere(folder):
    """Symbols, and places in the file and in the workspace."""
    target = "descriptor: micro-credential/1\nid: hv-basics\ntitle: Basics\n"
    write(folder, "basics.yaml", target)
    text = (
        "descriptor: micro-credential/1\nid: hv\ntitle: High voltage\n"
        "learning_outcomes:\n  - id: LO1\n    text: isolate a vehicle\n"
        "assessment:\n  - type: quiz\n    proves: [LO1]\n"
        "stackability:\n  has_part: [hv-basics]\n  part_of:\n    - id: bigger\n"
        "sources:\n  p: {title: Prospectus}\nevidence:\n  level: {verdict: gap, source: p}\n"
    )
    uri = write(folder, "hv.yaml", text)
    client = Client(folder, ["utf-16"])
    client.open(uri, text)
    lines = text.split("\n")

    def goto(part, word):
        line = next(n for n, line in enumerate(lines) if part in line)
        column = lines[line].rindex(word)
        found = client.at(uri, "textDocument/definition", line, column)
        return [(place["uri"].rsplit("/")[-1], place["range"]["start"]["line"]) for place in found]

    assert goto("proves", "LO1") == [("hv.yaml", 4)]
    assert goto("verdict", "p}") == [("hv.yaml", 14)]
    assert goto("has_part", "hv-basics") == [("basics.yaml", 1)]
    assert goto("- id: bigger", "bigger") == []
    bigger = write(folder, "bigger.yaml", "descriptor: micro-credential/1\ntitle: All of it\nid: bigger\n")
    client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": bigger, "type": 1}]})
    for _ in range(100):
        if goto("- id: bigger", "bigger") == [("bigger.yaml", 2)]:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("a new file is not known")
    symbols = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    names = [symbol["name"] for symbol in symbols]
    assert names == [line.split(":")[0] for line in lines if line and not line.startswith(" ")], names
    outcomes = next(symbol for symbol in symbols if symbol["name"] == "learning_outcomes")
    assert outcomes["detail"] == "learning outcomes" and outcomes["children"][0]["name"] == "isolate a vehicle", outcomes
    assert outcomes["range"]["start"]["line"] == 3 and outcomes["range"]["end"]["line"] == 5, outcomes
    for symbol in symbols:
        inner, outer = symbol["selectionRange"], symbol["range"]
        before = lambda a, b: (a["line"], a["character"]) <= (b["line"], b["character"])
        assert before(outer["start"], inner["start"]) and before(inner["end"], outer["end"]), symbol
    assert client.bye() == 0
    said("symbols by element; outcomes, sources and practices found, also in files that came later")


def configuration(folder):
    client = Client(folder, ["utf-16"])
    uri = (folder / "faulty.yaml").as_uri()
    text = (folder / "faulty.yaml").read_text()
    config = (folder / "credlint.yaml").as_uri()
    client.open(uri, text)
    before = client.found(uri)
    (ratio,) = [d for d in before if d["code"] == "workload/ects-ratio"]

    def put(text):
        (folder / "credlint.yaml").write_text(text)
        known = len(client.published[uri])
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": config, "type": 2}]})
        while len(client.published[uri]) == known:
            client.next()
        return client.published[uri][-1][1]["diagnostics"]

    as_of = "as_of: 2026-11-23\n"
    codes = [d["code"] for d in put(as_of + "levels: {workload/ects-ratio: off}\n")]
    assert "workload/ects-ratio" not in codes and len(codes) == len(before) - 1
    waived = "ignores:\n  - {files: faulty.yaml, rule: workload/ects-ratio, reason: known}\n"
    assert "workload/ects-ratio" not in [d["code"] for d in put(as_of + waived)]
    spanish = put(as_of + "language: es\n")
    assert len(spanish) == len(before) and ratio["message"] not in [d["message"] for d in spanish]
    shown = put(as_of + "langauge: fi\nexclde: [x]\n")
    assert [d["message"] for d in shown] == [d["message"] for d in spanish], "what was in force stays so"
    wrong = client.published[config][-1][1]["diagnostics"]
    assert wrong and "language" in wrong[0]["message"] and wrong[0]["range"]["start"]["line"] == 1, wrong
    assert [d["range"]["start"]["line"] for d in wrong] == [1, 2], "all of them at once"
    assert client.shown and "credlint.yaml" in client.shown[-1], client.shown
    assert put(as_of) == before
    assert client.published[config][-1][1]["diagnostics"] == []
    write(folder, "baseline.json", "")
    (folder / "baseline.json").unlink()
    subprocess.run([BINARY, "check", "faulty.yaml", "--write-baseline", "baseline.json"], cwd=folder, capture_output=True)
    assert put(as_of + "baseline: baseline.json\n") == []
    put(as_of + "exclude: [left-out]\n")
    assert client.bye() == 0
    mapping = Client(folder, options={"profile": "mapping"})
    mapping.open(uri, text)
    shown = sorted(d["code"] for d in mapping.found(uri))
    wanted = sorted(f["rule"] for f in check(folder, "faulty.yaml", "--profile", "mapping"))
    assert shown == wanted, (shown, wanted)
    assert mapping.bye() == 0
    said("the configuration is honoured, read again when it changes, and blamed where it is wrong")


def manners(folder):
    client = Client(folder)
    assert client.capabilities["positionEncoding"] == "utf-16"
    assert client.ask("textDocument/nonsense", {}, fails=True)["code"] == -32601
    assert client.ask("textDocument/hover", {"no": "place"}, fails=True)["code"] == -32602
    client.tell("textDocument/didChange", {"nothing": "of use"})
    client.tell("$/setTrace", {"value": "off"})
    assert client.at("file:///not/open.yaml", "textDocument/hover", 0, 0) is None
    assert client.bye() == 0
    rude = Client(folder)
    rude.tell("exit", None)
    assert rude.process.wait(WAIT) == 1, "an exit without a shutdown"
    gone = Client(folder)
    gone.process.stdin.close()
    assert gone.process.wait(WAIT) in (0, 1)
    said("wrong messages are refused, and every goodbye ends the process")


def latency(folder):
    """From didChange to publishDiagnostics, over a file of about 3 kB."""
    text = (ROOT / "fixtures/corpus/faulty.yaml").read_text()
    extra = "learning_outcomes:\n" + "".join(
        f"  - {{id: LO{n}, text: isolate the battery of vehicle number {n} and prove that it is safe}}\n" for n in range(25)
    )
    rest = text.split("\n")
    first = next(n for n, line in enumerate(rest) if line.startswith("learning_outcomes:"))
    last = next((n for n in range(first + 1, len(rest)) if rest[n] and rest[n][0] not in " -#"), len(rest))
    text = "\n".join(rest[:first]) + "\n" + extra + "\n".join(rest[last:])
    client = Client(folder)
    uri = (folder / "latency.yaml").as_uri()
    client.open(uri, text)
    client.found(uri)
    times = []
    line = text.split("\n").index(next(line for line in text.split("\n") if line.startswith("title:")))
    for number in range(200):
        place = {"line": line, "character": 7}
        begun = time.perf_counter()
        client.change(uri, [{"range": {"start": place, "end": place}, "text": "x"}], "")
        client.found(uri)
        times.append((client.published[uri][-1][0] - begun) * 1000)
    times.sort()
    assert client.bye() == 0
    print(f"latency: {len(text.encode())} bytes, {len(times)} changes, median {times[100]:.1f} ms, 95th percentile "
          f"{times[190]:.1f} ms, worst {times[-1]:.1f} ms, the rest of 20 ms included", flush=True)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        workspace(folder)
        if "--latency" in sys.argv:
            latency(folder)
            return
        wanted = sys.argv[3:]
        for proof in [manners, positions, typing, completion, hovers, fixes, elsewhere, configuration]:
            if not wanted or proof.__name__ in wanted:
                proof(folder)


main()
