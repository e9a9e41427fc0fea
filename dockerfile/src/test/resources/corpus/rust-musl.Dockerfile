ARG RUST_VERSION=1.81
ARG TARGET=x86_64-unknown-linux-musl
FROM rust:${RUST_VERSION}-alpine AS build
ARG TARGET
RUN apk add --no-cache musl-dev && rustup target add ${TARGET}
WORKDIR /app
RUN --mount=type=bind,source=src,target=src \
    --mount=type=bind,source=Cargo.toml,target=Cargo.toml \
    --mount=type=bind,source=Cargo.lock,target=Cargo.lock \
    --mount=type=cache,target=/app/target/ \
    --mount=type=cache,target=/usr/local/cargo/registry/ \
    cargo build --locked --release --target ${TARGET} && \
    cp ./target/${TARGET}/release/app /bin/server
FROM scratch
COPY --from=build /bin/server /bin/
CMD ["/bin/server"]
