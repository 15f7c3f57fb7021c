#!/usr/bin/env bash
# Runs every check: installs what the tests need where it can (Debian, as root), then mvn verify.
# Needs a JDK 25, Maven and Node. Extra arguments go to Maven.
#   OWLRUN_TEST_OPTIONAL=1  a missing browser, engine or wallet library skips its tests with a
#                           printed reason; without it they fail, so that nothing is missed silently.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/jdk.sh
source "$root/scripts/jdk.sh"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/owlrun"

have() { command -v "$1" >/dev/null 2>&1; }

install_debian_packages() {
  local -a missing=()
  have chromium || missing+=(chromium fonts-dejavu-core)
  { have Xvfb && have xdotool && have dbus-daemon; } || missing+=(xvfb xdotool dbus-daemon)
  have curl || missing+=(curl)
  have shellcheck || missing+=(shellcheck)
  # The installer's tests: three shells, its tools, and systemd's own checks of the units.
  have bats || missing+=(bats)
  have busybox || missing+=(busybox)
  have dash || missing+=(dash)
  have openssl || missing+=(openssl)
  have strip || missing+=(binutils)
  have setpriv || missing+=(util-linux)
  have systemd-analyze || missing+=(systemd)
  have xz || missing+=(xz-utils)
  have zstd || missing+=(zstd)
  [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
  python3 -c 'import requests' 2>/dev/null || missing+=(python3 python3-requests)
  if [ "${#missing[@]}" -eq 0 ]; then
    return
  fi
  if ! have apt-get || [ "$(id -u)" -ne 0 ]; then
    echo "Please install: ${missing[*]}" >&2
    return
  fi
  echo "Installing: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# The python that has the requests library: the first one on PATH, or Debian's own.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import requests' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

install_wallet_library() {
  local folder="$root/up/src/test/node" target="$root/up/target/node"
  mkdir -p "$target"
  cp "$folder"/package.json "$folder"/package-lock.json "$target"/
  (cd "$target" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

count() { # count ATTRIBUTE: the sum over all test reports
  cat "$root"/*/target/surefire-reports/TEST-*.xml 2>/dev/null |
    sed -n '/<testsuite /,/>/p' | tr '\n' ' ' |
    grep -o "<testsuite [^>]*" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | paste -sd+ - | bc_sum
}

bc_sum() {
  local expression
  read -r expression || true
  echo $((${expression:-0}))
}

main() {
  install_debian_packages
  rm -rf "$root"/*/target/surefire-reports
  install_wallet_library || echo "The packages from npm could not be installed." >&2
  local llama="" python
  llama=$(sh "$root/agent/src/test/sh/fetch-llama.sh" "$cache/llama") ||
    echo "The llama.cpp server could not be fetched." >&2
  python=$(find_python)

  # A failed test does not stop Maven, so that one run shows all of them; they are counted below,
  # and a test process that died is found in Maven's words.
  local result=0 log
  mkdir -p "$root/up/target"
  log="$root/up/target/maven.log"
  (cd "$root" && mvn -B -ntp verify -Dmaven.test.failure.ignore=true \
    "-Dowlrun.llama.server=$llama" "-Dowlrun.python=$python" \
    "-Dowlrun.tests.optional=${OWLRUN_TEST_OPTIONAL:-}" "$@" 2>&1 | tee "$log") || result=$?
  if grep -qE '^\[ERROR\] *(There (are|was|were) |.*(forked VM|[Cc]rashed tests))' "$log"; then
    result=1
  fi

  local tests failures errors skipped
  tests=$(count tests)
  failures=$(count failures)
  errors=$(count errors)
  skipped=$(count skipped)
  if [ $((failures + errors)) -ne 0 ]; then
    result=1
  fi
  if [ "$result" -ne 0 ] && [ $((failures + errors)) -eq 0 ]; then
    failures=1 # the build broke outside a test
  fi
  echo # Maven ends without a line break
  echo "$((tests - failures - errors - skipped)) passed, $((failures + errors)) failed, $skipped skipped"
  exit "$result"
}

main "$@"
