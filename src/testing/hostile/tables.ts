/** Small tables, JSON files, service exports and archives that need much memory or time. */
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { concatBytes } from '../../core/base/concat';
import { PARQUET } from '../parquet';
import { tarOf } from '../tar';
import { repeatEach, type Hostile, lazyFile, latin1, nested, utf8 } from './made';
import { zip } from './zip';

/** Parquet file of a footer and its length. */
function parquet(footer: readonly number[] | Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(footer);
  const length = new Uint8Array(new Uint32Array([bytes.length]).buffer);
  return concatBytes([latin1('PAR1'), bytes, length, latin1('PAR1')]);
}
const LARGE = [0xff, 0xff, 0xff, 0x0e];
const repeated = (bytes: readonly number[], times: number): Uint8Array =>
  new Uint8Array(bytes.length * times).map((_, i) => bytes[i % bytes.length]!);

const posts = (text: string, urls: string): string =>
  `window.YTD.tweets.part0 = [{"tweet":{"id_str":"1","full_text":"${text}","created_at":"Sat Feb 18 10:00:00 +0000 2023","entities":{"urls":[${urls}]}}}]`;
const slackUsers = (name: string): string =>
  `[{"id":"U1","team_id":"T1","name":"ann","profile":{"display_name":"${name}"}}]`;

function archives(depth: number): Uint8Array {
  let inner = zipSync({ 'a.txt': utf8('Aye') });
  for (let i = 0; i < depth; i++) inner = zipSync({ 'b.zip': inner, 'c.txt': utf8('No') });
  return inner;
}

