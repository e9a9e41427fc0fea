# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
ENV GIT_VERSION=2.46.0 `
    GIT_PATH=C:\git\cmd;C:\git\bin
WORKDIR C:\build
RUN Invoke-WebRequest -Uri "https://example.com/git-$env:GIT_VERSION.zip" -OutFile git.zip; `
    Expand-Archive git.zip -DestinationPath C:\git; `
    Remove-Item git.zip
COPY app\ C:\app\
CMD ["C:\\app\\app.exe"]
