import { beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { BUILD_TIMEOUT, bunnect, probe, run } from './executables.ts'

let executable: string
let probed: string
beforeAll(async () => {
  executable = await bunnect()
  probed = await probe()
  await run(['scripts/apt', 'qemu-user'])
}, BUILD_TIMEOUT)

const LOADED = { again: true, producer: 'function', consumer: 'function', inMemory: true }

/** `unshare` for a mount namespace of our own, in which `mount` may be used. */
async function unshare(): Promise<string[]> {
  for (const command of [
    ['unshare', '-m'],
    ['unshare', '-U', '-r', '-m'],
  ])
    if (Bun.spawnSync([...command, 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stderr: 'ignore' }).success)
      return command
  throw new Error(
    'These tests need to mount things: run them as root, or allow user namespaces ' +
      '(sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0).',
  )
}

/**
 * Runs a shell script in a mount namespace of its own; `$program` in it is the executable, at a place that
 * mounting over /tmp does not hide.
 */
async function confined(script: string, program: string): Promise<string> {
  const prepare = `set -e; mount --bind '${dirname(program)}' /mnt; program=/mnt/${basename(program)}; cd /`
  return run([...(await unshare()), 'sh', '-c', `${prepare}\n${script}`])
}

const NOEXEC_TMP = `
  mount -t tmpfs -o noexec tmp /tmp
  cp "$(command -v env)" /tmp/control
  if /tmp/control 2>/dev/null; then echo '/tmp is executable' >&2; exit 1; fi
  rm /tmp/control`
const READ_ONLY = `
  awk '$5 !~ "^/(proc|sys|dev)(/|$)" { print $5 }' /proc/self/mountinfo | while read -r place; do
    # What another mount hides cannot be reached, by the program neither.
    [ ! -e "$place" ] || mount -o remount,bind,ro "$place"
  done
  for place in / /tmp "$HOME" "$PWD"; do
    if touch "$place/control" 2>/dev/null; then echo "$place is writable" >&2; exit 1; fi
  done`
const PLACES = [
  ['a /tmp from which nothing can be executed', NOEXEC_TMP],
  ['a read-only root file system', READ_ONLY],
] as const

describe.each(PLACES)('with %s', (_, mounts) => {
  test('bunnect starts', async () => {
    expect(await confined(`${mounts}\n"$program" --version`, executable)).toStartWith('bunnect ')
  })

  test('the native client loads', async () => {
    const report = JSON.parse(await confined(`${mounts}\n"$program" load`, probed))
    expect(report).toMatchObject(LOADED)
  })
})

/** Ends with what stands in the file of the sink; what the worker leaves in /tmp is an error. */
const FIVE_LINES = `
  mount -t tmpfs data /srv
  cd /srv
  cat >worker.properties <<W
bootstrap.servers=embedded
bunnect.data.dir=data
listeners=http://127.0.0.1:0
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
offset.storage.file.filename=connect.offsets
W
  printf '%s\\n' name=source connector.class=FileStreamSource file=in.txt topic=t >source.properties
  printf '%s\\n' name=sink connector.class=FileStreamSink file=out.txt topics=t >sink.properties
  printf '%s\\n' one two three four five >in.txt
  "$program" standalone worker.properties source.properties sink.properties 2>log &
  worker=$!
  tries=0
  until [ "$(cat out.txt 2>/dev/null | wc -l)" -ge 5 ]; do
    tries=$((tries + 1))
    if ! kill -0 $worker || [ $tries -gt 600 ]; then cat log >&2; exit 1; fi
    sleep 0.1
  done
  kill -TERM $worker
  code=0; wait $worker || code=$?
  if [ $code != 143 ]; then cat log >&2; echo "the worker ended with $code" >&2; exit 1; fi
  left=$(find /tmp -mindepth 1)
  if [ -n "$left" ]; then echo "left behind: $left" >&2; exit 1; fi
  cat out.txt`

test('with both a worker moves records through the embedded log and leaves nothing in /tmp', async () => {
  const script = `${READ_ONLY}\n${NOEXEC_TMP}\n${FIVE_LINES}`
  expect(await confined(script, executable)).toBe('one\ntwo\nthree\nfour\nfive\n')
}, 120_000)

test('from the sources the native client loads from its file', async () => {
  const report = JSON.parse(await run([process.execPath, 'test/binary/probe.ts', 'load']))
  expect(report).toMatchObject({ ...LOADED, inMemory: false })
})

test('no file is left in /tmp', async () => {
  const script = 'mount -t tmpfs tmp /tmp; "$program" load >&2; find /tmp -mindepth 1'
  expect(await confined(script, probed)).toBe('')
})

test('the native client can TLS, SASL and every compression', async () => {
  const report = JSON.parse(await run([probed, 'load']))
  expect(report.features).toEqual(
    expect.arrayContaining([
      'ssl',
      'sasl_plain',
      'sasl_scram',
      'sasl_oauthbearer',
      'gzip',
      'snappy',
      'lz4',
      'zstd',
    ]),
  )
})

test('a start without Kafka does not load the native client', async () => {
  expect(JSON.parse(await run([probed, 'idle']))).toEqual({ inMemory: false })
})

describe('on a processor without AVX', () => {
  const nehalem = ['qemu-x86_64', '-cpu', 'Nehalem']

  test('an AVX2 instruction does end a program (the test would notice)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'avx2-'))
    try {
      const source = join(folder, 'avx2.c')
      writeFileSync(source, 'int main(void) { __asm__ volatile("vpaddb %ymm0, %ymm1, %ymm2"); return 0; }\n')
      await run(['gcc', '-o', join(folder, 'avx2'), source])
      const child = Bun.spawnSync([...nehalem, join(folder, 'avx2')], { stderr: 'ignore', cwd: folder })
      expect(child.signalCode).toBe('SIGILL')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('bunnect starts', async () => {
    expect(await run([...nehalem, executable, '--version'])).toStartWith('bunnect ')
  }, 120_000)

  test('the native client loads', async () => {
    expect(JSON.parse(await run([...nehalem, probed, 'load']))).toMatchObject({
      ...LOADED,
      inMemory: expect.anything(),
    })
  }, 120_000)
})
