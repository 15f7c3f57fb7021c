#!/usr/bin/env bats
# The real runtime image: its size, its units, and one whole life of a node installed from it.
load rig

setup_file() {
  openssl genrsa -out "$BATS_FILE_TMPDIR/key.pem" 3072 2>/dev/null
  start_server
  # The weakest compression is the fastest; what is published is smaller.
  OWLRUN_NO_BUILD=1 OWLRUN_XZ_LEVEL=0 bash "$repository/scripts/release.sh" image \
    --artifacts "$BATS_FILE_TMPDIR/artifacts"
  bash "$repository/scripts/release.sh" layout --key "$BATS_FILE_TMPDIR/key.pem" \
    --artifacts "$BATS_FILE_TMPDIR/artifacts" --out "$SITE" --base "$BASE"
}

teardown_file() { stop_server; }
setup() { fresh_home; }

teardown() {
  if [ -f "$HOME/.owlrun/owlrun.pid" ]; then
    kill "$(cat "$HOME/.owlrun/owlrun.pid")" || true
  fi
  remove_home
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

@test "the archive has at most 20 MB, and no java.desktop" {
  size=$(cat "$BATS_FILE_TMPDIR"/artifacts/*.tar.xz | wc -c)
  status=0 output=$size
  assert "20 MB" [ "$size" -le 20000000 ]
  run tar -tJf "$BATS_FILE_TMPDIR"/artifacts/*.tar.xz
  assert "no desktop library" [ -z "$(echo "$output" | grep -E 'libawt|fontmanager')" ]
}

@test "the manifest names version, size and hash of each archive" {
  manifest=$(echo "$SITE"/releases/*/manifest.json)
  run python3 - "$manifest" <<'PYTHON'
import hashlib, json, os, sys
manifest = json.load(open(sys.argv[1]))
folder = os.path.dirname(sys.argv[1])
assert manifest["artifacts"]
for one in manifest["artifacts"]:
    data = open(os.path.join(folder, one["name"]), "rb").read()
    assert len(data) == one["bytes"], one
    assert hashlib.sha256(data).hexdigest() == one["sha256"], one
    assert one["name"].startswith("owlrun-%s-%s-%s." % (manifest["version"], one["os"], one["arch"]))
PYTHON
  assert "it holds" [ "$status" -eq 0 ]
}

@test "a whole life: installed, trained, answering, again, removed" {
  export FAKE_NO_SYSTEMD=1
  mkdir "$HOME/.owlrun"
  printf '[dashboard]\nport = %s\n[inference]\nengine = mock\n' "$(free_port)" >"$conf"
  install_user --gateway http://127.0.0.1:9
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the cache" [ -s "$share/current/lib/owlrun.aot" ]
  run "$HOME/.local/bin/owlrun" --version
  assert "the version" says "owlrun "
  run curl -fsS --noproxy '*' "http://127.0.0.1:$(value dashboard.port)/healthz"
  assert "the page" says '"status":"ok"'
  first=$(cat "$HOME/.owlrun/owlrun.pid")
  install_user --gateway http://127.0.0.1:9
  assert "again, nothing" says 'nothing has changed'
  assert "the same process" [ "$(cat "$HOME/.owlrun/owlrun.pid")" = "$first" ]
  run "$HOME/.local/bin/owlrun" uninstall --user --purge
  assert "it is removed" [ "$status" -eq 0 ]
  assert "the process is gone" [ ! -d "/proc/$first/fd" ] || ! kill -0 "$first"
  assert "nothing is left" [ -z "$(ls -A "$HOME")" ]
}

@test "the cache is used: classes come from it" {
  image=$BATS_FILE_TMPDIR/unpacked
  mkdir "$image"
  tar -xJf "$BATS_FILE_TMPDIR"/artifacts/*.tar.xz -C "$image"
  "$image/bin/train"
  run "$image/bin/java" "-XX:AOTCache=$image/lib/owlrun.aot" -XX:AOTMode=on -Xlog:class+load \
    -m me.owlrun.agent/me.owlrun.agent.Main --selfcheck
  assert "it runs with the cache required" [ "$status" -eq 0 ]
  assert "own classes come from it" [ -n "$(echo "$output" | grep 'me.owlrun.agent.Agent source: shared objects file')" ]
}

# A unit as the installer writes it, with a command that exists here.
unit() { # unit TEMPLATE
  sed -e 's|@SHARE@/current/bin/owlrun|/bin/true|' -e 's|/opt/owlrun/current/bin/owlrun|/bin/true|' \
    -e 's|@STATE@|/var/lib/owlrun|' -e 's|@GROUPS@|video render|' -e 's|%h|/home/someone|' \
    "$install_files/files/$1" >"$ROOM/owlrun.service"
}

@test "the units are understood by systemd without a warning" {
  PATH=$path_before
  for template in owlrun-system.service owlrun-user.service; do
    unit "$template"
    run systemd-analyze verify --man=no "$ROOM/owlrun.service"
    said=$(echo "$output" | grep 'owlrun.service' || true)
    assert "$template" [ -z "$said" ]
  done
}

@test "the system unit's exposure is at most 2.0" {
  PATH=$path_before
  unit owlrun-system.service
  run systemd-analyze security --offline=true --no-pager --threshold=20 "$ROOM/owlrun.service"
  assert "exposure" [ "$status" -eq 0 ]
}
