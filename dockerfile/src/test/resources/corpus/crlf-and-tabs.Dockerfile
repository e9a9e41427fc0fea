FROM	alpine
RUN	echo	a \
	&& echo b
COPY <<EOF /x
line
EOF
CMD	["sh"]
