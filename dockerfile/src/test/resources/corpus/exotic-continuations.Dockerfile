FROM alpine
RUN echo one \
# comment line
    two \

    three \
	# indented comment
    four
E\
NV a\
=b
RUN --mount=\
type=tmpfs,\
target=/x \
true
CMD ["a", \
     "b"]
