"""Runs pre-commit with the hooks of this repository in scratch repositories, as somebody who adopts them would.

    hooks.py PROGRAM REPOSITORY SCRATCH

The hooks are those of `.pre-commit-hooks.yaml`, word for word but for `language`: PROGRAM is in the path already, so that
nothing is built. With CREDLINT_HOOKS_FROM_SOURCE=1 they are also installed as they stand, by cargo and by pip, which takes
minutes and the network.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

PROGRAM, REPOSITORY, SCRATCH = (Path(argument).resolve() for argument in sys.argv[1:4])
GOOD = (REPOSITORY / "fixtures/corpus/exemplary.yaml").read_text(encoding="utf-8")
BAD = (REPOSITORY / "fixtures/corpus/faulty.yaml").read_text(encoding="utf-8")
COMPOSE = "services:\n  web: {image: nginx}\n"

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "LC_", "PRE_COMMIT"))},
    "PATH": os.pathsep.join([str(PROGRAM.parent), str(Path(sys.executable).parent), os.environ["PATH"]]),
    "PRE_COMMIT_HOME": str(SCRATCH / "cache"),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LANG": "C.UTF-8",
    **{f"GIT_{who}_NAME": "Nobody" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "nobody@example.org" for who in ("AUTHOR", "COMMITTER")},
}


def call(folder, *command, environment=None):
    run = subprocess.run(
        command,
        cwd=folder,
        env=environment or ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return run.returncode, run.stdout


def done(folder, *command):
    code, said = call(folder, *command)
    assert code == 0, f"{command}: {said}"
    return said.strip()


def numbered(text, number, **other):
    """The descriptor with an id and a title of its own, so that no two describe one course."""
    keys = {"id": f"course-{number}", "title": {"en": f"High-voltage safety, part {number}"}, **other}
    for key, value in keys.items():
        said = yaml.safe_dump({key: value}, width=1000)
        # In the place of the key with all that is indented below it.
        text, count = re.subn(rf"(?m)^{key}:.*\n(?:[ #-].*\n|\n)*", said, text, count=1)
        assert count == 1, key
    return text


class Adopter:
    """A repository that uses the hooks."""

    def __init__(self, name, hooks, source, revision):
        self.folder = SCRATCH / name
        self.folder.mkdir(parents=True)
        done(self.folder, "git", "init", "--quiet", "--initial-branch=main")
        config = {"repos": [{"repo": str(source), "rev": revision, "hooks": hooks}]}
        self.write(".pre-commit-config.yaml", yaml.safe_dump(config))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *arguments, environment=None):
        """Exit code and words of pre-commit over what is staged."""
        done(self.folder, "git", "add", "--all")
        command = (sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments)
        return call(self.folder, *command, environment=environment)

    def commit(self, *arguments):
        done(self.folder, "git", "add", "--all")
        return call(self.folder, "git", "commit", "--quiet", "--message", "change", *arguments)


def published(languages):
    """A repository that publishes the hooks, and its revision."""
    folder = SCRATCH / "published"
    folder.mkdir(parents=True)
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    hooks = [{**hook, **languages} for hook in hooks]
    (folder / ".pre-commit-hooks.yaml").write_text(yaml.safe_dump(hooks), encoding="utf-8")
    return folder, snapshot(folder)


def snapshot(folder):
    done(folder, "git", "init", "--quiet", "--initial-branch=main")
    done(folder, "git", "add", "--all")
    done(folder, "git", "commit", "--quiet", "--message", "hooks")
    return done(folder, "git", "rev-parse", "HEAD")


MOST = 6000  # characters of what pre-commit said


def expect(run, code, *words, without=()):
    got, said = run
    assert got == code, f"exit code {got}, not {code}:\n{said[:MOST]}"
    flat = " ".join(said.split())
    for word in words:
        assert word in flat, f"{word!r} is not in:\n{said[:MOST]}"
    for word in without:
        assert word not in flat, f"{word!r} is in:\n{said[:MOST]}"


PROOFS = []


def proof(function):
    PROOFS.append(function)
    return function


@proof
def passes_and_fails(adopt):
    """A good descriptor passes, a bad one fails with the program's exit code, and a configuration with a mistake with its own."""
    own = adopt([{"id": "credlint"}])
    own.write("courses/good.yaml", GOOD)
    expect(own.run(), 0, "Passed")
    own.write("courses/bad.yaml", BAD)
    expect(own.run(), 1, "Failed", "- exit code: 1", "quality-assurance/missing", "courses/bad.yaml:26:1")
    own.write("credlint.yaml", "profil: eu\n")
    expect(own.run(), 1, "- exit code: 2", "profil")


