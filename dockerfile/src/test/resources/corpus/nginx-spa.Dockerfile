FROM node:22 AS build
WORKDIR /app
ARG API_URL=https://api.example.com
ENV VITE_API_URL="${API_URL:?the address of the service}"
COPY . ./
RUN npm ci && npm run build
FROM nginx:stable
COPY --from=build /app/dist /usr/share/nginx/html
COPY <<EOF /etc/nginx/conf.d/default.conf
server {
  listen 80;
  location / { try_files \$uri /index.html; }
}
EOF
