#!/usr/bin/env bats
# What is cut off, altered or forged does nothing at all.
load rig

setup_file() { start_release; }
teardown_file() { stop_server; }
setup() { fresh_home; }
teardown() { remove_home; }

# The release once more, to be spoilt, at another address of the same server.
spoilt_release() {
  rm -rf "$SITE/spoilt"
  mkdir "$SITE/spoilt"
  cp -r "$SITE/releases" "$SITE/channels" "$SITE/spoilt/"
  bad=$SITE/spoilt/releases/0.2.0
  export OWLRUN_DOWNLOAD_BASE=$BASE/spoilt
}

refused() { # refused WORDS: with 4, and nothing was done
  install_user
  assert "not genuine" [ "$status" -eq 4 ]
  assert "why" says "$1"
  nothing_happened
}

nothing_happened() {
  assert "the home is empty" [ -z "$(find "$HOME" -mindepth 1 -not -type d)" ]
  assert "nothing was called" [ "$(grep -cE 'enable|restart|useradd|linger' "$CALLS")" -eq 0 ]
}

# A PATH with the tools the installer and these tests need, but some.
path_without() {
  local tool gone=" $* "
  mkdir "$ROOM/tools"
  for tool in bash sh cat sed awk grep head tail tr cut od uname id getconf sysctl mktemp mkdir rmdir \
    rm mv cp ln chmod readlink dirname find df cmp tar xz ps wc sleep nohup env sha256sum shasum \
    openssl curl wget python3 seq sort; do
    case $gone in
      *" $tool "*) continue ;;
    esac
    if command -v "$tool" >/dev/null; then
      ln -s "$(command -v "$tool")" "$ROOM/tools/$tool"
    fi
  done
  PATH=$ROOM/bin:$ROOM/tools
}

@test "a download cut off at any line does nothing" {
  lines=$(wc -l <"$SITE/install.sh")
  : >"$ROOM/cut"
  : >"$ROOM/out"
  line=0
  while IFS= read -r text; do
    line=$((line + 1))
    [ "$line" -lt "$lines" ] || break
    printf '%s\n' "$text" >>"$ROOM/cut"
    dash -s -- --no-ollama <"$ROOM/cut" >>"$ROOM/out" 2>/dev/null || true
  done <"$SITE/install.sh"
  assert "all lines were tried" [ "$line" -eq "$lines" ]
  assert "it said nothing" [ ! -s "$ROOM/out" ]
  nothing_happened
  assert "no folder either" [ -z "$(ls -A "$HOME")" ]
}

@test "a download cut off inside the last line does nothing" {
  whole=$(wc -c <"$SITE/install.sh")
  for less in $(seq 2 14); do
    head -c $((whole - less)) "$SITE/install.sh" >"$ROOM/cut"
    for shell in dash bash 'busybox sh'; do
      # shellcheck disable=SC2086
      $shell -s -- --no-ollama <"$ROOM/cut" >/dev/null 2>&1 || true
    done
  done
  assert "no file" [ -z "$(ls -A "$HOME")" ]
}

@test "an altered archive stops it" {
  spoilt_release
  printf 'x' | dd of="$bad/owlrun-0.2.0-linux-x64.tar.xz" bs=1 seek=100 conv=notrunc 2>/dev/null
  printf 'x' | dd of="$bad/owlrun-0.2.0-linux-arm64.tar.xz" bs=1 seek=100 conv=notrunc 2>/dev/null
  refused 'does not match its checksum'
}

