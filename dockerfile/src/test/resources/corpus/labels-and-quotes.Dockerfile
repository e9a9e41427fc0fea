FROM busybox
LABEL "com.example.vendor"="ACME Incorporated"
LABEL com.example.label-with-value="foo"
LABEL description="This text illustrates \
that label-values can span multiple lines."
LABEL multi.label1="value1" \
      multi.label2='value 2' other=value\ with\ spaces empty=
LABEL json="{\"a\": [1, 2], \"b\": \"\$HOME\"}"
ENV MY_NAME="John Doe" MY_DOG=Rex\ The\ Dog MY_CAT=fluffy
ENV abc=hello
ENV abc=bye def=$abc
ENV ghi=$abc
