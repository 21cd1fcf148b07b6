import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Toasts } from './Toasts';

const words = (text: string, detail?: string): string =>
  /<span>(.*?)<\/span><button/
    .exec(
      renderToStaticMarkup(
        <Toasts toasts={[{ id: 1, text, ...(detail !== undefined && { detail }) }]} onDismiss={() => undefined} />,
      ),
    )![1]!
    .replace(/<[^>]*>/g, '');

test('a toast shows the next action, then Undo', () => {
  const nothing = (): void => undefined;
  const toast = { id: 1, text: 'Saved', undo: nothing, action: { label: 'Train again', run: nothing } };
  const html = renderToStaticMarkup(<Toasts toasts={[toast]} onDismiss={nothing} />);
  expect(html.replace(/<[^>]*>/g, ' ')).toMatch(/Saved +Train again +Undo/);
});

test('a semicolon separates a clause from the message, and a period separates a sentence', () => {
  expect(words('Run deleted')).toBe('Run deleted');
  expect(words('Run deleted', '79 MB come free')).toBe('Run deleted; 79 MB come free');
  expect(words('Relabeled to ham', 'earlier runs used the old label')).toBe(
    'Relabeled to ham; earlier runs used the old label',
  );
  expect(words('Couldn’t save the label', 'The storage is full.')).toBe(
    'Couldn’t save the label. The storage is full.',
  );
  expect(words('Another tab trains.', 'Wait for it.')).toBe('Another tab trains. Wait for it.');
});
