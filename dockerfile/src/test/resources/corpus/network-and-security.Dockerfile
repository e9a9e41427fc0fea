FROM alpine
RUN --network=none pip install --find-links wheels mypackage
RUN --network=default apk add curl
RUN --security=sandbox id
