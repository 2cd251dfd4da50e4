# syntax=docker/dockerfile:1
# check=skip=JSONArgsRecommended

# Every instruction, most flags, both forms.
ARG BASE=debian:12 \
    # what the tools come from
    TOOLS="golang:1.24"

FROM --platform=$BUILDPLATFORM ${TOOLS} AS tools
WORKDIR "/src dir"
COPY --link go.mod go.sum ./
RUN --mount=type=cache,target=/root/.cache/go-build,sharing=locked \
    --mount=type=secret,id=netrc,target=/root/.netrc,required \
    set -eux; \

    # an empty line above, this comment in between
    go build -o /out/tool \
      ./cmd/tool
ONBUILD COPY --chown=1000:1000 . /src
ONBUILD RUN <<EOF
make
EOF

FROM ${BASE:-debian:12}
LABEL org.example.title="a \"quoted\" title" org.example.empty='' \
      "key with space"=value\ with\ space
ENV PATH=/opt/tool/bin:$PATH LANG=C.UTF-8
ENV LEGACY some value  with blanks
ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.org/a.tgz /tmp/
COPY --from=tools --chmod=0755 ["/out/tool", "/opt/tool/bin/"]
COPY <<-"CONF" <<'SCRIPT' 3<<X /etc/tool/
	key = $value
	[section]
	CONF
#!/bin/sh
exec tool "$@"
SCRIPT
plain
X
VOLUME /data ["not", "json"
VOLUME ["/var/lib/tool"]
EXPOSE 8080 8443/tcp 9000-9010/udp ${PORT:-1}
STOPSIGNAL SIGQUIT
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
USER 1000:1000
HEALTHCHECK --interval=30s --retries=3 CMD ["tool", "health"]
HEALTHCHECK NONE
MAINTAINER Someone <someone@example.org>
ENTRYPOINT [ "tool" ]
CMD serve --verbose
