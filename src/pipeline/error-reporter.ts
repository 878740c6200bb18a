import type { ProcessingContext } from './processing-context.ts'

/** Told of every record that fails. Java: org.apache.kafka.connect.runtime.errors.ErrorReporter */
export interface ErrorReporter<T> {
  /**
   * Takes the report at once; never throws. What it gives settles when the report is durable or failed, and may be
   * left alone; null when there is nothing to wait for.
   */
  report(context: ProcessingContext<T>): Promise<void> | null
  /** Resolves when further reports may come (invariant 7), null when they may now; never rejects. */
  room(): Promise<void> | null
  /** Resolves when everything reported so far is durable or failed, null when it is; never rejects. */
  settled(): Promise<void> | null
  /** Waits for what was reported at most `timeoutMs`; never rejects. Safe to call twice. */
  close(timeoutMs: number): Promise<void>
}
