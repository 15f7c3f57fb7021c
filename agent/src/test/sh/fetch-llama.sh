#!/bin/sh
# Fetches a real inference server for the tests: llama.cpp's llama-server from Debian's suite sid,
# unpacked into a private folder. Nothing is installed into the system, no root is needed.
#
#   fetch-llama.sh DIR     prints the path of the command DIR/llama-server and exits 0
#
# Safe to run again: a finished DIR is used as it is. Exits 1 with one sentence when it cannot.
set -eu

package=llama.cpp-tools
tries=2

fail() {
    printf 'fetch-llama: %s\n' "$1" >&2
    exit 1
}

# The archive's address as this machine's own apt knows it, in either file format.
archive_address() {
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] && sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' "$file"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] && sed -n 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\2/p' "$file"
    done
    return 0
}

# Debian's main archive ends in /debian; its security archive and strangers do not.
main_archive() {
    archive_address | sed 's:/*$::' | grep '/debian$' | head -n 1
}

# An apt of its own: own sources, own state, own cache, an empty list of installed packages.
write_apt_configuration() {
    mkdir -p "$apt/etc/preferences.d" "$apt/etc/apt.conf.d" "$apt/state/lists/partial" \
        "$apt/cache/archives/partial"
    : >"$apt/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$1" \
        >"$apt/etc/sources.list"
    cat >"$apt/conf" <<END
Dir::Etc "$apt/etc";
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "$tries";
Acquire::http::Timeout "30";
END
}

download() {
    APT_CONFIG="$apt/conf" apt-get -qq update >"$work/log" 2>&1 &&
        APT_CONFIG="$apt/conf" apt-get -qq -y install --download-only "$package" >>"$work/log" 2>&1
}

unpack() {
    mkdir -p "$work/root"
    for archive in "$apt"/cache/archives/*.deb; do
        dpkg -x "$archive" "$work/root"
    done
    # Only what the server needs to run stays: its program and the shared libraries.
    rm -rf "$work/root/usr/share" "$work/root/usr/include" "$work/root/etc" "$work/root/var" \
        "$work/root/usr/libexec" "$apt"
    # ggml looks for its processor back ends beside the running program, which will be the loader.
    loader=$(find "$work/root/usr" -name 'ld-linux*.so.*' | head -n 1)
    find "$work/root/usr/lib" -name 'libggml-cpu*.so' -exec mv {} "$(dirname -- "$loader")" \;
}

# The server runs with the loader and libraries it was built with, not with the machine's older ones.
write_wrapper() {
    cat >"$work/llama-server" <<'END'
#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
loader=$(find "$here/root/usr" -name 'ld-linux*.so.*' | head -n 1)
libraries=$(dirname -- "$loader")
exec "$loader" --library-path "$libraries:$libraries/llama" "$here/root/usr/bin/llama-server" "$@"
END
    chmod 755 "$work/llama-server"
}

main() {
    [ $# -eq 1 ] || fail 'usage: fetch-llama.sh DIR'
    mkdir -p "$1"
    target=$(CDPATH='' cd -- "$1" && pwd)
    if [ -x "$target/llama-server" ] && "$target/llama-server" --version >/dev/null 2>&1; then
        printf '%s\n' "$target/llama-server"
        return 0
    fi
    for tool in apt-get dpkg find sed; do
        command -v "$tool" >/dev/null 2>&1 || fail "needs the Debian tool $tool, which is not here."
    done
    work=$(mktemp -d "$target/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT INT TERM
    apt="$work/apt"
    address=$(main_archive)
    [ -n "$address" ] || fail 'found no Debian archive in the apt sources of this machine.'
    write_apt_configuration "$address"
    download || fail "could not fetch $package from suite sid: $(tail -n 1 "$work/log")"
    unpack
    write_wrapper
    "$work/llama-server" --version >/dev/null 2>&1 || fail 'the unpacked llama-server does not start.'
    rm -rf "$target/root" "$target/llama-server"
    mv "$work/root" "$target/root"
    mv "$work/llama-server" "$target/llama-server"
    printf '%s\n' "$target/llama-server"
}

main "$@"