@proof
def other_files_are_no_error(adopt):
    """YAML and JSON that is no descriptor is passed over, beside descriptors and alone; other files do not start the hook."""
    own = adopt([{"id": "credlint", "verbose": True}])
    own.write("compose.yaml", COMPOSE)
    own.write("package.json", '{"name": "site"}\n')
    expect(own.run(), 0, "0 checked, 3 not descriptors")
    own.write("courses/good.yaml", GOOD)
    expect(own.run(), 0, "1 checked, 3 not descriptors")
    other = adopt([{"id": "credlint", "exclude": "^[.]pre-commit"}])
    other.write("notes.txt", BAD)
    expect(other.run(), 0, "(no files to check)Skipped")


@proof
def files_are_respected(adopt):
    """`files` of the adopter and `exclude` of credlint.yaml both choose."""
    own = adopt([{"id": "credlint", "files": "^courses/", "verbose": True}])
    own.write("courses/good.yaml", GOOD)
    own.write("drafts/bad.yaml", BAD)
    expect(own.run(), 0, "1 checked", without=["drafts"])
    own.write("courses/old/bad.yaml", BAD)
    expect(own.run(), 1, "courses/old/bad.yaml")
    own.write("credlint.yaml", "exclude: [courses/old/**]\n")
    expect(own.run(), 0, "1 checked")


@proof
def configuration_and_options(adopt):
    """Profile, levels and threshold come from credlint.yaml, and options from `args`."""
    own = adopt([{"id": "credlint", "verbose": True}])
    own.write("courses/bad.yaml", BAD)
    own.write("credlint.yaml", "profile: mapping\n")
    expect(own.run(), 0, "1 checked")
    own.write("credlint.yaml", "levels: {quality-assurance/missing: advice}\n")
    expect(own.run(), 0, "0 errors, 1 warning")
    own.write("credlint.yaml", "levels: {quality-assurance/missing: advice}\nfail_on: warning\n")
    expect(own.run(), 1, "workload/ects-ratio")
    own = adopt([{"id": "credlint", "args": ["--fail-on", "never"]}])
    own.write("courses/bad.yaml", BAD)
    expect(own.run(), 0, "Passed")


@proof
def a_baseline_lets_pass_what_was_known(adopt):
    """Known findings pass, new ones fail, and a commit of a few files does not call the rest of the baseline stale."""
    own = adopt([{"id": "credlint", "verbose": True}])
    own.write("courses/one.yaml", numbered(BAD, 1))
    own.write("courses/two.yaml", numbered(BAD, 2))
    done(own.folder, str(PROGRAM), "check", ".", "--write-baseline", "known.yaml", "--fail-on", "never")
    expect(own.run(), 1)
    own.write("credlint.yaml", "baseline: known.yaml\n")
    expect(own.run(), 0, "2 checked", "waived")
    own.commit("--no-verify")
    own.write("courses/one.yaml", numbered(BAD, 1) + "# later\n")
    expect(own.run(), 0, "1 checked", without=["waiver/unused"])
    own.write("courses/three.yaml", numbered(BAD, 3))
    expect(own.run(), 1, "courses/three.yaml:27:1", "2 findings waived", without=["courses/one.yaml:27"])


@proof
def many_files_in_one_call(adopt):
    """400 files are one call: one closing line counts them all."""
    own = adopt([{"id": "credlint", "verbose": True}])
    for number in range(400):
        own.write(f"courses/{number}.yaml", numbered(GOOD, number))
    own.write("courses/with a blank.yaml", numbered(GOOD, "blank"))
    run = own.run()
    expect(run, 0)
    assert re.findall(r"(\d+) checked", run[1]) == ["401"], run[1][:MOST]


