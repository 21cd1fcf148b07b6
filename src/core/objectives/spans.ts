/** Spans of a row that are taken out, as T5's own code takes them (random_spans_noise_mask and random_spans_helper of its preprocessors). */

export interface SpanSettings {
  /** Share of tokens that is taken out. */
  maskRate: number;
  /** Mean tokens of a span. */
  spanLength: number;
}

interface SpanSizes {
  /** Tokens that are taken out, in so many spans. */
  noise: number;
  spans: number;
  /** Of what is left, with a sentinel for each span and the end; and of the spans, each after its sentinel, with the end. */
  inputs: number;
  targets: number;
}

/**
 * What becomes of `tokens` tokens, two at least: one is taken out, and one is left. In f32, as T5's code reckons: 15 % of 350
 * are 52.5 in f64, and a little more there.
 */
export function spanSizes(tokens: number, { maskRate, spanLength }: SpanSettings): SpanSizes {
  const noise = Math.min(Math.max(roundEven(f32(tokens * f32(maskRate))), 1), tokens - 1);
  const left = tokens - noise;
  // Each span has a token, and so has what is before it.
  const spans = Math.min(Math.max(roundEven(f32(noise / f32(spanLength))), 1), left);
  return { noise, spans, inputs: left + spans + 1, targets: noise + spans + 1 };
}

/** Maximum number of tokens whose inputs and targets both fit into `context`; 2 where even three tokens do not fit. */
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
 * Lengths of spans in turn: of what is left, then of what is taken out, and so on; they add up to `tokens`.
 * @param draw the next number in [0, 1)
 */
export function spanLengths(tokens: number, settings: SpanSettings, draw: () => number): readonly number[] {
  const { noise, spans } = spanSizes(tokens, settings);
  const taken = segmentation(noise, spans, draw);
  const left = segmentation(tokens - noise, spans, draw);
  return taken.flatMap((length, i) => [left[i]!, length]);
}

/** `items` in so many segments, none empty: every way is equally likely. */
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

/** Fisher & Yates, from the end. */
export function shuffled<T>(values: T[], draw: () => number): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

/** Ids as an encoder reads them and a decoder answers: each span is a sentinel there, and follows it here. */
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

/** To the nearest whole number, to the even one where two are as near: as NumPy and TensorFlow round. */
function roundEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}
