#!/usr/bin/env bash
# Adds a migration of one service for both databases: build/add-migration.sh KeyService AddBudgets
set -euo pipefail
cd "$(dirname "$0")/.."
service=${1:?the service, for example KeyService}
name=${2:?the name of the migration, for example AddBudgets}
short=${service%Service}
contexts=("Sqlite${short}DbContext" "Postgres${short}DbContext")
dotnet tool restore
dotnet build build/Migrations -v q --nologo
for context in "${contexts[@]}"; do
  database=${context%%"$short"*}
  dotnet ef migrations add "$name" --no-build --project "$service" --startup-project build/Migrations \
    --context "$context" --output-dir "Data/Migrations/$database"
done
