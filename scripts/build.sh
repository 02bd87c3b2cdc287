# shellcheck shell=bash disable=SC2034,SC2154
# What ./run, ./test and ./bench share: installing packages and building. Sourced; wants $root.

# Debian 12's own. Why each: see CONTRIBUTING.md.
BUILD_PACKAGES=(
  g++ cmake ninja-build
  libboost1.81-dev libboost-json1.81-dev libcli11-dev libgtest-dev libgmock-dev
  libcurl4-openssl-dev libjemalloc-dev libpugixml-dev librocksdb-dev libsoci-dev libsqlite3-dev
  libssl-dev libzip-dev zlib1g-dev
)

# For the pages, whose packages come over TLS. Whoever has npm from elsewhere keeps it: Debian's
# conflicts with that.
BUILD_PACKAGES+=(ca-certificates)
command -v npm >/dev/null || BUILD_PACKAGES+=(nodejs npm)

say() { printf '%s\n' "$*" >&2; }

# What of the packages is not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      printf '%s\n' "$package"
  done
}

install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian: make sure that these, or what matches them, are installed: $*"
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "Missing packages: ${missing[*]}"
      say "Install them as root: apt-get install ${missing[*]}"
      exit 1
    fi
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "The packages could not be installed."
    exit 1
  fi
  rm -f "$log"
}

# build PRESET TARGET…: configures if need be and builds; quiet if there is nothing to do.
build() {
  local preset=$1 log=$root/build/$1.log
  shift
  mkdir -p "$root/build"
  if [ ! -f "$root/build/$preset/build.ninja" ]; then
    say "Building $preset (the first time takes some minutes)"
    (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
  fi
  local status=0
  if [ -t 2 ]; then
    NINJA_STATUS='[%f of %t] ' cmake --build "$root/build/$preset" --target "$@" >&2 || status=$?
  else
    cmake --build "$root/build/$preset" --target "$@" >"$log" 2>&1 || status=$?
    [ $status -eq 0 ] || tail -n 40 "$log" >&2
  fi
  [ $status -eq 0 ] || { say "The build failed."; exit 1; }
}
