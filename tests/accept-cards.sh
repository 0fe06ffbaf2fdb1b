#!/bin/sh
# Writes the cards of all models anew (tests/Detection.Models.Tests/Snapshots), those of new models included; git shows what changed.
set -e
cd "$(dirname "$0")/Detection.Models.Tests"
dotnet build -v q --nologo
rm -f Snapshots/*.received.txt
find Snapshots -name '*.verified.txt' -delete
dotnet test --no-build --filter FullyQualifiedName~ModelCardTests > /dev/null 2>&1 || true
for file in Snapshots/*.received.txt; do
    [ -e "$file" ] && mv "$file" "${file%.received.txt}.verified.txt"
done
git status --short Snapshots
dotnet test --no-build --filter FullyQualifiedName~ModelCardTests
