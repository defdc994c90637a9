# This workflow with what requirements-train.lock pins; docs/deploy.md says how to run it.
#   docker build -t naseval .                          # torch with CUDA
#   docker build -t naseval --build-arg TORCH=cpu .
FROM python:3.11-slim-bookworm
ARG TORCH=cuda
# libarchive reads Sport-8's RAR; git tells the commit of results, also to another user.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git libarchive13 make \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /opt/naseval
COPY . /opt/naseval
RUN cd /opt/naseval && PIP_NO_CACHE_DIR=1 make install TORCH=$TORCH
ENV PATH=/opt/naseval/.venv/bin:$PATH XDG_CACHE_HOME=/tmp/cache
WORKDIR /work
CMD ["snakemake", "--snakefile", "/opt/naseval/Snakefile", "--cores", "all", "--configfile", "/opt/naseval/config/demo.yaml"]
