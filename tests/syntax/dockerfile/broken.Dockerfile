#!/usr/bin/env -S docker build -f
  # syntax=indented
# escape=`
copy --from=later [ "a", 1 ] /x
FROM a AS 1x extra
FRM b
ENV
ENV x
ENV a=b c 'd
LABEL =v "open=x
RUN --mount=type=,from=$X,tagret=/x --mount=a"b,c"d, --mont
RUN [ -f /x ] && echo ${x
RUN ["unclosed
HEALTHCHECK --interval=5 CMD
EXPOSE 80/xyz 99999 1-
ONBUILD ONBUILD ONBUILD FROM x
ONBUILD
COPY <<A <<B
A
    indented \
    \
    # comment
COPY --chown= -- --x y
USER ${a:-${b:-${c
COPY <<NEVER /dest
body
	RUN not an instruction
FROM after
RUN echo é ü 漢字 "😀" \ 
  '中
<<<<<<< HEAD
STOPSIGNAL
\
