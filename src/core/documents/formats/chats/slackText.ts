/** Renders mentions and links in a Slack message: https://api.slack.com/reference/surfaces/formatting */
export function slackText(text: string, people: ReadonlyMap<string, string>): string {
  return text
    .replace(/<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>/g, (_, kind: string, of: string, label = '') =>
      shown(kind, of, label as string, people),
    )
    .replace(/&(amp|lt|gt);/g, (_, name: keyof typeof LETTERS) => LETTERS[name]);
}
const LETTERS = { amp: '&', lt: '<', gt: '>' } as const;

function shown(kind: string, of: string, label: string, people: ReadonlyMap<string, string>): string {
  if (kind === '@') return `@${people.get(of) || label || of}`;
  if (kind === '#') return `#${label || of}`;
  if (kind === '!') return label || `@${of.replace(/^(?:subteam|date)\^.*/, 'group')}`;
  return label || of.replace(/^mailto:/, '');
}
