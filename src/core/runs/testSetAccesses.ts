/** Counts accesses to the test part. Each access that decides something makes it more like a validation part. */
import { listOf } from '../base/limits';
import { z } from '../base/zod';

/** Maximum number of different test parts of a run. */
const MAX = 1000;

/** `of`: identifies the test part's text. A run's other data has its own count. */
export const testSetAccessesSchema = listOf(z.strictObject({ of: z.string(), count: z.int().positive() }), MAX);
type TestSetAccesses = z.infer<typeof testSetAccessesSchema>;

export const testSetAccessCount = (looks: TestSetAccesses | undefined, of: string): number =>
  looks?.find((each) => each.of === of)?.count ?? 0;

/** Adds one access. */
export const withTestSetAccess = (looks: TestSetAccesses = [], of: string): TestSetAccesses => [
  ...looks.filter((each) => each.of !== of).slice(1 - MAX),
  { of, count: testSetAccessCount(looks, of) + 1 },
];

/** `1st`, `2nd`, `11th`. */
export function ordinal(n: number): string {
  const last = n % 10;
  const isTeen = Math.floor(n / 10) % 10 === 1;
  return `${n}${isTeen || last > 3 ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th')}`;
}
