# syntax=docker/dockerfile:1.7
FROM node:22 AS install
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=bind,source=package.json,target=package.json \
    --mount=type=bind,source=package-lock.json,target=package-lock.json \
    --mount=type=cache,target=/root/.npm,sharing=locked \
    npm ci
RUN --mount=type=secret,id=token,env=TOKEN,required=true curl -H "Authorization: $TOKEN" https://example.com
