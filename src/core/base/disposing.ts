/** Returns the result of `make`. If it throws, disposes `needed` first. */
export function disposingOnFailure<T>(needed: readonly { dispose(): void }[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    for (const each of needed) each.dispose();
    throw error;
  }
}
