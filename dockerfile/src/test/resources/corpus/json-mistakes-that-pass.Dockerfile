FROM alpine
RUN ['single', 'quotes']
CMD [unquoted]
ENTRYPOINT ["trailing",]
COPY ["unclosed", "list" /dest/
