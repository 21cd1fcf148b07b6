/** What printers of inspections share. */
import type { Prediction } from '../../src/core/inspect/prediction';
import { tokenText } from '../../src/core/inspect/tokenText';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import type { Inspection, InspectionOf } from '../../src/jobs/inspect';

/** Shows the result of an inspection. */
export interface Printer<What extends Inspection['what']> {
  /** Last line of --json. @param labels of a classifier */
  json(found: InspectionOf<What>, tokenizer: Tokenizer, labels?: readonly string[]): object;
  print(found: InspectionOf<What>, tokenizer: Tokenizer, labels?: readonly string[]): void;
}

export const textsOf = (tokenizer: Tokenizer, ids: readonly number[]): readonly string[] =>
  ids.map((id) => tokenText(tokenizer, id));

/** Text of a token in a table, where spaces must show. */
export const quoted = (tokenizer: Tokenizer, id: number): string => JSON.stringify(tokenText(tokenizer, id));

/** Seven digits, which a 32-bit float has. */
export const inFloat = (x: number): number => Number(x.toPrecision(7));

export const alternativesJson = (tokenizer: Tokenizer, alternatives: Prediction['alternatives']) =>
  alternatives.map(({ id, probability }) => ({ token: tokenText(tokenizer, id), probability: inFloat(probability) }));
