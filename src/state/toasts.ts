/** Short notes at the lower right: undo actions, and messages without another place. */
import type { Services } from './slices/studio';
import type { Toast, Toasts } from './slices/toasts';

/** @param kept list of toasts that pages render */
export function createToasts(
  { tabs }: Pick<Services, 'tabs'>,
  kept: { get(): readonly Toast[]; set(toasts: readonly Toast[]): void },
): Toasts {
  let last = 0;
  let held: Promise<{ release(): void } | undefined> | undefined;
  /** While something can be undone here, even without its toast, no tab purges removed items. */
  function hold(): void {
    const isLive = kept.get().some(({ undo }) => undo);
    if (isLive) held ??= tabs.holdUndo().catch(() => undefined);
    else {
      void held?.then((lock) => lock?.release());
      held = undefined;
    }
  }
  return {
    list: kept.get,
    show(toast) {
      kept.set([...kept.get(), { ...toast, id: ++last }]);
      hold();
    },
    dismiss(id) {
      const gone = kept.get().find((toast) => toast.id === id);
      kept.set(kept.get().filter((toast) => toast !== gone));
      hold();
      gone?.onGone?.();
    },
  };
}
