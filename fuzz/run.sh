#!/bin/sh
# Lets the fuzzer loose on one test: run.sh CLASS.METHOD SECONDS, for example run.sh ControlFuzzTest.builds 600. What it
# finds is kept as an input of that test.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/.." && pwd -P)
test=$1
seconds=$2
cd "$home"
JAZZER_FUZZ=1 exec ${MVN:-mvn} -B -ntp -q -pl fuzz -am test -Dsurefire.failIfNoSpecifiedTests=false \
  "-Dtest=${test%%.*}#${test#*.}" "-Djazzer.max_duration=${seconds}s" "-Djazzer.instrument=org.jbuildkit.**"
