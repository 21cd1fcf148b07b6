import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import type { Inspection } from '../../src/jobs/inspect';
import { ablationPrinter } from './ablation';
import { attentionPrinter } from './attention';
import { attributionPrinter } from './attribution';
import { embeddingsPrinter } from './embeddings';
import { headsPrinter } from './heads';
import { lensPrinter } from './lens';
import { lossPrinter } from './loss';
import { patchingPrinter } from './patching';
import type { Printer } from './printer';
import { weightsPrinter } from './weights';

const PRINTERS: { readonly [What in Inspection['what']]: Printer<What> } = {
  loss: lossPrinter,
  attention: attentionPrinter,
  lens: lensPrinter,
  heads: headsPrinter,
  ablation: ablationPrinter,
  attribution: attributionPrinter,
  patching: patchingPrinter,
  embeddings: embeddingsPrinter,
  weights: weightsPrinter,
};

/** Prints a result, or returns it for --json. */
export const printerOf = (found: Inspection, tokenizer: Tokenizer, labels?: readonly string[]) => {
  const printer = PRINTERS[found.what] as Printer<Inspection['what']>;
  return { json: () => printer.json(found, tokenizer, labels), print: () => printer.print(found, tokenizer, labels) };
};
