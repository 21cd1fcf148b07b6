/** Short notes at the lower right: undo actions, and messages without another place. */
import type { Services } from './slices/studio';
import type { Toast, Toasts } from './slices/toasts';

/** @param state list of toasts that pages render */
export function createToasts(
  { tabs }: Pick<Services, 'tabs'>,
  state: { get(): readonly Toast[]; set(toasts: readonly Toast[]): void },
): Toasts {
  let lastId = 0;
  let undoLock: Promise<{ release(): void } | undefined> | undefined;
  /** While something can be undone here, even without its toast, no tab purges removed items. */
  function updateLock(): void {
    const canUndo = state.get().some(({ undo }) => undo);
    if (canUndo) undoLock ??= tabs.holdUndo().catch(() => undefined);
    else {
      void undoLock?.then((lock) => lock?.release());
      undoLock = undefined;
    }
  }
  return {
    list: state.get,
    show(toast) {
      state.set([...state.get(), { ...toast, id: ++lastId }]);
      updateLock();
    },
    dismiss(id) {
      const dismissed = state.get().find((toast) => toast.id === id);
      state.set(state.get().filter((toast) => toast !== dismissed));
      updateLock();
      dismissed?.onGone?.();
    },
  };
}
