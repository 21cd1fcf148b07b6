/** Signal that ends the waits of a command. */

let current: AbortSignal | undefined;

export function setInterruption(signal: AbortSignal): void {
  current = signal;
}

/** Undefined before a command can be interrupted. */
export const interruption = (): AbortSignal | undefined => current;
