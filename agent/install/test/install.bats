#!/usr/bin/env bats
# One line installs: flags, shells, users, what it leaves.
load rig

setup_file() { start_release; }
teardown_file() { stop_server; }
setup() { fresh_home; }
teardown() { remove_home; }

@test "piped without flags: installs, starts, makes a key that it does not print" {
  node_answers
  install_user
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the newest version" [ "$(readlink "$share/current")" = versions/0.2.0 ]
  assert "the command" [ "$("$HOME/.local/bin/owlrun" --version)" = "owlrun fake" ]
  key=$(value account.api_key)
  assert "a key" [ "$(echo "$key" | grep -Ec '^owlr_prov_[0-9a-f]{48}$')" -eq 1 ]
  assert "the key is masked" [ "${output/$key/}" = "$output" ]
  assert "its beginning is shown" says "${key:0:14}..."
  assert "settings are private" [ "$(stat -c %a "$conf")" = 600 ]
  assert "comments stay" grep -q '^# mine$' "$conf"
  assert "enabled" called 'systemctl --user enable owlrun.service'
  assert "started through systemd" called 'systemctl --user restart owlrun.service'
  assert "lingers" called 'loginctl enable-linger'
  assert "no sudo" [ "$(grep -c '^sudo' "$CALLS")" -eq 0 ]
}

@test "a fresh home: folder 0700, file 0600, image not writable by others" {
  install_user --no-start
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "folder" [ "$(stat -c %a "$HOME/.owlrun")" = 700 ]
  assert "file" [ "$(stat -c %a "$conf")" = 600 ]
  assert "log" [ "$(stat -c %a "$share/install.log")" = 600 ]
  assert "nothing that others may write" [ -z "$(find "$HOME/.local" -perm /022 ! -type l)" ]
}

