import { expectThat } from './expectation.ts'
import type { Trial } from './trial.ts'

/** Nothing but the configuration that its owner wrote shows one of the connector's secrets (invariant 5). */
export async function expectHidden(trial: Trial): Promise<void> {
  const secrets = trial.secrets()
  expectThat(secrets.length > 0, 'the description tells no secret of this configuration')
  const places: [string, string][] = [
    ['the log', await trial.worker.log()],
    ['the status', JSON.stringify(await trial.status())],
  ]
  for (const path of ['/metrics', '/connectors?expand=status']) {
    const answer = await trial.worker.fetch(path)
    const text = await answer.text()
    if (answer.ok) places.push([`GET ${path}`, text])
  }
  for (const secret of secrets) {
    for (const [place, text] of places) {
      // Without the text around it, which would show it once more.
      expectThat(!text.includes(secret), `${place} shows a secret of ${secret.length} characters`)
    }
  }
}
