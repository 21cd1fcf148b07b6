/** The flag that skips rows that can't be read. */
export const SKIP_BAD_ROWS = {
  kind: 'switch',
  help: 'Skip and list malformed rows of tables, JSON Lines and chats; otherwise a file with one is refused',
} as const;

/** Returns how files are read with the flag. */
export const skipping = (isAsked: boolean | undefined): { skipBadRows?: true } =>
  isAsked ? { skipBadRows: true } : {};
