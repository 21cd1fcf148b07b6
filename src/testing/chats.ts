/** Invented chats in the formats that services export. */
export const ANDROID = `1/5/23, 9:58 AM - Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read or listen to them. Tap to learn more.
1/5/23, 9:58 AM - Ann: Hast seen the white whale?
1/5/23, 9:59 AM - Bob Ø: Aye.
In two lines:
Ann: as she says
1/5/23, 10:00 AM - Bob Ø: <Media omitted>
1/5/23, 10:01 AM - Bob Ø: IMG-20230105-WA0001.jpg (file attached)
the whale
1/5/23, 10:02 AM - Ann: This message was deleted
1/5/23, 10:02 AM - Ann changed the group name from "Sea: calm" to "Sea: rough"
1/5/23, 6:03 PM - Ann: Late <This message was edited>
1/14/23, 7:00 PM - Ann: Another day
`;
export const IPHONE = `[05.01.23, 15:05:10] Familie: \u200eNachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.
[05.01.23, 15:05:11] Ann: Moin
[05.01.23, 15:06:00] ~\u202fBob: Moin moin
\u200e[05.01.23, 15:06:30] Ann: \u200eBild weggelassen
\u200e[05.01.23, 15:07:00] Ann: Der Wal \u200e<Anhang: 00000004-PHOTO-2023-01-05-15-07-00.jpg>
[05.01.23, 15:08:00] Bob: doch \u200e<Diese Nachricht wurde bearbeitet.>
`;
/** Telegram export, indented like Telegram Desktop's. */
export const TELEGRAM = JSON.stringify(
  {
    name: 'Pequod',
    type: 'private_group',
    id: 4321,
    messages: [
      {
        id: 1,
        type: 'service',
        date: '2021-03-05T10:00:00',
        date_unixtime: '1614938400',
        actor: 'Ann',
        actor_id: 'user1',
        action: 'create_group',
        title: 'Pequod',
        members: ['Ann', 'Bob'],
        text: '',
        text_entities: [],
      },
      {
        id: 2,
        type: 'message',
        date: '2021-03-05T10:01:00',
        date_unixtime: '1614938460',
        from: 'Ann',
        from_id: 'user1',
        text: ['See ', { type: 'link', text: 'https://example.org/whale' }, ', ', { type: 'bold', text: 'now' }],
        text_entities: [],
      },
      {
        id: 3,
        type: 'message',
        date: '2021-03-05T10:02:00',
        date_unixtime: '1614938520',
        from: null,
        from_id: 'user2',
        photo: '(File not included. Change data exporting settings to download.)',
        width: 800,
        height: 600,
        text: 'The whale',
        text_entities: [{ type: 'plain', text: 'The whale' }],
      },
      {
        id: 4,
        type: 'message',
        date: '2021-03-05T10:03:00',
        date_unixtime: '1614938580',
        from: 'Ann',
        from_id: 'user1',
        file: 'stickers/sticker.webp',
        media_type: 'sticker',
        sticker_emoji: '🐋',
        text: '',
        text_entities: [],
      },
      { id: 5, type: 'message', date: '2021-03-06T10:03:00', date_unixtime: '1615024980', from: 'Ann', text: 'Gone' },
    ],
  },
  null,
  1,
);

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const slackMessage = (user: string, ts: string, text: string, extra: object = {}) => ({
  client_msg_id: ts,
  type: 'message',
  text,
  user,
  ts,
  team: 'T1',
  ...extra,
});
/** Slack export; the other files belong to users.json. */
export const SLACK: Readonly<Record<string, string>> = {
  'users.json': json([
    {
      id: 'U01ANN',
      team_id: 'T1',
      name: 'ann',
      real_name: 'Ann Müller',
      profile: { real_name: 'Ann Müller', display_name: 'Ann' },
    },
    { id: 'U02BOB', team_id: 'T1', name: 'bob', profile: { real_name: 'Bob', display_name: '' } },
  ]),
  'channels.json': json([{ id: 'C1', name: 'general', members: ['U01ANN', 'U02BOB'] }]),
  'dms.json': json([{ id: 'D1', created: 1, members: ['U01ANN', 'U02BOB'] }]),
  'integration_logs.json': '[]',
  'general/2021-03-05.json': json([
    {
      type: 'message',
      subtype: 'channel_join',
      ts: '1614938400.000100',
      user: 'U01ANN',
      text: '<@U01ANN> has joined the channel',
    },
    slackMessage(
      'U01ANN',
      '1614938460.000200',
      'Hast <@U02BOB> seen <https://example.org/whale|it> in <#C2|sea> &amp; <!here>?',
      { thread_ts: '1614938460.000200', reply_count: 1 },
    ),
    slackMessage('U02BOB', '1614938500.000300', 'Something else', { files: [{ id: 'F1', name: 'a.png' }] }),
    slackMessage('U01ANN', '1614938560.000400', 'And more'),
  ]),
  'general/2021-03-06.json': json([
    slackMessage('U02BOB', '1615024860.000100', 'Aye, a day later', {
      thread_ts: '1614938460.000200',
      parent_user_id: 'U01ANN',
    }),
  ]),
  'D1/2021-03-05.json': json([
    slackMessage('U09GONE', '1614938460.000200', 'Psst', { user_profile: { real_name: 'Gone', display_name: '' } }),
  ]),
};

