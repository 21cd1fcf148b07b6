/** Content of texts that only Teach it more uses. */
import { counted } from '../core/base/units';
import { type TextRecord, tunedAs, type TuneUse } from '../core/documents/record';

const NOUNS: Readonly<Record<TuneUse, string>> = { labels: 'labeled text', chats: 'conversation', text: 'document' };

/** `402 labeled texts, 3 conversations`: their content, not files. */
export function tuneTextWords(texts: readonly Pick<TextRecord, 'conversations' | 'labelled' | 'documents'>[]): string {
  const counts = (Object.keys(NOUNS) as TuneUse[]).flatMap((use) => {
    const ofUse = texts.filter((text) => tunedAs(text) === use);
    const count = ofUse.reduce((sum, { documents }) => sum + documents, 0);
    return ofUse.length === 0 ? [] : [counted(count, NOUNS[use])];
  });
  return counts.join(', ');
}
