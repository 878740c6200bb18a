import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'

/** Bytes of a line without its line feed. */
export const lineBytes = 100

/** The numbered line i: ten digits, then text that depends on the number, 100 bytes in all. */
export function numberedLine(i: number): string {
  const number = String(i).padStart(10, '0')
  const word = ((i * 2654435761) >>> 0).toString(36).padStart(7, '0')
  return `${number} ${word} ${word}${number}${word} ${number} ${word}${number}${word}`
    .padEnd(lineBytes, '.')
    .slice(0, lineBytes)
}

/** Writes `lines` numbered lines unless the file is there in full. */
export async function writeNumberedFile(file: string, lines: number): Promise<void> {
  if (existsSync(file) && Bun.file(file).size === lines * (lineBytes + 1)) return
  await writeLines(file, lines, numberedLine)
}

/** Writes the lines 0 to `lines` - 1; the file is there when all of them are. */
export async function writeLines(file: string, lines: number, line: (i: number) => string): Promise<void> {
  const writer = Bun.file(`${file}.part`).writer({ highWaterMark: 1 << 20 })
  let chunk = ''
  for (let i = 0; i < lines; i++) {
    chunk += `${line(i)}\n`
    if (chunk.length > 1 << 18) {
      writer.write(chunk)
      await writer.flush()
      chunk = ''
    }
  }
  writer.write(chunk)
  await writer.end()
  await rename(`${file}.part`, file)
}

export async function sha256(file: string): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256')
  for await (const chunk of Bun.file(file).stream()) hash.update(chunk)
  return hash.digest('hex')
}
