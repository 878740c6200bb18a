import type { BenchCase, Measurement } from './case.ts'

/** All rounds of one case; figures per contender in the order they were taken. */
export interface CaseResult {
  case: BenchCase
  lines: number
  rounds: Map<string, Measurement[]>
}

export interface Row {
  contender: string
  figure: number
  lowest: number
  highest: number
  /** CPU-seconds a million records, or CPU-seconds where no records are counted */
  cpu: number
  peakRssMb: number
}

/** Median figure and CPU, highest peak, for each contender that ran. */
export function rows(result: CaseResult): Row[] {
  return [...result.rounds].map(([contender, measured]) => {
    const figures = measured.map(m => m.figure)
    const scale = result.case.countsRecords ? 1e6 / result.lines : 1
    return {
      contender,
      figure: median(figures),
      lowest: Math.min(...figures),
      highest: Math.max(...figures),
      cpu: median(measured.map(m => m.cpuSeconds)) * scale,
      peakRssMb: Math.max(...measured.map(m => m.peakRssMb)),
    }
  })
}

/** How many times better the second contender is, as figure, CPU and memory; undefined while one of them did not run. */
export function ratios(result: CaseResult): { figure: number; cpu: number; peakRss: number } | undefined {
  const [base, other] = result.case.contenders.map(name => rows(result).find(row => row.contender === name))
  if (base === undefined || other === undefined) return undefined
  const moreIsBetter = result.case.unit.endsWith('/s')
  return {
    figure: moreIsBetter ? other.figure / base.figure : base.figure / other.figure,
    cpu: base.cpu / other.cpu,
    peakRss: base.peakRssMb / other.peakRssMb,
  }
}

/** What contenders beyond the two lose against the second one, in rate and CPU. */
function lossOf(result: CaseResult): string[][] {
  const [, second] = result.case.contenders
  const all = rows(result)
  const base = all.find(row => row.contender === second)
  if (base === undefined) return []
  return all
    .filter(row => !result.case.contenders.includes(row.contender))
    .map(row => [
      result.case.name,
      `loss of ${row.contender}`,
      percent(1 - row.figure / base.figure),
      '',
      `${percent(row.cpu / base.cpu - 1)} more`,
      `${percent(row.peakRssMb / base.peakRssMb - 1)} more`,
    ])
}

/** What else a case tells, the median of the rounds. */
function alsoOf({ case: { name }, rounds }: CaseResult): string[][] {
  return [...rounds].flatMap(([contender, measured]) =>
    Object.keys(measured[0]?.also ?? {}).map(what => {
      const values = measured.map(m => m.also?.[what] ?? Number.NaN)
      return [name, contender, `${amount(median(values))} ${what}`, '', '', '']
    }),
  )
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

export function table(results: CaseResult[]): string {
  const lines: string[][] = [['case', 'contender', 'figure', 'lowest-highest', 'CPU', 'peak RSS']]
  for (const result of results) {
    const { name, unit, countsRecords } = result.case
    for (const row of rows(result)) {
      lines.push([
        name,
        row.contender,
        `${amount(row.figure)} ${unit}`,
        `${amount(row.lowest)}-${amount(row.highest)}`,
        `${row.cpu.toFixed(2)} s${countsRecords ? '/M' : ''}`,
        `${amount(row.peakRssMb)} MB`,
      ])
    }
    lines.push(...lossOf(result))
    lines.push(...alsoOf(result))
    const better = ratios(result)
    if (better !== undefined) {
      const times = (x: number) => `${x.toFixed(x < 10 ? 2 : 1)} x better`
      lines.push([name, 'ratio', times(better.figure), '', times(better.cpu), times(better.peakRss)])
    }
  }
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  return lines
    .map(line =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function amount(x: number): string {
  return x >= 100 ? Math.round(x).toLocaleString('en-US') : x.toFixed(1)
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
