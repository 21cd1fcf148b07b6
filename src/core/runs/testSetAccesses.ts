/** Counts accesses to the test part. Each access that decides something makes it more like a validation part. */
import { listOf } from '../base/limits';
import { z } from '../base/zod';

/** Maximum number of different test parts of a run. */
const MAX_TEST_SETS = 1000;

/** `testSet`: identifies the test part's text. A run's other data has its own count. */
export const testSetAccessesSchema = listOf(
  z.strictObject({ of: z.string(), count: z.int().positive() }),
  MAX_TEST_SETS,
);
type TestSetAccesses = z.infer<typeof testSetAccessesSchema>;

export const testSetAccessCount = (looks: TestSetAccesses | undefined, testSet: string): number =>
  looks?.find((access) => access.of === testSet)?.count ?? 0;

/** Adds one access. */
export const withTestSetAccess = (looks: TestSetAccesses = [], testSet: string): TestSetAccesses => [
  ...looks.filter((access) => access.of !== testSet).slice(1 - MAX_TEST_SETS),
  { of: testSet, count: testSetAccessCount(looks, testSet) + 1 },
];

/** `1st`, `2nd`, `11th`. */
export function ordinal(n: number): string {
  const last = n % 10;
  const isTeen = Math.floor(n / 10) % 10 === 1;
  return `${n}${isTeen || last > 3 ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th')}`;
}
