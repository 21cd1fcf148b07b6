/** Cleaning: rules are switched, ordered and undone, documents kept, a fix becomes a rule; training uses the result. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { Studio } from './studio';

const page1861 = (day: number): string =>
  `IN the midst of unprecedented political troubles we\nhave cause of great grati-\ntude to God, the ${day}th.\n\n` +
  `The cafÃ© was  open. No iuvoke of foreign help, said he on day ${day}.\n`;

test('rules are switched, moved and undone; a document is kept, a fix becomes a rule; the model trains on the rest', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const files = Array.from({ length: 8 }, (_, i) => ({
    name: `page-${i + 1}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from(page1861(i + 1).repeat(4)),
  }));
  files.push({ name: 'short.txt', mimeType: 'text/plain', buffer: Buffer.from('Ship  news.') });
  await page.locator('input[type=file]:not([webkitdirectory])').first().setInputFiles(files);
  await page.getByRole('link', { name: 'Clean' }).click();
  const rules = page.getByRole('region', { name: 'Rules' });
  const sides = page.getByRole('region', { name: /^(Before and after|Ranked documents)$/ });
  const leftOut = page.getByRole('list', { name: 'Removed' });
  const undo = rules.getByRole('button', { name: 'Undo' });

  await test.step('switches a rule off and on again', async () => {
    await expect(sides.locator('ins', { hasText: 'gratitude' }).first()).toBeVisible();
    await rules.getByRole('switch', { name: 'Words split at line ends' }).press('Space');
    await expect(sides.locator('ins', { hasText: 'gratitude' })).toHaveCount(0);
    // A change can still be undone after another page was open.
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'Clean' }).click();
    await undo.click();
    await expect(sides.locator('ins', { hasText: 'gratitude' }).first()).toBeVisible();
  });

  await test.step('changes the order by the menu, and back', async () => {
    const first = rules.getByRole('listitem').first();
    await expect(first).toContainText('Mojibake');
    await rules.getByRole('button', { name: 'Move or remove Mojibake' }).click();
    await page.getByRole('menuitem', { name: 'Move down' }).click();
    await expect(first).toContainText('Unicode');
    await undo.click();
    await expect(first).toContainText('Mojibake');
    await rules.getByRole('button', { name: 'Redo' }).click();
    await expect(first).toContainText('Unicode');
    await undo.click();
  });

  await test.step('changes the order by the handle next to the number', async () => {
    const rows = rules.getByRole('listitem');
    const [from, to] = await Promise.all([0, 2].map(async (i) => (await rows.nth(i).boundingBox())!));
    await page.mouse.move(from!.x + 14, from!.y + from!.height / 2);
    await page.mouse.down();
    await page.mouse.move(to!.x + 60, to!.y + 10, { steps: 6 });
    await page.mouse.up();
    await expect(rows.nth(2)).toContainText('Mojibake');
    await undo.click();
    await expect(rows.first()).toContainText('Mojibake');
  });

  await test.step('an exclusion rule: opens its document, keeps it, and excludes it again', async () => {
    await page.setViewportSize({ width: 1440, height: 640 });
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('menuitem', { name: /^Length/ }).click();
    await expect(rules.getByRole('button', { name: 'Remove rule' })).toBeInViewport();
    await expect(sides).toContainText('10 characters; the minimum is 200');
    await leftOut.getByRole('button', { name: 'Open short.txt' }).click();
    await expect(page.getByRole('dialog')).toContainText('Ship news.', { useInnerText: false });
    await page.getByRole('dialog').getByRole('button', { name: 'Keep document' }).click();
    await expect(sides).toContainText('No documents removed');
    await undo.click();
    await expect(leftOut.getByRole('button', { name: 'Keep short.txt' })).toBeVisible();
    await leftOut.getByRole('button', { name: 'Keep short.txt' }).press('Enter');
    await expect(sides).toContainText('1 kept by you');
    await sides.getByRole('button', { name: 'Reset' }).click();
    await expect(leftOut.getByRole('button', { name: 'Keep short.txt' })).toBeVisible();
  });

  await test.step('a manual fix becomes a rule, and can be undone', async () => {
    await sides.getByRole('radio', { name: 'All rules' }).click({ force: true });
    await sides.getByRole('button', { name: 'Edit passage…' }).click();
    const passage = page.getByRole('textbox', { name: 'Passage' });
    await passage.fill((await passage.inputValue()).replace('iuvoke', 'invoke'));
    await expect(page.getByRole('dialog')).toContainText('1 rule: “iuvoke” to “invoke”');
    await page.getByRole('button', { name: 'Apply everywhere' }).click();
    const mend = rules.getByRole('listitem').last();
    await expect(mend).toContainText('“iuvoke” to “invoke”');
    await expect(mend).toContainText('32');
    await undo.click();
    await expect(rules.getByRole('switch', { name: 'iuvoke' })).toHaveCount(0);
    await rules.getByRole('button', { name: 'Redo' }).click();
    await expect(mend).toContainText('32');
  });

  await test.step('the scrolling pane shows all settings of a rule', async () => {
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('menuitem', { name: /^Gopher repetition/ }).click();
    const [last, note] = [
      rules.getByRole('textbox', { name: /repeated 10-word phrases/ }),
      rules.getByText(/^Trade-off: removes refrains/),
    ];
    expect((await last.boundingBox())!.y).toBeLessThan((await note.boundingBox())!.y);
    await undo.click();
  });

  await test.step('is accessible with an open rule', async () => {
    await rules.getByRole('button', { name: /^Length/ }).click();
    await expectAccessible(page, 'Clean with a rule open');
  });

  await test.step('cleans the texts, which stay cleaned', async () => {
    await rules.getByRole('button', { name: 'Apply 9 rules' }).click();
    await expect(rules).toContainText('Cleaned.', { timeout: 60_000 });
    await expect(leftOut.getByRole('button', { name: 'Keep short.txt' })).toBeVisible();
    await page.reload();
    await expect(rules).toContainText('Cleaned.', { timeout: 60_000 });
    await page.getByRole('button', { name: 'Recipe own' }).click();
    await page.getByRole('menuitem', { name: /^Rename recipe/ }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Pages of 1861');
    await page.getByRole('textbox', { name: 'Name' }).press('Enter');
    await expect(rules).toContainText('Cleaned under the recipe’s old name.');
    await rules.getByRole('button', { name: 'Apply 9 rules' }).click();
    await expect(rules).toContainText('Cleaned. New runs');
    await page.getByRole('link', { name: 'Library' }).click();
    await expect(page.getByRole('main')).toContainText('Recipe Pages of 1861 keeps');
    await expect(page.getByRole('main')).toContainText('8 of 9 documents');
  });

  await test.step('tokens are built from the remaining text', async () => {
    await studio.goTo('Tokenizer');
    await page.getByRole('button', { name: 'Build tokens' }).click();
    await expect(studio.entry('Tokens & data')).toContainText(/\d tokens/, { timeout: 60_000 });
    await studio.goTo('Text');
    await page.getByRole('link', { name: 'Clean' }).click();
    await rules.getByRole('button', { name: 'Use the originals' }).click();
    await expect(page.getByText('The text changed after the tokenizer was trained')).toBeVisible();
    await expect(page.getByRole('main')).toContainText('characters, not cleaned');
    await undo.click();
    await rules.getByRole('button', { name: 'Apply 9 rules' }).click();
    await expect(page.getByText('The text changed after the tokenizer was trained')).toBeHidden();
  });

  await test.step('says if no text is left for training', async () => {
    await rules.getByRole('button', { name: /^Length/ }).click();
    await rules.getByRole('textbox', { name: 'Minimum length' }).fill('100000');
    await rules.getByRole('button', { name: 'Apply 9 rules' }).click();
    await expect(rules).toContainText('Cleaned, but no text remains');
  });

  await test.step('says that another project trains on the cleaned text', async () => {
    await expect(rules).not.toContainText('Other projects');
    await studio.inProjects('Duplicate project');
    await expect(studio.project).toHaveText(/copy$/);
    await page.getByRole('link', { name: 'Clean' }).click();
    await expect(rules).toContainText('Other projects use this text too; the rules apply there as well.');
  });
  expect(studio.errors).toEqual([]);
});

const SEA = 'the whale swam in the deep sea and the ship sailed after it over the water'.split(' ');
const BANK = 'a bank lends money at interest and the price of its bonds falls when rates rise'.split(' ');
/** Text of `of` words; `sea` of them are about the sea. */
const mixed = (sea: number, of: number, seed: number): string =>
  Array.from({ length: of }, (_, i) => {
    const words = i < sea ? SEA : BANK;
    return words[(i * 7 + seed) % words.length];
  }).join(' ');

