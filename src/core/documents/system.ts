/** Whether a file is the system's or a tool's own rather than a person's, by its path below what was dropped. */
export const isSystemFile = (path: string): boolean => path.split(/[/\\]/).some((part) => SYSTEM.test(part));

/** Names that begin with a dot; archives and pictures of folders of macOS and Windows; locks of Office. */
const SYSTEM =
  /^(?:\.[^.].*|\.\.[^.].*|__MACOSX|Icon\r|Thumbs\.db|ehthumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|~\$.*)$/i;
