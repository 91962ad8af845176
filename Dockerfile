# The wheel, and nothing else, run by a user that owns nothing.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY orchestrator orchestrator
COPY workers workers
COPY scripts scripts
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels -r constraints.txt \
 && python -m venv /build \
 && /build/bin/pip install --no-cache-dir --no-index --find-links /wheels hatchling \
 && /build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /var/lib/enrollmend --uid 10001 enrollmend
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links /wheels 'enrollmend[lab]' \
 && rm -rf /wheels
USER enrollmend
WORKDIR /var/lib/enrollmend
ENV ENROLLMEND_HOME=/var/lib/enrollmend
ENTRYPOINT ["enrollmend"]
CMD ["--help"]
