/**
 * Values that are made once per process. Each test file reloads our modules (unit.setup.ts), but the process stays, so shared
 * values are on its global object.
 */
const made: Map<string, unknown> = ((globalThis as { homegrownMade?: Map<string, unknown> }).homegrownMade ??= new Map<
  string,
  unknown
>());

/** Returns what `make` gave the first time; nobody may change it. @param key names what `make` makes, in all of the tests */
export function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}
