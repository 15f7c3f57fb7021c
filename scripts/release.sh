#!/usr/bin/env bash
# Builds what the node's installers download; docs/install.md.
#   scripts/release.sh image                 the runtime image of this platform -> agent/target/release/artifacts
#   scripts/release.sh layout --key KEY.pem  the folder a web server serves     -> agent/target/release/site
#   scripts/release.sh all --dev             both, signed with a throwaway key
# Flags:
#   --key FILE        the RSA key (PEM, 3072 bits or more) that signs
#   --dev             make a throwaway key instead; such a release is for trials only
#   --artifacts DIR   where images of other platforms were gathered
#   --out DIR         where the layout goes
#   --base URL        where it will be served (https://get.owlrun.me)
#   --version V       another version than the pom's
#   --channel NAME    which channel points to it (stable)
# OWLRUN_NO_BUILD=1 takes the jars in agent/target as they are; OWLRUN_XZ_LEVEL=0..9 (6).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
install="$root/agent/install"
release="$root/agent/target/release"
main_module=me.owlrun.agent
# Small heap, one collector thread, the first compiler only: the node moves bytes and waits.
jvm_flags="-XX:+UseSerialGC -Xms8m -Xmx128m -XX:TieredStopAtLevel=1 -Xss512k"

die() {
  echo "release: $*" >&2
  exit 1
}

pom_version() {
  sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$root/pom.xml" | head -n 1
}

platform() {
  local os arch
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    MINGW* | MSYS*) os=windows ;;
    *) die "no image can be made on $(uname -s)" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die "no image can be made on $(uname -m)" ;;
  esac
  echo "$os-$arch"
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

build_jars() {
  if [ -z "${OWLRUN_NO_BUILD:-}" ]; then
    (cd "$root" && mvn -B -q -ntp package -pl agent -am -DskipTests -Dspotless.check.skip)
  fi
  ls "$root"/agent/target/owlrun-agent-"$(pom_version)".jar >/dev/null
}

# Symbols of the JVM are a third of its size. Signed libraries (macOS) stay as they are.
strip_libraries() {
  if [ "$(uname -s)" = Linux ] && command -v strip >/dev/null 2>&1; then
    find "$1/lib" -name '*.so' -exec strip --strip-unneeded {} +
  fi
}

