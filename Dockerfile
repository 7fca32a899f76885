# One image for launcher and worker: the same interpreter, the same wheel, the same pinned libraries on both sides.
#   docker build -t vigie .
#   docker run --rm -v "$PWD/data:/data" vigie ingest --data /data
#   Flink or Prism: --environment_type=DOCKER --environment_config=vigie · Dataflow: --sdk_container_image=…/vigie
# The steps of this file are run outside Docker by tests/test_image.py.
ARG PYTHON=3.11
ARG BEAM=2.77.0

FROM python:${PYTHON}-slim AS build
WORKDIR /build
COPY . .
RUN pip install --no-cache-dir build==1.6.1 && python -m build --wheel --outdir /wheels

FROM apache/beam_python${PYTHON}_sdk:${BEAM} AS beam

FROM python:${PYTHON}-slim
# Beam's boot program starts the Python worker; as a launcher the image runs `vigie` instead.
COPY --from=beam /opt/apache/beam /opt/apache/beam
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /wheels /tmp/wheels
# Into the global interpreter: boot makes its own environment on top of it, with the system's packages visible.
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt /tmp/wheels/*.whl && pip check && rm -r /tmp/wheels /tmp/constraints.txt
ENV RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1 VIGIE_DATA=/data
COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN useradd --create-home vigie && mkdir /data && chown vigie /data
USER vigie
VOLUME /data
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
