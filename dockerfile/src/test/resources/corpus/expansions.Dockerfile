ARG BASE_TAG=1.2.3-alpine
FROM alpine:${BASE_TAG%%-*} AS one
ARG str=foobarbaz path=a/b/c.tar.gz
ENV A=${str#f*b} B=${str##f*b} C=${str%b*} D=${str%%b*} E=${str/ba/fo} F=${str//ba/fo}
ENV BASE=${path##*/} DIR=${path%/*} EXT=${path#*.} NOEXT=${path%%.*}
LABEL x="${UNSET:-default with spaces}" y=${str:+set} z=${UNSET+nothing} w='$literal' v=\$escaped
USER ${UNSET:-nobody}
WORKDIR /work/${str:-x}
