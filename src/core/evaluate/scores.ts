/** A model's scores for the tokens of a text, [tokens] each. */
export interface TokenScores {
  /** -ln of the token's probability, in nats; NOT_PREDICTED for tokens that are context only. */
  loss: Float32Array;
  /** Number of vocabulary entries with a higher score: 0 if the token was the likeliest. */
  rank: Uint32Array;
  /** Probability of the likeliest token. */
  confidence: Float32Array;
}

/** Replaces a loss, which is never negative. */
export const NOT_PREDICTED = -1;

export const emptyScores = (length: number): TokenScores => ({
  loss: new Float32Array(length).fill(NOT_PREDICTED),
  rank: new Uint32Array(length),
  confidence: new Float32Array(length),
});
