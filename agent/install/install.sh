#!/bin/sh
# Installs the Owlrun node on Linux or macOS:
#
#   curl -fsSL @BASE@/install.sh | bash
#   curl -fsSL @BASE@/install.sh | bash -s -- --key owlr_prov_... --wallet you@minibits.cash
#
# Everything stands in functions; only the last line does something, so that a download that was cut
# off does nothing. No question is asked unless --interactive. docs/install.md tells what it does.
# As it lies in the repository it installs nothing: scripts/release.sh fills in version and key.

usage() {
  cat <<'TEXT'
Usage: install.sh [flags]            (through a pipe: curl ... | bash -s -- [flags])
  --key KEY          provider key (owlr_prov_...); made if there is none
  --key-file FILE    the same, read from a file, so that no process list shows it
  --wallet ADDRESS   Lightning address where earnings are paid, such as you@minibits.cash
  --referral CODE    who brought this node (owlr_ref_...)
  --gateway URL      another gateway
  --version V        another version than the newest
  --channel NAME     the version a channel points to, such as stable
  --from PATH        install from an offline bundle or an unpacked one; nothing is downloaded
  --prefix DIR       where to install for one user (~/.local)
  --system           for the whole machine: user owlrun, /opt/owlrun (root; root's default)
  --user             for root alone, below its home
  --headless         no desktop: run without a logged-in user
  --no-ollama        leave Ollama alone
  --no-service       no autostart
  --no-start         do not start it now
  --no-linger        stop when the user logs out
  --no-path          leave the shell's PATH alone
  --force            install although the disk is small
  --interactive      show the plan and ask first
  --dry-run          show the plan and leave
  --json             one line of JSON on standard output, everything else on standard error
  --upgrade          same as no flag: the newest version
  --rollback         go back to the version before
  --uninstall        remove it; configuration and ecash stay
  --purge            with --uninstall: configuration too; refused while there is unspent ecash
  --force-lose-ecash with --purge: destroy unspent ecash
  --help             print this
Each flag can come from the environment, too: OWLRUN_KEY, OWLRUN_WALLET, OWLRUN_REFERRAL,
OWLRUN_GATEWAY, OWLRUN_VERSION, OWLRUN_CHANNEL, OWLRUN_FROM, OWLRUN_PREFIX, and with the value 1
OWLRUN_SYSTEM, OWLRUN_HEADLESS, OWLRUN_NO_OLLAMA, OWLRUN_NO_SERVICE, OWLRUN_NO_START. Also
OWLRUN_DOWNLOAD_BASE (a mirror), OWLRUN_START_WAIT (seconds, 30), OLLAMA_HOST, OLLAMA_MODELS.
Exit: 0 done, 1 failed, 2 called wrongly, 3 done except Ollama, 4 the download is not genuine.
TEXT
}

constants() {
  baked_version='@VERSION@'
  baked_base='@BASE@'
  baked_channel='@CHANNEL@'
  baked_hashes='@HASHES@'
  public_key='@PUBLIC_KEY@'
  ollama_version=${OLLAMA_VERSION:-0.33.3}
  install_mb_min=300
  model_gb_min=8
  start_wait=${OWLRUN_START_WAIT:-30}
  label=me.owlrun.agent
}

# ---- words ---------------------------------------------------------------------------------------

log_line() {
  if [ -n "$log" ]; then
    printf '%s\n' "$1" >>"$log" || log=
  fi
}

say() {
  if [ -n "$json" ]; then
    printf '%s\n' "$*" >&2
  else
    printf '%s\n' "$*"
  fi
  log_line "$*"
}

warn() {
  printf 'warning: %s\n' "$*" >&2
  log_line "warning: $*"
}

die() { # die EXIT-CODE WORDS
  die_code=$1
  shift
  printf 'owlrun: %s\n' "$*" >&2
  log_line "failed: $*"
  result failed "$die_code"
  exit "$die_code"
}

result() { # result WORD EXIT-CODE
  if [ -n "$json" ]; then
    printf '{"result":"%s","version":"%s","mode":"%s","dashboard":"http://127.0.0.1:%s","exit":%s}\n' \
      "$1" "$version" "$mode" "${port:-19131}" "$2"
  fi
}

have() { command -v "$1" >/dev/null 2>&1; }

matches() { # matches TEXT PATTERN: the whole text is one line of this form
  case $1 in
    *'
'*) return 1 ;;
  esac
  printf '%s\n' "$1" | grep -Eqx "$2"
}

# ---- flags ---------------------------------------------------------------------------------------

defaults() {
  key=${OWLRUN_KEY:-} wallet=${OWLRUN_WALLET:-} referral=${OWLRUN_REFERRAL:-}
  gateway=${OWLRUN_GATEWAY:-} version=${OWLRUN_VERSION:-} channel=${OWLRUN_CHANNEL:-}
  from=${OWLRUN_FROM:-} prefix=${OWLRUN_PREFIX:-} headless=${OWLRUN_HEADLESS:-}
  no_ollama=${OWLRUN_NO_OLLAMA:-} no_service=${OWLRUN_NO_SERVICE:-} no_start=${OWLRUN_NO_START:-}
  mode='' log='' json='' action=install key_file='' no_linger='' no_path='' force='' upgrade=''
  interactive='' dry_run='' purge='' lose_ecash='' work='' partly='' new_dirs='' port='' changed=''
  if [ -n "${OWLRUN_SYSTEM:-}" ]; then
    mode=system
  fi
  root=${OWLRUN_DESTDIR:-}
}

misused() {
  printf 'owlrun: %s\n' "$*" >&2
  usage >&2
  exit 2
}

read_flags() {
  while [ $# -gt 0 ]; do
    flag=$1
    shift
    case $flag in
      --*=*)
        set -- "${flag#*=}" "$@"
        flag=${flag%%=*}
        takes_value "$flag" || misused "$flag takes no value."
        ;;
    esac
    if takes_value "$flag"; then
      case ${1-} in
        '' | --*) misused "$flag needs a value." ;;
      esac
      set_flag "$flag" "$1"
      shift
    else
      set_flag "$flag" ''
    fi
  done
}

