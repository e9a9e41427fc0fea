From alpine As build
rUn true
Copy a b
EXPOSE 80/Tcp
env a b
MAINTAINER Somebody <somebody@example.com>
CMD one
CMD two
healthcheck none
