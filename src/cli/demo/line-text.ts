import { relative } from 'node:path'
import { demoFiles } from './line-files.ts'

/** How to do by hand what the demo did. `keep` is the folder that it was told to leave its files in. */
export function explanation(keep: string | null): string {
  const { worker, source, sink } = demoFiles('demo')
  const lines = `
The same by hand. Make a folder demo with these three files:

# demo/worker.properties
${worker}
# demo/source.properties
${source}
# demo/sink.properties
${sink}
Then run

  seq 1 100000 > demo/input.txt
  bunnect standalone demo/worker.properties demo/source.properties demo/sink.properties

and in another terminal

  tail -f demo/output.txt
  echo 'one more' >> demo/input.txt
  curl 'localhost:8083/connectors?expand=status'

Against a real Kafka: put this in place of the first two lines of worker.properties.

  bootstrap.servers=localhost:9092
`
  return keep === null ? lines : `${lines}\nThe files of this run are in ${relative('', keep) || '.'}.\n`
}
