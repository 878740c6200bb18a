#!/bin/sh
# Starts a @mode@ worker as Kafka's bin/connect-@mode@.sh does, with bunnect in place of the JVM: the executable lies
# beside this script or in the folder above. Needs nothing but a POSIX shell; made from src/cli/bin/connect.sh.
unset CDPATH
self=$0
while [ -h "$self" ]; do
  target=$(readlink "$self") || break
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
bin=$(cd "$(dirname "$self")" && pwd -P) || exit 1
base=$(dirname "$bin")
if [ -x "$bin/bunnect" ] && [ ! -d "$bin/bunnect" ]; then bunnect=$bin/bunnect
elif [ -x "$base/bunnect" ] && [ ! -d "$base/bunnect" ]; then bunnect=$base/bunnect
else
  echo "$0: there is no executable bunnect in $bin or $base" >&2
  exit 1
fi

usage() {
  echo "USAGE: $0 [-daemon] @usage@"
}

name=@name@
daemon=
loggc=
jvm=
next=
set -f
for word in ${EXTRA_ARGS-}; do
  if [ -n "$next" ]; then name=$word next=
  else
    case $word in
      -daemon) daemon=1 ;;
      -loggc) loggc=1 ;;
      -name) next=1 ;;
      *) jvm="$jvm $word" ;;
    esac
  fi
done
set +f
unset EXTRA_ARGS
while [ $# -gt 0 ]; do
  case $1 in
    -daemon) daemon=1 ;;
    -loggc) loggc=1 ;;
    -name)
      if [ $# -lt 2 ]; then
        usage >&2
        exit 1
      fi
      name=$2
      shift
      ;;
    *) break ;;
  esac
  shift
done
case ${1-} in
  --version | -version) exec "$bunnect" --version ;;
  --help | -h | -help)
    usage
    cat <<'H'
  -daemon     runs in the background; its output goes to $LOG_DIR/NAME.out
  -name NAME  names that file (@name@)
  -loggc      means nothing here: there is no JVM
  --version   what this is
The log goes to standard error and $LOG_DIR/connect.log (logs beside bin unless LOG_DIR is set), or where the Log4j
configuration in KAFKA_LOG4J_OPTS says. Without a file CONNECT_... variables make the configuration of the worker.
H
    exit 0
    ;;
esac
if [ $# -eq 0 ] && [ -z "${CONNECT_BOOTSTRAP_SERVERS-}" ]; then
  usage
  exit 1
fi

if [ -n "$jvm" ]; then
  KAFKA_OPTS="${KAFKA_OPTS-}$jvm"
  export KAFKA_OPTS
fi
if [ -z "${LOG_DIR-}" ]; then LOG_DIR=$base/logs; fi
export LOG_DIR
if [ -z "${KAFKA_LOG4J_OPTS-}" ] && [ -f "$base/config/connect-log4j2.yaml" ]; then
  # Kafka's own installation, in whose bin folder this script was put.
  BUNNECT_LOG4J_CONFIGURATION=$base/config/connect-log4j2.yaml
  export BUNNECT_LOG4J_CONFIGURATION
fi
if [ -n "$loggc" ]; then echo "$0: -loggc means nothing here: there is no JVM whose garbage collection could be logged" >&2; fi

if [ -z "$daemon" ]; then exec "$bunnect" @mode@ "$@"; fi
if ! mkdir -p "$LOG_DIR"; then
  echo "$0: -daemon needs a folder for the output; set LOG_DIR to one that can be written" >&2
  exit 1
fi
nohup "$bunnect" @mode@ "$@" >"$LOG_DIR/$name.out" 2>&1 </dev/null &
