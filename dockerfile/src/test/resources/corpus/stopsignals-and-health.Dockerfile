FROM alpine
STOPSIGNAL SIGRTMIN+3
HEALTHCHECK --interval=1h30m --timeout=1m0.5s --start-period=250ms --start-interval=5s --retries=0 CMD ["/bin/check", "-v"]
STOPSIGNAL 9
FROM alpine
HEALTHCHECK NONE
