/** Short notes at the lower right. */
export interface Toast {
  id: number;
  text: string;
  detail?: string;
  undo?(): void;
  /** What to do next. `path` opens the page that shows it. */
  action?: { label: string; path: string; run(): void };
  /** Called once it has gone, however it went; after `undo` where that was asked for. */
  onGone?(): void;
}

export interface ToastSlice {
  toasts: readonly Toast[];
  toast(toast: Omit<Toast, 'id'>): void;
  dismiss(id: number): void;
}