@test "an archive that was cut off stops it" {
  spoilt_release
  for archive in "$bad"/*.tar.xz; do
    head -c 400 "$archive" >"$archive.new"
    mv "$archive.new" "$archive"
  done
  refused 'does not match its checksum'
}

@test "altered sums stop it: the signature does not hold" {
  spoilt_release
  sed -i 's/^[0-9a-f]\{8\}/deadbeef/' "$bad/SHA256SUMS"
  refused 'signature of SHA256SUMS is not genuine'
}

@test "sums signed by another key stop it" {
  spoilt_release
  openssl genrsa -out "$ROOM/other.pem" 3072 2>/dev/null
  openssl dgst -sha256 -sign "$ROOM/other.pem" -out "$bad/SHA256SUMS.sig" "$bad/SHA256SUMS"
  refused 'signature of SHA256SUMS is not genuine'
}

@test "an empty signature stops it" {
  spoilt_release
  : >"$bad/SHA256SUMS.sig"
  refused 'signature of SHA256SUMS is not genuine'
}

@test "a missing signature stops it" {
  spoilt_release
  rm "$bad/SHA256SUMS.sig"
  install_user
  assert "it fails" [ "$status" -eq 1 ]
  nothing_happened
}

@test "genuine sums of another release of the same version stop it" {
  spoilt_release
  fake_archive 0.2.0 "$BATS_FILE_TMPDIR/artifacts"
  mkdir "$BATS_FILE_TMPDIR/again"
  echo other >"$BATS_FILE_TMPDIR/image/other"
  tar -C "$BATS_FILE_TMPDIR/image" -cJf "$BATS_FILE_TMPDIR/again/owlrun-0.2.0-linux-x64.tar.xz" .
  cp "$BATS_FILE_TMPDIR/again/owlrun-0.2.0-linux-x64.tar.xz" \
    "$BATS_FILE_TMPDIR/again/owlrun-0.2.0-linux-arm64.tar.xz"
  bash "$repository/scripts/release.sh" layout --version 0.2.0 --key "$BATS_FILE_TMPDIR/key.pem" \
    --artifacts "$BATS_FILE_TMPDIR/again" --out "$SITE/spoilt" --base "$BASE" >/dev/null
  refused 'not the one this installer was made for'
}

@test "an older version under a newer name stops it" {
  spoilt_release
  cp "$SITE/releases/0.1.0/SHA256SUMS" "$SITE/releases/0.1.0/SHA256SUMS.sig" "$bad/"
  install_user
  assert "it fails" [ "$status" -eq 1 ]
  assert "why" says 'Version 0.2.0 has no build'
  nothing_happened
}

@test "a channel that nobody signed stops it" {
  spoilt_release
  echo 'stable 0.1.0' >"$SITE/spoilt/channels/stable"
  install_user --channel stable
  assert "not genuine" [ "$status" -eq 4 ]
  nothing_happened
}

@test "without openssl it stops, and says what is missing" {
  path_without openssl
  refused 'openssl is needed'
}

@test "without sha256sum shasum or openssl reckon the checksum" {
  path_without sha256sum shasum
  install_user --no-start
  assert "it succeeds" [ "$status" -eq 0 ]
}

@test "without curl wget does" {
  path_without curl
  install_user --no-start
  assert "it succeeds" [ "$status" -eq 0 ]
}

@test "plain http is for this machine only" {
  export OWLRUN_DOWNLOAD_BASE=http://127.0.0.1.example:$PORT
  install_user
  assert "it fails" [ "$status" -eq 1 ]
  assert "why" says 'is not https'
  nothing_happened
}

@test "an image that does not run here is not installed" {
  printf '#!/bin/sh\necho "cannot execute" >&2\nexit 1\n' >"$ROOM/java"
  chmod 755 "$ROOM/java"
  fake_archive 0.3.0 "$BATS_FILE_TMPDIR/artifacts" "$ROOM/java"
  layout 0.3.0 --channel beta
  install_user --no-start --version 0.1.0
  run bash "$SITE/releases/0.3.0/install.sh" --user --no-start
  assert "it fails" [ "$status" -eq 1 ]
  assert "why" says 'does not run on this machine'
  assert "the old one stays" [ "$(readlink "$share/current")" = versions/0.1.0 ]
  layout 0.2.0 # the newest again
}

@test "as it lies in the repository it installs nothing" {
  run bash "$install_files/install.sh"
  assert "it fails" [ "$status" -eq 1 ]
  assert "why" says 'This is the template'
  nothing_happened
}

@test "a missing Ollama is fetched for the user, checked, and linked" {
  rm "$ROOM/bin/ollama"
  command -v ollama && skip "Ollama is installed here"
  mkdir -p "$ROOM/o/bin" "$SITE/o"
  printf '#!/bin/sh\necho owl\n' >"$ROOM/o/bin/ollama"
  chmod 755 "$ROOM/o/bin/ollama"
  for arch in amd64 arm64; do
    tar -C "$ROOM/o" -cf - bin | zstd -q >"$SITE/o/ollama-linux-$arch.tar.zst"
  done
  (cd "$SITE/o" && sha256sum ./*.zst >sha256sum.txt)
  export OWLRUN_OLLAMA_BASE=$BASE/o
  install_user --no-start
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "it runs" [ "$("$HOME/.local/bin/ollama")" = owl ]
  install_user --uninstall
  assert "it stays" [ "$("$HOME/.local/bin/ollama")" = owl ]
  remove_home
  fresh_home
  rm "$ROOM/bin/ollama"
  sed -i 's/^[0-9a-f]\{8\}/deadbeef/' "$SITE/o/sha256sum.txt"
  install_user --no-start
  assert "partly" [ "$status" -eq 3 ]
  assert "why" says "does not match its checksum"
  assert "the node is there" [ "$("$HOME/.local/bin/owlrun" --version)" = "owlrun fake" ]
  assert "Ollama is not" [ ! -e "$HOME/.local/bin/ollama" ]
}

@test "as root Ollama's own installer runs only when it came whole" {
  [ "$(id -u)" = 0 ] || skip "needs root"
  command -v zstd
  rm "$ROOM/bin/ollama"
  mkdir -p "$SITE/s"
  { echo '#!/bin/sh'; echo "main() { echo \"installer \$OLLAMA_VERSION\" >>'$CALLS'; }"
    seq -f '# line %g of the fake installer' 60; echo main; } >"$SITE/s/install.sh"
  export OWLRUN_DESTDIR=$ROOM/root OWLRUN_OLLAMA_BASE=$BASE/s
  run piped bash --no-start
  assert "it succeeds" [ "$status" -eq 0 ]
  assert "the pinned version" called 'installer 0.33.3'
  : >"$CALLS"
  sed -i '$d' "$SITE/s/install.sh"
  run piped bash --no-start
  assert "partly" [ "$status" -eq 3 ]
  assert "it did not run" [ "$(grep -c '^installer' "$CALLS")" -eq 0 ]
}