takes_value() {
  case $1 in
    --key | --key-file | --wallet | --referral | --gateway | --version | --channel | --from | \
      --prefix) return 0 ;;
  esac
  return 1
}

set_flag() {
  case $1 in
    --key) key=$2 ;;
    --key-file) key_file=$2 ;;
    --wallet) wallet=$2 ;;
    --referral) referral=$2 ;;
    --gateway) gateway=$2 ;;
    --version) version=$2 ;;
    --channel) channel=$2 ;;
    --from) from=$2 ;;
    --prefix) prefix=$2 ;;
    --system) mode=system ;;
    --user) mode=user ;;
    --headless) headless=1 ;;
    --no-ollama) no_ollama=1 ;;
    --no-service) no_service=1 ;;
    --no-start) no_start=1 ;;
    --no-linger) no_linger=1 ;;
    --no-path) no_path=1 ;;
    --force) force=1 ;;
    --interactive) interactive=1 ;;
    --dry-run) dry_run=1 ;;
    --json) json=1 ;;
    --upgrade) upgrade=1 ;;
    --yes | -y) ;;
    --rollback) action=rollback ;;
    --uninstall) action=uninstall ;;
    --purge) purge=1 ;;
    --force-lose-ecash) lose_ecash=1 ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) misused "unknown flag $1." ;;
  esac
}

check_values() {
  if [ -n "$key_file" ]; then
    [ -r "$key_file" ] || die 2 "--key-file $key_file cannot be read."
    key=$(head -n 1 "$key_file")
  fi
  check_form "$key" 'owlr_prov_[A-Za-z0-9_-]{8,128}' '--key is a provider key, owlr_prov_...'
  check_form "$wallet" '[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?' \
    '--wallet is a Lightning address such as you@minibits.cash'
  check_form "$referral" '[A-Za-z0-9_-]{1,64}' '--referral has letters, digits, _ and -'
  check_form "$gateway" 'https?://[A-Za-z0-9.:_/-]{1,200}|http://\[::1\](:[0-9]{1,5})?' \
    '--gateway is an address such as https://node.owlrun.me'
  check_form "$version" '[0-9]+(\.[0-9]+){1,3}([.-][A-Za-z0-9]{1,20})?' '--version is like 0.1.0'
  check_form "$channel" '[a-z]{1,20}' '--channel is a word such as stable'
  check_form "$prefix$root" '/[A-Za-z0-9._/ +@-]{1,300}' '--prefix is the whole path of a folder'
  check_form "$start_wait" '[0-9]{1,3}' 'OWLRUN_START_WAIT is a number of seconds'
}

check_form() { # check_form VALUE PATTERN WORDS; nothing is said about an empty one
  if [ -n "$1" ] && ! matches "$1" "$2"; then
    die 2 "$3."
  fi
}

# ---- this machine --------------------------------------------------------------------------------

find_platform() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    MINGW* | MSYS* | CYGWIN*) die 1 "On Windows use PowerShell: irm $baked_base/install.ps1 | iex" ;;
    *) die 1 "There is no build for $(uname -s)." ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die 1 "There is no build for $(uname -m)." ;;
  esac
  if [ "$os" = linux ]; then
    check_libc
  elif [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then
    arch=arm64 # a translated shell on Apple silicon
  fi
}

check_libc() {
  if [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 32 ]; then
    die 1 "This is a 32-bit system on a 64-bit kernel; there is no build for it."
  fi
  libc=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
  case $libc in
    'glibc '*) ;;
    *)
      if (ldd --version 2>&1 || true) | grep -qi musl; then
        die 1 "This Linux uses musl; there is no build for it yet."
      fi
      return
      ;;
  esac
  libc=${libc#glibc }
  libc_minor=${libc#*.}
  libc_minor=${libc_minor%%.*}
  if [ "${libc%%.*}" = 2 ] && [ "$libc_minor" -lt 17 ]; then
    die 1 "The C library is glibc $libc; 2.17 or later is needed."
  fi
}

choose_mode() {
  if [ -z "$mode" ]; then
    mode=user
    if [ "$(id -u)" = 0 ]; then
      mode=system
    fi
  fi
  if [ "$mode" = system ]; then
    [ "$os" = linux ] || die 2 "--system is for Linux; on macOS run it as yourself, without sudo."
    [ "$(id -u)" = 0 ] || die 2 "--system needs root: curl -fsSL $baked_base/install.sh | sudo bash"
    share=$root/opt/owlrun bin=$root/usr/local/bin state=$root/var/lib/owlrun
    units=$root/etc/systemd/system
    headless=1
  else
    [ -n "${HOME:-}" ] || die 1 "HOME is not set."
    prefix=${prefix:-$HOME/.local}
    share=$prefix/share/owlrun bin=$prefix/bin state=$HOME/.owlrun
    units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
  fi
  case $share$state$units in
    *[\|\&\"\\%]*) die 1 "The path $share has a character that service files cannot hold." ;;
  esac
  conf=$state/owlrun.conf receipt=$share/receipt
}

find_gpu() {
  gpu='none found; small models run on the processor'
  for smi in nvidia-smi /usr/lib/wsl/lib/nvidia-smi; do
    if have "$smi"; then
      found=$("$smi" --query-gpu=name,memory.total --format=csv,noheader 2>/dev/null </dev/null |
        head -n 1) || found=
      if [ -n "$found" ]; then
        gpu="NVIDIA: $found"
        return
      fi
    fi
  done
  if [ "$os" = macos ]; then
    if [ "$arch" = arm64 ]; then
      gpu="Apple: $(sysctl -n machdep.cpu.brand_string 2>/dev/null || echo silicon)"
    fi
    return
  fi
  for card in "$root"/sys/class/drm/card*/device; do
    case $(cat "$card/vendor" 2>/dev/null || true) in
      0x1002)
        vram=$(cat "$card/mem_info_vram_total" 2>/dev/null || echo 0)
        gpu="AMD: $((vram / 1048576)) MiB of video memory"
        return
        ;;
      0x8086) gpu='Intel' ;;
    esac
  done
}

