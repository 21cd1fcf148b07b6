/** Span corruption of a row, like T5's own code (random_spans_noise_mask and random_spans_helper of its preprocessors). */

export interface SpanSettings {
  /** Share of tokens in removed spans. */
  maskRate: number;
  /** Mean length of a span, in tokens. */
  spanLength: number;
}

interface SpanSizes {
  /** Number of tokens in removed spans, and number of spans. */
  noise: number;
  spans: number;
  /**
   * Lengths including the end token: of the inputs, with a sentinel per span, and of the targets, with a sentinel before each
   * span.
   */
  inputs: number;
  targets: number;
}

/**
 * Sizes for `tokens` tokens, at least two: at least one is removed, and one stays. Computes in f32 like T5's code: 15 % of
 * 350 are 52.5 in f64, and slightly more in f32.
 */
export function spanSizes(tokens: number, { maskRate, spanLength }: SpanSettings): SpanSizes {
  const noise = Math.min(Math.max(roundEven(f32(tokens * f32(maskRate))), 1), tokens - 1);
  const left = tokens - noise;
  // Each span has at least one token, and so does the text before it.
  const spans = Math.min(Math.max(roundEven(f32(noise / f32(spanLength))), 1), left);
  return { noise, spans, inputs: left + spans + 1, targets: noise + spans + 1 };
}

/** Maximum number of tokens whose inputs and targets both fit into `context`; at least 2. */
export function spanReach(context: number, settings: SpanSettings): number {
  const fits = (tokens: number): boolean => {
    const { inputs, targets } = spanSizes(tokens, settings);
    return inputs <= context && targets <= context;
  };
  let tokens = 2;
  while (fits(tokens + 1)) tokens++;
  return tokens;
}

/**
 * Alternating lengths of kept and removed spans, beginning with a kept one; they add up to `tokens`.
 * @param draw the next number in [0, 1)
 */
export function spanLengths(tokens: number, settings: SpanSettings, draw: () => number): readonly number[] {
  const { noise, spans } = spanSizes(tokens, settings);
  const taken = segmentation(noise, spans, draw);
  const left = segmentation(tokens - noise, spans, draw);
  return taken.flatMap((length, i) => [left[i]!, length]);
}

/** Splits `items` into nonempty segments; every split is equally likely. */
function segmentation(items: number, segments: number, draw: () => number): number[] {
  const begins = shuffled(
    Array.from({ length: items - 1 }, (_, i) => i < segments - 1),
    draw,
  );
  const lengths = [1];
  for (const isFirst of begins) {
    if (isFirst) lengths.push(1);
    else lengths[lengths.length - 1]! += 1;
  }
  return lengths;
}

/** Fisher-Yates shuffle, from the end. */
export function shuffled<T>(values: T[], draw: () => number): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

/** Ids of the encoder's input and the decoder's target: a sentinel replaces each span in one, and precedes it in the other. */
export function corrupted(
  ids: Uint32Array,
  lengths: readonly number[],
  sentinel: (n: number) => number,
  end: number,
): { inputs: number[]; targets: number[] } {
  const [inputs, targets]: [number[], number[]] = [[], []];
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    const span = ids.subarray(at, at + length);
    if (i % 2 === 0) inputs.push(...span);
    else {
      const mark = sentinel((i - 1) / 2);
      inputs.push(mark);
      targets.push(mark, ...span);
    }
    at += length;
  }
  return { inputs: [...inputs, end], targets: [...targets, end] };
}

const f32 = Math.fround;

/** Rounds half to even, like NumPy and TensorFlow. */
function roundEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}
