import { relative } from 'node:path'
import type { DemoFiles } from './demo-worker.ts'

/**
 * How to do by hand what a demo did: its files, made for a folder `demo`, what to `run`, and whatever more there is
 * to say. `keep` is the folder that it was told to leave its files in.
 */
export function byHand({ worker, source, sink }: DemoFiles, run: string, keep: string | null): string {
  const text = `
The same by hand. Make a folder demo with these three files:

# demo/worker.properties
${worker}
# demo/source.properties
${source}
# demo/sink.properties
${sink}
Then run

${run}`
  return keep === null ? text : `${text}\nThe files of this run are in ${relative('', keep) || '.'}.\n`
}
