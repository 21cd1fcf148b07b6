/** The note on a chat export: its format, and the numbers of read and skipped entries. */
import { counted } from '../../../base/units';
import type { OpenFile } from '../format';
import { PAUSE_WORDS } from './conversation';

/** Singular and plural of each kind of skipped entry, in the order of the note. */
const SKIPPED_KINDS = {
  service: ['system message', 'system messages'],
  shared: ['repost', 'reposts'],
  attachments: ['attachment', 'attachments'],
  deleted: ['deleted entry', 'deleted entries'],
  unread: ['unreadable entry', 'unreadable entries'],
  files: ['other file', 'other files'],
} as const;

const ENTRY_PLURALS = { message: 'messages', post: 'posts', 'post or comment': 'posts and comments' } as const;

export const SPLIT_AT_PAUSES = `split at pauses of ${PAUSE_WORDS}`;

export const PAUSES_AND_THREADS = `one document per thread, the rest split at pauses of ${PAUSE_WORDS}`;
/** For exports of one person's posts. */
export const THREADS = 'one document for each post with its author’s replies';

export class EntryReport {
  private readonly skippedCounts = new Map<keyof typeof SKIPPED_KINDS, number>();
  private readCount = 0;

  constructor(
    private readonly file: OpenFile,
    /** Name of an entry. */
    private readonly entry: keyof typeof ENTRY_PLURALS,
  ) {}

  countRead(): void {
    this.readCount++;
  }

  countSkipped(kind: keyof typeof SKIPPED_KINDS, count = 1): void {
    if (count > 0) this.skippedCounts.set(kind, (this.skippedCounts.get(kind) ?? 0) + count);
  }

  /** @param description as in `a WhatsApp chat` @param grouping how entries become documents */
  note(description: string, grouping: string): void {
    const phrases = Object.entries(SKIPPED_KINDS).flatMap(([kind, [singular, plural]]) => {
      const count = this.skippedCounts.get(kind as keyof typeof SKIPPED_KINDS) ?? 0;
      return count > 0 ? [counted(count, singular, plural)] : [];
    });
    const skipped = phrases.length > 0 ? `; skipped ${new Intl.ListFormat('en-GB').format(phrases)}` : '';
    this.file.note(
      `Read as ${description}: ${counted(this.readCount, this.entry, ENTRY_PLURALS[this.entry])}, ${grouping}${skipped}`,
    );
  }
}
