/** Short notes at the lower right: what can be undone, and what has no other place. */
import type { ToastSlice } from './slices/toasts';
import type { Slice } from './slices/studio';

export const createToastSlice: Slice<ToastSlice> =
  ({ tabs }) =>
  (set, get) => {
    let last = 0;
    let held: Promise<{ release(): void } | undefined> | undefined;
    /** While something can be undone here, however long its note stands, no tab drops what was removed. */
    function hold(): void {
      const isLive = get().toasts.some(({ undo }) => undo);
      if (isLive) held ??= tabs.holdUndo().catch(() => undefined);
      else {
        void held?.then((lock) => lock?.release());
        held = undefined;
      }
    }
    return {
      toasts: [],
      toast(toast) {
        set(({ toasts }) => ({ toasts: [...toasts, { ...toast, id: ++last }] }));
        hold();
      },
      dismiss(id) {
        const gone = get().toasts.find((toast) => toast.id === id);
        set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast !== gone) }));
        hold();
        gone?.onGone?.();
      },
    };
  };
