/** Whether a file belongs to the system or a tool rather than the user, by its path within the drop. */
export const isSystemFile = (path: string): boolean => path.split(/[/\\]/).some((part) => SYSTEM.test(part));

/** Dotfiles; folder metadata and thumbnails of macOS and Windows; lock files of Office. */
const SYSTEM =
  /^(?:\.[^.].*|\.\.[^.].*|__MACOSX|Icon\r|Thumbs\.db|ehthumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|~\$.*)$/i;
