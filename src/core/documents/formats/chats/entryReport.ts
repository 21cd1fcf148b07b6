/** The note on a chat export: its format, and the numbers of read and skipped entries. */
import { counted } from '../../../base/units';
import type { OpenFile } from '../format';
import { PAUSE_WORDS } from './conversation';

/** Singular and plural of each kind of skipped entry, in the order of the note. */
const LEFT = {
  service: ['system message', 'system messages'],
  shared: ['repost', 'reposts'],
  attachments: ['attachment', 'attachments'],
  deleted: ['deleted entry', 'deleted entries'],
  unread: ['unreadable entry', 'unreadable entries'],
  files: ['other file', 'other files'],
} as const;

const MANY = { message: 'messages', post: 'posts', 'post or comment': 'posts and comments' } as const;

export const AT_PAUSES = `split at pauses of ${PAUSE_WORDS}`;

export const PAUSES_AND_THREADS = `one document per thread, the rest split at pauses of ${PAUSE_WORDS}`;
/** For exports of one person's posts. */
export const THREADS = 'one document for each post with its author’s replies';

export class EntryReport {
  private readonly left = new Map<keyof typeof LEFT, number>();
  private taken = 0;

  constructor(
    private readonly file: OpenFile,
    /** Name of an entry. */
    private readonly entry: keyof typeof MANY,
  ) {}

  take(): void {
    this.taken++;
  }

  leave(what: keyof typeof LEFT, times = 1): void {
    if (times > 0) this.left.set(what, (this.left.get(what) ?? 0) + times);
  }

  /** @param what as in `a WhatsApp chat` @param parts how entries become documents */
  note(what: string, parts: string): void {
    const words = Object.entries(LEFT).flatMap(([each, [one, many]]) => {
      const times = this.left.get(each as keyof typeof LEFT) ?? 0;
      return times > 0 ? [counted(times, one, many)] : [];
    });
    const out = words.length > 0 ? `; skipped ${new Intl.ListFormat('en-GB').format(words)}` : '';
    this.file.note(`Read as ${what}: ${counted(this.taken, this.entry, MANY[this.entry])}, ${parts}${out}`);
  }
}