@proof
def the_catalogue_is_checked_as_a_whole(adopt):
    """The second hook finds what only shows between files, also after a file was removed; the first one does not look."""
    both = [{"id": "credlint", "verbose": True}, {"id": "credlint-catalogue", "verbose": True}]
    own = adopt(both)
    own.write("courses/whole.yaml", numbered(GOOD, "whole"))
    own.write("courses/part.yaml", numbered(GOOD, "part", stackability={"status": "stackable", "part_of": [{"id": "course-whole"}]}))
    expect(own.run(), 0, "2 checked", "catalogue of 2 practices")
    own.commit("--no-verify")
    (own.folder / "courses/whole.yaml").unlink()
    expect(own.run("credlint"), 0, "Skipped")
    expect(own.run("credlint-catalogue"), 1, "catalogue/target-unknown", "- exit code: 1")
    own.write("courses/whole.yaml", numbered(GOOD, "whole"))
    own.write("courses/twin.yaml", numbered(GOOD, "whole"))
    expect(own.run("credlint"), 0, without=["catalogue/id"])
    expect(own.run("credlint-catalogue"), 1, "catalogue/")


@proof
def nothing_is_said_twice(adopt):
    """What the first hook says of a file, the second one leaves out; a file that cannot be read fails both."""
    own = adopt([{"id": "credlint", "verbose": True}, {"id": "credlint-catalogue", "verbose": True}])
    own.write("courses/bad.yaml", BAD)
    run = own.run()
    expect(run, 1, "catalogue of 1 practice")
    assert run[1].count("quality-assurance/missing (error)") == 1, run[1][:MOST]
    own.write("courses/bad.yaml", "descriptor: micro-credential/1\nid: [broken\n")
    expect(own.run("credlint"), 1, "yaml/syntax")
    expect(own.run("credlint-catalogue"), 1, "yaml/syntax")


@proof
def the_catalogue_may_be_a_folder(adopt):
    """`args` names the folder; one without a descriptor does not pass."""
    own = adopt([{"id": "credlint-catalogue", "args": ["courses"], "verbose": True}])
    own.write("courses/good.yaml", GOOD)
    own.write("drafts/bad.yaml", BAD)
    expect(own.run(), 0, "1 checked")
    own.write("courses/good.yaml", COMPOSE)
    expect(own.run(), 1, "- exit code: 3", "nothing was checked")


@proof
def a_commit_is_refused_until_it_is_right(adopt):
    """The way it is used: installed, run by git, over what is staged and not what lies beside it."""
    own = adopt([{"id": "credlint"}])
    done(own.folder, sys.executable, "-m", "pre_commit", "install")
    own.write("courses/course.yaml", BAD)
    expect(own.commit(), 1, "quality-assurance/missing")
    own.write("courses/course.yaml", GOOD)
    expect(own.commit(), 0)
    assert done(own.folder, "git", "rev-list", "--count", "HEAD") == "1"


def from_source():
    """As published: cargo and pip build the program, and what they install passes and fails."""
    folder = SCRATCH / "source"
    for name in done(REPOSITORY, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (REPOSITORY / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target)
    revision = snapshot(folder)
    path = os.pathsep.join(part for part in ENVIRONMENT["PATH"].split(os.pathsep) if part != str(PROGRAM.parent))
    environment = {**ENVIRONMENT, "PATH": path}
    for id in ["credlint", "credlint-catalogue", "credlint-py", "credlint-catalogue-py"]:
        own = Adopter(f"from-source-{id}", [{"id": id, "verbose": True}], folder, revision)
        own.write("courses/good.yaml", GOOD)
        begun = time.monotonic()
        expect(own.run(environment=environment), 0, "1 checked")
        print(f"{id}: installed and run in {time.monotonic() - begun:.0f} s")
        of_catalogue = id.startswith("credlint-catalogue")
        own.write("courses/bad.yaml", GOOD if of_catalogue else numbered(BAD, "bad"))
        word = "catalogue/id-repeated" if of_catalogue else "quality-assurance/missing"
        expect(own.run(environment=environment), 1, "- exit code: 1", word)


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir(parents=True)
    done(SCRATCH, sys.executable, "-m", "pre_commit", "validate-manifest", str(REPOSITORY / ".pre-commit-hooks.yaml"))
    manifest = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert all(hook["require_serial"] for hook in manifest)
    source, revision = published({"language": "system"})
    for function in PROOFS:
        counter = iter(range(9))
        name = function.__name__
        function(lambda hooks: Adopter(f"{name}-{next(counter)}", hooks, source, revision))
        print(f"{name}: {' '.join(function.__doc__.split())}")
    if os.environ.get("CREDLINT_HOOKS_FROM_SOURCE") == "1":
        from_source()
    else:
        print("skipped: the hooks are not built from source (CREDLINT_HOOKS_FROM_SOURCE=1 does)")


main()
