#!/bin/sh
# Prints how much flash an ELF file takes, and fails above a limit.
# Usage: flash-size.sh ELF LIMIT
#
# Counted is what a programmer writes: the bytes in the file of every loadable segment, which is
# code, constants and the initial values of data.
set -eu

tool=
for candidate in readelf arm-none-eabi-readelf llvm-readelf; do
    if command -v "$candidate" >/dev/null; then
        tool=$candidate
        break
    fi
done
if [ -z "$tool" ]; then
    echo 'No readelf: install binutils' >&2
    exit 1
fi

used=0
for size in $("$tool" -lW "$1" | awk '$1 == "LOAD" { print $5 }'); do
    used=$((used + size))
done
limit=$2
if [ "$used" -eq 0 ]; then
    echo "flash-size: $1 has no loadable segment" >&2
    exit 1
fi
echo "flash used: $used of $limit bytes ($((used * 100 / limit)) %)"
if [ "$used" -gt "$limit" ]; then
    echo "flash-size: $((used - limit)) bytes over the limit" >&2
    exit 1
fi