free_mb() { # free_mb FOLDER: of the disk it is on, or will be
  disk=$1
  while [ ! -d "$disk" ]; do
    disk=$(dirname "$disk")
  done
  df -Pk "$disk" | awk 'NR == 2 { print int($4 / 1024) }'
}

check_disk() {
  models=${OLLAMA_MODELS:-${HOME:-/}/.ollama/models}
  if [ "$mode" = system ]; then
    models=${OLLAMA_MODELS:-/usr/share/ollama}
  fi
  install_free=$(free_mb "$share")
  models_free=$(free_mb "$models")
  if [ -n "$force" ]; then
    return
  fi
  if [ "$install_free" -lt "$install_mb_min" ]; then
    die 1 "$share has $install_free MB free; $install_mb_min MB are needed (--force goes on)."
  fi
  if [ -z "$no_ollama" ] && [ "$models_free" -lt $((model_gb_min * 1024)) ]; then
    die 1 "$models has $models_free MB free; models need $model_gb_min GB (--force goes on)."
  fi
}

ollama_url() {
  url=${OLLAMA_HOST:-127.0.0.1:11434}
  case $url in
    *://*) ;;
    *) url=http://$url ;;
  esac
  case ${url#*://} in
    0.0.0.0*) url=http://127.0.0.1${url#*0.0.0.0} ;;
  esac
  case ${url#*://} in
    *:*) ;;
    *) url=$url:11434 ;;
  esac
  printf '%s\n' "${url%/}"
}

find_ollama() {
  for ollama in ollama /usr/local/bin/ollama /opt/homebrew/bin/ollama "$bin/ollama" \
    /Applications/Ollama.app/Contents/Resources/ollama; do
    if have "$ollama"; then
      ollama=$(command -v "$ollama")
      return
    fi
  done
  ollama=
  if ask "$(ollama_url)/api/version" >/dev/null 2>&1; then
    ollama=$(ollama_url)
  fi
}

# ---- fetching ------------------------------------------------------------------------------------

ask() { # ask URL: the answer of a server on this machine
  if have curl; then
    curl -fsS --noproxy '*' --max-time 3 "$1" </dev/null
  else
    wget -q -T 3 -O - "$1" </dev/null
  fi
}

is_loopback() {
  case $1 in
    http://127.0.0.1[:/]* | http://localhost[:/]* | 'http://[::1]'*) return 0 ;;
  esac
  return 1
}

download() { # download URL FILE
  case $1 in
    https://*) proto='=https' ;;
    *)
      is_loopback "$1" || die 1 "$1 is not https; only a server on this machine may be http."
      proto='=http'
      ;;
  esac
  if have curl; then
    curl -fsSL --proto "$proto" --tlsv1.2 --retry 3 --connect-timeout 20 -o "$2" "$1" </dev/null
  elif have wget; then
    wget -q -T 60 -O "$2" "$1" </dev/null
  else
    die 1 "curl or wget is needed; please install one."
  fi
}

unpack_bundle() {
  if [ -f "$from" ]; then
    mkdir "$work/bundle"
    tar -xf "$from" -C "$work/bundle" || die 1 "$from cannot be unpacked."
    from=$work/bundle
  fi
  [ -z "$from" ] || [ -d "$from" ] || die 2 "--from $from: there is nothing."
}

fetch() { # fetch NAME-BELOW-THE-BASE FILE
  if [ -n "$from" ]; then
    cp "$from/${1##*/}" "$2" 2>/dev/null || die 1 "${1##*/} is missing in the bundle."
  else
    download "$base/$1" "$2" || die 1 "$base/$1 cannot be downloaded."
  fi
}

hash_of() {
  if have sha256sum; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif have shasum; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  elif have openssl; then
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  else
    die 4 "sha256sum, shasum or openssl is needed to check the download; please install one."
  fi
}

check_signature() { # check_signature FILE; its signature lies beside it
  have openssl || die 4 "openssl is needed to check the download's signature; please install it."
  printf '%s\n' "$public_key" >"$work/key.pem"
  if ! openssl dgst -sha256 -verify "$work/key.pem" -signature "$1.sig" "$1" \
    >/dev/null 2>&1 </dev/null; then
    die 4 "The signature of ${1##*/} is not genuine. Nothing was installed."
  fi
}

