FROM node:22 AS node-onbuild
RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app
ONBUILD ARG NODE_ENV
ONBUILD ENV NODE_ENV $NODE_ENV
ONBUILD COPY package.json /usr/src/app/
ONBUILD RUN npm install && npm cache clean --force
ONBUILD COPY . /usr/src/app
FROM node-onbuild AS app
CMD [ "npm", "start" ]
FROM app AS variant
ONBUILD RUN <<E
echo later
E
FROM variant
LABEL last=true
