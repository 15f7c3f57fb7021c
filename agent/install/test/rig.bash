# What the installer's tests share: a release of small fake images, a server on loopback that has it,
# a home of its own for each test, and fakes on PATH in place of all that would change this machine.

repository=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)
install_files=$repository/agent/install
key_1=owlr_prov_0123456789abcdef0123456789abcdef
nobody=65534

# A fake image of a version, with the real launcher, trainer and units.
fake_archive() { # fake_archive VERSION FOLDER [JAVA]
  local image=$BATS_FILE_TMPDIR/image
  rm -rf "$image"
  mkdir -p "$image/bin" "$image/lib" "$image/share" "$2"
  cp "$install_files/files/owlrun" "$install_files/files/train" "$image/bin/"
  cp "$install_files"/files/*.service "$install_files"/files/*.conf "$image/share/"
  cp "$install_files"/files/*.desktop "$install_files"/files/*.plist "$image/share/"
  cp "${3:-$BATS_TEST_DIRNAME/fakes/java}" "$image/bin/java"
  echo "$1" >"$image/lib/version"
  tar -C "$image" -cJf "$2/owlrun-$1-linux-x64.tar.xz" .
  cp "$2/owlrun-$1-linux-x64.tar.xz" "$2/owlrun-$1-linux-arm64.tar.xz"
}

layout() { # layout VERSION [FLAGS...]
  local version=$1
  shift
  bash "$repository/scripts/release.sh" layout --version "$version" --key "$BATS_FILE_TMPDIR/key.pem" \
    --artifacts "$BATS_FILE_TMPDIR/artifacts" --out "$SITE" --base "$BASE" "$@" >/dev/null
}

start_server() {
  SITE=$BATS_FILE_TMPDIR/site
  mkdir -p "$SITE"
  echo ok >"$SITE/healthz" # so that this server can stand for the node, too
  python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$SITE" \
    >"$BATS_FILE_TMPDIR/server.log" 2>&1 3>&- &
  SERVER=$!
  for _ in $(seq 300); do
    PORT=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$BATS_FILE_TMPDIR/server.log" 2>/dev/null || true)
    [ -z "$PORT" ] || break
    sleep 0.1
  done
  [ -n "$PORT" ]
  BASE=http://127.0.0.1:$PORT
  export SITE SERVER PORT BASE
}

start_release() { # two versions; the newest is 0.2.0
  chmod 755 "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" 2>/dev/null || true
  openssl genrsa -out "$BATS_FILE_TMPDIR/key.pem" 3072 2>/dev/null
  start_server
  fake_archive 0.1.0 "$BATS_FILE_TMPDIR/artifacts"
  fake_archive 0.2.0 "$BATS_FILE_TMPDIR/artifacts"
  layout 0.1.0
  layout 0.2.0
}

stop_server() {
  [ -z "${SERVER:-}" ] || kill "$SERVER" 2>/dev/null || true
}

# A fresh home, fakes and an environment without anything of the developer's.
fresh_home() {
  HOME=$(mktemp -d "${TMPDIR:-/tmp}/owlrun-test.XXXXXX")
  chmod 755 "$HOME"
  ROOM=$(mktemp -d "${TMPDIR:-/tmp}/owlrun-room.XXXXXX") # what is not the home's
  chmod 777 "$ROOM"
  CALLS=$ROOM/calls
  : >"$CALLS"
  chmod 666 "$CALLS"
  mkdir "$ROOM/bin"
  local name
  for name in systemctl systemd-run loginctl useradd userdel chown getent df ollama sudo launchctl; do
    cp "$BATS_TEST_DIRNAME/fakes/record" "$ROOM/bin/$name"
  done
  chmod -R a+rX "$ROOM/bin"
  path_before=$PATH
  PATH=$ROOM/bin:$PATH
  SHELL=/bin/bash
  export HOME CALLS PATH SHELL
  unset XDG_CONFIG_HOME XDG_RUNTIME_DIR OLLAMA_HOST OLLAMA_MODELS OWLRUN_KEY OWLRUN_WALLET
  unset HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
  share=$HOME/.local/share/owlrun
  conf=$HOME/.owlrun/owlrun.conf
}

remove_home() {
  PATH=$path_before
  case ${HOME:-} in
    */owlrun-test.*) rm -rf "$HOME" "$ROOM" ;;
  esac
}

# The node's page is the release server, whose /healthz answers.
node_answers() {
  mkdir -p "$HOME/.owlrun"
  printf '# mine\n[dashboard]\nport = %s ; where it answers\n' "${1:-$PORT}" >"$conf"
}

# Everything below a folder: names, modes, links and contents.
picture() {
  (cd "$1" && find . -printf '%P %M %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

piped() { # piped SHELL [FLAGS...]: as curl ... | SHELL -s -- FLAGS does it
  local shell=$1
  shift
  # shellcheck disable=SC2086 # "busybox sh" and "bash --posix" are two words
  cat "$SITE/install.sh" | $shell -s -- "$@"
}

install_user() { # install_user [FLAGS...]: for the user who runs this, root or not
  run piped bash --user "$@"
}

value() { # value SECTION.NAME of the configuration, read independently
  python3 - "$conf" "$1" <<'PYTHON'
import configparser, sys
section, name = sys.argv[2].split(".")
reader = configparser.ConfigParser(inline_comment_prefixes=("#", ";"))
reader.read(sys.argv[1])
print(reader.get(section, name, fallback=""))
PYTHON
}

assert() { # assert WORDS TEST...
  local words=$1
  shift
  if ! "$@"; then
    echo "not so: $words ($*)"
    echo "status $status; it said:"
    echo "$output"
    return 1
  fi
}

called() { grep -Fq -- "$1" "$CALLS"; }

says() {
  case $output in
    *"$1"*) return 0 ;;
  esac
  return 1
}
