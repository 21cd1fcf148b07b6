/** Tasks of threads. A task reads its numbers and the heap, and writes only its own part of the heap. */
import { attend, attendBackward } from './attention';
import type { Heap } from './heap';
import { multiplyRows, packColumns } from './product';

/** `task`: index in the job; `thread`: owner of the scratch to use. */
type Task = (heap: Heap, numbers: Int32Array, task: number, thread: number) => void;

/** Decodes an address: addresses beyond 2^31 arrive as negative numbers. */
const address = (n: number): number => n >>> 0;

export const TASKS = {
  /** b: at, row, column; to; inner, columns; panels of a task */
  pack({ kernels }, [at, row, column, to, inner, columns, each], task) {
    const first = task * each!;
    const panels = Math.min(each!, Math.ceil(columns! / 8) - first);
    packColumns(
      kernels,
      { at: address(at!), row: row!, column: column! },
      address(to!),
      inner!,
      columns!,
      first,
      panels,
    );
  },
  /** a: at, row, column; packed; c: at, stride; inner, rows, columns; rows, panels per task; scratch: at, bytes each */
  multiply({ kernels }, numbers, task, thread) {
    const [at, row, column, packed, c, stride, inner, rows, columns, eachRows, eachPanels, scratch, scratchEach] =
      numbers as unknown as number[];
    const all = Math.ceil(columns! / 8);
    const groups = Math.ceil(all / eachPanels!);
    const first = Math.floor(task / groups) * eachRows!;
    const firstPanel = (task % groups) * eachPanels!;
    multiplyRows(
      kernels,
      { at: address(at!), row: row!, column: column! },
      address(packed!),
      { at: address(c!), stride: stride! },
      { inner: inner!, columns: columns! },
      { first, rows: Math.min(eachRows!, rows! - first) },
      { firstPanel, panels: Math.min(eachPanels!, all - firstPanel) },
      address(scratch!) + thread * scratchEach!,
      false,
    );
  },
  /** numbersOf(AttentionJob) */
  attend,
  attendBackward,
  /** weight, gradient, m, v, to; floats, floats of a task; factors; whether it decays */
  adamw({ kernels, floats }, numbers, task) {
    const [floatsOfAll, each, factors, decays] = [numbers[5]!, numbers[6]!, address(numbers[7]!), numbers[8] === 1];
    const first = task * each;
    const count = Math.min(each, floatsOfAll - first);
    const at = Array.from(numbers.subarray(0, 5), (start) => address(start) + 4 * first);
    const step = decays ? kernels.adamwDecaying : kernels.adamw;
    const whole = count - (count % 4);
    if (whole > 0) step(at[0]!, at[1]!, at[2]!, at[3]!, at[4]!, whole, factors);
    if (whole === count) return;
    // The last one to three elements are computed in a padded buffer of four.
    const all = floats();
    const places = at.map((start) => start / 4 + whole);
    const tail = address(numbers[9]!);
    const own = places.map((_, i) => tail / 4 + 4 * i);
    places.forEach((place, i) => all.copyWithin(own[i]!, place, place + count - whole));
    step(tail, tail + 16, tail + 32, tail + 48, tail + 64, 4, factors);
    for (const i of [2, 3, 4]) all.copyWithin(places[i]!, own[i]!, own[i]! + count - whole);
  },
} satisfies Record<string, Task>;
export type TaskName = keyof typeof TASKS;
