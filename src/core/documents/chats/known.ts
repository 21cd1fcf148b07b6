/** How what services give to their users is told from other files: by how it begins. */
import type { Known } from '../read/format';
import { beginsAsWhatsApp } from './whatsappLine';

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;

export const whatsapp: Known = { endings: ['txt'], begins: beginsAsWhatsApp };

/** What Telegram Desktop writes of a chat, and of all of an account. */
const CHAT = new RegExp(
  String.raw`^\s*\{\s*(?:"name"\s*:\s*(?:${STRING}|null)\s*,\s*)?"type"\s*:\s*"(?:personal_chat|bot_chat|saved_messages|replies|verification_codes|(?:private|public)_(?:group|supergroup|channel))"\s*,\s*"id"\s*:\s*-?\d+\s*,`,
);
const ACCOUNT = new RegExp(
  String.raw`^\s*\{\s*"about"\s*:\s*${STRING}\s*,\s*"(?:personal_information|profile_pictures|stories|contacts|frequent_contacts|sessions|web_sessions|other_data|chats|left_chats)"\s*:\s*[{[]`,
);
export const telegram: Known = { endings: ['json'], begins: (head) => CHAT.test(head) || ACCOUNT.test(head) };
