#!/usr/bin/env bash
# Loads a Cashu mint on this machine and prints figures; ends by itself. Without --url it starts
# PostgreSQL and our mint as processes of their own and removes them afterwards. `gateway` loads our
# gateway, beside nginx and Portkey's where they can be had.
#   bench/run.sh [load|curve|idle|growth|gateway|ledger] [--url=http://127.0.0.1:3338] [--help]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/jdk.sh
source "$root/scripts/jdk.sh"

build_if_needed() {
  local stamp="$root/bench/target/lib/.built"
  if [ -n "${OWLRUN_NO_BUILD:-}" ]; then
    return
  fi
  if [ -f "$stamp" ] && [ -z "$(find "$root/pom.xml" "$root"/{mint,gateway,bench}/{pom.xml,src/main} \
      -newer "$stamp" -print -quit)" ]; then
    return
  fi
  echo "Building ..." >&2
  mkdir -p "$root/bench/target"
  local log="$root/bench/target/build.log"
  if ! (cd "$root" && mvn -B -q -ntp package -pl bench -am -DskipTests -Dspotless.check.skip \
      -Dbench.lib.skip=false) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    exit 1
  fi
  touch "$stamp"
}

# Portkey's gateway, pinned, into target/; a newer @hono/node-server breaks its streams. Without npm
# or a network the bench goes on without it.
install_portkey() {
  local folder="$root/bench/target/portkey"
  if [ -d "$folder/node_modules/@portkey-ai/gateway" ] || ! command -v npm >/dev/null; then
    return
  fi
  mkdir -p "$folder"
  cat >"$folder/package.json" <<'END'
{
  "private": true,
  "dependencies": {"@portkey-ai/gateway": "1.15.2"},
  "overrides": {"@hono/node-server": "1.3.3"}
}
END
  (cd "$folder" && npm install --no-package-lock --no-audit --no-fund --silent) \
    >"$folder/npm.log" 2>&1 || echo "Portkey's gateway cannot be installed" >&2
}

install_nginx() {
  if [ ! -x /usr/sbin/nginx ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get install -y -q nginx-light >"$root/bench/target/nginx.log" 2>&1 \
      || echo "nginx cannot be installed" >&2
  fi
}

harness() {
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx1g --enable-native-access=ALL-UNNAMED \
    "-Dbench.root=$root" "-Dbench.lib=$root/bench/target/lib" \
    "-Djava.util.logging.config.file=$root/scripts/logging-up.properties" "$@"
}

# Settlements per second of the gateway's ledger, on a PostgreSQL of its own that keeps every commit.
ledger() {
  (cd "$root" && mvn -B -ntp verify -pl mint,gateway -Dspotless.check.skip \
    -Dtest=LedgerSpeedTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dowlrun.ledger.durable=true -Dowlrun.ledger.seconds=10) |
    grep -E '^ledger:|ERROR|BUILD'
}

main() {
  if [ "${1:-}" = ledger ]; then
    ledger
    return
  fi
  build_if_needed
  local path="$root/bench/target/classes:$root/bench/target/lib/*"
  if [ "${1:-}" = curve ]; then
    harness -Dowlrun.curve=native -cp "$path" me.owlrun.bench.Main "$@"
    harness -Dowlrun.curve=java -cp "$path" me.owlrun.bench.Main "$@"
    return
  fi
  if [ "${1:-}" = gateway ]; then
    install_portkey
    install_nginx
    ulimit -n "$(ulimit -H -n)"
  fi
  harness -cp "$path" me.owlrun.bench.Main "$@"
}

main "$@"
