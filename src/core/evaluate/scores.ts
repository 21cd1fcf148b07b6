/** What a model made of the tokens of a text, [tokens] each. */
export interface TokenScores {
  /** -ln of its probability, in nats; NOT_PREDICTED where it was only read. */
  loss: Float32Array;
  /** How many tokens had a higher score: 0 where it was the likeliest. */
  rank: Uint32Array;
  /** Probability of the likeliest. */
  confidence: Float32Array;
}

/** In place of a loss, which is never below 0. */
export const NOT_PREDICTED = -1;

export const emptyScores = (length: number): TokenScores => ({
  loss: new Float32Array(length).fill(NOT_PREDICTED),
  rank: new Uint32Array(length),
  confidence: new Float32Array(length),
});
