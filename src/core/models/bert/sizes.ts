import type { BaseConfig } from '../spec';

export interface BertConfig extends BaseConfig {
  /** Neurons of the feed-forward; 0: four times the width. */
  hidden: number;
  /** Uses the tanh approximation of GELU; otherwise exact GELU, as in BERT. */
  tanh: boolean;
  /** Rows of the token type (segment) table. All texts here are in the first segment. */
  tokenTypes: number;
  /** Added to the variance. */
  normEpsilon: number;
}

/** Neurons of the feed-forward. */
export const innerOf = ({ width, hidden }: BertConfig): number => (hidden === 0 ? 4 * width : hidden);

/** Returns the `hidden` size for an inner width. */
export const hiddenOf = (inner: number, width: number): number => (inner === 4 * width ? 0 : inner);
