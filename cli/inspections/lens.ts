/** Logit lens: predictions after each layer. */
import { formatReading, formatShare } from '../../src/core/base/units';
import { tokenText } from '../../src/core/inspect/tokenText';
import { inColumns } from '../table';
import { print } from '../terminal';
import { alternativesJson, inFloat, type Printer, quoted, textsOf } from './printer';

/** A depth is before the first layer, or after a layer. */
const depthName = (depth: number): 'embedding' | number => (depth === 0 ? 'embedding' : depth - 1);

export const lensPrinter: Printer<'lens'> = {
  json({ passage, predictions, lenses }, tokenizer) {
    return {
      tokens: textsOf(tokenizer, passage.ids),
      ...(passage.source && { source: textsOf(tokenizer, passage.source) }),
      predictions: lenses.map(({ answer, depths, firstLeads }, i) => {
        const { position, expected } = predictions[i]!;
        return {
          position,
          ...(expected !== undefined && { token: tokenText(tokenizer, expected) }),
          answer: tokenText(tokenizer, answer),
          firstLeads: depthName(firstLeads),
          depths: depths.map(({ divergence, answer: { probability, rank }, loss, entropy, alternatives }, depth) => ({
            after: depthName(depth),
            divergence: inFloat(divergence),
            answer: { probability: inFloat(probability), rank },
            ...(loss !== undefined && { loss: inFloat(loss) }),
            entropy: inFloat(entropy),
            alternatives: alternativesJson(tokenizer, alternatives),
          })),
        };
      }),
    };
  },

  print({ predictions, lenses }, tokenizer) {
    const head = ['token', 'answer', 'first leads after', 'after', 'most probable', 'probability', 'KL to the output (nats)']; // prettier-ignore
    const rows = lenses.flatMap(({ answer, depths, firstLeads }, i) =>
      depths.map(({ divergence, alternatives: [best] }, depth) => {
        const { expected } = predictions[i]!;
        const token = expected === undefined ? '' : quoted(tokenizer, expected);
        const own = depth === 0 ? [token, quoted(tokenizer, answer), String(depthName(firstLeads))] : ['', '', ''];
        const likely = [quoted(tokenizer, best!.id), formatShare(best!.probability)];
        return [...own, String(depthName(depth)), ...likely, formatReading(divergence)];
      }),
    );
    for (const line of inColumns([head, ...rows], 5)) print(line);
  },
};
