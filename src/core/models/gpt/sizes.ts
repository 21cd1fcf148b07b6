import type { BaseConfig } from '../spec';

export interface GptConfig extends BaseConfig {
  /** Neurons of the feed-forward; 0, or absent: four times the width. */
  hidden?: number;
  /** Whether linear layers and norms have biases; absent: true. */
  biases?: boolean;
}

/** Neurons of the feed-forward. */
export const innerOf = ({ width, hidden = 0 }: GptConfig): number => (hidden === 0 ? 4 * width : hidden);

/** Returns the `hidden` size for an inner width. */
export const hiddenOf = (inner: number, width: number): number => (inner === 4 * width ? 0 : inner);
