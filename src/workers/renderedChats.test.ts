/** Stored chats: their loss-mask preview, and their rows as data. */
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import type { Conversation } from '../core/chat/conversation';
import { renderChat } from '../core/chat/renderChat';
import { spokenBy } from '../core/chat/spoken';
import { importText, leaveOut } from '../core/documents';
import { chatsIn } from '../core/objectives/chatRows';
import { openPart } from '../core/shards/read';
import { turnsTokenizer } from '../testing/chatTemplates';
import { chat, chatText, lines } from '../testing/conversations';
import { dropped } from '../testing/drops';
import { lossMaskPreviewer } from '../jobs/chats';
import { buildData } from '../jobs/buildData';

describe('a loss-mask preview', async () => {
  const tokenizer = await turnsTokenizer();
  const store = memoryStore();
  const rows = [
    ...Array.from({ length: 40 }, (_, i) => chat(`Who is ${i}?`, `A friend, ${i}.`)),
    chat('a', 'b', 'c', 'd'.repeat(400)),
    chat('a', 'e'.repeat(400)),
  ];
  const text = await chatText(store, dropped('a.jsonl', lines(rows)));
  const previewLossMask = lossMaskPreviewer();
  const wanted = { texts: [text.id], tokenizer: tokenizer.model, context: 200, from: 0, count: 2 };

  test('its counts equal those of the rows in the data', async () => {
    const preview = await previewLossMask(store, wanted, unwatched);
    const data = await buildData(store, [text.id], tokenizer, { validation: 0.1, test: 0, seed: 1 }, unwatched);
    const parts = [
      await chatsIn(openPart(store, data.manifest, 'train'), 200),
      await chatsIn(openPart(store, data.manifest, 'validation'), 200),
    ];
    const sum = (of: (part: (typeof parts)[number]) => number): number =>
      parts.reduce((all, part) => all + of(part), 0);
    expect(preview).toMatchObject({
      conversations: 42,
      tokens: { trained: sum(({ trained }) => trained) },
      tooLong: {
        count: sum(({ shortened, tooLong }) => shortened + tooLong),
        withoutLoss: sum(({ tooLong }) => tooLong),
      },
      endsWith: '<|endoftext|>',
      asksAlike: true,
    });
    expect(preview.tooLong).toEqual({ count: 2, withoutLoss: 1 });
    const template = await spokenBy(tokenizer);
    const all = rows.map((row) => renderChat(row as Conversation, template));
    expect(preview.tokens.all).toBe(all.reduce((n, { ids }) => n + ids.length, 0));
    expect(preview.template).toBe(template.source);
    expect(preview.tokenizer).toEqual(template.tokenizer.model);
  });

  test('returns the requested examples, as the template renders them, without counting all again', async () => {
    let reports = 0;
    const job = {
      ...unwatched,
      report: () => {
        reports++;
      },
    };
    const own = lossMaskPreviewer();
    const first = await own(store, wanted, job);
    expect([first.examples.map(({ name }) => name), reports]).toEqual([['line 1 of a.jsonl', 'line 2 of a.jsonl'], 1]);
    const { examples } = await own(store, { ...wanted, from: 39, count: 5 }, job);
    expect(reports).toBe(1);
    expect(examples.map(({ name }) => name)).toEqual([
      'line 40 of a.jsonl',
      'line 41 of a.jsonl',
      'line 42 of a.jsonl',
    ]);
    const written = examples[0]!.tokens.map((token) => token.text).join('');
    expect(written).toBe('<|user|>Who is 39?<|endoftext|><|assistant|>A friend, 39.<|endoftext|>');
    // No more is shown than a row of the context holds.
    expect(examples.map(({ tokens, of }) => [tokens.length, of > 201])).toEqual([
      [examples[0]!.of, false],
      [201, true],
      [201, true],
    ]);
    const withLoss = (i: number): string =>
      examples[i]!.tokens.filter(({ hasLoss }) => hasLoss)
        .map((token) => token.text)
        .join('');
    expect([withLoss(0), withLoss(1), withLoss(2)]).toEqual(['A friend, 39.<|endoftext|>', 'b<|endoftext|>', '']);
    expect(examples.map((example) => example.trained > 0)).toEqual([true, true, false]);
    await own(store, { ...wanted, context: 100 }, job);
    expect(reports).toBe(2);
    await leaveOut(store, text.id, [41], true);
    expect(await own(store, { ...wanted, from: 40 }, job)).toMatchObject({
      conversations: 41,
      examples: [{ name: 'line 41 of a.jsonl' }],
    });
    await leaveOut(store, text.id, [41], false);
  });

  test('canceling the first request does not fail the next', async () => {
    const own = lossMaskPreviewer();
    const stop = new AbortController();
    const stopped = own(store, wanted, { signal: stop.signal, report: () => stop.abort(new Error('stopped')) });
    const next = own(store, wanted, unwatched);
    await expect(stopped).rejects.toThrow('stopped');
    expect(await next).toMatchObject({ conversations: 42 });
  });

  test('conversations that the template refuses are skipped and counted; if it refuses all, one is named', async () => {
    const strict = await spokenBy(
      tokenizer,
      "{% if 'c' in messages[0].content %}{{ raise_exception('No.') }}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}",
    );
    const given = (...questions: readonly string[]) => {
      const rows = questions.map((question, i) => chat(`${question}${i}`, `b${i}`));
      return chatText(store, dropped(`${questions.join('')}.jsonl`, lines(rows)));
    };
    const [some, none, others] = [await given('a', 'c', 'a', 'a'), await given('c', 'c'), await given('a')];
    const asked = { ...wanted, tokenizer: strict.tokenizer.model, from: 1 };
    expect(await lossMaskPreviewer()(store, { ...asked, texts: [some.id] }, unwatched)).toMatchObject({
      conversations: 3,
      refused: { count: 1, first: 'The model’s chat template can’t write line 2 of acaa.jsonl: No.' },
      examples: [{ name: 'line 3 of acaa.jsonl' }, { name: 'line 4 of acaa.jsonl' }],
    });
    const split = { validation: 0.3, test: 0, seed: 1 };
    const { parts } = (await buildData(store, [some.id], strict.tokenizer, split, unwatched)).manifest;
    expect(parts.train.documents! + parts.validation.documents!).toBe(3);
    const refusal = { code: 'bad-settings', message: expect.stringContaining('line 1 of cc.jsonl') as string };
    await expect(lossMaskPreviewer()(store, { ...asked, texts: [none.id] }, unwatched)).rejects.toMatchObject(refusal);
    await expect(buildData(store, [none.id], strict.tokenizer, split, unwatched)).rejects.toMatchObject(refusal);
    await expect(buildData(store, [others.id], tokenizer, split, unwatched)).rejects.toThrow('Too few different chats');
  });

  test('text is no chats', async () => {
    const prose = await importText(dropped('a.txt', 'Aye.'), store, { addedAt: 1 }, unwatched);
    const ids = prose.kind === 'added' ? [prose.text.id] : [];
    await expect(lossMaskPreviewer()(store, { ...wanted, texts: ids }, unwatched)).rejects.toMatchObject({
      message: 'a.txt has no chats.',
    });
  });
});
