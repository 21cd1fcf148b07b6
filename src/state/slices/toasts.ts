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

/** Service that slices show toasts with. */
export interface Toasts {
  list(): readonly Toast[];
  show(toast: Omit<Toast, 'id'>): void;
  dismiss(id: number): void;
}

/** The same for pages. Slices use the service. */
export interface ToastState {
  toasts: readonly Toast[];
  toast: Toasts['show'];
  dismiss: Toasts['dismiss'];
}
