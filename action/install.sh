#!/usr/bin/env bash
# Installs credlint for action.yml: a published version, else what lies beside this file. `install.sh where` only says
# where it will be, and under which key a cache may keep it. Input comes by environment variables and is never evaluated.
set -euo pipefail

fail() {
  echo "::error title=credlint::$1" >&2
  exit 2
}

: "${RUNNER_TEMP:?}" "${GITHUB_ACTION_PATH:?}"
version=${CREDLINT_VERSION:-}
folder=$RUNNER_TEMP/credlint-program

if [ -n "$version" ] && ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+[-.a-z0-9]*$ ]]; then
  fail "the input version is not a version such as 1.2.3"
fi

sha256=(sha256sum)
command -v sha256sum >/dev/null || sha256=(shasum -a 256)

# Everything that the program is made of: thousands of files, for which not a program each is started.
source_digest() {
  (
    cd "$GITHUB_ACTION_PATH"
    find Cargo.toml Cargo.lock build.rs src rules schemas fixtures/rules -type f -print0 | LC_ALL=C sort -z |
      xargs -0 "${sha256[@]}"
  ) | "${sha256[@]}" | cut -c 1-40
}

find_program() {
  local candidate
  for candidate in "$folder/bin/credlint" "$folder/bin/credlint.exe" "$folder/Scripts/credlint.exe"; do
    # One that a cache brought may be made for another system.
    if "$candidate" --version >/dev/null 2>&1; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

find_python() {
  local name
  for name in python3 python; do
    if "$name" -m pip --version >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  return 1
}

if [ "${1:-}" = where ]; then
  {
    echo "folder=$folder"
    echo "key=credlint-${RUNNER_OS:-}-${RUNNER_ARCH:-}-${version:-$(source_digest)}"
  } >>"${GITHUB_OUTPUT:?}"
  exit
fi

if ! find_program >/dev/null; then
  rm -rf -- "$folder"
  export CARGO_TARGET_DIR=$RUNNER_TEMP/credlint-target
  if name=$(find_python); then
    "$name" -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" \
      "${version:+credlint==}${version:-$GITHUB_ACTION_PATH}" ||
      echo "credlint: pip could not install it; cargo is tried"
  fi
  if ! find_program >/dev/null && command -v cargo >/dev/null; then
    if [ -n "$version" ]; then
      set -- --version "$version" credlint
    else
      set -- --path "$GITHUB_ACTION_PATH"
    fi
    cargo install --quiet --locked --root "$folder" "$@" || echo "credlint: cargo could not install it"
  fi
fi

installed=$(find_program) || fail "credlint could not be installed; it takes Python with pip, or cargo"
"$installed" --version
dirname -- "$installed" >>"${GITHUB_PATH:?}"