test('documents are ranked by similarity to a sample, the cutoff moves on the histogram, and kept documents stay listed', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const files = Array.from({ length: 20 }, (_, i) => ({
    name: `letter-${i + 1}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from(mixed(4 * i, 80, i)),
  }));
  await page.locator('input[type=file]:not([webkitdirectory])').first().setInputFiles(files);
  await expect(page.getByRole('link', { name: 'Clean' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Find or run a command' }).fill('clean');
  await page.keyboard.press('Enter');
  const rules = page.getByRole('region', { name: 'Rules' });
  const ranked = page.getByRole('region', { name: 'Ranked documents' });
  const list = ranked.getByRole('list', { name: 'Documents by Similarity to the sample' }).getByRole('listitem');
  const cut = ranked.getByRole('slider', { name: 'Minimum to keep, Similarity to the sample' });

  await test.step('ranks by a sample, with the cutoff at half of the documents', async () => {
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('menuitem', { name: /^Relevance/ }).click();
    await expect(ranked).toContainText('Paste a few pages of the text you want');
    await rules.getByRole('textbox', { name: 'Sample' }).fill(SEA.join(' '));
    await expect(list.first()).toContainText('letter-20.txt');
    await expect(list.last()).toContainText('letter-1.txt');
    await expect(cut).toHaveAttribute('aria-valuetext', /, keeps 50 % of documents$/);
    await expect(list.nth(9)).toContainText('letter-11.txt');
    await expect(list.nth(10)).toContainText('Minimum to keep');
    await expect(list.nth(11).getByRole('button', { name: 'Keep letter-10.txt' })).toBeVisible();
  });

  await test.step('moves the cutoff by keys and pointer, and undoes it in one step', async () => {
    await cut.focus();
    await cut.press('ArrowRight');
    await expect(rules.getByRole('textbox', { name: 'Share kept' })).toHaveValue('0.45');
    await cut.press('ArrowRight');
    await expect(list.nth(8)).toContainText('Minimum to keep');
    await rules.getByRole('button', { name: 'Undo' }).click();
    await expect(cut).toHaveAttribute('aria-valuetext', /, keeps 50 % of documents$/);
    const { x, y, width, height } = (await ranked.locator('svg[preserveAspectRatio]').boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 1, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await expect(cut).toHaveAttribute('aria-valuetext', /, keeps 100 % of documents$/);
    await expect(ranked).toContainText('No documents removed');
    await rules.getByRole('button', { name: 'Undo' }).click();
    await expect(list.nth(10)).toContainText('Minimum to keep');
  });

  await test.step('is accessible, as a histogram and as a table', async () => {
    await expectAccessible(page, 'Clean with documents ranked');
    await ranked.getByRole('button', { name: 'Show table, Similarity to the sample' }).click();
    await expect(ranked.getByRole('table', { name: 'Similarity to the sample' })).toBeVisible();
    await expectAccessible(page, 'Clean with a measure as a table');
    await ranked.getByRole('button', { name: 'Show histogram, Similarity to the sample' }).click();
  });

  await test.step('opens a document from the ranking', async () => {
    await ranked
      .getByRole('list', { name: /^Documents/ })
      .getByRole('button', { name: 'Open letter-10.txt' })
      .click();
    await expect(page.getByRole('dialog')).toContainText('11 of 20');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  });

  await test.step('documents kept after cleaning stay in the list, which says what to do next', async () => {
    await rules.getByRole('button', { name: 'Apply 8 rules' }).click();
    await expect(rules).toContainText('Cleaned.', { timeout: 60_000 });
    await rules.getByRole('button', { name: /^Relevance/ }).click();
    const sides = page.getByRole('region', { name: 'Before and after' });
    await expect(sides.getByRole('button', { name: /^Keep / })).toHaveCount(10);
    await sides.getByRole('button', { name: 'Keep letter-3.txt' }).click();
    await expect(sides).toContainText('1 kept by you; not applied yet');
    await expect(sides).toContainText('Kept by you; apply again to use it');
    await expect(sides.getByRole('button', { name: /^Keep / })).toHaveCount(9);
    await expectAccessible(page, 'Clean with a document kept after cleaning');
    await sides.getByRole('button', { name: 'Remove letter-3.txt' }).click();
    await expect(sides.getByRole('button', { name: /^Keep / })).toHaveCount(10);
    await expect(rules).toContainText('Cleaned.');
    await sides.getByRole('button', { name: 'Keep letter-3.txt' }).click();
    await rules.getByRole('button', { name: 'Apply 8 rules' }).click();
    await expect(rules).toContainText('Cleaned.', { timeout: 60_000 });
    await expect(sides.getByRole('button', { name: 'Open letter-3.txt' })).toHaveCount(0);
    await expect(sides.getByRole('button', { name: /^Keep / })).toHaveCount(9);
  });
  expect(studio.errors).toEqual([]);
});
