#!/usr/bin/env bash
# Programs that others wrote, against a real server: Prism, openapi-typescript and openapi-fetch, wrk, and an agent that loops.
# Arguments: the parts to run; none runs all of them. Exit codes: 0 all passed, 1 something failed, 77 the protocol's files are not here.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

export CYCLES_PROTOCOL_DIR="${CYCLES_PROTOCOL_DIR:-$here/../../../shared/protocol}"
for file in cycles-protocol-v0.yaml cycles-governance-admin-v0.1.25.yaml; do
  if [[ ! -f "$CYCLES_PROTOCOL_DIR/$file" ]]; then
    echo "The protocol's $file is not in $CYCLES_PROTOCOL_DIR. Set CYCLES_PROTOCOL_DIR to the folder of the protocol's YAML files." >&2
    exit 77
  fi
done
CYCLES_PROTOCOL_DIR="$(cd "$CYCLES_PROTOCOL_DIR" && pwd)"
cd "$here"

npm ci --no-audit --no-fund --loglevel error
rm -rf generated logs

if [[ -z "${CYCLES_SERVER_COMMAND:-}" ]]; then
  (cd ../.. && dotnet build -c Release src/Cycles.Gateway --verbosity quiet)
  export CYCLES_SERVER_COMMAND='dotnet run -c Release --no-build --project src/Cycles.Gateway --'
fi

suites=("$@")
[[ $# -gt 0 ]] || suites=(validating-proxy.mjs typed-client.mjs load.mjs agent-loop.mjs)

mkdir -p logs
status=0
node --test --test-concurrency=1 \
  --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=./count-reporter.mjs --test-reporter-destination=logs/summary.txt \
  "${suites[@]}" || status=$?
cat logs/summary.txt
exit "$status"
