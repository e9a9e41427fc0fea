FROM alpine
RUN ["/bin/sh", "-c", "echo \"quoted\" \u0026\u0026 true"]
COPY ["a file with spaces.txt", "another \"one\".txt", "/dest dir/"]
ADD ["x", "y", "/z/"]
VOLUME ["/a", "/b c"]
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
ENTRYPOINT []
CMD ["sh"]
