#!/usr/bin/env bash
# Runs credlint for action.yml and ends with its exit code. Input comes by environment variables (CREDLINT_… is an input of
# the action) and is never evaluated: a list has one entry on each line, and a line is one argument, whatever stands in it.
set -euo pipefail

fail() {
  echo "::error title=credlint::$1" >&2
  exit 2
}

switch() {
  case $2 in
    true) return 0 ;;
    false) return 1 ;;
    *) fail "the input $1 is either true or false" ;;
  esac
}

# The lines of a text without the blanks around them; empty ones do not count.
lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    if [ -n "$line" ]; then printf '%s\n' "$line"; fi
  done <<<"$1"
}

# The one line of a text, or nothing.
one_line() {
  local line
  line=$(lines "$2")
  case $line in
    *$'\n'*) fail "the input $1 is one line" ;;
    *) printf '%s' "$line" ;;
  esac
}

fail_on=$(one_line fail-on "${CREDLINT_FAIL_ON:-}")
baseline=$(one_line baseline "${CREDLINT_BASELINE:-}")
new_from=$(one_line new-from "${CREDLINT_NEW_FROM:-}")
folder=$(one_line working-directory "${CREDLINT_WORKING_DIRECTORY:-}")
annotate=no
summarise=no
if switch annotations "${CREDLINT_ANNOTATIONS:-true}"; then annotate=yes; fi
if switch summary "${CREDLINT_SUMMARY:-true}"; then summarise=yes; fi

unset CDPATH
# Code scanning and annotations name files from the root of the repository, so that is where credlint runs.
cd -- "${folder:-.}" 2>/dev/null || fail "the folder in working-directory does not exist"
below=$(git rev-parse --show-prefix 2>/dev/null || true)
up=$(git rev-parse --show-cdup 2>/dev/null || true)
cd "./$up"

from_root() {
  case $1 in
    /* | [A-Za-z]:*) printf '%s\n' "$1" ;;
    .) printf '%s\n' "${below:-.}" ;;
    *) printf '%s\n' "$below${1#./}" ;;
  esac
}

reports=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/credlint.XXXXXX")
set -- check "--output=sarif=$reports/credlint.sarif" "--output=markdown=$reports/summary.md"
if [ "$annotate" = yes ]; then set -- "$@" --format=github; else set -- "$@" --format=human; fi
while IFS= read -r name; do set -- "$@" "--profile=$name"; done < <(lines "${CREDLINT_PROFILE:-}")
if [ -n "$fail_on" ]; then set -- "$@" "--fail-on=$fail_on"; fi
if [ -n "$baseline" ]; then set -- "$@" "--baseline=$(from_root "$baseline")"; fi
if [ -n "$new_from" ]; then set -- "$@" "--new-from=$new_from"; fi
while IFS= read -r argument; do set -- "$@" "$argument"; done < <(lines "${CREDLINT_ARGS:-}")
set -- "$@" --
while IFS= read -r path; do set -- "$@" "$(from_root "$path")"; done < <(lines "${CREDLINT_PATHS:-.}")

status=0
if [ "$annotate" = yes ]; then
  credlint "$@" || status=$?
else
  # What a descriptor says is text here, even if it looks like a command to the runner.
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$token"
  credlint "$@" || status=$?
  echo "::$token::"
fi

if [ "$summarise" = yes ] && [ -s "$reports/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat -- "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  echo "exit-code=$status" >>"$GITHUB_OUTPUT"
  if [ -s "$reports/credlint.sarif" ]; then
    echo "sarif=$reports/credlint.sarif" >>"$GITHUB_OUTPUT"
    # The runner reads a line for each value, so a name with a line break in it has no place here.
    case $PWD in *$'\n'*) ;; *) echo "checkout=$PWD" >>"$GITHUB_OUTPUT" ;; esac
  fi
fi
exit "$status"
