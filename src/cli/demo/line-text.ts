import { byHand } from './by-hand.ts'
import { demoFiles } from './line-files.ts'

/** How to do by hand what the demo did. `keep` is the folder that it was told to leave its files in. */
export function explanation(keep: string | null): string {
  return byHand(demoFiles('demo'), RUN, keep)
}

const RUN = `  seq 1 100000 > demo/input.txt
  bunnect standalone demo/worker.properties demo/source.properties demo/sink.properties

and in another terminal

  tail -f demo/output.txt
  echo 'one more' >> demo/input.txt
  curl 'localhost:8083/connectors?expand=status'

Against a real Kafka: put this in place of the first two lines of worker.properties.

  bootstrap.servers=localhost:9092
`