@test "every flag of the one-liner lands in the settings" {
  install_user --key "$key_1" --wallet=user@minibits.cash --referral owlr_ref_x1 \
    --gateway https://gateway.example --no-start
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "key" [ "$(value account.api_key)" = "$key_1" ]
  assert "wallet" [ "$(value account.lightning_address)" = user@minibits.cash ]
  assert "referral" [ "$(value account.referral_code)" = owlr_ref_x1 ]
  assert "gateway" [ "$(value marketplace.gateway)" = https://gateway.example ]
  assert "the key is masked" [ "${output/$key_1/}" = "$output" ]
}

@test "the environment does what the flags do" {
  export OWLRUN_KEY=$key_1 OWLRUN_WALLET=user@minibits.cash OWLRUN_REFERRAL=owlr_ref_x1
  export OWLRUN_GATEWAY=https://gateway.example OWLRUN_NO_START=1 OWLRUN_VERSION=0.1.0
  export OWLRUN_NO_SERVICE=1 OWLRUN_PREFIX=$HOME/apps OLLAMA_HOST=10.0.0.5
  install_user
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "key" [ "$(value account.api_key)" = "$key_1" ]
  assert "wallet" [ "$(value account.lightning_address)" = user@minibits.cash ]
  assert "engine" [ "$(value inference.engine_url)" = http://10.0.0.5:11434 ]
  assert "prefix and version" [ "$(readlink "$HOME/apps/share/owlrun/current")" = versions/0.1.0 ]
  assert "no service" [ "$(grep -c '^systemctl' "$CALLS")" -eq 0 ]
}

@test "the key can come from a file" {
  echo "$key_1" >"$ROOM/key"
  install_user --key-file "$ROOM/key" --no-start
  assert "key" [ "$(value account.api_key)" = "$key_1" ]
}

for_shell() {
  node_answers
  run piped "$1" --user --wallet user@minibits.cash
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "wallet" [ "$(value account.lightning_address)" = user@minibits.cash ]
  assert "port stays" [ "$(value dashboard.port)" = "$PORT" ]
  run piped "$1" --user --uninstall --purge
  assert "it is removed" [ "$status" -eq 0 ]
  assert "nothing is left" [ -z "$(ls -A "$HOME")" ]
}

@test "under dash" { for_shell dash; }
@test "under bash --posix" { for_shell "bash --posix"; }
@test "under busybox" { for_shell "busybox sh"; }

@test "as a user without rights" {
  [ "$(id -u)" = 0 ] || skip "needs root to become another user"
  node_answers
  /usr/bin/chown -R "$nobody:$nobody" "$HOME"
  run setpriv --reuid=$nobody --regid=$nobody --clear-groups bash -c \
    'cat "$1" | bash -s -- --wallet user@minibits.cash' - "$SITE/install.sh"
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "for the user" [ "$(stat -c %u "$share/current/bin/java")" = $nobody ]
  assert "through the user's systemd" called 'systemctl --user restart owlrun.service'
  run setpriv --reuid=$nobody --regid=$nobody --clear-groups "$HOME/.local/bin/owlrun" uninstall --purge
  assert "it is removed" [ "$status" -eq 0 ]
  assert "nothing is left" [ -z "$(ls -A "$HOME")" ]
}

@test "as a user --system is refused with the way to do it" {
  [ "$(id -u)" = 0 ] || skip "needs root to become another user"
  run setpriv --reuid=$nobody --regid=$nobody --clear-groups bash -c \
    'cat "$1" | bash -s -- --system' - "$SITE/install.sh"
  assert "misuse" [ "$status" -eq 2 ]
  assert "the way" says "| sudo bash"
}

@test "as root: a user of its own, /opt, a hardened system unit" {
  [ "$(id -u)" = 0 ] || skip "needs root"
  export OWLRUN_DESTDIR=$ROOM/root
  mkdir -p "$ROOM/root/etc/systemd/system" "$ROOM/root/usr/local/bin" "$ROOM/root/var/lib/owlrun"
  conf=$ROOM/root/var/lib/owlrun/owlrun.conf
  printf '[dashboard]\nport = %s\n' "$PORT" >"$conf"
  before=$(picture "$ROOM/root/etc")
  cat >"$ROOM/bin/id" <<'ID' # no user owlrun yet
#!/bin/sh
[ "$*" != '-u owlrun' ] || exit 1
exec /usr/bin/id "$@"
ID
  chmod 755 "$ROOM/bin/id"
  run piped bash --key "$key_1"
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the user" called 'useradd --system --user-group --home-dir /var/lib/owlrun'
  assert "its settings" called "chown -R owlrun:owlrun $ROOM/root/var/lib/owlrun"
  assert "key" [ "$(value account.api_key)" = "$key_1" ]
  unit=$ROOM/root/etc/systemd/system/owlrun.service
  assert "the unit" grep -q '^SupplementaryGroups=video render$' "$unit"
  assert "no placeholder" [ "$(grep -c '@[A-Z]*@' "$unit")" -eq 0 ]
  assert "enabled" called 'systemctl enable owlrun.service'
  assert "started" called 'systemctl restart owlrun.service'
  assert "others can run it" [ "$(stat -c %a "$ROOM/root/opt/owlrun/current/bin/java")" = 755 ]
  assert "root's home stays" [ -z "$(ls -A "$HOME")" ]
  run piped bash --uninstall --purge
  assert "it is removed" [ "$status" -eq 0 ]
  assert "user" called 'userdel owlrun'
  assert "the same as before" [ "$(picture "$ROOM/root/etc")" = "$before" ]
  assert "nothing in opt" [ ! -e "$ROOM/root/opt" ]
}

@test "a dry run shows the plan and changes nothing" {
  install_user --dry-run
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the plan" says 'This was a dry run'
  assert "nothing" [ -z "$(ls -A "$HOME")" ]
  assert "nothing started" [ "$(grep -cE 'enable|restart|useradd' "$CALLS")" -eq 0 ]
}

@test "wrong flags end with 2, a word about it, and change nothing" {
  for flags in --nonsense --key '--key --wallet' '--key sk-123' '--wallet nobody' '--referral a/b' \
    '--gateway ftp://x' '--version ../../x' '--no-start=1' '--prefix relative'; do
    # shellcheck disable=SC2086
    install_user $flags
    assert "misuse: $flags" [ "$status" -eq 2 ]
    assert "words: $flags" says owlrun:
  done
  assert "nothing" [ -z "$(ls -A "$HOME")" ]
}

@test "--json is one line that a program reads" {
  piped bash --user --no-start --json >"$ROOM/out" 2>"$ROOM/err"
  run python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(d["result"], d["version"], d["exit"])' "$ROOM/out"
  assert "the result" [ "$output" = "installed 0.2.0 0" ]
}

@test "no systemd: autostart with the desktop, runs now, uninstall stops it" {
  export FAKE_NO_SYSTEMD=1
  node_answers
  install_user
  assert "it succeeds" [ "$status" -eq 0 ]
  pid=$(cat "$HOME/.owlrun/owlrun.pid")
  assert "it runs" kill -0 "$pid"
  assert "autostart" grep -q "^Exec=\"$share/current/bin/owlrun\"" "$HOME/.config/autostart/owlrun.desktop"
  install_user --uninstall --purge
  assert "it is stopped" [ ! -e "/proc/$pid/cmdline" ] || [ -z "$(tr -d '\0' <"/proc/$pid/cmdline")" ]
  assert "nothing is left" [ -z "$(ls -A "$HOME")" ]
}

@test "where users may not make namespaces the unit does without" {
  install_user --no-start
  assert "hardened" [ -f "$HOME/.config/systemd/user/owlrun.service.d/hardening.conf" ]
  remove_home
  fresh_home
  export FAKE_NO_NAMESPACES=1
  install_user --no-start --headless
  assert "not hardened" [ ! -e "$HOME/.config/systemd/user/owlrun.service.d" ]
  assert "headless" grep -q '/owlrun" --headless$' "$HOME/.config/systemd/user/owlrun.service"
}

@test "proxies reach the service in a private file" {
  export https_proxy=http://user:pass@proxy.example:3128 no_proxy=127.0.0.1
  install_user --no-start
  assert "the proxy" grep -qx 'https_proxy="http://user:pass@proxy.example:3128"' "$HOME/.owlrun/service.env"
  assert "private" [ "$(stat -c %a "$HOME/.owlrun/service.env")" = 600 ]
}

@test "a small disk stops it unless forced" {
  export FAKE_DISK_KB=4000000
  install_user --no-start
  assert "it fails" [ "$status" -eq 1 ]
  assert "why" says 'models need 8 GB'
  assert "nothing" [ -z "$(ls -A "$HOME")" ]
  install_user --no-start --force
  assert "forced" [ "$status" -eq 0 ]
}

@test "GPUs: NVIDIA by nvidia-smi, AMD by sysfs" {
  printf '#!/bin/sh\necho "NVIDIA GeForce RTX 4090, 24564 MiB"\n' >"$ROOM/bin/nvidia-smi"
  chmod 755 "$ROOM/bin/nvidia-smi"
  install_user --dry-run
  assert "nvidia" says 'GPU        NVIDIA: NVIDIA GeForce RTX 4090, 24564 MiB'
  printf '#!/bin/sh\nexit 9\n' >"$ROOM/bin/nvidia-smi"
  mkdir -p "$ROOM/root/sys/class/drm/card1/device"
  echo 0x1002 >"$ROOM/root/sys/class/drm/card1/device/vendor"
  echo 17163091968 >"$ROOM/root/sys/class/drm/card1/device/mem_info_vram_total"
  export OWLRUN_DESTDIR=$ROOM/root
  install_user --dry-run
  assert "amd" says 'GPU        AMD: 16368 MiB of video memory'
}

@test "other systems are refused with a reason" {
  for kernel in 'MINGW64_NT-10.0 x86_64' 'FreeBSD amd64' 'Linux armv7l'; do
    printf '#!/bin/sh\nset -- $1 %s\ncase $1 in -s) echo $2 ;; -m) echo $3 ;; esac\n' "$kernel" \
      >"$ROOM/bin/uname"
    chmod 755 "$ROOM/bin/uname"
    install_user
    assert "refused: $kernel" [ "$status" -eq 1 ]
  done
  printf '#!/bin/sh\nexit 1\n' >"$ROOM/bin/getconf"
  printf '#!/bin/sh\necho musl libc >&2\nexit 1\n' >"$ROOM/bin/ldd"
  chmod 755 "$ROOM/bin/getconf" "$ROOM/bin/ldd"
  rm "$ROOM/bin/uname"
  install_user
  assert "musl is refused" says 'musl'
  assert "nothing" [ -z "$(ls -A "$HOME")" ]
}
