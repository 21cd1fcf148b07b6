/** Detects chat exports by how they begin. */
import type { Sniffer } from '../format';
import { beginsAsWhatsApp } from './whatsappLine';

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;

/** Chat file, next to attachments that iPhone or Android has named. */
export const whatsapp: Sniffer = {
  begins: beginsAsWhatsApp,
  companions: {
    name: /^_chat\.txt$|^(?=.*whatsapp).*\.txt$/i,
    others: /^(?:0\d{7}-[^/]+|[A-Z]{3}-\d{8}-WA\d{4}\.\w+)$/,
    areAttached: true,
  },
};

/** Telegram Desktop's export of a chat or of a whole account. */
const CHAT = new RegExp(
  String.raw`^\s*\{\s*(?:"name"\s*:\s*(?:${STRING}|null)\s*,\s*)?"type"\s*:\s*"(?:personal_chat|bot_chat|saved_messages|replies|verification_codes|(?:private|public)_(?:group|supergroup|channel))"\s*,\s*"id"\s*:\s*-?\d+\s*,`,
);
const ACCOUNT = new RegExp(
  String.raw`^\s*\{\s*"about"\s*:\s*${STRING}\s*,\s*"(?:personal_information|profile_pictures|stories|contacts|frequent_contacts|sessions|web_sessions|other_data|chats|left_chats)"\s*:\s*[{[]`,
);
export const telegram: Sniffer = {
  begins: (head) => CHAT.test(head) || ACCOUNT.test(head),
  companions: {
    name: /^result\.json$/,
    others:
      /^(?:chats\/chat_\d+\/)?(?:photos|files|video_files|voice_messages|round_video_messages|stickers|images|profile_pictures|stories|contacts)\//,
    areAttached: true,
  },
};

/** Slack's export: a list of users, and next to it a folder per channel with a file per day. */
export const slack: Sniffer = {
  begins: (head) => /^\s*\[\s*\{\s*"id"\s*:\s*"[UW][A-Z0-9]+"\s*,\s*"team_id"\s*:\s*"[TE][A-Z0-9]+"/.test(head),
  companions: {
    name: /^(?:org_)?users\.json$/,
    others:
      /^(?:(?:channels|groups|dms|mpims|integration_logs|canvases|content_flags|file_conversations|huddle_transcripts|lists)\.json|[^/]+\/\d{4}-\d\d-\d\d\.json)$/,
  },
  isNeverAlone: true,
};

/** DiscordChatExporter's export of a channel. */
const EXPORTER = new RegExp(
  String.raw`^\s*\{\s*"guild"\s*:\s*\{\s*"id"\s*:\s*"\d+"\s*,\s*"name"\s*:\s*${STRING}[^]{0,2000}?\}\s*,\s*"channel"\s*:\s*\{\s*"id"\s*:\s*"\d+"`,
);
export const discord: Sniffer = { begins: (head) => EXPORTER.test(head) };

/** Discord's data package: a list of channels, and next to it a folder per channel. */
export const discordPackage: Sniffer = {
  begins: (head) => /^\s*\{\s*"\d{15,20}"\s*:\s*(?:"|null)/.test(head),
  companions: {
    name: /^index\.json$/,
    within: 'messages',
    others: /^(?:messages|account|activity|activities|servers|programs|ads|store|support_tickets|hq)\/|^README\.txt$/i,
  },
  isNeverAlone: true,
};

/** Posts in X's data archive. */
export const twitter: Sniffer = {
  begins: (head) => /^\s*window\.YTD\.tweets?\.part0\s*=\s*\[/.test(head),
  companions: { name: /^tweets?\.js$/, within: 'data', others: /^(?:data|assets)\/|^Your archive\.html$/ },
};

/** Posts in Mastodon's archive. */
export const mastodon: Sniffer = {
  begins: (head) => /^\s*\{[^]*?"id"\s*:\s*"outbox\.json"\s*,\s*"type"\s*:\s*"OrderedCollection"/.test(head),
  companions: {
    name: /^outbox\.json$/,
    others: /^(?:(?:actor|likes|bookmarks)\.json|(?:avatar|header)\.\w+|media_attachments\/.*)$/,
  },
};

/** Reddit's data request: tables of posts and comments; the tables next to them hold settings, votes and visits. */
export const reddit: Sniffer = {
  begins: (head) =>
    /^id,permalink,date,ip,subreddit,gildings,(?:[a-z_]+,)*(?:link,parent,body|title,url,body)\b/.test(head),
  companions: {
    name: /^comments\.csv$/,
    others:
      /^(?:posts|(?:account_gender|announcements|approved_submitter_subreddits|birthdate|chat_history|checkfile|comment_headers|comment_votes|drafts|friends|gilded_content|gold_received|hidden_posts|ip_logs|linked_identities|linked_phone_number|message_headers|messages|messages_archive|moderated_subreddits|multireddits|payouts|persona|poll_votes|post_headers|post_votes|purchases|saved_comments|saved_posts|scheduled_posts|sensitive_ads_preferences|statistics|stripe|subscribed_subreddits|twitter|user_preferences))\.csv$/,
  },
};
