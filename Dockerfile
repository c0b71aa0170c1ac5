# CPU:   docker build -t ggtoolbox .
# CUDA:  docker build -t ggtoolbox:cuda --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu128 .
# Train: docker run --rm -v "$PWD/work_dirs:/work/work_dirs" ggtoolbox train gaugan_sau_toyworld-64
#        (with CUDA: --gpus all --shm-size 8g)
# Page:  docker run --rm -p 7860:7860 ggtoolbox demo --host 0.0.0.0
FROM python:3.11-slim
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN apt-get update && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /ggtoolbox
COPY requirements.txt ./
RUN pip install --no-cache-dir --index-url "$TORCH_INDEX" "$(grep '^torch==' requirements.txt)" \
    && pip install --no-cache-dir -r requirements.txt
COPY setup.py pyproject.toml MANIFEST.in README.md LICENSE model-index.yml ./
COPY ggtoolbox ggtoolbox
COPY configs configs
COPY tools tools
COPY demo demo
RUN pip install --no-cache-dir '.[demo]'
WORKDIR /work
ENTRYPOINT ["ggtoolbox"]
CMD ["--help"]
