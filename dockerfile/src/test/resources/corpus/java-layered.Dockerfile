FROM eclipse-temurin:21-jre AS layers
WORKDIR /extracted
COPY target/*.jar app.jar
RUN java -Djarmode=layertools -jar app.jar extract
FROM eclipse-temurin:21-jre
WORKDIR /application
COPY --link --from=layers /extracted/dependencies/ ./
COPY --link --from=layers /extracted/spring-boot-loader/ ./
COPY --link --from=layers /extracted/snapshot-dependencies/ ./
COPY --link --from=layers /extracted/application/ ./
ENTRYPOINT ["java", "org.springframework.boot.loader.launch.JarLauncher"]