export const DISCORD = json({
  guild: { id: '0', name: 'Sea', iconUrl: 'https://cdn.discordapp.com/embed/avatars/0.png' },
  channel: {
    id: '123456789012345678',
    type: 'GuildTextChat',
    categoryId: null,
    category: 'Talk',
    name: 'whales',
    topic: null,
  },
  dateRange: { after: null, before: null },
  exportedAt: '2024-01-01T00:00:00+00:00',
  messages: [
    {
      id: '1',
      type: 'GuildMemberJoin',
      timestamp: '2021-03-05T10:00:00.123+00:00',
      content: 'Joined the server.',
      author: { id: '1', name: 'ann', nickname: 'Ann' },
    },
    {
      id: '2',
      type: 'Default',
      timestamp: '2021-03-05T10:01:00.123+00:00',
      timestampEdited: null,
      isPinned: false,
      content: 'Seen it?',
      author: { id: '1', name: 'ann', discriminator: '0000', nickname: 'Ann', isBot: false },
      attachments: [],
      embeds: [],
      stickers: [],
      reactions: [],
      mentions: [],
    },
    {
      id: '3',
      type: 'Reply',
      timestamp: '2021-03-05T10:02:00.123+00:00',
      content: 'Aye',
      author: { id: '2', name: 'bob', nickname: null },
      attachments: [{ id: '9', url: 'x', fileName: 'a.png' }],
      stickers: [],
    },
  ],
  messageCount: 3,
});
/** Discord data package; the other files belong to messages/index.json. */
export const DISCORD_PACKAGE: Readonly<Record<string, string>> = {
  'messages/index.json': json({
    '123456789012345678': 'whales in Sea',
    '223456789012345678': 'Direct Message with bob#0',
  }),
  'messages/c123456789012345678/channel.json':
    '{"id": "123456789012345678", "type": "GUILD_TEXT", "name": "whales", "guild": {"id": "1", "name": "Sea"}}',
  'messages/c123456789012345678/messages.json':
    '[{"ID": 1100000000000000002, "Timestamp": "2023-04-24 10:02:00", "Contents": "the white one", "Attachments": ""}, {"ID": 1100000000000000001, "Timestamp": "2023-04-24 10:01:00", "Contents": "Seen it?", "Attachments": "https://cdn.discordapp.com/a.png"}]',
  'messages/c223456789012345678/channel.json': '{"id": "223456789012345678", "type": "DM"}',
  'messages/c223456789012345678/messages.csv':
    'ID,Timestamp,Contents,Attachments\n1,2020-01-01 10:00:00.123000+00:00,"Hello, Bob",\n',
  'account/user.json': json({ id: '1', username: 'ann', global_name: 'Ann' }),
  'activity/analytics/events-2023-00000-of-00001.json': '{"event_type":"x"}\n',
  'README.txt': 'Welcome to your Discord Data Package!',
};

