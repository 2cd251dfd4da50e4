# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
WORKDIR C:\app\
RUN dir C:\ `
    # a comment

  ; echo done
COPY app.exe C:\app\
RUN <<EOF
line
EOF
ENTRYPOINT ["C:\\app\\app.exe"]