find_version() {
  if [ -n "$version" ]; then
    return
  fi
  version=$baked_version
  if [ -n "$from" ]; then
    for name in "$from"/owlrun-*-"$os-$arch.tar.xz"; do
      name=${name##*/owlrun-}
      version=${name%-"$os-$arch.tar.xz"}
    done
    matches "$version" '[0-9][0-9A-Za-z.-]{0,40}' || die 1 "The bundle has no build for $os-$arch."
    return
  fi
  if [ -z "$channel" ]; then
    return
  fi
  fetch "channels/$channel" "$work/$channel"
  fetch "channels/$channel.sig" "$work/$channel.sig"
  check_signature "$work/$channel"
  version=$(sed -n "s/^$channel //p" "$work/$channel")
  matches "$version" '[0-9][0-9A-Za-z.-]{0,40}' || die 4 "The channel $channel names no version."
}

find_archive() { # what is to be installed and what it must hash to
  archive=owlrun-$version-$os-$arch.tar.xz
  fetch "releases/$version/SHA256SUMS" "$work/SHA256SUMS"
  fetch "releases/$version/SHA256SUMS.sig" "$work/SHA256SUMS.sig"
  check_signature "$work/SHA256SUMS"
  wanted=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/SHA256SUMS")
  if ! matches "$wanted" '[0-9a-f]{64}'; then
    die 1 "Version $version has no build for $os-$arch."
  fi
  baked=$(printf '%s\n' "$baked_hashes" | awk -v name="$archive" '$1 == name { print $2 }')
  if [ -n "$baked" ] && [ "$baked" != "$wanted" ]; then
    die 4 "The list of version $version is not the one this installer was made for."
  fi
}

# ---- what was done, kept for upgrade and uninstall -----------------------------------------------

receipt_get() { # receipt_get NAME: all values
  if [ -f "$receipt" ]; then
    sed -n "s|^$1 ||p" "$receipt"
  fi
}

receipt_add() { # receipt_add NAME VALUE, once
  if ! { [ -f "$receipt" ] && grep -Fqx "$1 $2" "$receipt"; }; then
    printf '%s %s\n' "$1" "$2" >>"$receipt"
  fi
}

receipt_set() { # receipt_set NAME VALUE, instead of the one before
  if [ -f "$receipt" ]; then
    grep -v "^$1 " "$receipt" >"$receipt.new" || true
    mv "$receipt.new" "$receipt"
  fi
  printf '%s %s\n' "$1" "$2" >>"$receipt"
}

make_folder() { # make_folder FOLDER MODE; remembers each one that was not there
  if [ -d "$1" ]; then
    return
  fi
  make_folder "$(dirname "$1")" "$2"
  mkdir "$1"
  chmod "$2" "$1"
  new_dirs="$new_dirs$1
"
  remember_folders
}

remember_folders() {
  if [ -d "$share" ] && [ -n "$new_dirs" ]; then
    printf '%s' "$new_dirs" | while IFS= read -r folder; do
      receipt_add dir "$folder"
    done
    new_dirs=
  fi
}

# ---- the image -----------------------------------------------------------------------------------

install_image() {
  image=$share/versions/$version
  if [ -f "$image/.sha256" ] && [ "$(cat "$image/.sha256")" = "$wanted" ]; then
    say "Version $version is already here."
    return
  fi
  say "Downloading Owlrun $version for $os-$arch ..."
  fetch "releases/$version/$archive" "$work/$archive"
  if [ "$(hash_of "$work/$archive")" != "$wanted" ]; then
    die 4 "The download does not match its checksum. Nothing was installed."
  fi
  make_folder "$share/versions" "$folder_mode"
  remember_folders
  rm -rf "$image.new"
  mkdir "$image.new"
  (umask 022 && tar -xf "$work/$archive" -C "$image.new" </dev/null) ||
    die 1 "The download cannot be unpacked; is xz installed?"
  # Shows a wrong processor, an old C library or a noexec disk before anything points here.
  if ! "$image.new/bin/train" >"$work/check" 2>&1 </dev/null; then
    cat "$work/check" >&2
    rm -rf "$image.new"
    die 1 "This build does not run on this machine. Nothing was installed."
  fi
  chmod -R a+rX "$image.new"
  printf '%s\n' "$wanted" >"$image.new/.sha256"
  rm -rf "$image"
  mv "$image.new" "$image"
}

point() { # point LINK TARGET: moves the link in one step where mv can
  rm -f "$1.new"
  ln -s "$2" "$1.new"
  mv -fT "$1.new" "$1" 2>/dev/null || mv -fh "$1.new" "$1" 2>/dev/null || {
    rm -f "$1" "$1.new"
    ln -s "$2" "$1"
  }
}

switch_to() { # switch_to VERSION
  old=$(readlink "$share/current" 2>/dev/null || true)
  if [ "$old" = "versions/$1" ]; then
    return
  fi
  if [ -n "$old" ]; then
    point "$share/previous" "$old"
  fi
  point "$share/current" "versions/$1"
  changed=1
}

remove_old_versions() {
  for folder in "$share"/versions/*; do
    case versions/${folder##*/} in
      "$(readlink "$share/current")" | "$(readlink "$share/previous" 2>/dev/null || true)") ;;
      *) rm -rf "$folder" ;;
    esac
  done
}

# ---- configuration -------------------------------------------------------------------------------

