/** Keeps the screen on while training. The browser lets go when the tab is hidden, so it is asked again when it shows. */
export function createWakeLock(): { hold(): void; release(): void } {
  let held = false;
  const isHeld = (): boolean => held; // it may change during the request
  let sentinel: WakeLockSentinel | undefined;

  async function ask(): Promise<void> {
    if (!held || document.hidden) return;
    try {
      // Older browsers have no wakeLock; a refusal (battery saver) costs nothing but the dark screen.
      sentinel = await (navigator as Partial<Navigator>).wakeLock?.request('screen');
      if (!isHeld()) await sentinel?.release();
    } catch {
      sentinel = undefined;
    }
  }
  document.addEventListener('visibilitychange', () => void ask());
  return {
    hold() {
      held = true;
      void ask();
    },
    release() {
      held = false;
      void sentinel?.release();
      sentinel = undefined;
    },
  };
}
