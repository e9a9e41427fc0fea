# escape=`
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY testfile.txt c:\
RUN dir c:\
USER ContainerUser
ENTRYPOINT ["cmd", "/S", "/C", "dir c:\\"]