link_image() { # link_image FOLDER
  local image=$1 jar
  jar="$root/agent/target/owlrun-agent-$(pom_version).jar"
  # Not compressed here: the archive does that better, and the image starts faster.
  "$JAVA_HOME/bin/jlink" --module-path "$jar:$root/agent/target/lib" --add-modules "$main_module" \
    --strip-debug --no-header-files --no-man-pages --compress zip-0 \
    --add-options="$jvm_flags" --output "$image"
  rm -f "$image/bin/keytool"
  strip_libraries "$image"
  if [[ $(platform) == windows-* ]]; then
    cp "$install/files/owlrun.cmd" "$image/bin/"
    return
  fi
  install -m 0755 "$install/files/owlrun" "$install/files/train" "$image/bin/"
  mkdir "$image/share"
  cp "$install"/files/*.service "$install"/files/*.conf "$install"/files/*.plist \
    "$install"/files/*.desktop "$image/share/"
}

pack() { # pack FOLDER NAME: the archive, the same bytes for the same image
  local folder=$1 name=$2 level=${OWLRUN_XZ_LEVEL:-6}
  if [[ $name == *.zip ]]; then
    (cd "$folder" && powershell -NoProfile -Command \
      "Compress-Archive -Path '*' -DestinationPath '$(cygpath -w "$artifacts/$name")' -Force")
    return
  fi
  local -a same=(-cf -)
  if tar --version 2>/dev/null | grep -q GNU; then
    same=(--sort=name --owner=0 --group=0 --numeric-owner --mtime=@1763683200 -cf -)
  fi
  local filter=--lzma2=preset=$level
  if [[ $name == *-x64.* ]]; then
    tar "${same[@]}" -C "$folder" . | xz -T1 --x86 "$filter" >"$artifacts/$name"
  else
    tar "${same[@]}" -C "$folder" . | xz -T1 "$filter" >"$artifacts/$name"
  fi
}

make_image() {
  # shellcheck source=scripts/jdk.sh
  source "$root/scripts/jdk.sh"
  build_jars
  local work extension=tar.xz
  work="$release/image"
  rm -rf "$work"
  mkdir -p "$release" "$artifacts"
  link_image "$work"
  if [ -n "$("$work/bin/java" --list-modules | grep '^java.desktop' || true)" ]; then
    die "java.desktop got into the image"
  fi
  if [[ $(platform) == windows-* ]]; then
    extension=zip
  fi
  local name
  name="owlrun-$version-$(platform).$extension"
  rm -f "$artifacts/$name"
  pack "$work" "$name"
  echo "$artifacts/$name: $(wc -c <"$artifacts/$name" | tr -d ' ') bytes"
}

signing_key() {
  if [ -n "$key" ]; then
    [ -f "$key" ] || die "there is no key at $key"
  elif [ -n "$dev" ]; then
    key="$release/dev-key.pem"
    mkdir -p "$release"
    if [ ! -f "$key" ]; then
      (umask 077 && openssl genrsa -out "$key" 3072 2>/dev/null)
    fi
    echo "release: signed with a throwaway key; for trials only" >&2
  else
    die "--key FILE is missing; --dev makes a throwaway key"
  fi
}

sign() {
  openssl dgst -sha256 -sign "$key" -out "$1.sig" "$1"
}

# One line per archive: name, hash, bytes.
list_archives() {
  local file
  for file in "$artifacts"/owlrun-"$version"-*.tar.xz "$artifacts"/owlrun-"$version"-*.zip; do
    if [ -f "$file" ]; then
      echo "$(basename "$file") $(sha256 "$file") $(wc -c <"$file" | tr -d ' ')"
    fi
  done
}

write_manifest() { # write_manifest < archives
  local name hash bytes comma="" platform
  printf '{\n  "version": "%s",\n  "channel": "%s",\n  "artifacts": [' "$version" "$channel"
  while read -r name hash bytes; do
    platform=${name#owlrun-"$version"-}
    platform=${platform%%.*}
    printf '%s\n    {"name": "%s", "os": "%s", "arch": "%s", "sha256": "%s", "bytes": %s}' \
      "$comma" "$name" "${platform%-*}" "${platform##*-}" "$hash" "$bytes"
    comma=,
  done
  printf '\n  ]\n}\n'
}

# Puts version, address, hashes and public key into an installer.
bake() { # bake TEMPLATE TARGET ARCHIVES
  local public modulus hashes
  public=$(openssl rsa -in "$key" -pubout 2>/dev/null)
  modulus=$(openssl rsa -in "$key" -modulus -noout | sed 's/^Modulus=//')
  hashes=$(cut -d ' ' -f 1,2 "$3")
  PUBLIC="$public" HASHES="$hashes" MODULUS="$modulus" awk -v version="$version" \
    -v base="$base" -v channel="$channel" '
    function put(name, value,   at) {
      at = index($0, "@" name "@")
      if (at) $0 = substr($0, 1, at - 1) value substr($0, at + length(name) + 2)
    }
    { put("VERSION", version); put("BASE", base); put("CHANNEL", channel)
      put("HASHES", ENVIRON["HASHES"]); put("PUBLIC_KEY", ENVIRON["PUBLIC"])
      put("MODULUS", ENVIRON["MODULUS"]); print }' "$1" >"$2"
}

# Everything one machine without internet needs; install.sh --from takes the file as it is.
make_bundles() { # make_bundles FOLDER
  local archive platform
  for archive in "$1"/owlrun-"$version"-*.tar.xz; do
    platform=$(basename "${archive#*owlrun-"$version"-}" .tar.xz)
    tar -C "$1" -cf "$1/owlrun-$version-$platform-offline.tar" -- \
      "$(basename "$archive")" SHA256SUMS SHA256SUMS.sig install.sh
  done
}

make_layout() {
  signing_key
  local folder="$out/releases/$version" archives name hash
  rm -rf "$folder"
  mkdir -p "$folder" "$out/channels"
  mkdir -p "$release"
  archives=$(mktemp "$release/archives.XXXXXX")
  list_archives >"$archives"
  [ -s "$archives" ] || die "there are no archives of $version in $artifacts; run: release.sh image"
  while read -r name _; do
    cp "$artifacts/$name" "$folder/"
  done <"$archives"
  write_manifest <"$archives" >"$folder/manifest.json"
  bake "$install/install.sh" "$folder/install.sh" "$archives"
  bake "$install/install.ps1" "$folder/install.ps1" "$archives"
  for name in $(cd "$folder" && ls); do
    hash=$(sha256 "$folder/$name")
    echo "$hash  $name"
  done >"$out/sums"
  mv "$out/sums" "$folder/SHA256SUMS"
  sign "$folder/SHA256SUMS"
  make_bundles "$folder"
  cp "$folder/install.sh" "$folder/install.ps1" "$out/"
  echo "$channel $version" >"$out/channels/$channel"
  sign "$out/channels/$channel"
  rm "$archives"
  echo "$out"
}

main() {
  local action=${1:-}
  [ $# -eq 0 ] || shift
  key="" dev="" artifacts="$release/artifacts" out="$release/site"
  base=https://get.owlrun.me version=$(pom_version) channel=stable
  while [ $# -gt 0 ]; do
    case $1 in
      --dev) dev=yes ;;
      --key | --artifacts | --out | --base | --version | --channel)
        [ $# -ge 2 ] || die "$1 needs a value"
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
      *) die "unknown flag $1" ;;
    esac
    shift
  done
  case $action in
    image) make_image ;;
    layout) make_layout ;;
    all)
      make_image
      make_layout
      ;;
    *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
  esac
}

main "$@"
