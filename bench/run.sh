#!/usr/bin/env bash
# What the gateway costs beside nginx, a bare Kestrel forwarder and Portkey: bench/README.md says how to read it.
#   bench/run.sh [--quick | --goals | --profile] [--only S1.c64,S2] [--formats 'Chat,Chat → Anthropic'] [--targets standalone,forwarder] [--rounds N] [--seconds N] [--soak MINUTES]
# --quick measures for less than three minutes, --goals no more scenarios than the goals are about, --profile tells where the gateways' CPU goes (it needs perf). NO_BUILD=1 takes the programs that an earlier run has published.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Compiled ahead, as the container images are; the release of a gateway is what is measured.
if [ "${NO_BUILD:-}" != 1 ]; then
  # Apart from the builds of every day, whose lock files know of no platform.
  for project in Gateway.Standalone Gateway.Edge KeyService RoutingService UsageService bench/speed; do
    dotnet publish "$project" -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true \
      -p:ArtifactsPath="$PWD/artifacts/bench/build" -p:RestorePackagesWithLockFile=false -p:NuGetLockFilePath="$PWD/artifacts/bench/none.json" \
      -o "artifacts/bench/$(basename "$project")" -v q --nologo
  done
fi

has() { command -v "$1" >/dev/null 2>&1; }

# Without them their columns are missing, and the report says so.
if { [ ! -x /usr/sbin/nginx ] || ! has wrk; } && [ "$(id -u)" = 0 ] && has apt-get; then
  apt-get install -y --no-install-recommends nginx-light wrk >/dev/null 2>&1 || echo 'nginx and wrk could not be installed.'
fi
if has npm && [ ! -d bench/portkey/node_modules ]; then
  (cd bench/portkey && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) || echo 'Portkey could not be installed.'
fi

# Two sockets for each of 5,000 streams.
ulimit -n "$(ulimit -Hn)"
exec dotnet artifacts/bench/speed/SpeedBench.dll run "$@"