ini_get() { # ini_get SECTION NAME
  ini=${ini:-$conf}
  if [ -f "$ini" ]; then
    awk -v section="[$1]" -v name="$2" '
      { line = $0; sub(/\r$/, "", line); gsub(/^[ \t]+|[ \t]+$/, "", line) }
      line ~ /^\[/ { inside = tolower(line) == section; next }
      inside && line !~ /^[#;]/ && (at = index(line, "=")) {
        left = tolower(substr(line, 1, at - 1)); sub(/[ \t]+$/, "", left)
        right = substr(line, at + 1); sub(/^[ \t]+/, "", right); sub(/[ \t]+[#;].*$/, "", right)
        if (left == name) value = right
      }
      END { print value }' "$ini"
  fi
}

ini_set() { # ini_set SECTION NAME VALUE: changes or adds one key, everything else stays
  if [ "$(ini_get "$1" "$2")" = "$3" ]; then
    return
  fi
  INI_VALUE=$3 awk -v section="[$1]" -v name="$2" '
    function put(end) { print name " = " ENVIRON["INI_VALUE"] end; done = 1 }
    { raw[NR] = $0 }
    END {
      for (i = 1; i <= NR; i++) {
        line = raw[i]; sub(/\r$/, "", line); gsub(/^[ \t]+|[ \t]+$/, "", line)
        if (line ~ /^\[/) { inside = tolower(line) == section; if (inside && !header) header = i }
        at = index(line, "="); left = tolower(substr(line, 1, at - 1)); sub(/[ \t]+$/, "", left)
        if (inside && at && line !~ /^[#;]/ && left == name) hit[i] = 1
        if (i in hit) hits++
      }
      for (i = 1; i <= NR; i++) {
        if (i in hit) {
          comment = match(raw[i], /[ \t]+[#;].*$/) ? substr(raw[i], RSTART) : ""
          put(comment)
        } else print raw[i]
        if (i == header && !hits) put("")
      }
      if (!done) { if (NR) print ""; print section; put("") }
    }' "$ini" >"$ini.new"
  mv "$ini.new" "$ini"
}

new_key() {
  printf 'owlr_prov_%s\n' "$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')"
}

write_config() {
  make_folder "$state" 700
  # Changed as a copy and then moved: in system mode the folder belongs to another user, who could
  # have put a link there.
  ini=$work/owlrun.conf
  if [ -f "$conf" ]; then
    cat "$conf" >"$ini"
  else
    printf '# Owlrun node; owlrun --help-config lists every setting.\n' >"$ini"
  fi
  if [ -n "$key" ]; then
    ini_set account api_key "$key"
  elif [ -z "$(ini_get account api_key)" ]; then
    ini_set account api_key "$(new_key)"
  fi
  if [ -n "$wallet" ]; then
    ini_set account lightning_address "$wallet"
  fi
  if [ -n "$referral" ]; then
    ini_set account referral_code "$referral"
  fi
  if [ -n "$gateway" ]; then
    ini_set marketplace gateway "$gateway"
  fi
  if [ -n "${OLLAMA_HOST:-}" ]; then
    ini_set inference engine_url "$(ollama_url)"
  fi
  key=$(ini_get account api_key)
  port=$(ini_get dashboard port)
  port=${port:-19131}
  replace "$ini" "$conf"
  ini=$conf
  write_environment
  if [ "$mode" = system ]; then
    chown -R owlrun:owlrun "$state"
  fi
}

replace() { # replace NEW OLD: moves it there if it is another
  if ! cmp -s "$1" "$2"; then
    changed=1
    chmod 600 "$1"
    mv -f "$1" "$2"
  fi
}

# A service does not see the shell's proxies.
write_environment() {
  : >"$work/env"
  for name in HTTPS_PROXY HTTP_PROXY NO_PROXY https_proxy http_proxy no_proxy OLLAMA_MODELS; do
    eval "value=\${$name:-}"
    if [ -n "$value" ] && ! matches "$value" '.*["\\].*'; then
      printf '%s="%s"\n' "$name" "$value" >>"$work/env"
    fi
  done
  if [ -s "$work/env" ]; then
    replace "$work/env" "$state/service.env"
  elif [ -f "$state/service.env" ]; then
    changed=1
    rm -f "$state/service.env"
  fi
}

make_user() {
  if [ "$mode" != system ] || id -u owlrun >/dev/null 2>&1; then
    return
  fi
  shell=/usr/sbin/nologin
  if have useradd; then
    useradd --system --user-group --home-dir /var/lib/owlrun --no-create-home \
      --shell "$shell" owlrun
  else
    adduser -S -D -H -h /var/lib/owlrun -s "$shell" owlrun
  fi || die 1 "The user owlrun cannot be made."
  receipt_set user owlrun
}

# ---- Ollama --------------------------------------------------------------------------------------

not_ollama() { # the node is installed all the same
  partly=1
  warn "$1"
  warn "Owlrun waits for Ollama; install it from https://ollama.com and nothing else is to be done."
}

install_ollama() {
  if [ -n "$ollama" ] || [ -n "$no_ollama" ]; then
    return
  fi
  if [ -n "$from" ]; then
    not_ollama "Ollama is not in the offline bundle."
  elif [ "$os" = macos ]; then
    not_ollama "Ollama is missing."
  elif ! have zstd; then
    not_ollama "Ollama cannot be unpacked without zstd; please install zstd."
  elif [ "$mode" = system ]; then
    install_ollama_for_all
  else
    install_ollama_for_user
  fi
}

install_ollama_for_all() {
  script=$work/ollama.sh
  say "Installing Ollama $ollama_version by its own installer ..."
  if ! (download "${OWLRUN_OLLAMA_BASE:-https://ollama.com}/install.sh" "$script"); then
    not_ollama "Ollama's installer cannot be downloaded."
  elif ! head -n 1 "$script" | grep -q '^#!' || ! tail -n 1 "$script" | grep -q '^main' ||
    [ "$(wc -c <"$script")" -lt 1000 ]; then
    not_ollama "Ollama's installer came incomplete."
  elif ! OLLAMA_VERSION=$ollama_version sh "$script" >"$work/ollama.log" 2>&1 </dev/null; then
    tail -n 5 "$work/ollama.log" >&2
    not_ollama "Ollama's installer failed."
  fi
}

install_ollama_for_user() {
  name='ollama-linux-amd64.tar.zst'
  if [ "$arch" = arm64 ]; then
    name='ollama-linux-arm64.tar.zst'
  fi
  site=${OWLRUN_OLLAMA_BASE:-https://github.com/ollama/ollama/releases/download/v$ollama_version}
  say "Installing Ollama $ollama_version into $share/ollama ..."
  if ! (download "$site/$name" "$work/$name" && download "$site/sha256sum.txt" "$work/ollama.txt"); then
    not_ollama "Ollama cannot be downloaded from $site."
    return
  fi
  sum=$(awk -v name="$name" '{ sub(/^[.][/]/, "", $2) } $2 == name { print $1 }' "$work/ollama.txt")
  if [ "$(hash_of "$work/$name")" != "$sum" ]; then
    not_ollama "Ollama's download does not match its checksum."
    return
  fi
  rm -rf "$share/ollama"
  mkdir "$share/ollama"
  if ! zstd -dc "$work/$name" | tar -xf - -C "$share/ollama"; then
    rm -rf "$share/ollama"
    not_ollama "Ollama's download cannot be unpacked."
    return
  fi
  make_folder "$bin" 755
  ln -sf "$share/ollama/bin/ollama" "$bin/ollama"
}

# ---- autostart -----------------------------------------------------------------------------------

find_service_kind() {
  if [ -n "$no_service" ]; then
    kind=none
  elif [ "$os" = macos ]; then
    kind=launchd
  elif [ "$mode" = system ]; then
    kind=none
    if have systemctl; then
      kind=systemd
    fi
  else
    if [ -z "${XDG_RUNTIME_DIR:-}" ] && [ -d "/run/user/$(id -u)" ]; then
      XDG_RUNTIME_DIR=/run/user/$(id -u)
      export XDG_RUNTIME_DIR
    fi
    kind=desktop
    if have systemctl && systemctl --user show-environment >/dev/null 2>&1 </dev/null; then
      kind=systemd
    fi
  fi
}

systemd() {
  if [ "$mode" = system ]; then
    systemctl "$@" </dev/null
  else
    systemctl --user "$@" </dev/null
  fi
}

put_file() { # put_file TEMPLATE TARGET: fills in the folders; remembers the file
  device_groups=
  for name in video render; do
    if getent group "$name" >/dev/null 2>&1; then
      device_groups="$device_groups $name"
    fi
  done
  make_folder "$(dirname "$2")" 755
  sed -e "s|@SHARE@|$share|g" -e "s|@STATE@|$state|g" -e "s|@GROUPS@|${device_groups# }|" \
    "$share/current/share/$1" >"$work/file"
  if [ "$1" = owlrun-user.service ] && [ -n "$headless" ]; then
    sed 's|^ExecStart=.*|& --headless|' "$work/file" >"$work/file.2"
    mv "$work/file.2" "$work/file"
  fi
  if ! cmp -s "$work/file" "$2"; then
    changed=1
    cp "$work/file" "$2"
    chmod 644 "$2"
  fi
  receipt_add file "$2"
}

install_service() {
  case $kind in
    systemd)
      if [ "$mode" = system ]; then
        put_file owlrun-system.service "$units/owlrun.service"
      else
        put_file owlrun-user.service "$units/owlrun.service"
        harden_user_unit
        keep_without_login
      fi
      systemd daemon-reload
      systemd enable owlrun.service >/dev/null 2>&1 ||
        warn "systemctl could not enable owlrun.service."
      ;;
    launchd) put_file "$label.plist" "$HOME/Library/LaunchAgents/$label.plist" ;;
    desktop) put_file owlrun.desktop "${XDG_CONFIG_HOME:-$HOME/.config}/autostart/owlrun.desktop" ;;
    none) ;;
  esac
}

# Where users may not make namespaces a unit that asks for one does not start at all: try it first.
harden_user_unit() {
  if have systemd-run && systemd-run --user --wait -q -p PrivateUsers=yes -p ProtectSystem=strict \
    true >/dev/null 2>&1 </dev/null; then
    put_file hardening.conf "$units/owlrun.service.d/hardening.conf"
  fi
}

keep_without_login() {
  if [ -n "$no_linger" ] || ! have loginctl; then
    return
  fi
  who=$(id -un)
  if [ "$(loginctl show-user "$who" -p Linger --value 2>/dev/null </dev/null || true)" = yes ]; then
    return
  fi
  if loginctl enable-linger "$who" >/dev/null 2>&1 </dev/null; then
    receipt_set linger "$who"
  else
    warn "The node stops when you log out; root can change that: loginctl enable-linger $who"
  fi
}

start_node() {
  if [ -n "$no_start" ]; then
    return 0
  fi
  if [ "$kind$mode" = nonesystem ]; then
    say "Nothing starts it here; by hand: su -s /bin/sh owlrun -c \\"
    say "  '$share/current/bin/owlrun --headless --config $conf'"
    return 0
  fi
  if [ -z "$changed" ] && is_healthy; then
    say "It runs already and nothing has changed."
    return 0
  fi
  say "Starting ..."
  restart_node || return 1
  waited=0
  until is_healthy; do
    if [ "$waited" -ge "$start_wait" ]; then
      return 1
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

is_healthy() {
  ask "http://127.0.0.1:$port/healthz" >/dev/null 2>&1
}

restart_node() {
  case $kind in
    systemd) systemd restart owlrun.service ;;
    launchd)
      launchctl bootout "gui/$(id -u)/$label" >/dev/null 2>&1 || true
      launchctl bootstrap "gui/$(id -u)" "$HOME/Library/LaunchAgents/$label.plist" &&
        launchctl kickstart -k "gui/$(id -u)/$label"
      ;;
    *)
      stop_own_process
      nohup "$share/current/bin/owlrun" --config "$conf" >>"$state/owlrun.log" 2>&1 </dev/null &
      printf '%s\n' "$!" >"$state/owlrun.pid"
      ;;
  esac
}

command_of() {
  if [ -r "/proc/$1/cmdline" ]; then
    tr '\0' ' ' <"/proc/$1/cmdline"
  else
    ps -o args= -p "$1" 2>/dev/null || true
  fi
}

stop_own_process() {
  if [ -f "$state/owlrun.pid" ]; then
    pid=$(cat "$state/owlrun.pid")
    # The number may be another program's by now.
    if matches "$pid" '[0-9]{1,10}' && command_of "$pid" | grep -Fq "$share/"; then
      kill "$pid" 2>/dev/null || true
      waited=0
      while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 60 ]; do
        sleep 1
        waited=$((waited + 1))
      done
    fi
    rm -f "$state/owlrun.pid"
  fi
}

go_back() { # after a start that failed
  old=$(readlink "$share/previous" 2>/dev/null || true)
  if [ -z "$before" ] || [ "$before" = "versions/$version" ] || [ "$old" != "$before" ]; then
    die 1 "Owlrun was installed but does not answer on port $port; its log tells why: $(log_hint)"
  fi
  warn "Version $version does not answer; going back to ${before#versions/}."
  point "$share/current" "$before"
  rm -f "$share/previous"
  rm -rf "$share/versions/$version"
  install_service || true
  restart_node || true
  die 1 "Version $version does not start here; ${before#versions/} is back."
}

log_hint() {
  case $kind in
    systemd)
      if [ "$mode" = system ]; then
        echo "journalctl -u owlrun"
      else
        echo "journalctl --user -u owlrun"
      fi
      ;;
    *) echo "$state/owlrun.log" ;;
  esac
}

