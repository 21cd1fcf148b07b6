import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

/** Changes whenever the colours may have changed: the system's scheme, contrast, or an override on the root element. */
export function useThemeVersion(): number {
  return useSyncExternalStore(subscribeToTheme, () => themeVersion);
}
let themeVersion = 0;
const QUERIES = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'];
function subscribeToTheme(onChange: () => void): () => void {
  const change = () => {
    themeVersion++;
    onChange();
  };
  const observer = new MutationObserver(change);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class', 'data-theme'] });
  const queries = QUERIES.map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', change);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', change);
  };
}

/** Milliseconds between two drawings: ten a second, or one where less motion is wanted. */
export function useDrawingInterval(): number {
  const isReduced = useMedia('(prefers-reduced-motion: reduce)');
  return isReduced ? 1000 : 100;
}
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = matchMedia(query);
      list.addEventListener('change', onChange);
      return () => list.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
  );
}

/** The newest value, but a new one at most every `interval` ms; the last one always arrives. A change of `urgent` is not held back. */
export function useAtMost<T>(value: T, interval: number, urgent?: unknown): T {
  const [shown, setShown] = useState(value);
  const state = useRef<{ latest: T; urgent: unknown; timer: ReturnType<typeof setTimeout> | undefined; drawn: number }>(
    undefined,
  );
  useEffect(() => {
    const now = (state.current ??= { latest: value, urgent, timer: undefined, drawn: -Infinity });
    now.latest = value;
    if (now.urgent !== urgent) {
      now.urgent = urgent;
      now.drawn = -Infinity;
      clearTimeout(now.timer);
      now.timer = undefined;
    }
    now.timer ??= setTimeout(
      () => {
        now.timer = undefined;
        now.drawn = performance.now();
        setShown(now.latest);
      },
      Math.max(0, now.drawn + interval - performance.now()),
    );
  }, [value, interval, urgent]);
  useEffect(
    () => () => {
      clearTimeout(state.current?.timer);
      if (state.current) state.current.timer = undefined;
    },
    [],
  );
  return shown;
}

/** Content size of an element, and whether it is known yet. */
export function useSize<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setSize({ width: box.clientWidth, height: box.clientHeight }));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { ref, size };
}
