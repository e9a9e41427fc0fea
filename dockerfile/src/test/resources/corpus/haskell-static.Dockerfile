FROM haskell:9.8 AS build
WORKDIR /opt/example
COPY ./example.cabal /opt/example/example.cabal
RUN cabal update && cabal build --only-dependencies -j4
COPY . /opt/example
RUN cabal install --installdir=/out --install-method=copy
FROM gcr.io/distroless/base-nossl-debian12
COPY --from=build /out/* /usr/bin/
CMD ["example"]
