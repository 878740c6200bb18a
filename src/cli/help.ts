export const USAGE = `bunnect: Kafka Connect as one executable

  bunnect standalone worker.properties [connector1.properties connector2.json ...]
      Runs connectors in a worker of its own, without a cluster; bootstrap.servers=embedded needs
      no Kafka.
  bunnect distributed worker.properties
      Runs a worker of a cluster: connectors come through REST and are kept in Kafka topics.
  bunnect demo [--lines N] [--keep DIR]
      Moves a generated file through the embedded log and shows how to do it by hand.
  bunnect offsets export --java FILE worker.properties
      Writes the source offsets as a file that the JVM's standalone worker resumes from.
  bunnect plugin-types > bunnect.d.ts
      Prints the types of plugins and scripts for your editor.

  --mode MODE         standalone or distributed: the same as the command of that name
  --debug             stack traces and debug log lines
  --version, -v       this program's version and the Kafka Connect version it stands in for
  --help              this text

Log lines and complaints go to standard error; standard output belongs to connectors.
SIGTERM or SIGINT stops tasks and commits offsets; a second one ends at once.
Exit codes: 0 done, 1 usage, 2 worker configuration or start, 3 herder or command-line connector,
143 after SIGTERM, 130 after SIGINT, 129 after SIGHUP.
`
