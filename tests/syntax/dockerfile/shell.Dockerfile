FROM alpine
RUN cat <<EOF > /a && cat << "B C" >/b; echo $((1<<2)) "<<NO" '<<NO'
one
EOF
two
B C
RUN <<$EOF
$EOF
RUN 12<<-x\ y
	in
	x y
RUN echo <<<here \
  && echo "it's" <<E"O"F
EOF
RUN echo it's <<NOT
CMD echo <<NOT
RUN ["echo", "<<NOT"]
