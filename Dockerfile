# syntax=docker/dockerfile:1

# The image holds one static program and nothing else: no shell, no libraries, no root.
#   docker build -t dockvet .
#   docker run --rm -v "$PWD:/work:ro" dockvet check

FROM rust:1.95-alpine3.22 AS build
WORKDIR /src
COPY . .
# The C library of Alpine links statically; without the feature mimalloc no C compiler is needed either.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin dockvet && cp target/release/dockvet /dockvet

FROM scratch
LABEL org.opencontainers.image.title="dockvet" \
      org.opencontainers.image.description="Security-first linter for Dockerfiles and Compose files" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /dockvet /usr/bin/dockvet
USER 10001:10001
# It does its work and ends: there is nothing to probe.
HEALTHCHECK NONE
WORKDIR /work
ENTRYPOINT ["/usr/bin/dockvet"]
CMD ["check"]
