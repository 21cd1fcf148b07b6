/** Tokens & data, Tokens: the tokenizer is trained on the text, and its vocabulary fits narrow columns. */
import { expect, test, type Page } from '@playwright/test';
import { SEA, seeded } from '../seed';
import { Studio } from '../studio';

/** Lists column headers of the vocabulary whose text is wider than the column. */
const cutHeads = (page: Page): Promise<string[]> =>
  page.getByRole('table', { name: 'Vocabulary' }).evaluate((table) =>
    [...table.querySelectorAll('thead th')].flatMap((head) => {
      const { paddingLeft, paddingRight, display } = getComputedStyle(head);
      if (display === 'none') return []; // hidden on small screens
      const words = document.createRange();
      words.selectNodeContents(head);
      const room = head.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      return words.getBoundingClientRect().width > room + 0.5 ? [`${head.textContent} in ${String(room)} px`] : [];
    }),
  );

test('a tokenizer is trained, and the headers of its vocabulary fit their columns', async ({ page }) => {
  const studio = new Studio(page);
  const tokenizer = { kind: 'bpe', vocabulary: 400 } as const;
  await studio.openOnWasm('/tokens', await seeded({ texts: [['Pasted text', SEA]], tokenizer, runs: [{}] }));
  const table = page.getByRole('table', { name: 'Vocabulary' });
  /** Sorts by each column in turn, because the arrow takes room too. */
  const headsFit = async (): Promise<void> => {
    for (const head of await table.getByRole('columnheader').getByRole('button').all()) {
      await head.click();
      for (const width of [1440, 1200, 1024]) {
        await page.setViewportSize({ width, height: 900 });
        await expect.poll(() => cutHeads(page), `${String(width)} wide`).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  // Data was built with it, so token counts are known.
  await expect(table.getByRole('columnheader', { name: /^Count/ })).toBeVisible();
  await headsFit();
  for (const kind of ['Bytes', 'BPE']) {
    await page.getByText(kind, { exact: true }).first().click();
    await page.getByRole('button', { name: /^(Train|Retrain) tokenizer$/ }).click();
    await expect(page.getByRole('main')).toContainText(
      new RegExp(`${kind === 'BPE' ? 'Byte-level BPE' : kind}, [\\d,]+ entries`),
    );
    await headsFit();
  }
  expect(studio.errors).toEqual([]);
});
