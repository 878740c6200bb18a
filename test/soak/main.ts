/**
 * bun test/soak/main.ts [rounds]: prints RSS over time; exit code 1 unless it is flat over the
 * last half and every record was read.
 */
import { setLevel } from '../../src/observe/log.ts'
import { quarterRss, soak } from './soak.ts'

const rounds = Number(process.argv[2] ?? 1000)
setLevel('OFF')
const samples = await soak({
  rounds,
  killEvery: 100,
  deadEvery: 25,
  sampleEvery: Math.max(1, Math.min(25, rounds >> 4)),
  sample: s =>
    console.log(
      `${String(s.round).padStart(5)} rounds ${String(s.seconds).padStart(5)} s  RSS ${s.rssMb.toFixed(1).padStart(6)} MB  ` +
        `${s.threads} threads  ${s.files} files  ${s.sent} sent  ${s.read} read  ${s.distinct} distinct  ${s.rebalances} rebalances  ` +
        `${s.kills} kills  ${s.dead} dead addresses`,
    ),
})

// The last sample has no members left.
const running = samples.slice(0, -1)
const third = quarterRss(running, 3)
const fourth = quarterRss(running, 4)
const { sent, distinct } = samples.at(-1)!
console.log(
  `RSS of the third quarter ${third} MB, of the fourth ${fourth} MB; ${distinct} of ${sent} records read`,
)
process.exit(fourth > third * 1.05 || distinct !== sent ? 1 : 0)
