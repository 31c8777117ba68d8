# syntax=docker/dockerfile:1

# Three images from one build (linux/amd64):
#   docker build --target server     -t lossforge/server:0.1.0 .
#   docker build --target worker     -t lossforge/worker:0.1.0 .
#   docker build --target worker-gpu -t lossforge/worker:0.1.0-gpu .
# Each runs as user 10001 on a read-only root file system; it writes to /data and /tmp only. docs/deployment.md has the rest.

ARG LIBTORCH_VERSION=2.7.1

# The jar, its layers (src/layers.xml) and the native libraries out of its dependencies. Tests and null checks are left to CI.
FROM maven:3-eclipse-temurin-25-noble AS build
WORKDIR /build
COPY pom.xml ./
COPY src/layers.xml src/layers.xml
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 \
    mvn --batch-mode --no-transfer-progress --activate-profiles '!null-checks' -Dmaven.test.skip=true -Dspotless.check.skip=true package \
    && cp target/lossforge-*.jar lossforge.jar
RUN java -Djarmode=tools -jar lossforge.jar extract --layers --destination /layers
WORKDIR /natives
RUN jar --extract --file /layers/dependencies/lib/onnxruntime-[0-9]*.jar ai/onnxruntime/native/linux-x64 \
    && jar --extract --file /layers/libtorch/lib/pytorch-native-cpu-*.jar pytorch/cpu/linux-x86_64 \
    && jar --extract --file /layers/training-engine/lib/pytorch-jni-*.jar jnilib/linux-x86_64 \
    && cp jnilib/linux-x86_64/cpu/libdjl_torch.so pytorch/cpu/linux-x86_64/

# libtorch with CUDA, laid out as in the wheel: libtorch_cuda.so looks for ../../nvidia/*/lib.
FROM pytorch/pytorch:${LIBTORCH_VERSION}-cuda12.8-cudnn9-runtime AS libtorch-cuda
ARG LIBTORCH_VERSION
RUN set -eux; \
    packages=$(python -c 'import pathlib, torch; print(pathlib.Path(torch.__file__).parents[1])'); \
    test "$(python -c 'import torch; print(torch.__version__)')" = "${LIBTORCH_VERSION}+cu128"; \
    mkdir -p /opt/pytorch; \
    cd "$packages"; \
    find torch/lib nvidia -name '*.so*' ! -name 'libtorch_python.so' | tar --create --files-from=- | tar --extract --directory=/opt/pytorch; \
    ln -s libcudart.so.12 /opt/pytorch/nvidia/cuda_runtime/lib/libcudart.so

# What the three images share: Java, the user, the places to write to.
FROM eclipse-temurin:25-jre-noble AS runtime
RUN groupadd --gid 10001 lossforge \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin lossforge \
    && install --directory --owner 10001 --group 10001 --mode 0750 /data /data/blobs
COPY --chmod=0755 docker/healthy /usr/local/bin/healthy
COPY LICENSE /app/LICENSE
WORKDIR /app
# Files under /run/lossforge/<name>/ are settings, named as the setting: this is how secrets come in.
ENV LOSSFORGE_DATA_DIRECTORY=/data \
    SPRING_CONFIG_IMPORT=optional:configtree:/run/lossforge/*/ \
    OPT_OUT_TRACKING=true \
    DJL_OFFLINE=true
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["healthy"]
LABEL org.opencontainers.image.title="Lossforge" \
      org.opencontainers.image.description="Trains classifiers with a loss chosen to fit the data, and serves them" \
      org.opencontainers.image.licenses="Apache-2.0"

# Answers HTTP. Has no libtorch: models are served by ONNX Runtime.
FROM runtime AS server
COPY --from=build /natives/ai/onnxruntime/native/linux-x64 /opt/onnxruntime
COPY --from=build /layers/dependencies ./
COPY --from=build /layers/application ./
ENV LOSSFORGE_ROLES=server \
    SERVER_ADDRESS=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["/__cacert_entrypoint.sh", "java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-Donnxruntime.native.path=/opt/onnxruntime", "-jar", "/app/lossforge.jar"]

# Trains. Needs the database and the blob store only; its HTTP side (health, metrics) stays on loopback.
FROM runtime AS worker-base
COPY --from=build /natives/ai/onnxruntime/native/linux-x64 /opt/onnxruntime
COPY --from=build /layers/training-engine ./
COPY --from=build /layers/dependencies ./
ARG LIBTORCH_VERSION
ENV LOSSFORGE_ROLES=worker \
    SERVER_ADDRESS=127.0.0.1 \
    PYTORCH_VERSION=${LIBTORCH_VERSION}
ENTRYPOINT ["/__cacert_entrypoint.sh", "java", "-XX:MaxRAMPercentage=25", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-Donnxruntime.native.path=/opt/onnxruntime", "-jar", "/app/lossforge.jar"]

FROM worker-base AS worker-gpu
COPY --from=libtorch-cuda /opt/pytorch /opt/pytorch
COPY --from=build /natives/jnilib/linux-x86_64/cu128/libdjl_torch.so /opt/pytorch/torch/lib/libdjl_torch.so
COPY --from=build /layers/application ./
ENV PYTORCH_LIBRARY_PATH=/opt/pytorch/torch/lib \
    PYTORCH_FLAVOR=cu128 \
    LD_LIBRARY_PATH=/opt/pytorch/nvidia/cuda_runtime/lib \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM worker-base AS worker
COPY --from=build /natives/pytorch/cpu/linux-x86_64 /opt/libtorch
COPY --from=build /layers/application ./
ENV PYTORCH_LIBRARY_PATH=/opt/libtorch \
    PYTORCH_FLAVOR=cpu
