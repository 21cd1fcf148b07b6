/**
 * Values made once per process. Each test file reloads our modules (unit.setup.ts), but the process stays, so its
 * global object has the shared values.
 */
const made: Map<string, unknown> = ((globalThis as { homegrownMade?: Map<string, unknown> }).homegrownMade ??= new Map<
  string,
  unknown
>());

/** Returns the result of the first `make`; don't change it. @param key unique name of the value, over all tests */
export function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}
