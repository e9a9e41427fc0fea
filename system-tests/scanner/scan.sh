# A scanner of software that knows only files: writes a list of those that BuildKit shows it, a document a tree.
set -e
busybox=/bin/busybox

list() {
  name=$($busybox basename "$1")
  {
    printf '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":{'
    printf '"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"%s",' "$name"
    printf '"documentNamespace":"https://example.com/%s","creationInfo":{"creators":["Tool: files-%s"],' "$name" "$BUILDKIT_SCAN_version"
    printf '"created":"2020-01-01T00:00:00Z"},"files":['
    comma=
    for file in $(cd "$1" && $busybox find . -type f | $busybox sort); do
      printf '%s{"fileName":"%s","SPDXID":"SPDXRef-File","checksums":[]}' "$comma" "${file#./}"
      comma=,
    done
    printf ']}}'
  } >"$BUILDKIT_SCAN_DESTINATION$name.spdx.json"
}

list "$BUILDKIT_SCAN_SOURCE"
[ -z "$BUILDKIT_SCAN_SOURCE_EXTRAS" ] || for extra in "$BUILDKIT_SCAN_SOURCE_EXTRAS"/*; do
  list "$extra"
done
