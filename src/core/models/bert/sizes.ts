import type { BaseConfig } from '../spec';

export interface BertConfig extends BaseConfig {
  /** Neurons of the feed-forward; 0: four times the width. */
  hidden: number;
  /** GELU is its approximation by tanh; otherwise by the error function, as BERT has it. */
  tanh: boolean;
  /** Segments that a text may be of: rows of a table. All that is read here is of the first. */
  tokenTypes: number;
  /** Added to the variance. */
  normEpsilon: number;
}

/** Neurons of the feed-forward. */
export const innerOf = ({ width, hidden }: BertConfig): number => (hidden === 0 ? 4 * width : hidden);

/** The size that an inner width is. */
export const hiddenOf = (inner: number, width: number): number => (inner === 4 * width ? 0 : inner);
