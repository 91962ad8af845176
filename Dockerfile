# The wheel, and nothing else, run by a user that owns nothing. Kerberos, the login that is meant to
# be used, is a C library and its Python side has no wheels: the first image has a compiler.
FROM python:3.13 AS build
WORKDIR /src
COPY pyproject.toml constraints.txt kerberos-constraints.txt README.md LICENSE ./
COPY orchestrator orchestrator
COPY workers workers
COPY scripts scripts
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels -r constraints.txt \
 && pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels -r kerberos-constraints.txt \
 && python -m venv /build \
 && /build/bin/pip install --no-cache-dir --no-index --find-links /wheels hatchling \
 && /build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.13-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgssapi-krb5-2 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/enrollmend --uid 10001 enrollmend
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links /wheels 'enrollmend[kerberos,lab]' \
 && rm -rf /wheels
USER enrollmend
WORKDIR /var/lib/enrollmend
ENV ENROLLMEND_HOME=/var/lib/enrollmend
ENTRYPOINT ["enrollmend"]
CMD ["--help"]
