#!/bin/sh
# Copy the bot's files that take effect without training to where Kustomize may read them. Run it before `kubectl apply -k`.
set -eu
cd "$(dirname "$0")"
mkdir -p files
cp ../../bot/questions.yml ../../bot/scoring.yml ../../bot/widget.yml files/
