#!/usr/bin/env bash
# Starts everything on this machine: PostgreSQL, mint (play money), gateway with the chat page, one
# node. Needs a JDK 25 and Maven, nothing else. scripts/up.sh --help lists the options.
# Prints one line "ready http://127.0.0.1:PORT" on standard output once a first prompt can be paid;
# everything else goes to standard error. Ctrl-C or TERM stops all parts; balances stay.
# OWLRUN_NO_BUILD=1 takes what is built as it is.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/jdk.sh
source "$root/scripts/jdk.sh"

build_if_needed() {
  local stamp="$root/up/target/lib/.built"
  if [ -n "${OWLRUN_NO_BUILD:-}" ]; then
    return
  fi
  if [ -f "$stamp" ] && [ -z "$(find "$root/pom.xml" "$root"/{mint,gateway,agent,up}/{pom.xml,src/main} \
      "$root/web/site" -newer "$stamp" -print -quit)" ]; then
    return
  fi
  if ! command -v mvn >/dev/null 2>&1; then
    echo "Owlrun is not built yet and Maven (mvn) is missing. Install Maven 3.8 or later." >&2
    exit 1
  fi
  echo "Building Owlrun (the first time takes some minutes) ..." >&2
  mkdir -p "$root/up/target"
  local log="$root/up/target/build.log"
  if ! (cd "$root" && mvn -B -q -ntp package -pl up -am -DskipTests -Dspotless.check.skip) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "The build failed; all of its output is in $log" >&2
    exit 1
  fi
  # One run on a folder that is thrown away: it unpacks PostgreSQL and fills the class archives, so
  # that later starts are fast.
  "${launcher[@]}" trial >>"$log" 2>&1 </dev/null || echo "The trial run failed; see $log" >&2
  touch "$stamp"
}

main() {
  local lib="$root/up/target/lib"
  launcher=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx128m -XX:TieredStopAtLevel=1
    --enable-native-access=ALL-UNNAMED
    "-Dowlrun.lib=$lib" "-Dowlrun.logging=$root/scripts/logging.properties"
    "-Djava.util.logging.config.file=$root/scripts/logging-up.properties"
    -cp "$root/up/target/classes:$lib/*" me.owlrun.up.Main)
  build_if_needed
  local -a command=("${launcher[@]}" "$@")
  case "${1:-}" in
    token | --help | -h) exec "${command[@]}" ;;
  esac

  # The parts run in a process group of their own, so that Ctrl-C reaches only this script; closing
  # the pipe asks them to stop in order, also when this script is killed.
  local folder pipe
  folder=$(mktemp -d)
  pipe="$folder/stop"
  mkfifo "$pipe"
  set -m
  "${command[@]}" <"$pipe" &
  local pid=$!
  exec 9>"$pipe"
  rm -r "$folder"
  trap 'exec 9>&-' INT TERM HUP
  while kill -0 "$pid" 2>/dev/null; do
    wait "$pid" || true
  done
  wait "$pid"
}

main "$@"
