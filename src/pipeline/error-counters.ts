/**
 * How often things went wrong in one task, since its start. Java: ErrorHandlingMetrics (group
 * task-error-metrics, whose names stand at the fields)
 */
export class ErrorCounters {
  /** total-record-failures: every attempt that failed in a retriable way, and every final failure. */
  failures = 0
  /** total-record-errors: operations that ended with a failed record. */
  errors = 0
  /** total-records-skipped */
  skipped = 0
  /** total-retries */
  retries = 0
  /** total-errors-logged */
  logged = 0
  /** deadletterqueue-produce-requests */
  deadLetterRequests = 0
  /** deadletterqueue-produce-failures */
  deadLetterFailures = 0
  /** last-error-timestamp: ms since 1970, 0 = never. */
  lastErrorTimestamp = 0

  /** In the order of the group's metrics in observe/metrics/task-templates.ts. */
  values(): number[] {
    return [
      this.failures,
      this.errors,
      this.skipped,
      this.retries,
      this.logged,
      this.deadLetterRequests,
      this.deadLetterFailures,
      this.lastErrorTimestamp,
    ]
  }
}
