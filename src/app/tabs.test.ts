/** Messages from other tabs, and when this one reads the changes. */
import { afterEach, expect, test, vi } from 'vitest';
import { openTabs } from './tabs';

afterEach(() => vi.unstubAllGlobals());

test('a hidden tab reads changes once it is visible', () => {
  const said: (() => void)[] = [];
  const turned: (() => void)[] = [];
  const page = { hidden: true, addEventListener: (_: string, heard: () => void) => void turned.push(heard) };
  class Channel {
    addEventListener(_: string, heard: (message: { data: null }) => void): void {
      said.push(() => heard({ data: null }));
    }
  }
  vi.stubGlobal('document', page);
  vi.stubGlobal('BroadcastChannel', Channel);
  const look = vi.fn();
  openTabs().listen(look);
  const say = () => said.forEach((each) => each());
  say();
  expect(look).not.toHaveBeenCalled();
  page.hidden = false;
  turned.forEach((each) => each());
  expect(look).toHaveBeenCalledTimes(1);
  say();
  expect(look).toHaveBeenCalledTimes(2);
});