const tweet = (id: string, full_text: string, created_at: string, extra: object = {}) => ({
  tweet: {
    edit_info: { initial: { editTweetIds: [id] } },
    retweeted: false,
    entities: { hashtags: [], urls: [] },
    id_str: id,
    id,
    full_text,
    created_at,
    lang: 'en',
    ...extra,
  },
});
const LONG_POST = `Long ${'and wide is the sea '.repeat(20)}end`;
/** X archive; the other files belong to data/tweets.js. */
export const TWITTER: Readonly<Record<string, string>> = {
  'Your archive.html': '<html><body>Your archive</body></html>',
  'assets/js/app.js': 'console.log(1)',
  'data/account.js': `window.YTD.account.part0 = ${json([{ account: { username: 'ann', accountId: '1', accountDisplayName: 'Ann' } }])}`,
  'data/like.js': 'window.YTD.like.part0 = [ ]',
  'data/note-tweet.js': `window.YTD.note_tweet.part0 = ${json([{ noteTweet: { noteTweetId: '9', core: { text: LONG_POST } } }])}`,
  'data/tweets-part1.js': `window.YTD.tweets.part1 = ${json([tweet('14', '@ann the second', 'Sat Feb 18 12:34:11 +0000 2023', { in_reply_to_status_id_str: '10', in_reply_to_user_id_str: '1' })])}`,
  'data/tweets.js': `window.YTD.tweets.part0 = ${json([
    tweet('13', `${LONG_POST.slice(0, 270)}… https://t.co/zz`, 'Sun Feb 19 12:33:11 +0000 2023'),
    tweet('12', 'RT @bob: not mine', 'Sun Feb 19 11:33:11 +0000 2023'),
    tweet('11', '@bob @eve did NOT know', 'Sat Feb 18 13:33:11 +0000 2023', {
      in_reply_to_status_id_str: '1',
      in_reply_to_user_id_str: '2',
    }),
    tweet('10', 'See &gt; https://t.co/a https://t.co/b', 'Sat Feb 18 12:33:11 +0000 2023', {
      entities: {
        urls: [{ url: 'https://t.co/a', expanded_url: 'https://example.org/whale' }],
        media: [{ url: 'https://t.co/b' }],
      },
      extended_entities: { media: [{ url: 'https://t.co/b' }, { url: 'https://t.co/b' }] },
    }),
  ])}`,
};

const note = (id: number, content: string, extra: object = {}) => ({
  id: `https://example.social/users/ann/statuses/${id}/activity`,
  type: 'Create',
  actor: 'https://example.social/users/ann',
  published: `2023-02-18T12:0${id}:00Z`,
  to: ['https://www.w3.org/ns/activitystreams#Public'],
  object: {
    id: `https://example.social/users/ann/statuses/${id}`,
    type: 'Note',
    summary: null,
    inReplyTo: null,
    published: `2023-02-18T12:0${id}:00Z`,
    url: `https://example.social/@ann/${id}`,
    content,
    contentMap: { de: content },
    attachment: [],
    ...extra,
  },
});
/** Mastodon archive; the other files belong to outbox.json. */
export const MASTODON: Readonly<Record<string, string>> = {
  'actor.json': json({ id: 'https://example.social/users/ann', type: 'Person', preferredUsername: 'ann', name: 'Ann' }),
  'likes.json': json({ id: 'likes.json', type: 'OrderedCollection', orderedItems: [] }),
  'media_attachments/files/1/original/a.png': 'x',
  'outbox.json': JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: 'outbox.json',
    type: 'OrderedCollection',
    totalItems: 3,
    orderedItems: [
      note(
        1,
        '<p>Der <b>Wal</b> &amp; ich:<br>groß</p><p><a href="https://example.org"><span class="invisible">https://</span><span>example.org</span></a></p>',
        { attachment: [{ type: 'Document' }] },
      ),
      note(2, '<p>Und weiter</p>', { inReplyTo: 'https://example.social/users/ann/statuses/1' }),
      {
        id: 'x',
        type: 'Announce',
        actor: 'https://example.social/users/ann',
        published: '2023-02-18T12:05:00Z',
        object: 'https://other.social/1',
      },
      note(3, '<p>Andere</p>', { inReplyTo: 'https://other.social/users/bob/statuses/9', summary: 'Wale' }),
    ],
  }),
};

/** Reddit archive; the other files belong to comments.csv. */
export const REDDIT: Readonly<Record<string, string>> = {
  'comments.csv': `id,permalink,date,ip,subreddit,gildings,link,parent,body,media
c1,https://www.reddit.com/r/sea/comments/p1/whale/c1/,2023-01-15 12:34:56 UTC,,sea,0,https://www.reddit.com/r/sea/comments/p1/whale/,,"It is white,
""truly""",
c2,https://www.reddit.com/r/sea/comments/p9/ship/c2/,2023-01-16 12:34:56 UTC,,sea,0,https://www.reddit.com/r/sea/comments/p9/ship/,x9,Aye,
c3,https://www.reddit.com/r/sea/comments/p9/ship/c3/,2023-01-17 12:34:56 UTC,,sea,0,https://www.reddit.com/r/sea/comments/p9/ship/,c2,And more,
c4,https://www.reddit.com/r/sea/comments/p9/ship/c4/,2023-01-17 12:34:56 UTC,,sea,0,https://www.reddit.com/r/sea/comments/p9/ship/,c2,[removed],
`,
  'ip_logs.csv': 'date,ip\n2023-01-15 12:34:56 UTC,192.0.2.1\n',
  'posts.csv': `id,permalink,date,ip,subreddit,gildings,title,url,body
p1,https://www.reddit.com/r/sea/comments/p1/whale/,2023-01-15 12:00:00 UTC,192.0.2.1,sea,0,The whale,/r/sea/comments/p1/whale/,Seen it?
p2,https://www.reddit.com/r/sea/comments/p2/link/,2023-01-18 12:00:00 UTC,192.0.2.1,sea,0,A link alone,https://example.org,
`,
};