# ---- the command on PATH -------------------------------------------------------------------------

link_command() {
  make_folder "$bin" 755
  if [ -e "$bin/owlrun" ] && ! is_our_link "$bin/owlrun"; then
    warn "$bin/owlrun is another program; it stays."
    return
  fi
  ln -sf "$share/current/bin/owlrun" "$bin/owlrun"
  case :$PATH: in
    *":$bin:"*) return ;;
  esac
  if [ "$mode" = user ] && [ -z "$no_path" ]; then
    add_to_path
  fi
}

is_our_link() {
  case $(readlink "$1" 2>/dev/null || true) in
    "$share"/*) return 0 ;;
  esac
  return 1
}

add_to_path() {
  case ${SHELL:-} in
    */zsh) profile=$HOME/.zshrc ;;
    */bash) profile=$HOME/.bashrc ;;
    *) profile=$HOME/.profile ;;
  esac
  if [ -f "$profile" ] && grep -q '^# >>> owlrun >>>' "$profile"; then
    return
  fi
  if [ ! -e "$profile" ]; then
    receipt_add file "$profile"
  fi
  # shellcheck disable=SC2016 # the profile expands it
  printf '# >>> owlrun >>>\nPATH="%s:$PATH"\n# <<< owlrun <<<\n' "$bin" >>"$profile"
  receipt_add path "$profile"
}

