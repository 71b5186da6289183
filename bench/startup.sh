#!/usr/bin/env bash
# Idle memory of Gateway.Standalone, and its time from process start to the first answer: bench/startup.sh [ROUNDS]
# The first start of a round makes its databases and keys (new directory); the second one finds them.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-7}
out=artifacts/bench/standalone
dotnet publish Gateway.Standalone -c Release -o "$out" -v q --nologo >/dev/null
work=$(mktemp -d)
trap 'kill "${pid:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT
port=18431

now() { date +%s%N; }
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

# start DIRECTORY: waits for the first answer of the echo model; sets pid, ms
start() {
  local begin; begin=$(now)
  Gateway__DataDirectory=$1 dotnet "$out/Gateway.Standalone.dll" --urls "http://127.0.0.1:$port" >"$work/log" 2>&1 &
  pid=$!
  for _ in $(seq 2000); do
    [ -n "${key:-}" ] || key=$(sed -n 's/^development key: //p' "$work/log")
    if [ -n "$key" ] && curl -sf -o /dev/null "http://127.0.0.1:$port/v1/chat/completions" -H "Authorization: Bearer $key" \
      -H 'content-type: application/json' -d '{"model":"echo","messages":[{"role":"user","content":"hi"}]}'; then
      ms=$((($(now) - begin) / 1000000))
      return
    fi
    sleep 0.01
  done
  echo "no answer:"; cat "$work/log"; exit 1
}

stop() { kill -TERM "$pid"; wait "$pid" || true; }

for round in $(seq "$rounds"); do
  key=; start "$work/$round"; echo "$ms" >>"$work/first"; stop
  start "$work/$round"; echo "$ms" >>"$work/again"
  sleep 10
  awk '/^VmRSS/ {print int($2/1024)}' "/proc/$pid/status" >>"$work/rss"
  stop
done

echo "rounds $rounds, medians"
echo "first start to first answer, ms: $(median <"$work/first")"
echo "later start to first answer, ms: $(median <"$work/again")"
echo "idle memory 10 s after one answer, MB RSS: $(median <"$work/rss")"
