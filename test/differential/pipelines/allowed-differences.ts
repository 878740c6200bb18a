import { type Outcome, oneLine } from './outcome.ts'

/** Where bunnect answers otherwise than the JVM, on purpose. */
export interface AllowedDifference {
  /** names of cases */
  cases: RegExp
  /** stands in DIFFERENCES.md, word for word */
  sentence: string
  /** makes what is expected of us out of the JVM's outcome */
  instead: (jvm: Outcome) => Outcome
}

export const allowedDifferences: AllowedDifference[] = [
  {
    cases: /^/,
    sentence:
      "in the log too (a failure and its causes are one line): the JVM's last log line is a stack frame",
    instead: jvm => ({ ...jvm, errorLog: jvm.errorLog.map(entry => [oneLine(entry)]) }),
  },
]
