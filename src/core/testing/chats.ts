/** Chats of our own making, as the services write them. */
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
/** As Telegram Desktop indents it. */
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
