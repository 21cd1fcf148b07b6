/** Paths on a 16 px grid, 1.5 px strokes in currentColor. `solid` marks the parts that are filled. */
export interface IconPart {
  d: string;
  solid?: true;
}
const circle = (cx: number, cy: number, r: number): string =>
  `M${cx - r} ${cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

export const ICONS = {
  chevron: [{ d: 'm4 6.5 4 4 4-4' }],
  grip: [{ d: 'M6 4.2v.1M10 4.2v.1M6 8v.1M10 8v.1M6 11.8v.1M10 11.8v.1' }],
  chevronLeft: [{ d: 'm9.5 4-4 4 4 4' }],
  chevronRight: [{ d: 'm6.5 4 4 4-4 4' }],
  check: [{ d: 'm3 8.6 3.3 3.3L13 4.8' }],
  theme: [{ d: circle(8, 8, 5.6) }, { d: 'M8 2.4a5.6 5.6 0 0 1 0 11.2z', solid: true }],
  play: [{ d: 'M4.5 3.2v9.6l8-4.8z', solid: true }],
  stop: [{ d: 'M3 3h10v10H3z', solid: true }],
  pause: [{ d: 'M3.8 3h2.9v10H3.8zM9.3 3h2.9v10H9.3z', solid: true }],
  live: [{ d: circle(8, 8, 3.4), solid: true }, { d: circle(8, 8, 6.2) }],
  warning: [{ d: 'M8 2.2 14.6 13.6H1.4z' }, { d: 'M8 6.4v3.4' }, { d: 'M8 11.8v.1' }],
  error: [{ d: circle(8, 8, 6.2) }, { d: 'M8 4.6v4.2' }, { d: 'M8 11.2v.1' }],
  info: [{ d: circle(8, 8, 6) }, { d: 'M8 7.2v4M8 4.8v.1' }],
  table: [{ d: 'M2 3h12v10H2zM2 6.4h12M6.4 6.4V13' }],
  download: [{ d: 'M8 2.6v8M4.6 7.4 8 10.8l3.4-3.4M2.8 13.4h10.4' }],
  upload: [{ d: 'M8 11V3M4.6 6.2 8 2.8l3.4 3.4M2.8 13.4h10.4' }],
  file: [{ d: 'M4 1.8h5.2L12.4 5v9.2H4z' }, { d: 'M9 1.8V5.2h3.4' }],
  folder: [{ d: 'M1.8 3.6h4.4l1.4 1.6h6.6v7.6H1.8z' }],
  eye: [{ d: 'M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8z' }, { d: circle(8, 8, 1.8) }],
  eyeOff: [{ d: 'M1.6 8S4 3.8 8 3.8 14.4 8 14.4 8 12 12.2 8 12.2 1.6 8 1.6 8z' }, { d: 'm3.4 12.6 9.2-9.2' }],
  retry: [{ d: 'M12.6 6.2A5 5 0 1 0 13 9M13 3v3.4H9.6' }],
  undo: [{ d: 'M5.4 3.2 2.6 6l2.8 2.8M2.6 6h6.6a3.6 3.6 0 0 1 0 7.2H6' }],
  redo: [{ d: 'M10.6 3.2 13.4 6l-2.8 2.8M13.4 6H6.8a3.6 3.6 0 0 0 0 7.2H10' }],
  copy: [
    { d: 'M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z' },
    { d: 'M10.5 5.5v-3h-8v8h3' },
  ],
  fork: [{ d: 'M4.5 3v10M4.5 8.5c5 0 7-1.5 7-5' }],
  plus: [{ d: 'M8 3.2v9.6M3.2 8h9.6' }],
  close: [{ d: 'm4 4 8 8M12 4l-8 8' }],
  chat: [{ d: 'M2.4 3.2h11.2v7.6H7l-3.2 2.6v-2.6H2.4z' }],
  send: [{ d: 'M2.4 8 13.6 2.8 9.8 13.4 7.6 9z' }],
  code: [{ d: 'm5 5-3 3 3 3M11 5l3 3-3 3' }],
  globe: [{ d: circle(8, 8, 5.8) }, { d: 'M2.2 8h11.6M8 2.2c4 3.6 4 8 0 11.6-4-3.6-4-8 0-11.6z' }],
  server: [{ d: 'M3.4 3h9.2v4H3.4zM3.4 9h9.2v4H3.4z' }, { d: 'M5.4 5v.1M5.4 11v.1' }],
  grid: [{ d: 'M2 2.6h4.6v4.6H2zM9.4 2.6H14v4.6H9.4zM2 9.4h4.6V14H2zM9.4 9.4H14V14H9.4z' }],
  lock: [{ d: 'M3.2 7h9.6v6.6H3.2z' }, { d: 'M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2' }],
  search: [{ d: circle(7, 7, 4.2) }, { d: 'm10.2 10.2 3.4 3.4' }],
} satisfies Record<string, readonly IconPart[]>;
export type IconName = keyof typeof ICONS;
