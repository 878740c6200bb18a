/** Producers that are the real ones but for what a test changes about them. */
import type { KafkaError, Producer } from '../../../src/kafka/port.ts'

/** Calls go to the real producer; its outcomes come only where its `onDelivery` and `onFatal` are made to pass them on. */
export function around(producer: Producer): Producer {
  const wrapper = Object.create(producer, {
    nextSequence: { get: () => producer.nextSequence },
    inFlight: { configurable: true, get: () => producer.inFlight },
    onDelivery: { writable: true, value: () => {} },
    onFatal: { writable: true, value: () => {} },
  }) as Producer
  wrapper.send = (batch, from) => producer.send(batch, from)
  wrapper.refusal = (batch, from) => producer.refusal(batch, from)
  wrapper.room = signal => producer.room(signal)
  wrapper.flush = ms => producer.flush(ms)
  wrapper.close = ms => producer.close(ms)
  return wrapper
}

/** Outcomes are told when the gate opens. */
export function withheld(producer: Producer, gate: Promise<void>): Producer {
  const wrapper = around(producer)
  producer.onDelivery = runs => void gate.then(() => wrapper.onDelivery(runs))
  return wrapper
}

/** Every record is told as refused. */
export function refusingAll(producer: Producer, error: KafkaError): Producer {
  const wrapper = around(producer)
  producer.onDelivery = runs => wrapper.onDelivery(runs.map(run => ({ ...run, error })))
  return wrapper
}
