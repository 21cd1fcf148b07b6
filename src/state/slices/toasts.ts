/** Short notes at the lower right. */
export interface Toast {
  id: number;
  text: string;
  detail?: string;
  undo?(): void;
  /** Next action. `path` opens the page with its result. */
  action?: { label: string; path: string; run(): void };
  /** Called once the toast is gone, for any reason; after `undo` if that was chosen. */
  onGone?(): void;
}

/** Service that slices show toasts with. */
export interface Toasts {
  list(): readonly Toast[];
  show(toast: Omit<Toast, 'id'>): void;
  dismiss(id: number): void;
}

/** Toasts for pages. Slices use the service. */
export interface ToastState {
  toasts: readonly Toast[];
  toast: Toasts['show'];
  dismiss: Toasts['dismiss'];
}
