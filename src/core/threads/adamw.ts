/** AdamW on four weights at once, with each operation rounded as in TensorFlow.js, so that the bits are equal. */
import {
  add,
  type Code,
  type Func,
  get,
  int,
  load,
  loadSplat,
  minus,
  over,
  plus,
  repeat,
  root,
  set,
  store,
  times,
} from '../base/assembler';

/** Settings of a step, as floats in this order; kernels get their address. */
export const ADAMW_FACTORS = [
  'clip',
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'correction1',
  'correction2',
  'epsilon',
  'weightDecay',
  'rate',
] as const;
export type AdamWFactor = (typeof ADAMW_FACTORS)[number];

/** Reads weight and gradient, writes the new weight to `to`, and m and v in place. `floats` is a multiple of 4. */
export type AdamW = (
  weight: number,
  gradient: number,
  m: number,
  v: number,
  to: number,
  floats: number,
  factors: number,
) => void;

export function adamw(decays: boolean): Func {
  const [WEIGHT, GRADIENT, M, V, TO, FLOATS, FACTORS] = [0, 1, 2, 3, 4, 5, 6] as const;
  const FIRST_FACTOR = 7;
  const [G, NEW_M, NEW_V, DIRECTION] = [0, 1, 2, 3].map((i) => FIRST_FACTOR + ADAMW_FACTORS.length + i) as [
    number,
    number,
    number,
    number,
  ];
  const factor = (name: AdamWFactor): Code => get(FIRST_FACTOR + ADAMW_FACTORS.indexOf(name));
  const pointers = [WEIGHT, GRADIENT, M, V, TO];
  return {
    params: 7,
    i32s: 0,
    v128s: ADAMW_FACTORS.length + 4,
    body: [
      ADAMW_FACTORS.map((_, i) => set(FIRST_FACTOR + i, loadSplat(get(FACTORS), 4 * i))),
      repeat(
        [
          set(G, times(load(get(GRADIENT)), factor('clip'))),
          set(NEW_M, plus(times(load(get(M)), factor('beta1')), times(get(G), factor('oneMinusBeta1')))),
          set(NEW_V, plus(times(load(get(V)), factor('beta2')), times(times(get(G), get(G)), factor('oneMinusBeta2')))),
          store(get(M), get(NEW_M)),
          store(get(V), get(NEW_V)),
          set(
            DIRECTION,
            over(
              over(get(NEW_M), factor('correction1')),
              plus(root(over(get(NEW_V), factor('correction2'))), factor('epsilon')),
            ),
          ),
          decays ? set(DIRECTION, plus(get(DIRECTION), times(load(get(WEIGHT)), factor('weightDecay')))) : [],
          store(get(TO), minus(load(get(WEIGHT)), times(get(DIRECTION), factor('rate')))),
          pointers.map((local) => set(local, add(get(local), int(16)))),
          set(FLOATS, add(get(FLOATS), int(-4))),
        ],
        get(FLOATS),
      ),
    ],
  };
}
