#!/bin/sh
# Builds the frontend image with our own builder; the arguments are those of "buildx build", for instance
#   frontend/image/build.sh --output type=image,name=localhost:5000/dockerfile:1,push=true
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/../.." && pwd -P)
[ -e "$home/dist/target/jbuildkit/complete" ] || "$home/dist/build.sh" missing
mkdir -p "$home/build"
work=$(mktemp -d "$home/build/frontend.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$home/frontend/image/rootfs.sh" "$home/dist/target/jbuildkit/lib" "$work/root"
"$home/bin/buildx" build --file "$home/frontend/image/Dockerfile" "$@" "$work/root"
