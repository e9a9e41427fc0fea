FROM alpine
RUN apk add --no-cache openssh-client git
RUN mkdir -p -m 0700 ~/.ssh && ssh-keyscan github.com >> ~/.ssh/known_hosts
RUN --mount=type=ssh git clone git@github.com:me/private.git
RUN --mount=type=ssh,id=other,target=/agent.sock,mode=0660,uid=1000,required SSH_AUTH_SOCK=/agent.sock ssh-add -l
RUN --mount=type=secret,id=aws,target=/root/.aws/credentials,mode=0400 aws s3 ls
RUN --mount=type=secret,source=pw --mount=type=secret,id=key,env=API_KEY env
