import { byHand } from './by-hand.ts'
import { shopFiles } from './shop-files.ts'

/** How to do by hand what the demo did. `keep` is the folder that it was told to leave its files in. */
export function explanation(keep: string | null): string {
  return byHand(shopFiles('demo'), RUN, keep)
}

const RUN = `  bunnect demo jdbc --keep demo        # for its shop.db; any SQLite file with an id in each table will do
  bunnect standalone demo/worker.properties demo/source.properties demo/sink.properties

Another database: put its URL in place of jdbc:sqlite:…, for example

  connection.url=jdbc:postgresql://localhost:5432/shop
  connection.user=me
  connection.password=\${file:/etc/secrets.properties:shop}

Against a real Kafka and its schema registry, in worker.properties:

  bootstrap.servers=localhost:9092
  value.converter.schema.registry.url=http://localhost:8081
`
