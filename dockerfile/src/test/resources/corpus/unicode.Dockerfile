FROM alpine
LABEL bücher="größe 한국어" 名前=値
ENV ÜBER=x
RUN echo "naïve ☃ 🚀" > /tmp/日本語
COPY ünïcode.txt /
COPY <<Ø /ø
søt $ÜBER
Ø
