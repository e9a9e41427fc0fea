FROM eclipse-temurin:21-jre
EXPOSE 9092-9094 9999/udp
EXPOSE 2181/TCP
ENV KAFKA_OPTS="-Dlog4j.configuration=file:/etc/kafka/log4j.properties -Xmx\${HEAP}"
WORKDIR kafka
WORKDIR ../etc/./kafka
CMD exec kafka-server-start.sh server.properties
