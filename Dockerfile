# syntax=docker/dockerfile:1

# docker build -t warren .             the image: one executable, nothing else of ours
# docker build --target tests .        what docker-compose.test.yml runs

FROM node:22-bookworm-slim AS build
WORKDIR /src

# The pinned Bun and the locked packages: fetched anew only when one of these files changes.
COPY package.json bun.lock bunfig.toml ./
COPY script/bun-path script/
RUN bash -euc '. script/bun-path'

COPY . .
RUN script/build

FROM build AS tests
COPY --from=caddy:2.11.9 /usr/bin/caddy /usr/local/bin/caddy
# The tests ask git which files there are.
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends git
RUN git init -q && git add -A
CMD [".ci/run"]

FROM debian:12-slim
RUN install -d -m 0700 -o 10001 -g 10001 /data
COPY --from=build /src/dist/warren /warren
ENV WARREN_LISTEN=:8080 WARREN_DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/warren", "healthcheck"]
ENTRYPOINT ["/warren"]
CMD ["serve"]
