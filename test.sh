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
# Most processes of the tests live for seconds: nothing is measured for a better compilation later.
export DOTNET_TieredPGO=0
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
# All projects share a compiler of this build's own, and no build server stays behind.
compiler="gateway-build-$$"
stop_compiler() {
  local folder
  folder=$(dotnet msbuild -getProperty:RoslynTargetsPath ServiceDefaults/ServiceDefaults.csproj) \
    && dotnet exec "$folder/bincore/VBCSCompiler.dll" -shutdown "-pipename:$compiler" >/dev/null
}
trap 'stop_compiler; rm -f "$log"' EXIT
run 'Build' dotnet build Gateway.sln --no-restore -v quiet -nodeReuse:false -p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler"
stop_compiler
# The tests start hundreds of processes: none of them needs to compile what all of them share.
if dotnet publish build/Libraries -o artifacts/libraries -v quiet -nodeReuse:false >"$log" 2>&1; then
  for library in artifacts/libraries/*.dll; do
    # What has symbols beside it is our own.
    [ -e "${library%.dll}.pdb" ] && continue
    for folder in artifacts/bin/*/debug; do
      [ ! -e "$folder/${library##*/}" ] || cp "$library" "$folder/"
    done
  done
else
  echo 'The libraries could not be compiled ahead: the tests take longer.'
fi

report=$(mktemp) || exit 1
trap 'rm -f "$log" "$report"' EXIT
artifacts/bin/Tests/debug/Tests -noLogo -noColor -noAutoReporters -xml "$report" "$@" >"$log" 2>&1
code=$?

totals=$(grep -oE '<assembly [^>]*>' "$report" | head -n 1)
if [ -z "$totals" ]; then
  cat "$log"
  echo "The test run ended early (exit code $code)."
  echo '0 passed, 1 failed'
  exit 1
fi

count() { grep -oE " $1=\"[0-9]+\"" <<<"$totals" | grep -oE '[0-9]+'; }
passed=$(count passed)
failed=$(($(count failed) + $(count errors)))
skipped=$(count skipped)

# One line for each opening and closing tag of a test and for each piece of text.
lines() {
  sed -E 's/<(test|error|reason)[ >]/\n&/g; s#</(test|error|reason)>#\n&\n#g; s/<!\[CDATA\[/\n/g; s/\]\]>/\n/g' "$report" \
    | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

# Each failed test by its name, with its message, its stack trace and its output.
[ "$failed" -gt 0 ] && lines | awk '
  /^<(test|error) / {
    on = /^<error / || / result="Fail"/
    if (on) { sub(/^.* name="/, ""); sub(/" (result|time|type)=".*$/, ""); print "\nFAILED " $0 }
    next
  }
  /^<\/(test|error)>/ { on = 0 }
  on && !/^(<\/?[a-z-]+( [^>]*)?\/?>)*$/ { print "  " $0 }'
lines | awk '/^<reason>/ { getline; print "skipped: " $0 }' | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)/\2 (\1)/'

if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$code" -eq 0 ]
