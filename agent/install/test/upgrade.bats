#!/usr/bin/env bats
# Again, newer, back, gone.
load rig

setup_file() { start_release; }
teardown_file() { stop_server; }
setup() { fresh_home; }
teardown() { remove_home; }

@test "run twice: nothing is downloaded, restarted or changed" {
  node_answers
  install_user
  : >"$CALLS"
  before=$(picture "$HOME" | grep -v install.log)
  requests=$(grep -c 'GET .*tar.xz' "$BATS_FILE_TMPDIR/server.log")
  install_user
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "it says so" says 'nothing has changed'
  assert "no restart" [ "$(grep -c restart "$CALLS")" -eq 0 ]
  assert "no archive" [ "$(grep -c 'GET .*tar.xz' "$BATS_FILE_TMPDIR/server.log")" -eq "$requests" ]
  assert "the same files" [ "$(picture "$HOME" | grep -v install.log)" = "$before" ]
}

@test "a flag on the second run changes that key only and restarts" {
  node_answers
  install_user --wallet old@minibits.cash
  key=$(value account.api_key)
  printf '# kept\n[idle]\njob_mode = never ; because\n' >>"$conf"
  : >"$CALLS"
  install_user --wallet new@minibits.cash
  assert "changed" [ "$(value account.lightning_address)" = new@minibits.cash ]
  assert "key stays" [ "$(value account.api_key)" = "$key" ]
  assert "comments stay" grep -q '^job_mode = never ; because$' "$conf"
  assert "the port's comment stays" grep -q '; where it answers$' "$conf"
  assert "restarted" called 'systemctl --user restart owlrun.service'
}

@test "settings with CRLF, odd case and a key given twice are edited in place" {
  mkdir -p "$HOME/.owlrun"
  printf '[Account]\r\nAPI_Key = owlr_prov_oldoldold\r\n;api_key = commented\r\n[other]\r\napi_key = x\r\n' >"$conf"
  install_user --no-start --key "$key_1"
  assert "changed" [ "$(value Account.api_key)" = "$key_1" ]
  assert "others stay" [ "$(value other.api_key)" = x ]
  assert "comments stay" grep -q '^;api_key = commented' "$conf"
  assert "not added again" [ "$(grep -c "$key_1" "$conf")" -eq 1 ]
}

@test "upgrade: the new version runs, the old one is kept, older ones go" {
  node_answers
  install_user --version 0.1.0
  key=$(value account.api_key)
  : >"$CALLS"
  run "$HOME/.local/bin/owlrun" upgrade --user
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "new" [ "$(cat "$share/current/lib/version")" = 0.2.0 ]
  assert "old" [ "$(readlink "$share/previous")" = versions/0.1.0 ]
  assert "restarted" called 'systemctl --user restart owlrun.service'
  assert "key stays" [ "$(value account.api_key)" = "$key" ]
  fake_archive 0.4.0 "$BATS_FILE_TMPDIR/artifacts"
  layout 0.4.0 --channel beta
  run bash "$SITE/releases/0.4.0/install.sh" --user
  layout 0.2.0
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "two are kept" [ "$(ls "$share/versions" | xargs)" = "0.2.0 0.4.0" ]
}

@test "a new version that does not answer: the old one is back" {
  install_user --no-start --version 0.1.0
  printf '\n[dashboard]\nport = 1\n' >>"$conf" # where nothing answers
  export OWLRUN_START_WAIT=1
  install_user
  assert "it fails" [ "$status" -eq 1 ]
  assert "it says so" says '0.1.0 is back'
  assert "back" [ "$(readlink "$share/current")" = versions/0.1.0 ]
  assert "the new one is gone" [ ! -e "$share/versions/0.2.0" ]
  assert "restarted twice" [ "$(grep -c 'restart owlrun.service' "$CALLS")" -eq 2 ]
}

@test "a first version that does not answer is told, with its log" {
  node_answers 1
  export OWLRUN_START_WAIT=1
  install_user
  assert "it fails" [ "$status" -eq 1 ]
  assert "the log" says 'journalctl --user -u owlrun'
}

@test "owlrun rollback goes back, and forth" {
  node_answers
  run "$SHELL" "$SITE/releases/0.1.0/install.sh" --user
  install_user
  : >"$CALLS"
  run "$HOME/.local/bin/owlrun" rollback --user
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "back" [ "$(cat "$share/current/lib/version")" = 0.1.0 ]
  assert "started" [ -n "$(grep 'restart owlrun.service' "$CALLS")" ]
  run "$HOME/.local/bin/owlrun" rollback --user
  assert "forth" [ "$(cat "$share/current/lib/version")" = 0.2.0 ]
}

