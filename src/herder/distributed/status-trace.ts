import { quoted } from '../../data/json/text.ts'

/** Bytes of a trace in a record that every broker takes by default (1 MiB), and its cache with a thousand of them. */
export const MAX_TRACE_BYTES = 256 * 1024
/** Of a trace that was too long for this broker. */
export const SHORT_TRACE_BYTES = 4 * 1024
const NOTE_BYTES = 80

/** The trace, its middle left out if it is longer than `maxBytes` as JSON: the first error and the last cause tell. */
export function boundedTrace(trace: string, maxBytes: number): string {
  if (trace.length * 6 <= maxBytes) return trace
  if (trace.length <= maxBytes && Buffer.byteLength(quoted(trace)) <= maxBytes) return trace
  let kept = Math.min(trace.length - 1, maxBytes - NOTE_BYTES)
  for (;;) {
    const head = Math.ceil(kept * 0.7)
    const shortened =
      `${trace.slice(0, head)}\n… ${trace.length - kept} characters left out …\n` +
      trace.slice(trace.length - (kept - head))
    if (kept <= 0 || Buffer.byteLength(quoted(shortened)) <= maxBytes) return shortened
    kept = Math.floor(kept * 0.8)
  }
}
