/** Keeps the screen on while training. The browser releases the lock of a hidden tab, so it is requested again once visible. */
export function createWakeLock(): { hold(): void; release(): void } {
  let isWanted = false;
  const isStillWanted = (): boolean => isWanted; // it may change during the request
  let sentinel: WakeLockSentinel | undefined;

  async function request(): Promise<void> {
    if (!isWanted || document.hidden) return;
    try {
      // Older browsers have no wakeLock; a refusal (battery saver) costs nothing but the dark screen.
      sentinel = await (navigator as Partial<Navigator>).wakeLock?.request('screen');
      if (!isStillWanted()) await sentinel?.release();
    } catch {
      sentinel = undefined;
    }
  }
  document.addEventListener('visibilitychange', () => void request());
  return {
    hold() {
      isWanted = true;
      void request();
    },
    release() {
      isWanted = false;
      void sentinel?.release();
      sentinel = undefined;
    },
  };
}
