/** The signal that ends what a command waits for. */

let current: AbortSignal | undefined;

export function setInterruption(signal: AbortSignal): void {
  current = signal;
}

/** Undefined before a command can be interrupted. */
export const interruption = (): AbortSignal | undefined => current;