remove_from_path() {
  receipt_get path | while IFS= read -r profile; do
    if [ -f "$profile" ]; then
      sed '/^# >>> owlrun >>>/,/^# <<< owlrun <<</d' "$profile" >"$work/profile"
      cat "$work/profile" >"$profile" # keeps owner, mode and links
    fi
  done
}

# ---- the ways through ----------------------------------------------------------------------------

show_plan() {
  case $kind in
    none) autostart='none' ;;
    desktop) autostart='with the desktop' ;;
    *) autostart=$kind ;;
  esac
  say "Owlrun $version for $os-$arch"
  say "  files      $share ($install_free MB free)"
  say "  settings   $conf"
  say "  GPU        $gpu"
  say "  models     $models ($((models_free / 1024)) GB free)"
  if [ -n "$ollama" ]; then
    say "  Ollama     $ollama"
  elif [ -n "$no_ollama" ]; then
    say "  Ollama     left alone"
  else
    say "  Ollama     will be installed"
  fi
  say "  autostart  $autostart"
}

confirm() {
  if [ -z "$interactive" ]; then
    return
  fi
  if ! (: </dev/tty) 2>/dev/null; then
    die 2 "--interactive needs a terminal."
  fi
  printf 'Go on? [y/N] ' >/dev/tty
  read -r answer </dev/tty
  case $answer in
    y | Y | yes) ;;
    *) die 1 "Stopped; nothing was changed." ;;
  esac
}

do_install() {
  find_gpu
  find_ollama
  check_disk
  unpack_bundle
  find_version
  find_service_kind
  show_plan
  if [ -n "$dry_run" ]; then
    say "This was a dry run; nothing was changed."
    result planned 0
    return
  fi
  confirm
  find_archive
  before=$(readlink "$share/current" 2>/dev/null || true)
  install_image
  make_user
  write_config
  log=$share/install.log
  log_line "Owlrun $version, $os-$arch, $mode"
  install_ollama
  switch_to "$version"
  keep_installer
  link_command
  install_service
  start_node || go_back
  remove_old_versions
  summary
}

# For owlrun upgrade, rollback and uninstall.
keep_installer() {
  fetch "releases/$version/install.sh" "$work/install.sh"
  sum=$(awk '$2 == "install.sh" { print $1 }' "$work/SHA256SUMS")
  if [ "$(hash_of "$work/install.sh")" != "$sum" ]; then
    die 4 "The installer's copy does not match its checksum."
  fi
  cp "$work/install.sh" "$share/install.sh"
  chmod 755 "$share/install.sh"
}

