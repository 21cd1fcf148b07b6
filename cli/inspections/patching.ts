/** Share of a prediction that the stream of one token restores. */
import { formatReading } from '../../src/core/base/units';
import { tokenText } from '../../src/core/inspect/tokenText';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer, quoted, textsOf } from './printer';

export const patchingPrinter: Printer<'patching'> = {
  json({ position, explained, other, patching }, tokenizer, labels) {
    const { answer, foil, clean, corrupted, effects, encoder } = patching;
    const name = (output: number): string => (labels ? labels[output]! : tokenText(tokenizer, output));
    const rounded = (table: readonly (readonly number[])[]) => table.map((row) => row.map(inFloat));
    return {
      ...(position !== undefined && { position }),
      answer: name(answer),
      foil: name(foil),
      clean: inFloat(clean),
      corrupted: inFloat(corrupted),
      tokens: textsOf(tokenizer, explained.ids),
      against: textsOf(tokenizer, other.ids),
      effects: rounded(effects),
      ...(encoder && {
        source: textsOf(tokenizer, explained.source!),
        againstSource: textsOf(tokenizer, other.source!),
        encoder: rounded(encoder),
      }),
    };
  },

  print({ explained, other, patching }, tokenizer, labels) {
    const { answer, foil, clean, corrupted, effects, encoder } = patching;
    const tables = [
      ...(encoder ? [['Encoder', encoder, explained.source!, other.source!] as const] : []),
      [encoder ? 'Decoder' : '', effects, explained.ids, other.ids] as const,
    ];
    for (const [title, table, ids, otherIds] of tables) {
      if (title) print(title);
      const head = ['token', 'other token', 'embedding', ...table.slice(1).map((_, layer) => `layer ${layer}`)];
      const rows = ids.map((id, at) => [
        quoted(tokenizer, id),
        quoted(tokenizer, otherIds[at]!),
        ...table.map((row) => formatReading(row[at]!)),
      ]);
      for (const line of inColumns([head, ...rows], 2)) print(line);
    }
    const name = (output: number): string => (labels ? labels[output]! : quoted(tokenizer, output));
    print(
      `Logit of ${name(answer)} minus logit of ${name(foil)}: ${formatReading(clean)} in the prompt, ${formatReading(corrupted)} in the other text.`,
    );
    print('A cell is the share of this difference that the stream of one token restores, taken after that layer.');
  },
};
