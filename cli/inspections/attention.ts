/** Attention weights: every head in one line, or one head token by token. */
import { formatReading, formatShare } from '../../src/core/base/units';
import type { AttentionMaps, AttentionSite } from '../../src/core/inspect/attention';
import { headOf, headsOf, headSummaries } from '../../src/core/inspect/headSummary';
import type { Passage } from '../../src/core/inspect/passage';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer, quoted, textsOf } from './printer';

export const attentionPrinter: Printer<'attention'> = {
  json({ passage, attention: { self, encoder, cross } }, tokenizer) {
    return {
      tokens: textsOf(tokenizer, passage.ids),
      attention: nested(self!),
      ...(passage.source && {
        source: textsOf(tokenizer, passage.source),
        encoder: nested(encoder!),
        cross: nested(cross!),
      }),
    };
  },

  print({ passage, attention, layer = 0, head }, tokenizer) {
    const sites = Object.entries(attention) as [AttentionSite, AttentionMaps][];
    for (const [site, maps] of sites) {
      if (sites.length > 1) print(SITES[site]);
      const isOne = headsOf(maps) === 1 && maps.layers.length === 1;
      const rows = isOne ? tokenRows(site, maps, passage, tokenizer) : headRows(maps, layer, head ?? 0);
      for (const line of inColumns(rows, isOne ? 2 : 0)) print(line);
    }
  },
};
const SITES: Readonly<Record<AttentionSite, string>> = {
  self: 'Decoder',
  encoder: 'Encoder',
  cross: 'Decoder to encoder',
};

/** [layer][head][query][key] */
const nested = (maps: AttentionMaps): number[][][][] =>
  maps.layers.map((_, layer) =>
    Array.from({ length: headsOf(maps) }, (__, head) => {
      const weights = headOf(maps, layer, head);
      return Array.from({ length: maps.queries }, (___, query) =>
        Array.from(weights.subarray(query * maps.keys, (query + 1) * maps.keys), inFloat),
      );
    }),
  );

function headRows(maps: AttentionMaps, firstLayer: number, firstHead: number): readonly (readonly string[])[] {
  const head = ['layer', 'head', 'entropy (nats)', 'on the previous token', 'on the first token', 'on itself'];
  const rows = headSummaries(maps).map(({ layer, head: index, entropy, previous, first, itself }) => [
    String(firstLayer + layer),
    String(firstHead + index),
    formatReading(entropy),
    ...[previous, first, itself].map(formatShare),
  ]);
  return [head, ...rows];
}

/** The keys with the highest weights of each query. */
function tokenRows(
  site: AttentionSite,
  maps: AttentionMaps,
  { ids, source = [] }: Passage,
  tokenizer: Tokenizer,
): readonly (readonly string[])[] {
  const [queries, keys] = [site === 'encoder' ? source : ids, site === 'self' ? ids : source];
  const weights = headOf(maps, 0, 0);
  const rows = queries.map((id, query) => {
    const row = weights.subarray(query * maps.keys, (query + 1) * maps.keys);
    const order = [...row.keys()].filter((key) => row[key]! > 0).sort((a, b) => row[b]! - row[a]! || a - b);
    const shown = order.slice(0, MAX_KEYS).map((key) => `${quoted(tokenizer, keys[key]!)} ${formatShare(row[key]!)}`);
    return [quoted(tokenizer, id), shown.join('  ')];
  });
  return [['token', 'attends to'], ...rows];
}
const MAX_KEYS = 4;