@test "uninstall --purge leaves the home as it was, byte for byte" {
  mkdir -p "$HOME/.config/other" "$HOME/.local/bin"
  printf 'alias x=y\n' >"$HOME/.bashrc"
  echo mine >"$HOME/.local/bin/mine"
  before=$(picture "$HOME")
  install_user --no-start
  assert "the PATH" grep -q '^# >>> owlrun >>>$' "$HOME/.bashrc"
  assert "it changed" [ "$(picture "$HOME")" != "$before" ]
  install_user --uninstall --purge
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the same" [ "$(picture "$HOME")" = "$before" ]
  assert "linger is undone" called 'loginctl disable-linger'
  install_user --uninstall --purge
  assert "again" [ "$status" -eq 0 ]
}

@test "uninstall keeps settings and ecash" {
  install_user --no-start --key "$key_1"
  mkdir "$HOME/.owlrun/ecash"
  echo '{"state":"unspent"}' >"$HOME/.owlrun/ecash/1.json"
  install_user --uninstall
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "only these" [ "$(cd "$HOME" && find . -type f | sort | xargs)" = \
    "./.owlrun/ecash/1.json ./.owlrun/owlrun.conf" ]
  install_user --no-start
  assert "the key is back" [ "$(value account.api_key)" = "$key_1" ]
}

@test "purge is refused while there is unspent ecash, and changes nothing" {
  install_user --no-start
  mkdir "$HOME/.owlrun/ecash"
  echo '{"state":"unspent","token":"cashuA"}' >"$HOME/.owlrun/ecash/1.json"
  before=$(picture "$HOME")
  : >"$CALLS"
  install_user --uninstall --purge
  assert "refused" [ "$status" -eq 1 ]
  assert "why" says 'There is unspent ecash'
  assert "nothing changed" [ "$(picture "$HOME")" = "$before" ]
  assert "nothing called" [ "$(grep -c disable "$CALLS")" -eq 0 ]
  echo '{"state":"spent"}' >"$HOME/.owlrun/ecash/1.json"
  install_user --uninstall --purge
  assert "spent ecash may go" [ "$status" -eq 0 ]
  assert "nothing is left" [ -z "$(ls -A "$HOME")" ]
}

@test "unspent ecash goes only by --force-lose-ecash" {
  install_user --no-start
  mkdir "$HOME/.owlrun/ecash"
  echo 'unreadable' >"$HOME/.owlrun/ecash/1.json"
  install_user --uninstall --purge
  assert "refused" [ "$status" -eq 1 ]
  install_user --uninstall --purge --force-lose-ecash
  assert "forced" [ ! -e "$HOME/.owlrun" ]
}

@test "ecash that lies there without an install is protected, too" {
  mkdir -p "$HOME/.owlrun/ecash"
  echo '{"state":"unspent"}' >"$HOME/.owlrun/ecash/1.json"
  install_user --uninstall --purge
  assert "refused" [ "$status" -eq 1 ]
  assert "it is there" [ -f "$HOME/.owlrun/ecash/1.json" ]
}

@test "offline: the bundle alone is enough, and is checked" {
  case $(uname -m) in aarch64 | arm64) arch=arm64 ;; *) arch=x64 ;; esac
  cp "$SITE/releases/0.2.0/owlrun-0.2.0-linux-$arch-offline.tar" "$ROOM/bundle.tar"
  cp "$SITE/releases/0.1.0/install.sh" "$ROOM/install.sh" # an older installer does, too
  export OWLRUN_DOWNLOAD_BASE=http://127.0.0.1:1
  run sh "$ROOM/install.sh" --user --no-start --from "$ROOM/bundle.tar"
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the bundle's version" [ "$(readlink "$share/current")" = versions/0.2.0 ]
  mkdir "$ROOM/open"
  tar -C "$ROOM/open" -xf "$ROOM/bundle.tar"
  echo x >>"$ROOM/open/owlrun-0.2.0-linux-$arch.tar.xz"
  remove_home_only
  run sh "$ROOM/install.sh" --user --no-start --from "$ROOM/open"
  assert "altered" [ "$status" -eq 4 ]
}

remove_home_only() {
  rm -rf "$HOME"
  mkdir "$HOME"
}

@test "another program called owlrun is left alone" {
  mkdir -p "$HOME/.local/bin"
  echo mine >"$HOME/.local/bin/owlrun"
  install_user --no-start
  assert "told" says 'is another program'
  install_user --uninstall --purge
  assert "it stays" [ "$(cat "$HOME/.local/bin/owlrun")" = mine ]
}
