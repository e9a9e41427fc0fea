# syntax=docker/dockerfile:1.4
FROM alpine
ARG NAME=world
RUN <<EOF
apk add --no-cache python3
mkdir -p /srv
EOF
COPY <<config.toml <<"run.sh" <<-notes.md /srv/
title = "${NAME}"
path = "\$HOME"
config.toml
#!/bin/sh
echo $NAME
run.sh
	# Notes
		* tabbed ${NAME:-x}
notes.md
RUN <<FILE1 cat > file1 && <<FILE2 cat > file2
I am first
FILE1
I am second
FILE2
RUN <<-PY python3
	print("a" \
	      "b")
	PY
RUN cat <<EOF | tr a-z A-Z > /upper && echo done
shout
EOF
