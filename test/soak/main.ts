/** bun test/soak/main.ts [rounds]: prints RSS over time; exit code 1 unless it is flat over the last half. */
import { setLevel } from '../../src/observe/log.ts'
import { type SoakSample, soak } from './soak.ts'

const rounds = Number(process.argv[2] ?? 1000)
setLevel('OFF')
const samples = await soak({
  rounds,
  killEvery: 100,
  deadEvery: 25,
  sampleEvery: 25,
  sample: s =>
    console.log(
      `${String(s.round).padStart(5)} rounds ${String(s.seconds).padStart(5)} s  RSS ${s.rssMb.toFixed(1).padStart(6)} MB  ` +
        `${s.threads} threads  ${s.files} files  ${s.sent} sent  ${s.read} read  ${s.rebalances} rebalances  ` +
        `${s.kills} kills  ${s.dead} dead addresses`,
    ),
})

/** Medians, because a sample may fall into a burst. */
const median = (list: SoakSample[]) => list.map(s => s.rssMb).sort((a, b) => a - b)[list.length >> 1] ?? 0
// The last sample has no members left.
const half = samples.slice(samples.length >> 1, -1)
const third = median(half.slice(0, half.length >> 1))
const fourth = median(half.slice(half.length >> 1))
console.log(`RSS of the third quarter ${third} MB, of the fourth ${fourth} MB`)
process.exit(fourth > third * 1.05 ? 1 : 0)
