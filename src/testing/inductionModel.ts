/**
 * A GPT of two layers, made by hand, whose heads have one role each. The stream has a code of ±1 for the token, one for the
 * position, and room for the code of the token before, which layer 0 copies there. Layer 1 looks for that copy.
 */
import { bits } from '../core/base/rng';
import type { ModelChoice, Values } from '../core/models/network';
import { modelSpec } from '../core/models';
import { sizeOf } from '../core/models/spec';

const [TOKEN, POSITION, WIDTH] = [64, 32, 192];
const D = WIDTH / 2;
/** First columns of the codes of the token, the position and the token before. */
const [OF_TOKEN, OF_POSITION, OF_PREVIOUS] = [0, TOKEN, TOKEN + POSITION];
/** Sharpness of attention. */
const GAIN = 4;

/**
 * Layer 0: previous token, first token. Layer 1: induction, same token.
 * @param predicts whether the induction head writes the token that it finds, so that the model repeats it
 */
export function inductionModel(vocabulary: number, { predicts = false } = {}): { choice: ModelChoice; values: Values } {
  const choice = {
    id: 'gpt',
    config: { layers: 2, heads: 2, width: WIDTH, context: POSITION },
    vocabulary,
  } as const satisfies ModelChoice;
  const values = new Map(
    Object.entries(modelSpec('gpt').params(choice.config, vocabulary)).map(([name, { shape, init }]) => [
      name,
      { shape, data: new Float32Array(sizeOf(shape)).fill(init === 'ones' ? 1 : 0) },
    ]),
  );
  const data = (name: string): Float32Array => values.get(`transformer.${name}`)!.data;
  for (let id = 0; id < vocabulary; id++) data('wte.weight').set(tokenCode(id), id * WIDTH + OF_TOKEN);
  for (let at = 0; at < POSITION; at++) data('wpe.weight').set(positionCode(at), at * WIDTH + OF_POSITION);

  /** Adds `matrix` [from, to] to a layer's q (0), k (1) or v (2) of a head. */
  const project = (layer: number, kind: number, head: number, matrix: (row: number, column: number) => number) => {
    const weights = data(`h.${layer}.attn.c_attn.weight`);
    for (let row = 0; row < WIDTH; row++)
      for (let column = 0; column < D; column++)
        weights[row * 3 * WIDTH + kind * WIDTH + head * D + column]! += matrix(row, column);
  };
  const copies =
    (from: number, width: number, gain: number, to = 0) =>
    (row: number, column: number) =>
      row >= from && row < from + width && column - to === row - from ? gain : 0;

  // Head 0.0: the query of position i is the code of i - 1.
  project(0, 0, 0, (row, column) => {
    if (row < OF_POSITION || row >= OF_POSITION + POSITION || column >= POSITION) return 0;
    let sum = 0;
    for (let i = 0; i < POSITION; i++)
      sum += positionCode(i)[row - OF_POSITION]! * positionCode(Math.max(0, i - 1))[column]!;
    return (GAIN * sum) / POSITION;
  });
  project(0, 1, 0, copies(OF_POSITION, POSITION, 1));
  project(0, 2, 0, copies(OF_TOKEN, TOKEN, 1));
  for (let c = 0; c < TOKEN; c++) data('h.0.attn.c_proj.weight')[c * WIDTH + OF_PREVIOUS + c] = Math.SQRT1_2;
  // Head 0.1: every query is the code of position 0.
  data('h.0.attn.c_attn.bias').set(
    positionCode(0).map((x) => GAIN * x),
    D,
  );
  project(0, 1, 1, copies(OF_POSITION, POSITION, 1));
  // Head 1.0: queries are tokens, keys are tokens before.
  project(1, 0, 0, copies(OF_TOKEN, TOKEN, GAIN));
  project(1, 1, 0, copies(OF_PREVIOUS, TOKEN, 1));
  if (predicts) {
    project(1, 2, 0, copies(OF_TOKEN, TOKEN, 1));
    for (let c = 0; c < TOKEN; c++) data('h.1.attn.c_proj.weight')[c * WIDTH + OF_TOKEN + c] = 2 * GAIN;
  }
  // Head 1.1: queries and keys are tokens, away from the query's own position.
  project(1, 0, 1, copies(OF_TOKEN, TOKEN, GAIN));
  project(1, 1, 1, copies(OF_TOKEN, TOKEN, 1));
  project(1, 0, 1, copies(OF_POSITION, POSITION, -GAIN, TOKEN));
  project(1, 1, 1, copies(OF_POSITION, POSITION, 1, TOKEN));
  return { choice, values };
}

/** Half +1, half -1, so that a norm keeps it. */
function tokenCode(id: number): readonly number[] {
  const order = Array.from({ length: TOKEN }, (_, c) => c).sort(
    (a, b) => bits(1, 'code', id, a) - bits(1, 'code', id, b),
  );
  const code = new Array<number>(TOKEN).fill(-1);
  for (const c of order.slice(0, TOKEN / 2)) code[c] = 1;
  return code;
}

/** Row of a Hadamard matrix: codes are orthogonal. */
const positionCode = (at: number): readonly number[] =>
  Array.from({ length: POSITION }, (_, c) => {
    let parity = 0;
    for (let shared = at & c; shared > 0; shared >>= 1) parity ^= shared & 1;
    return parity === 0 ? 1 : -1;
  });
