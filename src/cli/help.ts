export const USAGE = `bunnect: Kafka Connect as one executable

  bunnect standalone worker.properties [connector1.properties c2.json ...]
      Runs connectors in a worker of its own, without a cluster;
      bootstrap.servers=embedded needs no Kafka.
  bunnect distributed worker.properties
      Runs a worker of a cluster, beside JVM workers of its group.id too:
      connectors come through REST and are kept in Kafka topics.
      Without a file either takes its keys from variables: CONNECT_GROUP_ID is
      group.id, __ a dash, ___ an underscore.
  bunnect decommission [worker.properties | --url http://host:8083]
      Has a running worker of a cluster hand its work to the others at once and
      leave; then its process can be stopped. Without either it asks
      http://localhost:8083.
  bunnect schema-registry [schema-registry.properties]
                          [--listeners http://127.0.0.1:8081] [--data DIR]
      Serves a schema registry for Avro, Protobuf and JSON Schema from a file in
      DIR (bunnect-data).
  bunnect demo [--lines N] [--keep DIR]
      Moves a generated file through the embedded log and shows how to do it by
      hand.
  bunnect demo jdbc [--orders N] [--keep DIR]
      The same with a database: copies a shop from SQLite to SQLite.
  bunnect offsets export --java FILE worker.properties
      Writes the source offsets as a file that the JVM's standalone worker
      resumes from.
  bunnect plugin-types > bunnect.d.ts
      Prints the types of plugins and scripts for your editor.
  bunnect test suite.test.ts ... [--bootstrap-server HOST:PORT]
                                 [--plugin-path DIR] [--only TEXT]
      Holds connectors of your own to what every connector should do, on the
      embedded log or a Kafka; the plugins are those beside the suite.

  --mode MODE         standalone or distributed: as the command of that name
  --debug             stack traces and debug log lines
  --version, -v       this version and that of Kafka Connect it stands in for
  --help, -h          this text

Log lines and complaints go to standard error; standard output belongs to
connectors. With LOG_DIR there is a file LOG_DIR/connect.log too.
KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=FILE names a Log4j configuration
for levels, file and rotation (-Dlog4j.configuration=file:FILE does, too).
bin/connect-distributed.sh and bin/connect-standalone.sh start a worker as
Kafka's scripts do.
SIGTERM or SIGINT stops tasks and commits offsets; a second one ends at once.
Exit codes: 0 done, 1 usage, or a worker that could not go on, 2 configuration,
start, or a class that its group needs and it lacks, 3 offset file or a
connector of the command line, 143 after SIGTERM, 130 after SIGINT, 129 after
SIGHUP.
`
