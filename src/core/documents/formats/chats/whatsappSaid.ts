/** Separates the author's words in a WhatsApp message from text of the app, in the app's languages. */
import { withoutMarks } from './whatsappLine';

interface ParsedEntry {
  author: string;
  /** Empty if the author wrote no text. */
  text: string;
  /** Whether it is the app's message about who joined, who called or what was deleted. */
  isService: boolean;
  attachments: number;
}

/** @param entry text after the time, on one or several lines */
export function parseEntry(entry: string): ParsedEntry {
  const [line = ''] = entry.split('\n', 1);
  const end = /: |:$/.exec(line)?.index ?? -1;
  const author = withoutMarks(line.slice(0, Math.max(0, end))).replace(/^~\s?/u, '');
  // Messages of the app have no name before them, but may quote text with a colon.
  if (author === '' || author.length > MAX_NAME_LENGTH || /["“”«»„]/.test(author))
    return { author: '', text: '', isService: true, attachments: 0 };
  // Trimmed first: on many spaces, the patterns below would take quadratic time.
  const body = entry.slice(end + 2).trim();
  const { text, attachments } = withoutAttachment(body);
  const content = withoutMarks(EDITED.reduce((text, edited) => text.replace(edited, ''), text.trim())).trim();
  // An iPhone writes a direction mark before text of the app in a person's message.
  const isFromApp = attachments === 0 && (/^\u200e/.test(body) || DELETED.test(content));
  const hasNoText = isFromApp || content === 'null';
  return { author, text: hasNoText ? '' : content, isService: hasNoText, attachments };
}
/** Code units of a name. WhatsApp names have at most 25 characters, but contact names may have more. */
const MAX_NAME_LENGTH = 100;

/** Removes the placeholder of an attachment, but keeps its caption. */
function withoutAttachment(body: string): { text: string; attachments: number } {
  const firstLine = (body.split('\n', 1)[0] ?? '').trimEnd();
  const caption = body.slice(firstLine.length + 1);
  if (OMITTED_ATTACHMENT.test(firstLine) || ATTACHED_FILE.test(firstLine) || OMITTED_MEDIA.test(firstLine))
    return { text: caption, attachments: 1 };
  // On an iPhone, the placeholder follows the caption.
  const marker = /\u200e<[^<>\n]{1,40}: [^<>\n]{1,200}>$/.exec(body);
  if (marker) return { text: body.slice(0, marker.index), attachments: 1 };
  return { text: body, attachments: 0 };
}
/** `<Media omitted>` in any language: only words in angle brackets. */
const OMITTED_MEDIA = /^\u200e?<(?=[^<>]*[^<>\x21-\x7e])[^<>]{4,80}>$/;
/** `IMG-20230105-WA0001.jpg (file attached)` in any language. */
const ATTACHED_FILE = /^\u200e?[^\s/\\:*?"<>|][^/\\:*?"<>|]{0,200}\.\w{2,5} \([^()]{4,60}\)$/;
/** `image omitted`, as an iPhone writes it. */
const OMITTED_ATTACHMENT =
  /^\u200e(?:.{0,200} )?(?:omitted|weggelassen|omitid[ao]s?|omess[aeoi]|omise?s?|absente?s?|ocultad[ao]|weggelaten|utelämnad|utelatt|udeladt|jätetty pois|pomini[ęe]t[aoy]|pominięto|dahil edilmedi|опущен[ао]?|отсутству[ею]т|пропущен[ао]?|省略|已忽略|생략됨|dihilangkan)\.?$/iu;

const EDITED = [
  /\u200e<[^<>\n]{4,80}>$/,
  /<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje|Ce message a été modifié|Mensagem editada|Questo messaggio è stato modificato|Dit bericht is bewerkt)\.?>$/i,
];

const DELETED =
  /^(?:this message was deleted|you deleted this message|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|(?:se )?eliminó este mensaje|este mensaje fue eliminado|eliminaste este mensaje|ce message a été supprimé|vous avez supprimé ce message|questo messaggio è stato eliminato|hai eliminato questo messaggio|mensagem apagada|esta mensagem foi apagada|você apagou esta mensagem|dit bericht is verwijderd|je hebt dit bericht verwijderd|данное сообщение удалено|вы удалили данное сообщение|bu mesaj silindi|bu mesajı sildiniz|pesan ini (?:telah )?dihapus|anda menghapus pesan ini)\.?$/i;