summary() {
  say ""
  say "Owlrun $version is installed."
  say "  page         http://127.0.0.1:$port"
  say "  provider key $(printf '%.14s' "$key")... (whole in $conf)"
  if [ -z "$(ini_get account lightning_address)" ]; then
    say "  payouts      no Lightning address yet: set one on the page, or run this with --wallet"
  fi
  say "  log          $(log_hint)"
  say "  remove       owlrun uninstall"
  if [ "$kind" = none ] || [ -n "$no_start" ]; then
    say "  start        $bin/owlrun"
  fi
  if [ -n "$partly" ]; then
    result partly 3
    exit_code=3
  else
    result installed 0
  fi
}

do_rollback() {
  old=$(readlink "$share/previous" 2>/dev/null || true)
  if [ -z "$old" ] || [ ! -d "$share/$old" ]; then
    die 1 "There is no version to go back to."
  fi
  current=$(readlink "$share/current")
  version=${old#versions/}
  port=$(ini_get dashboard port)
  port=${port:-19131}
  find_service_kind
  if [ -n "$dry_run" ]; then
    say "Would go back from ${current#versions/} to $version."
    return
  fi
  point "$share/current" "$old"
  point "$share/previous" "$current"
  install_service
  changed=1
  start_node || die 1 "Version $version does not answer on port $port: $(log_hint)"
  say "Version $version is back."
  result "rolled back" 0
}

unspent_ecash() { # files below ecash/ that are not marked as spent
  find "$state/ecash" -type f ! -path '*/spent/*' ! -name '*.spent' 2>/dev/null |
    while IFS= read -r file; do
      grep -q '"state" *: *"spent"' "$file" || printf '%s\n' "$file"
    done
}

do_uninstall() {
  if [ ! -d "$share" ] && { [ -z "$purge" ] || [ ! -d "$state" ]; }; then
    say "Owlrun is not installed here."
    result "not installed" 0
    return
  fi
  if [ -n "$purge" ] && [ -z "$lose_ecash" ] && [ -n "$(unspent_ecash)" ]; then
    die 1 "There is unspent ecash in $state/ecash; withdraw it first. Nothing was removed."
  fi
  find_service_kind
  if [ -n "$dry_run" ]; then
    say "Would remove $share and its autostart${purge:+, and $state with everything in it}."
    return
  fi
  remove_service
  remove_from_path
  for name in owlrun ollama; do
    if is_our_link "$bin/$name" && { [ "$name" = owlrun ] || [ -n "$purge" ]; }; then
      rm -f "$bin/$name"
    fi
  done
  remove_files
  if [ -n "$purge" ]; then
    say "Owlrun is removed, with its settings."
  else
    say "Owlrun is removed. Settings and ecash stay in $state; --uninstall --purge removes them."
  fi
  result removed 0
}

remove_service() {
  case $kind in
    systemd)
      systemd disable --now owlrun.service >/dev/null 2>&1 || true
      ;;
    launchd) launchctl bootout "gui/$(id -u)/$label" >/dev/null 2>&1 || true ;;
  esac
  stop_own_process
  receipt_get file | while IFS= read -r file; do
    case $file in
      */.zshrc | */.bashrc | */.profile) ;; # ours only if nothing else came into it
      *) rm -f "$file" ;;
    esac
  done
  if [ "$kind" = systemd ]; then
    systemd daemon-reload || true
  fi
  if [ -n "$(receipt_get linger)" ]; then
    loginctl disable-linger "$(receipt_get linger)" >/dev/null 2>&1 </dev/null || true
  fi
}

remove_folders() { # those that were made here, where nothing else came into them
  receipt_get dir | awk '{ all[NR] = $0 } END { for (i = NR; i; i--) print all[i] }' >"$work/dirs"
  rm -rf "$share/versions" "$share/current" "$share/previous" "$share/install.sh"
  rm -f "$receipt" "$share/install.log"
  while IFS= read -r folder; do
    rmdir "$folder" 2>/dev/null || true
  done <"$work/dirs"
}

remove_files() {
  receipt_get file >"$work/files"
  owner=$(receipt_get user)
  if [ -n "$purge" ]; then
    rm -rf "$share/ollama" "$state"
    if [ -n "$owner" ]; then
      userdel "$owner" >/dev/null 2>&1 || deluser "$owner" >/dev/null 2>&1 || true
    fi
  else
    rm -f "$state/service.env"
  fi
  while IFS= read -r file; do # a profile that only we wrote
    if [ -f "$file" ] && [ ! -s "$file" ]; then
      rm -f "$file"
    fi
  done <"$work/files"
  remove_folders
}

# shellcheck disable=SC2317 # called by the trap
clean_up() {
  if [ "$action" = install ] && [ -f "$receipt" ] && [ ! -e "$share/current" ]; then
    remove_folders # a first install that got nowhere
  fi
  if [ -n "$work" ]; then
    rm -rf "$work"
  fi
}

main() {
  set -eu
  umask 077
  constants
  defaults
  read_flags "$@"
  case $baked_version in
    @*) die 1 "This is the template; scripts/release.sh makes the installer from it." ;;
  esac
  check_values
  find_platform
  choose_mode
  folder_mode=755
  exit_code=0
  base=${OWLRUN_DOWNLOAD_BASE:-$baked_base}
  base=${base%/}
  if [ -n "$upgrade" ] && [ -z "$channel" ]; then
    channel=$baked_channel # the copy on disk is as old as the version it came with
  fi
  trap clean_up EXIT
  trap 'exit 1' INT TERM HUP
  work=$(mktemp -d)
  case $action in
    install) do_install ;;
    rollback) do_rollback ;;
    uninstall) do_uninstall ;;
  esac
  exit "$exit_code"
}

main "$@"
