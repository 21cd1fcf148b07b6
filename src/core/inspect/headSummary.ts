/** Where a head looks on average. */
import type { AttentionMaps } from './attention';

interface HeadSummary {
  /** Index in `layers` of the maps, and of the head in its layer. */
  layer: number;
  head: number;
  /** Mean entropy of a query's weights, in nats: 0 if each query sees one key. */
  entropy: number;
  /** Mean weight on the token before the query, the first token and the query itself, over all queries but the first; 0 for one token. */
  previous: number;
  first: number;
  itself: number;
}

/** Number of heads in each layer of the maps. */
export const headsOf = ({ layers, queries, keys }: AttentionMaps): number =>
  (layers[0]?.length ?? 0) / (queries * keys);

/** Weights of one head, [queries, keys]. */
export const headOf = ({ layers, queries, keys }: AttentionMaps, layer: number, head: number): Float32Array =>
  layers[layer]!.subarray(head * queries * keys, (head + 1) * queries * keys);

export function headSummaries(maps: AttentionMaps): readonly HeadSummary[] {
  return maps.layers.flatMap((_, layer) =>
    Array.from({ length: headsOf(maps) }, (__, head) => summaryOf(maps, layer, head)),
  );
}

function summaryOf(maps: AttentionMaps, layer: number, head: number): HeadSummary {
  const { queries, keys } = maps;
  const weights = headOf(maps, layer, head);
  let [entropy, previous, first, itself] = [0, 0, 0, 0];
  for (const weight of weights) if (weight > 0) entropy -= weight * Math.log(weight);
  for (let query = 1; query < queries; query++) {
    const row = weights.subarray(query * keys, (query + 1) * keys);
    previous += row[query - 1] ?? 0;
    first += row[0]!;
    itself += row[query] ?? 0;
  }
  const others = Math.max(1, queries - 1);
  return { layer, head, entropy: entropy / queries, previous: previous / others, first: first / others, itself: itself / others }; // prettier-ignore
}
