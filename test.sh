#!/usr/bin/env bash
# Restores, builds and tests everything. The last line says how many tests passed; the exit code is 0 when none failed.
#   ./test.sh                              all tests
#   ./test.sh -namespace 'Tests.Startup*'  some of them; the arguments are those of the xUnit runner
# With CI=true the lock files must be up to date.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# NuGet needs a home directory; a bare container may have none.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  HOME=$(mktemp -d) || exit 1
  export HOME
fi
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# Quiet while it works; everything that it said when it does not.
run() {
  local what=$1
  shift
  if ! "$@" >"$log" 2>&1; then
    cat "$log"
    echo "$what failed."
    echo '0 passed, 1 failed'
    exit 1
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }

if ! has dotnet; then
  echo 'The .NET 10 SDK is missing: https://dotnet.microsoft.com/download'
  echo '0 passed, 1 failed'
  exit 1
fi

# The storage tests run on a PostgreSQL of their own, of which only the programs are needed.
if ! has initdb && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
  if [ "$(id -u)" = 0 ] && has apt-get; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } >"$log" 2>&1 \
      || echo 'PostgreSQL could not be installed: the tests that need it are skipped.'
  else
    echo 'PostgreSQL is missing (apt-get install postgresql): the tests that need it are skipped.'
  fi
fi
has npm || echo 'node and npm are missing: the tests of the JavaScript SDKs are skipped.'

locked=()
[ "${CI:-}" = true ] && locked=(--locked-mode)
run 'Restore' dotnet restore Gateway.sln "${locked[@]}"
# No build server stays behind.
run 'Build' dotnet build Gateway.sln --no-restore -v quiet -nodeReuse:false -p:UseSharedCompilation=false

artifacts/bin/Tests/debug/Tests -noLogo -noColor -noAutoReporters "$@" >"$log" 2>&1
code=$?

summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
if [ -z "$summary" ]; then
  cat "$log"
  echo "The test run ended early (exit code $code)."
  echo '0 passed, 1 failed'
  exit 1
fi

count() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
failed=$(($(count Failed) + $(count Errors)))
skipped=$(count Skipped)
passed=$(($(count Total) - $(count Failed) - skipped))

# A failed test with its output: from its heading to the next one.
[ "$failed" -gt 0 ] && awk '/^    [^ ].*\[(FAIL|SKIP)\]$|^  Finished: /{on=0} /\[FAIL\]$|^    \[(Test|Assembly|Collection|Fixture).*Cleanup Failure/{on=1} on' "$log"
grep -A1 '\[SKIP\]$' "$log" | grep -vE '\[SKIP\]$|^--$' | sed 's/^ */skipped: /' | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)/\2 (\1)/'

if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$code" -eq 0 ]
