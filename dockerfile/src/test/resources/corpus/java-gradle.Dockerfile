FROM gradle:8-jdk21 AS builder
USER root
WORKDIR /home/gradle/project
COPY --chown=gradle:gradle build.gradle.kts settings.gradle.kts gradle.properties ./
COPY --chown=gradle:gradle gradle ./gradle
RUN gradle --no-daemon dependencies
COPY --chown=gradle:gradle . .
RUN gradle --no-daemon bootJar \
      -Pversion="${VERSION:-dev}" \
      --info
FROM gcr.io/distroless/java21-debian12:nonroot
COPY --from=builder /home/gradle/project/build/libs/*.jar /app.jar
CMD ["/app.jar"]
