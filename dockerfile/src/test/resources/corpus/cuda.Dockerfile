FROM nvidia/cuda:12.5.0-devel-ubuntu22.04
ARG PYTORCH='2.4.0'
ARG CUDA=cu121
RUN [ ${#PYTORCH} -gt 0 -a "$PYTORCH" != "pre" ] && VERSION="torch==$PYTORCH.*" || VERSION='torch'; \
    python3 -m pip install --no-cache-dir -U $VERSION --extra-index-url https://download.pytorch.org/whl/$CUDA
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