export const TABLES: Hostile = {
  'csv of quotes': lazyFile('quotes.csv', () => `a,b\n"${'a"'.repeat(500_000)},c\n`),
  'csv of quotes and spaces': lazyFile('quotes.csv', () => `a,b\n"${'" '.repeat(400_000)}`),
  'csv of commas': lazyFile('commas.csv', () => `${','.repeat(1_000_000)}\n`),
  'csv of an open quote': lazyFile('open.csv', () => `a,b\n"${'Aye\n'.repeat(1_000_000)}`),
  'csv of empty lines': lazyFile('empty.csv', () => `a,b\n${'\n'.repeat(3_000_000)}c,d\n`),
  'csv of equal names': lazyFile('names.csv', () => `${'a,'.repeat(100_000)}a\n`),
  'tsv of tabs': lazyFile('tabs.tsv', () => `${'\t'.repeat(1_000_000)}\n`),
  'json nested deep': lazyFile('deep.json', () => `${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`),
  'json of objects nested deep': lazyFile('deep.json', () => `${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`),
  'json of empty rows': lazyFile('empty.json', () => '[{},{},[]]'),
  'json of numbers': lazyFile('numbers.json', () => '[1,2,3]'),
  'json of names': lazyFile('names.json', () => `{${repeatEach(300_000, (i) => `"a${i}":"b",`)}"z":"y"}`),
  'jsonl nested deep': lazyFile('deep.jsonl', () => `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}\n`),
  'jsonl of columns': lazyFile('columns.jsonl', () => repeatEach(20_000, (i) => `{"text":"a","b${i}":"c"}\n`)),
  'ipynb of wrong cells': lazyFile('cells.ipynb', () => `{"cells":[${'1,'.repeat(1_000_000)}1]}`),
  'ipynb of deep outputs': lazyFile(
    'outputs.ipynb',
    () => `{"cells":[{"cell_type":"code","source":"a","outputs":[${'['.repeat(500_000)}${']'.repeat(500_000)}]}]}`,
  ),
  'parquet of an endless list': lazyFile('list.parquet', () => parquet([0x19, 0xf1, ...LARGE, 0])),
  'parquet of lists in lists': lazyFile('lists.parquet', () => parquet([0x19, ...repeated([0xf9, ...LARGE], 200), 0])),
  'parquet nested deep': lazyFile('deep.parquet', () => parquet(repeated([0x1c], 1_000_000))),
  'parquet of a long number': lazyFile('number.parquet', () => parquet([0x16, ...repeated([0x80], 300_000), 1, 0])),
  'parquet of empty entries': lazyFile('entries.parquet', () =>
    parquet([0x15, 4, 0x19, 0xfc, 0xc0, 0x84, 0x3d, ...repeated([0], 1_000_000), 0]),
  ),
  'parquet without columns': lazyFile('none.parquet', () =>
    parquet([0x15, 4, 0x19, 0x1c, 0x48, 1, 97, 0x15, 2, 0, 0x16, 2, 0x19, 0x0c, 0]),
  ),
  'parquet of a broken end': lazyFile('broken.parquet', () => {
    const bytes = PARQUET.snappy.slice();
    bytes.fill(0, bytes.length - 900, bytes.length - 700);
    return bytes;
  }),
  'whatsapp of brackets': lazyFile('_chat.txt', () => `1/5/23, 9:58 AM - Ann: ${'\u200e<: '.repeat(300_000)}`),
  'whatsapp of lines': lazyFile('_chat.txt', () => `1/5/23, 9:58 AM - Ann: Aye\n${'Ann: \n'.repeat(500_000)}`),
  'telegram nested deep': lazyFile(
    'result.json',
    () => `{"name":"A","type":"private_group","id":1,"messages":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
  ),
  'x of addresses that double': lazyFile('tweets.js', () =>
    posts('a'.repeat(100), repeatEach(60, () => '{"url":"a","expanded_url":"aa"},').slice(0, -1)),
  ),
  'x of many addresses': lazyFile('tweets.js', () =>
    posts(
      'http://t.co/1 '.repeat(50_000),
      repeatEach(50_000, (i) => `{"url":"http://t.co/${i}","expanded_url":"http://x.example/${i}"},`).slice(0, -1),
    ),
  ),
  'mastodon nested deep': lazyFile(
    'outbox.json',
    () =>
      `{"id":"outbox.json","type":"OrderedCollection","orderedItems":[{"type":"Create","object":{"id":"1","content":"${nested('p', 500_000)}"}}]}`,
  ),
  'reddit of quotes': lazyFile(
    'comments.csv',
    () => `id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n1,"${'""'.repeat(400_000)}`,
  ),
  'slack of a long name': () => ({
    'slack/users.json': utf8(slackUsers('Ann'.repeat(300_000))),
    'slack/general/2021-03-05.json': utf8(
      `[{"type":"message","ts":"1614938400.1","user":"U1","text":"${'<@U1>'.repeat(20_000)}"}]`,
    ),
  }),
  'slack of many days': lazyFile('slack.zip', () =>
    zipSync(
      Object.fromEntries([
        ['users.json', utf8(slackUsers('Ann'))],
        ...Array.from({ length: 8999 }, (_, i) => [`general/${i + 1000}-01-01.json`, utf8('[]')] as const),
        ['general/2021-03-05.json', utf8('[{"type":"message","ts":"1614938400.1","user":"U1","text":"Aye"}]')],
      ]),
      { level: 0 },
    ),
  ),
  'discord package of a long number': lazyFile('discord.zip', () =>
    zipSync({
      'messages/index.json': utf8('{"123456789012345":null}'),
      [`messages/c${'1'.repeat(60_000)}/messages.csv`]: utf8(
        'ID,Timestamp,Contents,Attachments\n1,2023-04-24 10:00:00,Aye,\n',
      ),
    }),
  ),
  'zip of long names': lazyFile('names.zip', () =>
    zipSync(
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${'WhatsApp'.repeat(8000)}${i}`, utf8('Aye')])),
      { level: 0 },
    ),
  ),
  'zip of folders of pages': lazyFile('pages.zip', () =>
    zipSync(
      Object.fromEntries([
        ['a.html', utf8('<p>Aye')],
        ...Array.from({ length: 100 }, (_, i) => [`${'b_files/'.repeat(8000)}${i}.txt`, utf8('Aye')] as const),
      ]),
      { level: 0 },
    ),
  ),
  'zip in zips': lazyFile('archives.zip', () => archives(50)),
  'zip that grows': lazyFile('grows.zip', () => zip({ 'a.txt': new Uint8Array(100e6).fill(97), 'b.txt': utf8('Aye') })),
  'gz that grows': lazyFile('grows.txt.gz', () => gzipSync(new Uint8Array(100e6).fill(97))),
  'gz of empty members': lazyFile('members.txt.gz', () => {
    const [empty, last] = [gzipSync(new Uint8Array()), gzipSync(utf8('Aye'))];
    return concatBytes([...Array.from({ length: 30_000 }, () => empty), last]);
  }),
  'gz of an endless name': lazyFile('endless.txt.gz', () =>
    concatBytes([Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3), new Uint8Array(20e6).fill(97)]),
  ),
  'tar of links': lazyFile('links.tar', () =>
    tarOf(Array.from({ length: 1000 }, (_, i) => ({ path: `a${i}`, type: '2', link: 'b' }))),
  ),
  'tar of long heads': lazyFile('heads.tar', () =>
    tarOf(Array.from({ length: 50 }, () => ({ path: 'x', type: 'x', text: '9 a=b\n'.repeat(10_000) }))),
  ),
};
